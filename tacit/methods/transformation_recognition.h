// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "tacit/methods/method.h"
#include "tacit/nn/heads.h"
#include "tacit/transforms/ecg.h"

namespace tacit {

/// Whose parameters and weights there are unless they are set: the journal version's code.
enum class RecognitionPreset { ecg_sarkar2020 };
inline std::vector<std::string> names(RecognitionPreset) { return {"ecg_sarkar2020"}; }

/// The loss on each head, in the order of the heads.
struct RecognitionWeights {
  double original = 0.195;
  double noise = 0.195;
  double scaling = 0.195;
  double negation = 0.0125;
  double inversion = 0.0125;
  double permutation = 0.195;
  double time_warp = 0.195;

  std::vector<double> list() const {
    return {original, noise, scaling, negation, inversion, permutation, time_warp};
  }
};
template <class Visitor>
void describe(Visitor& visit, RecognitionWeights& config) {
  visit("original", config.original, "of telling unchanged windows", at_least(0));
  visit("noise", config.noise, "of telling noise", at_least(0));
  visit("scaling", config.scaling, "of telling a factor", at_least(0));
  visit("negation", config.negation, "of telling negated signals", at_least(0));
  visit("inversion", config.inversion, "of telling time reversed", at_least(0));
  visit("permutation", config.permutation, "of telling permuted segments", at_least(0));
  visit("time_warp", config.time_warp, "of telling another speed", at_least(0));
}

struct TransformationRecognitionConfig {
  RecognitionPreset preset = RecognitionPreset::ecg_sarkar2020;
  int64_t hidden = 128;  ///< width of the two hidden layers of each head
  double dropout = 0.6;  ///< of them
  RecognitionWeights weights{};
  EcgTransformationsConfig transformations{};
};
template <class Visitor>
void describe(Visitor& visit, TransformationRecognitionConfig& config) {
  visit("preset", config.preset, "parameters and weights, unless they are set");
  visit("hidden", config.hidden, "width of the two hidden layers of each head", at_least(1));
  visit("dropout", config.dropout, "share of their outputs dropped while training",
        between(0, 0.95));
  visit("weights", config.weights, "of each task in the loss");
  visit("transformations", config.transformations, "their parameters");
}

/// Signal transformation recognition: Sarkar & Etemad 2020, "Self-supervised ECG Representation
/// Learning for Emotion Recognition", IEEE Transactions on Affective Computing, arXiv:2002.03898,
/// and the authors' code (pritamqu/SSL-ECG).
///
/// A window becomes seven: as it is, and through each of six transformations. Seven binary heads,
/// one a version, see all of them and say which are theirs; the loss is the weighted sum of their
/// cross-entropies, each the mean over examples. Parts: TASK/loss and TASK/f1, the harmonic mean of
/// precision and recall of the batch, of which reports show the mean over batches.
///
/// Differs from the paper: weight decay is the optimizer's, and the rows of a batch stand version
/// by version instead of shuffled, which changes nothing without batch statistics.
class TransformationRecognition final : public Method {
 public:
  static constexpr const char* kName = "transformation_recognition";
  static constexpr const char* kTitle = "Signal transformation recognition";
  static constexpr const char* kPaper = "Sarkar & Etemad 2020, arXiv:2002.03898";
  using Config = TransformationRecognitionConfig;

  TransformationRecognition(const Config& config, const Ingredients& ingredients);
  Loss loss(const Batch& batch, Step& step) override;
  Encoder& encoder() override { return *encoder_; }

 private:
  std::vector<double> weights_;
  std::vector<NamedTransform> tasks_;
  std::shared_ptr<Encoder> encoder_;
  std::shared_ptr<TaskHeads> heads_;
};

}  // namespace tacit
