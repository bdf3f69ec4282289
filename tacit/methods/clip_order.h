// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "tacit/methods/method.h"
#include "tacit/nn/heads.h"
#include "tacit/transforms/clip.h"

namespace tacit {

struct ClipOrderConfig {
  int64_t clips = 3;     ///< cut from each row
  double gap = 0.5;      ///< frames between two, over frames of one
  int64_t hidden = 512;  ///< width of what is said of a pair
  double dropout = 0.5;  ///< of it
  std::vector<std::string> augment{"resized_crop"};
  ClipTransformationsConfig clip{};  ///< their parameters
};
template <class Visitor>
void describe(Visitor& visit, ClipOrderConfig& config) {
  visit("clips", config.clips, "short clips cut from each row, whose order is to be told",
        between(2, 5));
  visit("gap", config.gap, "frames left out between two of them, over frames of one",
        between(0, 10));
  visit("hidden", config.hidden, "width of the hidden layer, which sees two clips", at_least(1));
  visit("dropout", config.dropout, "share of its outputs dropped while training", between(0, 0.95));
  visit("augment", config.augment,
        "transformations of rows while training, in this order: resized_crop, random_crop, flip, "
        "alike for all frames, colour_jitter, grey, for each frame; leave flip out where left and "
        "right mean something; empty: none");
  visit("clip", config.clip, "parameters of the transformations");
}

/// Prediction of the order of clips: Xu et al. 2019, "Self-Supervised Spatiotemporal Learning via
/// Video Clip Order Prediction", CVPR 2019, section 3; before it, of single frames, Misra, Zitnick
/// & Hebert 2016, "Shuffle and Learn", arXiv:1603.08561.
///
/// From each row short clips of equal length are cut, one after the other with a gap between, and
/// shown in a random order. A hidden layer sees the features of each pair of them, as they are
/// shown; from all pairs a last layer must tell which of the orders it is. The loss is the
/// cross-entropy, the mean over the rows of all processes. Orders, and where the first clip begins,
/// are drawn in eval mode too.
class ClipOrder final : public Method {
 public:
  static constexpr const char* kName = "clip_order";
  static constexpr const char* kTitle = "Prediction of the order of clips";
  static constexpr const char* kPaper = "Xu et al. 2019, CVPR";
  using Config = ClipOrderConfig;

  /// Throws ShapeError for rows that are not clips or that a transformation cannot take,
  /// ConfigError for rows too short and for an unknown transformation.
  ClipOrder(const Config& config, const Ingredients& ingredients);
  /// Parts: "order/accuracy", where 1 / orders is chance: 1/6 of three clips.
  Loss loss(const Batch& batch, Step& step) override;
  Encoder& encoder() override { return *encoder_; }

 private:
  struct Drawn {
    Tensor times;   // [N, clips F] int64, as they are shown
    Tensor orders;  // [N] int64, which order
  };
  Drawn draw(int64_t rows, int64_t time, Rng& rng) const;

  Config config_;
  Transform augment_;
  int64_t frames_;                            // F, of a clip
  int64_t hop_;                               // from where one begins to where the next does
  std::vector<std::vector<int64_t>> orders_;  // all, as words in a dictionary
  std::shared_ptr<Encoder> encoder_;
  std::shared_ptr<MlpHead> pair_, head_;
};

}  // namespace tacit
