// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "tacit/losses/info_nce.h"
#include "tacit/methods/method.h"
#include "tacit/nn/cpc_encoder.h"
#include "tacit/transforms/signal.h"

namespace tacit {

/// What turns contexts into predictions of one step.
enum class CpcPrediction {
  linear,       ///< a matrix
  transformer,  ///< a transformer block over the contexts so far, then a matrix
};
inline std::vector<std::string> names(CpcPrediction) { return {"linear", "transformer"}; }

struct CpcConfig {
  int64_t steps = 12;  ///< K, how many frames ahead are predicted
  CpcPrediction prediction = CpcPrediction::linear;
  InfoNceConfig nce{};
  int64_t crop = 0;                               ///< samples of a row that are used; 0: all
  std::vector<std::string> past{};                ///< what changes the contexts' view of the row
  double probability = 1;                         ///< of each, decided a row
  SignalTransformationsConfig transformations{};  ///< their parameters
};
template <class Visitor>
void describe(Visitor& visit, CpcConfig& config) {
  visit("steps", config.steps, "how many frames ahead are predicted", between(1, 1000));
  visit("prediction", config.prediction, "what turns contexts into predictions of one step");
  describe(visit, config.nce);
  visit("crop", config.crop,
        "samples of each row that are used, from a place of its own on; 0: all", at_least(0));
  visit("past", config.past,
        "what changes the signal that contexts are made of while training, and not what is "
        "predicted, in this order: jitter, scale, rotation, negation, channel_shuffle; empty: "
        "nothing");
  visit("probability", config.probability, "of each of these, decided a row", between(0.01, 1));
  describe(visit, config.transformations);
}

/// From contexts to predictions of one step.
class CpcPredictor;

/// Contrastive predictive coding: van den Oord, Li & Vinyals 2018, "Representation Learning with
/// Contrastive Predictive Coding", arXiv:1807.03748, section 2. With prediction = "transformer",
/// score = "mean" and drawn negatives: Rivière, Joulin, Mazaré & Dupoux 2020, "Unsupervised
/// Pretraining Transfers Well Across Languages", arXiv:2002.02848. With `past`: Kharitonov et al.
/// 2020, "Data Augmenting Contrastive Learning of Speech Representations in the Time Domain",
/// arXiv:2007.00991, section 3.
///
/// From what has been of a signal, its near future must be picked out among other moments: for
/// k = 1 … K, the context c_t foretells the frame z_{t+k} as W_k c_t, and InfoNCE asks which of the
/// candidates it is. The loss is the mean over k, and for each over t and rows.
///
/// Differs from the papers: each k uses all t that have a frame k ahead; candidates are frames of
/// this process; negatives are all others of the batch by default, or drawn once for each row and
/// k, not for each t; Kharitonov et al.'s changes of pitch, reverberation and noise of recordings
/// are not among the transformations. Needs the encoder cpc_encoder.
///
/// Parts: "nce/accuracy" and "nce/chance" as info_nce() has them, means over k, and of the first,
/// the middle and the last step "step_k/accuracy".
class Cpc final : public Method {
 public:
  static constexpr const char* kName = "cpc";
  static constexpr const char* kTitle = "Contrastive predictive coding";
  static constexpr const char* kPaper = "van den Oord, Li & Vinyals 2018, arXiv:1807.03748";
  using Config = CpcConfig;

  /// Throws ConfigError when the encoder has no frames and contexts, when rows are too short for a
  /// prediction of `steps` frames, when `crop` is longer than rows, and when `past` names what is
  /// unknown or moves samples in time, through which the future would be known; ShapeError for
  /// rows that a transformation cannot take.
  Cpc(const Config& config, const Ingredients& ingredients);
  Loss loss(const Batch& batch, Step& step) override;
  Encoder& encoder() override { return *encoder_; }

 private:
  CpcConfig config_;
  std::shared_ptr<CpcEncoder> encoder_;
  Transform past_;
  std::vector<std::shared_ptr<CpcPredictor>> predictors_;  // of 1 … K frames ahead
};

}  // namespace tacit
