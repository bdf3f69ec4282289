// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <vector>

namespace tacit::kernels {

/// One layer over time: convolution, leaky ReLU, dropout, max-pooling.
struct ConvLayer {
  at::Tensor weight;          ///< [O, C, k], as torch::nn::Conv1d keeps it
  at::Tensor bias;            ///< [O]
  int64_t stride = 1;         ///< rows a step
  bool same = false;          ///< zeros around the sequence so that stride 1 keeps its length:
                              ///< (k - 1) / 2 before, the rest behind; otherwise none
  double negative_slope = 0;  ///< 0: ReLU
  double dropout = 0;         ///< share of elements dropped, in 0 … 1 (exclusive); 0 for none
  int64_t pool_width = 1;     ///< steps of a maximum, 1 … 255; 1: no pooling
  int64_t pool_stride = 1;    ///< steps from one maximum to the next; no padding
};

struct ConvFilters;

/// The filters of one chain as the fast path wants them, kept from call to call for as long as
/// nobody writes to the weights: for a batch of one, arranging them takes as long as the
/// convolution. Not for several threads at once.
class ConvChainCache {
 public:
  /// `layers`: those of the call before, with the same strides.
  std::shared_ptr<const ConvFilters> filters(const std::vector<ConvLayer>& layers);

 private:
  struct Version {
    at::Tensor tensor;  // keeps the memory, so that its address stays its own
    const void* data;
    int64_t writes;
  };
  std::vector<Version> versions_;
  std::shared_ptr<const ConvFilters> filters_;
};

/// Layers one after the other on x: [N, T, C], channels last. The result is the last layer's
/// sequence, [N, T', O], or with `global_max` its largest value over time, [N, O].
///
/// A cache serves calls that need no gradient. Which elements are dropped is a function of (seed,
/// layer, window, element) alone. Contiguous float tensors on the CPU take the fast path, all
/// others `reference::conv_chain`. Differentiable in x, weights and biases, any number of times
/// (from the second derivative on, at the speed of the reference). The result and the gradients do
/// not depend on the number of threads.
///
/// NaN and infinity propagate as in PyTorch. Among equal values a maximum takes the first step, and
/// the first NaN counts as the largest. Through the global maximum, terms of the other steps are
/// not formed at all in the backward pass, so there a NaN or infinity reaches the gradients only
/// through the chosen step.
/// Throws ShapeError if shapes or sizes do not fit, ConfigError on a dropout outside its range.
at::Tensor conv_chain(const at::Tensor& x, const std::vector<ConvLayer>& layers, bool global_max,
                      uint64_t seed = 0, ConvChainCache* cache = nullptr);

/// The same in PyTorch operations: what the fast path must agree with.
namespace reference {

at::Tensor conv_chain(const at::Tensor& x, const std::vector<ConvLayer>& layers, bool global_max,
                      uint64_t seed = 0);

}  // namespace reference
}  // namespace tacit::kernels
