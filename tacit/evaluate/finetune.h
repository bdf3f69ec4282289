// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <span>

#include "tacit/core/config.h"
#include "tacit/data/dataset.h"
#include "tacit/methods/supervised.h"
#include "tacit/train/trainer.h"

namespace tacit {

/// Where the head of a fine-tuned model starts.
enum class HeadStart { random, linear_probe };
inline std::vector<std::string> names(HeadStart) { return {"random", "linear_probe"}; }

/// Training on few labels. Steps rather than epochs, so that two labels a class are trained as long
/// as two hundred.
struct FinetuneConfig {
  int64_t epochs = 50;
  int64_t min_steps = 200;  ///< epochs are added until so many optimiser steps are done
  int64_t batch_size = 64;
  OptimizerConfig optimizer{.learning_rate = 1e-3};
  ScheduleConfig schedule{.decay = Decay::cosine};
  int64_t hidden = 1024;
  int64_t hidden_layers = 1;
  double hidden_dropout = 0;
  HeadStart head_start = HeadStart::random;
  double probe_c = 0.1;  ///< inverse L2 strength of that linear probe
  Update update = Update::last_block;
  EncoderMode encoder_mode = EncoderMode::train;
  double feature_dropout = 0;
  double label_smoothing = 0;
  std::vector<std::string> augment{};
  double augment_probability = 0.5;
  SignalTransformationsConfig transformations{};
  ImageTransformationsConfig image{};
  ClipTransformationsConfig clip{};
  ConsistencyConfig consistency{};
};
template <class Visitor>
void describe(Visitor& visit, FinetuneConfig& config) {
  visit("epochs", config.epochs, "passes over the labelled rows", at_least(1));
  visit("min_steps", config.min_steps, "epochs are added until so many optimiser steps are done",
        at_least(0));
  visit("batch_size", config.batch_size, "rows a step", at_least(1));
  visit("optimizer", config.optimizer, "update rule");
  visit("schedule", config.schedule, "of the learning rate");
  visit("hidden", config.hidden, "width of the head's hidden layers; 0: a linear head",
        at_least(0));
  visit("hidden_layers", config.hidden_layers, "of the head", between(1, 16));
  visit("hidden_dropout", config.hidden_dropout,
        "share of each hidden layer's outputs dropped while training", between(0, 0.95));
  visit("head_start", config.head_start,
        "random, or the linear probe's solution (hidden = 0 then)");
  visit("probe_c", config.probe_c, "inverse L2 strength of that linear probe", above(0));
  visit("update", config.update, "which layers learn; the others keep their weights");
  visit("encoder_mode", config.encoder_mode,
        "eval: no dropout in the encoder, and batch statistics as they were pre-trained");
  visit("feature_dropout", config.feature_dropout,
        "share of features dropped before the head while training", between(0, 0.95));
  visit("label_smoothing", config.label_smoothing,
        "share of the target spread over all classes; 0 for numbers", between(0, 0.9));
  visit("augment", config.augment,
        "transformations applied to windows, images or clips while training");
  visit("augment_probability", config.augment_probability, "of each, decided per row",
        between(0, 1));
  visit("transformations", config.transformations, "their parameters");
  visit("image", config.image, "parameters of the transformations of images");
  visit("clip", config.clip, "parameters of the transformations of clips");
  visit("consistency", config.consistency,
        "copies of a row should be told alike, also of rows without a label");
}

/// Trains `encoder` (in place) and a new head on all rows of `labelled`. With head_start =
/// "linear_probe" the head starts where a linear probe ends, so that the first steps do not spoil
/// good features: Kumar et al. 2022, arXiv:2202.10054 (LP-FT). `classes`: K, or 0 where labels are
/// numbers: the probe is then fit_ridge(), and the head learns deviations from the mean of the
/// labelled rows. With consistency, as many rows of `unlabelled`, whose labels are not looked at,
/// stand beside the labelled rows of each step. Throws ConfigError when the data set is empty, and
/// DataError when a linear probe is asked for and all rows are of one class.
std::shared_ptr<Supervised> finetune(const FinetuneConfig& config, std::shared_ptr<Encoder> encoder,
                                     const Dataset& labelled, int64_t classes, const Rng& rng,
                                     const Surroundings& around = {},
                                     const Dataset* unlabelled = nullptr);

/// What the model says of each row, in eval mode, on the device of its parameters: the probability
/// of each class, [N, K], or the number, [N], on the CPU. The data set must not be empty.
Tensor answers(Supervised& model, const Dataset& data, int64_t batch_size = 256);

/// The most probable class of each row, [N] int64, in eval mode.
Tensor predict(Supervised& model, const Dataset& data, int64_t batch_size = 256);

}  // namespace tacit
