// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "tacit/core/config.h"
#include "tacit/nn/encoder.h"
#include "tacit/nn/spectral_norm.h"

namespace tacit {

/// How a map of features becomes one vector: the sum over pixels, or the mean.
enum class PixelPooling { sum, mean };
inline std::vector<std::string> names(PixelPooling) { return {"sum", "mean"}; }

struct GanDiscriminatorConfig {
  double width = 1;  ///< times the paper's channels
  PixelPooling pooling = PixelPooling::sum;
};
template <class Visitor>
void describe(Visitor& visit, GanDiscriminatorConfig& config) {
  visit("width", config.width, "by which the channels of all layers are multiplied", above(0));
  visit("pooling", config.pooling, "over pixels: the sum, or the mean");
}

/// ReLU, convolve, twice, maybe halve height and width by means; plus what goes past them.
class DiscriminatorBlock;

/// The residual discriminator of Miyato et al. 2018, "Spectral Normalization for Generative
/// Adversarial Networks", arXiv:1802.05957, appendix B, for images of 32 or 48 pixels, and halving
/// once more for 64, up to the pooled features; GanHeads tell from them. Every layer has spectral
/// normalisation, which a training step improves by one power iteration. 1,053,696 parameters for
/// 32 pixels in three channels, and 129 of the score.
///
/// Details, and the network for 64 pixels, are those of Lee & Town 2020, "Mimicry: Towards the
/// Reproducibility of GAN Research", arXiv:2005.02494: weights start Glorot-uniform, times sqrt 2
/// in the convolutions of 3 x 3 pixels, and pixels are summed. Chen et al. 2019, "Self-Supervised
/// GANs via Auxiliary Rotation Loss", arXiv:1811.11212, took their mean.
///
/// Differs from Lee & Town: biases start at 0, and shortcuts halve before they convolve, which is
/// the same and four times less work.
class GanDiscriminator final : public Encoder {
 public:
  /// Throws ConfigError for images of another size.
  GanDiscriminator(const GanDiscriminatorConfig& config, const Spec& spec, const Rng& rng);
  /// x: [N, C, H, W] in -1 … 1 -> [N, features()].
  Tensor forward(const Tensor& x) override;
  int64_t features() const override { return features_; }
  std::vector<Tensor> last_block() override;
  onnx::Value emit(onnx::Graph& graph, const onnx::Value& x) const override;

 private:
  PixelPooling pooling_;
  int64_t features_ = 0;
  std::vector<std::shared_ptr<DiscriminatorBlock>> blocks_;
};

/// What a discriminator says of images.
struct Judgement {
  Tensor score;     ///< [N], high for real ones
  Tensor rotation;  ///< [N, 4] logits of 0, 90, 180, 270 degrees; undefined without that head
  Tensor features;  ///< [N, D]
};

struct GanHeadsConfig {
  int64_t features = 1;         ///< D
  bool tells_rotation = false;  ///< has the head of Chen et al. 2019, arXiv:1811.11212
  int64_t classes = 0;          ///< K of the projection head; 0: none
};

/// Dense layers with spectral normalisation on a discriminator's features. With classes the score
/// depends on the label: the inner product of its vector with the features is added. Miyato &
/// Koyama 2018, "cGANs with Projection Discriminator", arXiv:1802.05637, eq. 4.
class GanHeads final : public torch::nn::Module {
 public:
  GanHeads(const GanHeadsConfig& config, const Rng& rng);
  /// features: [N, D]; y: [N] int64 class, needed with classes. Throws ShapeError.
  Judgement forward(const Tensor& features, const Tensor& y = {});

 private:
  std::shared_ptr<SpectralLinear> score_, rotation_;  // rotation_ may be null
  std::shared_ptr<SpectralEmbedding> projection_;     // may be null
};

}  // namespace tacit
