// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "tacit/losses/info_nce.h"
#include "tacit/methods/method.h"
#include "tacit/nn/grid_context.h"
#include "tacit/nn/patch_resnet.h"
#include "tacit/transforms/image.h"

namespace tacit {

/// Which way patches are predicted from those before.
enum class CpcDirections {
  down,  ///< lower rows from upper ones
  four,  ///< also upper from lower ones, and columns from the left and from the right
};
/// Part of the file format; do not rename.
inline std::vector<std::string> names(CpcDirections) { return {"down", "four"}; }

struct ImageCpcConfig {
  CpcDirections directions = CpcDirections::four;
  int64_t nearest = 0;   ///< rows ahead; 0: the first that shares no pixel with the context's
  int64_t farthest = 5;  ///< rows ahead, or as many as there are
  int64_t context_width = 256;  ///< numbers inside a layer of the context
  int64_t context_layers = 5;
  int64_t target_width = 64;  ///< numbers of what is predicted, a projection; 0: all, as they are
  InfoNceConfig nce{};
  std::vector<std::string> augment{"flip"};                 ///< of images
  std::vector<std::string> augment_patches{"colour_drop"};  ///< of each patch
  ImageTransformationsConfig image{}, patch{};              ///< their parameters
};
template <class Visitor>
void describe(Visitor& visit, ImageCpcConfig& config) {
  visit("directions", config.directions,
        "down: lower rows are predicted from upper ones; four: upper from lower ones, left from "
        "right and right from left as well");
  visit("nearest", config.nearest,
        "how many rows ahead the nearest predicted patch is; 0: the first that shares no pixel "
        "with the row it is predicted from",
        at_least(0));
  visit("farthest", config.farthest, "how many rows ahead the farthest is, or as many as there are",
        at_least(1));
  visit("context_width", config.context_width, "numbers inside a layer of the context",
        at_least(1));
  visit("context_layers", config.context_layers,
        "layers of the context, each of which sees one more row and one more column to each side",
        between(1, 64));
  visit("target_width", config.target_width,
        "numbers of what is predicted, a projection of a patch's features; 0: the features",
        at_least(0));
  describe(visit, config.nce);
  visit("augment", config.augment,
        "transformations of images before they are cut, while training, in this order: "
        "resized_crop, random_crop, flip, colour_jitter, grey, colour_drop, blur, solarise; empty: "
        "none");
  visit("augment_patches", config.augment_patches, "of each patch by itself, of the same");
  visit("image", config.image, "parameters of the transformations of images");
  visit("patch", config.patch, "parameters of the transformations of patches");
}

/// Contrastive predictive coding of images: van den Oord, Li & Vinyals 2018, "Representation
/// Learning with Contrastive Predictive Coding", arXiv:1807.03748, section 3.3 (directions =
/// "down"); Hénaff et al. 2020, "Data-Efficient Image Recognition with Contrastive Predictive
/// Coding", arXiv:1905.09272, section 3 and appendix A (directions = "four", layer normalisation,
/// changes of each patch).
///
/// An image is cut into a grid of patches, each becoming a vector by itself. Masked convolutions
/// sum up the rows so far; from this context c at row i, W_k c foretells the patch k rows further
/// down in the same column, which must be told from the others of its own and of the other images.
/// Each direction has a context and predictions of its own. The loss is the mean over k and
/// directions, and for each over places and images of this process.
///
/// Differs from the papers: the context normalises each place by itself; rows that share pixels
/// with the context's are left out by default; the transformations are Tacit's. Needs the encoder
/// patch_resnet.
class ImageCpc final : public Method {
 public:
  static constexpr const char* kName = "image_cpc";
  static constexpr const char* kTitle = "Contrastive predictive coding of images";
  static constexpr const char* kPaper = "Hénaff et al. 2020, arXiv:1905.09272";
  using Config = ImageCpcConfig;

  /// Throws ConfigError for another encoder, a grid without rows far enough apart, and an unknown
  /// transformation; ShapeError for images or patches that one cannot take.
  ImageCpc(const Config& config, const Ingredients& ingredients);
  /// Parts, means over k and directions: "nce/accuracy" and "nce/chance" as info_nce() has them,
  /// in eval mode also "nce/colour_accuracy", what taking the patch whose mean colour is nearest to
  /// that of the context's last patch would reach.
  Loss loss(const Batch& batch, Step& step) override;
  Encoder& encoder() override { return *encoder_; }

 private:
  /// One way through the grid.
  struct Direction {
    std::shared_ptr<GridContext> context;
    std::vector<Tensor> weights;  // W_k, [P, D], of nearest … farthest rows ahead
  };
  void add_direction(const std::string& name, int64_t rows, const Rng& rng);
  int64_t nearest() const;

  Config config_;
  Transform augment_, augment_patches_;
  std::shared_ptr<PatchResnet> encoder_;
  Tensor target_weight_;  // [P, D], or undefined: the features themselves
  std::vector<Direction> directions_;
};

}  // namespace tacit
