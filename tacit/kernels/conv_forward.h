// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "tacit/kernels/conv_plan.h"

namespace tacit::kernels {

/// What a forward pass leaves for the backward pass, and its result.
struct ConvTrace {
  std::vector<at::Tensor> inputs;   ///< of each layer but the first, [N, T, C]
  std::vector<at::Tensor> offsets;  ///< of each layer that pools, [N, T', O] bytes; else undefined
  at::Tensor chosen;                ///< [N, O] steps of the global maximum; else undefined
  at::Tensor result;
};

/// Copies of the layers' weights and biases, float tensors on the CPU, arranged for the products.
struct ConvFilters {
  std::vector<Correlation> correlations;
  std::vector<at::Tensor> biases;

  explicit ConvFilters(const std::vector<ConvLayer>& layers);
};

/// The forward pass of a chain.
class ConvForward {
 public:
  ConvForward(const std::vector<ConvLayer>& layers, bool global_max)
      : ConvForward(layers, global_max, std::make_shared<ConvFilters>(layers)) {}
  ConvForward(const std::vector<ConvLayer>& layers, bool global_max,
              std::shared_ptr<const ConvFilters> filters);

  /// x: contiguous floats [N, T, C]. Leaves what the backward pass needs.
  ConvTrace trace(const at::Tensor& x, uint64_t seed) const;

  /// The result alone; with fewer windows than threads, these share a window.
  at::Tensor run(const at::Tensor& x, uint64_t seed) const;

 private:
  struct Workspace;

  int64_t slices(const at::Tensor& x, const std::vector<LayerPlan>& plan) const;
  at::Tensor run_slices(const at::Tensor& x, const std::vector<LayerPlan>& plan,
                        int64_t slices) const;
  void run_windows(const at::Tensor& x, const std::vector<LayerPlan>& plan, uint64_t seed,
                   const ConvTrace& trace) const;
  void run_layers(const float* x, const std::vector<LayerPlan>& plan, uint64_t seed, int64_t n,
                  const ConvTrace& trace, Workspace& space) const;

  std::vector<ConvLayer> layers_;
  bool global_max_;
  std::shared_ptr<const ConvFilters> filters_;
};

}  // namespace tacit::kernels
