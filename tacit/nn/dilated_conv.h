// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <vector>

#include "tacit/core/config.h"
#include "tacit/nn/pooling.h"
#include "tacit/nn/step_encoder.h"

namespace tacit {

struct DilatedConvConfig {
  int64_t width = 64;     ///< channels of each block but the last
  int64_t depth = 10;     ///< blocks before the last
  int64_t outputs = 320;  ///< channels of the last block: the numbers of a step
  int64_t kernel = 3;     ///< taps of a convolution
  double dropout = 0.1;   ///< of a step's numbers, while training
  Pooling pooling = Pooling::max;
};
template <class Visitor>
void describe(Visitor& visit, DilatedConvConfig& config) {
  visit("width", config.width, "channels of each block but the last", at_least(1));
  visit("depth", config.depth,
        "blocks before the last; the taps of block i are 2^(i-1) samples apart", between(1, 16));
  visit("outputs", config.outputs, "channels of the last block, the numbers of a time step",
        at_least(1));
  visit("kernel", config.kernel, "taps of each convolution, odd", at_least(1));
  visit("dropout", config.dropout, "share of a step's numbers that is dropped while training",
        between(0, 0.95));
  visit("pooling", config.pooling, "statistics over time that make up the features");
}

/// Two convolutions with the same gaps between their taps, and what goes past them.
class DilatedBlock;

/// Residual blocks of convolutions whose taps are ever further apart, so that few layers see a long
/// stretch around each time step, then pooling over time. The encoder of Yue et al. 2022, "TS2Vec:
/// Towards Universal Representation of Time Series", arXiv:2106.10466: a dense layer at each step,
/// `depth` blocks and a last one (gelu, convolution, gelu, convolution, plus what came in),
/// dropout. 637,376 parameters for three channels. Zeros surround a window, so every step has
/// features, which see 2 (kernel - 1) (2^(depth + 1) - 1) + 1 samples; where that is far longer
/// than a window, the outer taps of the last blocks see zeros alone.
///
/// Differs from the authors' code: the last block has a shortcut convolution only where the number
/// of channels changes, and weights start Glorot-uniform.
class DilatedConv final : public StepEncoder {
 public:
  /// Throws ConfigError when the kernel is even.
  DilatedConv(const DilatedConvConfig& config, const Spec& spec, const Rng& rng);
  Tensor encode_steps(const Tensor& x, const Tensor& seen) const override;
  Tensor forward(const Tensor& x) override { return pool(encode_steps(x, {}), config_.pooling); }
  int64_t features() const override { return config_.outputs * statistics(config_.pooling); }
  std::vector<Tensor> last_block() override;
  onnx::Value emit(onnx::Graph& graph, const onnx::Value& x) const override;

 private:
  DilatedConvConfig config_;
  Tensor weight_, bias_;  // [W, C, 1], [W]
  std::vector<std::shared_ptr<DilatedBlock>> blocks_;
};

}  // namespace tacit
