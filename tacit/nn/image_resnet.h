// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "tacit/core/config.h"
#include "tacit/nn/encoder.h"

namespace tacit {

/// What comes before the blocks: a convolution of 3 x 3 pixels, or one of 7 x 7 with hop 2 and the
/// maximum over 3 x 3 with hop 2, for images of 96 pixels and more.
enum class ImageStem { small, large };
inline std::vector<std::string> names(ImageStem) { return {"small", "large"}; }

/// Over what a convolution's results are brought to mean 0 and deviation 1: each channel over all
/// rows, or all channels within a row.
enum class ImageNormalization { batch, layer };
/// Part of the file format; do not rename.
inline std::vector<std::string> names(ImageNormalization) { return {"batch", "layer"}; }

struct ImageResnetConfig {
  ImageStem stem = ImageStem::small;
  std::vector<int64_t> filters{64, 128, 256, 512};  ///< channels of each stage
  std::vector<int64_t> blocks{2, 2, 2, 2};          ///< residual blocks of each stage
  ImageNormalization normalization = ImageNormalization::batch;
};
template <class Visitor>
void describe(Visitor& visit, ImageResnetConfig& config) {
  visit("stem", config.stem,
        "first convolution: 3 x 3 pixels, or 7 x 7 with hop 2 and a maximum with hop 2, for images "
        "of 96 pixels and more");
  visit("filters", config.filters, "channels of each stage; the first is also the stem's",
        at_least(1));
  visit("blocks", config.blocks, "residual blocks of each stage", at_least(1));
  visit("normalization", config.normalization,
        "of what a convolution gives: batch, over all rows of a batch, or layer, within a row "
        "alone");
}

/// A convolution that keeps height and width (over its hop) and its normalisation.
class NormedConv2d;

/// A residual network for images: a convolution, stages of residual blocks of two convolutions of
/// 3 x 3 pixels, each stage but the first beginning with a hop of 2, and the mean over all pixels.
/// He et al. 2016, "Deep Residual Learning for Image Recognition", arXiv:1512.03385; the small stem
/// is that of Chen et al. 2020, arXiv:2002.05709, appendix B.9. The default is ResNet-18:
/// 11,168,832 parameters for three channels, 11,176,512 with the large stem.
///
/// Weights start as in He et al. 2015, arXiv:1502.01852: normal, of variance 2 over the number of
/// products that a value enters.
class ImageResnet final : public Encoder {
 public:
  /// Throws ConfigError when lists differ in length, ShapeError when rows are not images.
  ImageResnet(const ImageResnetConfig& config, const Spec& spec, const Rng& rng);
  /// x: [N, C, H, W] -> [N, features()].
  Tensor forward(const Tensor& x) override;
  int64_t features() const override { return config_.filters.back(); }
  std::vector<Tensor> last_block() override;
  onnx::Value emit(onnx::Graph& graph, const onnx::Value& x) const override;

 private:
  struct Block {
    std::shared_ptr<NormedConv2d> first, second;
    std::shared_ptr<NormedConv2d> shortcut;  // null where the shape stays
  };
  Block add_block(int64_t channels, int64_t filters, int64_t stride, const Rng& rng);

  ImageResnetConfig config_;
  std::shared_ptr<NormedConv2d> stem_;
  std::vector<Block> blocks_;
};

}  // namespace tacit
