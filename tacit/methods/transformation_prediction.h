// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "tacit/methods/method.h"
#include "tacit/nn/heads.h"
#include "tacit/transforms/signal.h"

namespace tacit {

/// How a window becomes examples.
enum class Examples {
  all_versions,  ///< the original and one copy a transformation; every head sees all of them
  pairs,         ///< the same copies; a head sees the original and its own transformation only
  composed,      ///< one copy that went through a random subset of the transformations
};
inline std::vector<std::string> names(Examples) { return {"all_versions", "pairs", "composed"}; }

/// Whose parameters the transformations have unless they are set: Saeed et al. 2019 as
/// re-implemented by Tang et al. 2021.
enum class TransformationPreset { har_saeed2019 };
inline std::vector<std::string> names(TransformationPreset) { return {"har_saeed2019"}; }

struct TransformationPredictionConfig {
  TransformationPreset preset = TransformationPreset::har_saeed2019;
  Examples examples = Examples::all_versions;
  double probability = 0.5;                       ///< of each transformation, for "composed"
  int64_t hidden = 256;                           ///< width of each task's head
  std::vector<std::string> tasks{};               ///< which transformations; empty: all
  SignalTransformationsConfig transformations{};  ///< their parameters; defaults: har_saeed2019
};
template <class Visitor>
void describe(Visitor& visit, TransformationPredictionConfig& config) {
  visit("preset", config.preset, "parameters of the transformations, unless they are set");
  visit("examples", config.examples,
        "how a window becomes examples: each transformation by itself, seen by all heads or by its "
        "own, or a random subset at once");
  visit("probability", config.probability, "of each transformation, for examples = \"composed\"",
        between(0.01, 0.99));
  visit("hidden", config.hidden, "width of each task's head", at_least(1));
  visit("tasks", config.tasks, "which transformations to predict; empty: all eight");
  describe(visit, config.transformations);
}

/// Multi-task transformation prediction: Saeed, Ozcelebi & Lukkien 2019, "Multi-task
/// Self-Supervised Learning for Human Activity Detection", arXiv:1907.11879, section 3.
///
/// Each of S signal transformations has a binary head that tells whether a window went through it;
/// the loss is the mean cross-entropy over heads, all weighted equally.
///
/// Differs from the paper: with examples = "all_versions" (Tang et al. 2021, SelfHAR,
/// arXiv:2102.06073) a head also sees the other transformations as negatives. The positives then
/// weigh S times as much, so that both answers count equally. "composed" is our own: one example a
/// window instead of S + 1, and tasks that must be told apart while others disturb.
class TransformationPrediction final : public Method {
 public:
  static constexpr const char* kName = "transformation_prediction";
  static constexpr const char* kTitle = "Multi-task transformation prediction";
  static constexpr const char* kPaper = "Saeed, Ozcelebi & Lukkien 2019, arXiv:1907.11879";
  using Config = TransformationPredictionConfig;

  /// Throws ConfigError for an unknown task.
  TransformationPrediction(const Config& config, const Ingredients& ingredients);
  Loss loss(const Batch& batch, Step& step) override;
  Encoder& encoder() override { return *encoder_; }

 private:
  struct Trial {
    Tensor x;       // [M, C, T]
    Tensor target;  // [M, S] 1 where the transformation was applied
    Tensor weight;  // [M, S] of each answer in the loss
  };
  Trial each_by_itself(const Tensor& x, Rng& rng) const;
  Trial composed(const Tensor& x, Rng& rng) const;

  Config config_;
  std::vector<NamedTransform> tasks_;
  std::shared_ptr<Encoder> encoder_;
  std::shared_ptr<TaskHeads> heads_;
};

}  // namespace tacit
