// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tacit/losses/info_nce.h"
#include "tacit/methods/method.h"
#include "tacit/nn/conv_gru.h"
#include "tacit/nn/video_resnet.h"
#include "tacit/transforms/clip.h"

namespace tacit {

struct DpcConfig {
  int64_t blocks = 8;     ///< that a clip is cut into
  int64_t predicted = 3;  ///< of these, the last ones
  int64_t hidden = 256;   ///< channels of the context
  int64_t kernel = 1;     ///< pixels of the context's convolutions
  double dropout = 0.1;   ///< share of the context dropped at each step
  InfoNceConfig nce{};
  std::vector<std::string> augment{"resized_crop", "flip", "colour_jitter", "grey"};
  ClipTransformationsConfig clip{};  ///< their parameters
};
template <class Visitor>
void describe(Visitor& visit, DpcConfig& config) {
  visit("blocks", config.blocks, "equal parts that a clip is cut into, the unit of prediction",
        at_least(2));
  visit("predicted", config.predicted, "how many of them, the last ones, are predicted",
        at_least(1));
  visit("hidden", config.hidden, "channels of the context that blocks are gathered in",
        at_least(1));
  visit("kernel", config.kernel, "pixels of the context's convolutions, an odd number",
        at_least(1));
  visit("dropout", config.dropout, "share of the context dropped at each step while training",
        between(0, 0.95));
  describe(visit, config.nce);
  visit("augment", config.augment,
        "transformations of clips while training, in this order: resized_crop, random_crop, flip, "
        "alike for all frames, colour_jitter, grey, for each frame; leave flip out where left and "
        "right mean something; empty: none");
  visit("clip", config.clip, "parameters of the transformations");
}

/// Dense predictive coding: Han, Xie & Zisserman 2019, "Video Representation Learning by Dense
/// Predictive Coding", arXiv:1909.04656, section 3.
///
/// A clip is cut into blocks of consecutive frames. An encoder makes a map of each, its maps' mean
/// over time; a recurrent unit of convolutions gathers those of the first blocks, after ReLU, in a
/// context; from it two convolutions of 1 x 1 predict the next block's map, which is gathered as if
/// it had been seen, and so on. At each place of each predicted block the prediction must pick out
/// the block's true vector there among those of all places, predicted blocks and clips of this
/// process. Recurrent unit and predictor start orthogonal.
///
/// The encoder alone outlives training; the context, which tells what comes next from several
/// blocks, is lost. A clip's features are the mean over time and places of what the encoder gives,
/// block by block where encoder.segment is the number of a block's frames, else of the whole clip
/// at once.
///
/// Differs from the paper: an encoder that does not normalise by batch; grey is the luma, where the
/// authors' code repeats one channel.
class Dpc final : public Method {
 public:
  static constexpr const char* kName = "dpc";
  static constexpr const char* kTitle = "Dense prediction of the next blocks of clips";
  static constexpr const char* kPaper = "Han et al. 2019, arXiv:1909.04656";
  using Config = DpcConfig;

  /// Throws ConfigError for an encoder without maps, blocks that do not divide the clip or that
  /// leave none to observe, or an unknown transformation, ShapeError for rows that one cannot take.
  Dpc(const Config& config, const Ingredients& ingredients);
  /// Parts: "nce/accuracy" and "nce/chance", of info_nce(); in eval mode "nce/colour_accuracy",
  /// what finding the place whose mean colour is nearest to the one last seen there would reach.
  Loss loss(const Batch& batch, Step& step) override;
  Encoder& encoder() override { return *encoder_; }

 private:
  Tensor encode(const Tensor& clips);
  Tensor predict(const Tensor& observed) const;
  std::pair<Tensor, Tensor> colours(const Tensor& clips, int64_t height, int64_t width) const;

  Config config_;
  Transform augment_;
  std::shared_ptr<VideoResnet> encoder_;
  std::shared_ptr<ConvGru> context_;
  Tensor hidden_weight_, hidden_bias_;  // [D, hidden, 1, 1], [D]
  Tensor output_weight_, output_bias_;  // [D, D, 1, 1], [D]
};

}  // namespace tacit
