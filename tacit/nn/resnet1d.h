// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "tacit/core/config.h"
#include "tacit/nn/encoder.h"
#include "tacit/nn/pooling.h"

namespace tacit {

/// What is normalised after each convolution: nothing, each channel over the batch, or each row's
/// groups of channels.
enum class ChannelNormalization { none, batch, group };
inline std::vector<std::string> names(ChannelNormalization) { return {"none", "batch", "group"}; }

struct Resnet1dConfig {
  int64_t stem_kernel = 9;                    ///< samples
  int64_t stem_stride = 4;                    ///< samples
  std::vector<int64_t> filters{32, 64, 128};  ///< channels of each stage
  std::vector<int64_t> blocks{1, 1, 1};       ///< residual blocks of each stage
  std::vector<int64_t> strides{1, 2, 2};      ///< hop of each stage's first block
  int64_t kernel = 5;                         ///< of the blocks' convolutions
  ChannelNormalization normalization = ChannelNormalization::batch;
  int64_t groups = 8;  ///< for group normalisation
  Pooling pooling = Pooling::mean;
};
template <class Visitor>
void describe(Visitor& visit, Resnet1dConfig& config) {
  visit("stem_kernel", config.stem_kernel, "width of the first convolution, in samples, odd",
        at_least(1));
  visit("stem_stride", config.stem_stride, "hop of the first convolution, in samples", at_least(1));
  visit("filters", config.filters, "channels of each stage; the first is also the stem's",
        at_least(1));
  visit("blocks", config.blocks, "residual blocks of each stage", at_least(1));
  visit("strides", config.strides, "hop of each stage's first block", at_least(1));
  visit("kernel", config.kernel, "width of the blocks' convolutions, odd", at_least(1));
  visit("normalization", config.normalization, "after each convolution");
  visit("groups", config.groups, "groups of channels, for normalization = \"group\"", at_least(1));
  visit("pooling", config.pooling, "statistics over time that make up the features");
}

/// A convolution that keeps the length (over its stride) and its normalisation.
class NormedConv;

/// A small residual network for signals: a convolution, stages of residual blocks of two
/// convolutions, then pooling over time. He et al. 2016, "Deep Residual Learning for Image
/// Recognition", arXiv:1512.03385; for time series Wang, Yan & Oates 2017, "Time Series
/// Classification from Scratch with Deep Neural Networks: A Strong Baseline", arXiv:1611.06455.
///
/// Differs from Wang et al.: it hops (strides), because windows of motion are long and slow, a
/// block has two convolutions of one width, as in He et al., instead of three of 8, 5 and 3, and it
/// is smaller.
class Resnet1d final : public Encoder {
 public:
  /// Throws ConfigError when lists differ in length, a kernel is even or groups do not divide
  /// filters.
  Resnet1d(const Resnet1dConfig& config, const Spec& spec, const Rng& rng);
  Tensor forward(const Tensor& x) override;
  int64_t features() const override { return config_.filters.back() * statistics(config_.pooling); }
  std::vector<Tensor> last_block() override;
  onnx::Value emit(onnx::Graph& graph, const onnx::Value& x) const override;

 private:
  struct Block {
    std::shared_ptr<NormedConv> first, second;
    std::shared_ptr<NormedConv> shortcut;  // null where the shape stays
  };
  Block add_block(int64_t channels, int64_t filters, int64_t stride, const Rng& rng);

  Resnet1dConfig config_;
  std::shared_ptr<NormedConv> stem_;
  std::vector<Block> blocks_;
};

}  // namespace tacit
