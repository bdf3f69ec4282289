// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "tacit/methods/method.h"
#include "tacit/nn/heads.h"
#include "tacit/transforms/image.h"

namespace tacit {

struct RotationPredictionConfig {
  int64_t hidden = 0;  ///< width of the head's hidden layer; 0: a linear head
  std::vector<std::string> augment{"random_crop", "flip"};  ///< before turning, while training
  ImageTransformationsConfig image{};                       ///< their parameters
};
template <class Visitor>
void describe(Visitor& visit, RotationPredictionConfig& config) {
  visit("hidden", config.hidden, "width of the head's hidden layer; 0: a linear head", at_least(0));
  visit("augment", config.augment,
        "transformations applied to images before they are turned, while training, in this order: "
        "resized_crop, random_crop, flip, colour_jitter, grey, colour_drop, blur, solarise; empty: "
        "none");
  visit("image", config.image, "parameters of the transformations");
}

/// Prediction of rotations (RotNet): Gidaris, Singh & Komodakis 2018, "Unsupervised Representation
/// Learning by Predicting Image Rotations", arXiv:1803.07728, section 3.
///
/// Each image is shown upright and turned by one, two and three right angles; from the features of
/// each of the four a head must tell by how much. The loss is the cross-entropy over these four
/// classes, the mean over all four versions of the images of all processes: equation 3.
///
/// The paper ends in a linear layer, the default here. Random crops within a border and mirror
/// images before turning are those of the authors' code for CIFAR-10.
class Rotation final : public Method {
 public:
  static constexpr const char* kName = "rotation";
  static constexpr const char* kTitle = "Prediction of rotations of images";
  static constexpr const char* kPaper = "Gidaris et al. 2018, arXiv:1803.07728";
  using Config = RotationPredictionConfig;

  /// Throws ShapeError for rows that are not square images or that a transformation cannot take,
  /// ConfigError for an unknown one.
  Rotation(const Config& config, const Ingredients& ingredients);
  /// Parts: "accuracy", where 1/4 is chance.
  Loss loss(const Batch& batch, Step& step) override;
  Encoder& encoder() override { return *encoder_; }

 private:
  Transform augment_;
  std::shared_ptr<Encoder> encoder_;
  std::shared_ptr<MlpHead> head_;
};

}  // namespace tacit
