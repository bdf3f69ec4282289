// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "tacit/methods/method.h"
#include "tacit/nn/heads.h"
#include "tacit/transforms/clip.h"
#include "tacit/transforms/image.h"
#include "tacit/transforms/signal.h"

namespace tacit {

/// Which layers learn from labels.
enum class Update { all, last_block, head };
inline std::vector<std::string> names(Update) { return {"all", "last_block", "head"}; }

/// How the encoder's dropout and batch statistics behave while it is trained on labels.
enum class EncoderMode { train, eval };
inline std::vector<std::string> names(EncoderMode) { return {"train", "eval"}; }

/// Versions of a row should be told alike, whether it has a label or not: the second part of VIME,
/// Yoon et al. 2020, whose code (jsyoon0823/VIME, main_vime.py) has weight 1, 3 copies and swap
/// 0.3.
struct ConsistencyConfig {
  double weight = 0;   ///< of the variance over copies beside the loss on labels, 1; 0: none
  int64_t copies = 3;  ///< of each row and step
  double swap = 0.3;  ///< tables: share of cells swapped in a copy; signals: `augment` makes copies
};
template <class Visitor>
void describe(Visitor& visit, ConsistencyConfig& config) {
  visit("weight", config.weight,
        "of the variance of a row's answers over copies of it, where the loss on labels weighs 1",
        at_least(0));
  visit("copies", config.copies, "of each row and step", at_least(2));
  visit("swap", config.swap,
        "tables: share of a copy's cells that take another row's value; signals: augment makes "
        "the copies",
        between(0, 1));
}

struct SupervisedConfig {
  int64_t classes = 2;    ///< K; 0: labels are numbers
  int64_t hidden = 1024;  ///< width of the head's hidden layers; 0: a linear head
  int64_t hidden_layers = 1;
  double hidden_dropout = 0;    ///< share of each hidden layer's outputs dropped while training
  Update update = Update::all;  ///< which layers learn; the others keep their weights
  EncoderMode encoder_mode = EncoderMode::train;
  double feature_dropout = 0;          ///< share of features dropped before the head while training
  double label_smoothing = 0;          ///< share of the target spread over all classes
  std::vector<std::string> augment{};  ///< transformations applied while training
  double augment_probability = 0.5;    ///< of each, decided per row
  SignalTransformationsConfig transformations{};  ///< their parameters
  ImageTransformationsConfig image{};             ///< of images
  ClipTransformationsConfig clip{};               ///< of clips
  ConsistencyConfig consistency{};
};
template <class Visitor>
void describe(Visitor& visit, SupervisedConfig& config) {
  visit("classes", config.classes,
        "number of classes, 0 where labels are numbers; the recipe's data sets it", at_least(0));
  visit("hidden", config.hidden, "width of the head's hidden layers; 0: a linear head",
        at_least(0));
  visit("hidden_layers", config.hidden_layers, "of the head", between(1, 16));
  visit("hidden_dropout", config.hidden_dropout,
        "share of each hidden layer's outputs dropped while training", between(0, 0.95));
  visit("update", config.update, "which layers learn; the others keep their weights");
  visit("encoder_mode", config.encoder_mode,
        "eval: no dropout in the encoder, and batch statistics as they were pre-trained");
  visit("feature_dropout", config.feature_dropout,
        "share of features dropped before the head while training", between(0, 0.95));
  visit("label_smoothing", config.label_smoothing, "share of the target spread over all classes",
        between(0, 0.9));
  visit("augment", config.augment,
        "transformations applied to windows, images or clips while training");
  visit("augment_probability", config.augment_probability, "of each, decided per row",
        between(0, 1));
  describe(visit, config.transformations);
  visit("image", config.image, "parameters of the transformations of images");
  visit("clip", config.clip, "parameters of the transformations of clips");
  visit("consistency", config.consistency, "copies of a row should be told alike");
}

/// Classification by cross-entropy, or regression by the squared error: supervised training from
/// scratch, and fine-tuning when the encoder is already trained. The activity head is that of Saeed
/// et al. 2019, arXiv:1907.11879.
class Supervised final : public Method {
 public:
  static constexpr const char* kName = "supervised";
  static constexpr const char* kTitle = "Supervised training and fine-tuning";
  static constexpr const char* kPaper = "cross-entropy or squared error on labels";
  using Config = SupervisedConfig;

  /// Throws ConfigError for an unknown transformation in `augment`, for a single class, for label
  /// smoothing of numbers and for consistency without a way to make copies.
  Supervised(const Config& config, const Ingredients& ingredients);
  /// Rows without a label (-1, or NaN) count in the consistency only, the variance over copies of
  /// logits, or of numbers in units of head().deviation(), the mean over classes and rows. Numbers:
  /// the mean of ((told - y) / head().deviation())², and the absolute error in their units. Throws
  /// ShapeError when batch.y is of the other kind.
  Loss loss(const Batch& batch, Step& step) override;
  Encoder& encoder() override { return *encoder_; }
  /// x: [N, *spec.shape] -> logits [N, K], or numbers [N, 1].
  Tensor classify(const Tensor& x);
  ClassifierHead& head() { return *head_; }
  void train(bool on = true) override;

 private:
  Loss cross_entropy(const Tensor& logits, const Tensor& y, const Step& step) const;
  Loss squared_error(const Tensor& told, const Tensor& y, const Step& step) const;
  Tensor copy_of(const Tensor& x, Step& step) const;
  void add_consistency(Loss& loss, const Tensor& x, Step& step);

  Config config_;
  std::vector<Field> fields_;  // of tables
  Transform augment_;          // empty: none
  std::shared_ptr<Encoder> encoder_;
  std::shared_ptr<ClassifierHead> head_;
};

}  // namespace tacit
