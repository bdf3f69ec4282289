// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <atomic>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tacit/core/config.h"
#include "tacit/core/rng.h"
#include "tacit/data/dataset.h"
#include "tacit/dist/communicator.h"
#include "tacit/methods/method.h"
#include "tacit/train/device.h"
#include "tacit/train/optimizer.h"
#include "tacit/train/schedule.h"

namespace tacit {

/// When training ends before its last epoch.
struct StopConfig {
  std::string quantity =
      "validation/loss";  ///< lower is better, unless its name ends in accuracy or f1
  int64_t patience = 0;   ///< epochs without a new best; 0: never stop early
};
template <class Visitor>
void describe(Visitor& visit, StopConfig& config) {
  visit("quantity", config.quantity,
        "what is watched: validation/loss, train/loss or any logged quantity");
  visit("patience", config.patience, "epochs without a new best before stopping; 0: never",
        at_least(0));
}

/// Which weights a finished training hands on.
enum class Keep { last, best };
inline std::vector<std::string> names(Keep) { return {"last", "best"}; }

struct TrainConfig {
  int64_t epochs = 30;
  int64_t batch_size = 64;  ///< rows, of all processes together; an epoch's last may have fewer
  int64_t accumulate = 1;   ///< batches an optimiser step
  OptimizerConfig optimizer;
  ScheduleConfig schedule;
  double clip_norm = 0;  ///< largest global gradient norm; 0: no clipping
  StopConfig stop_when{};
  Keep keep = Keep::last;
  double average_decay = 0;  ///< of a moving average of weights; 0: none
  DeviceChoice device = DeviceChoice::automatic;
  Precision precision = Precision::fp32;
  double checkpoint_seconds = 30;  ///< longest time between checkpoints; the work a kill can lose
  int64_t workers = 1;             ///< threads that read ahead; never changes a result
};
template <class Visitor>
void describe(Visitor& visit, TrainConfig& config) {
  visit("epochs", config.epochs, "passes over the training rows", at_least(1));
  visit("batch_size", config.batch_size,
        "rows a batch, of all processes together; the last of an epoch may be smaller",
        at_least(1));
  visit(
      "accumulate", config.accumulate,
      "batches an optimiser step, whose gradients are averaged; a loss that compares the rows of a "
      "batch still sees those of one",
      at_least(1));
  visit("optimizer", config.optimizer, "update rule");
  visit("schedule", config.schedule, "of the learning rate");
  visit("clip_norm", config.clip_norm, "largest global gradient norm; 0: no clipping", at_least(0));
  visit("stop_when", config.stop_when, "early stopping");
  visit("keep", config.keep, "which weights training hands on, by stop_when.quantity for \"best\"");
  visit("average_decay", config.average_decay,
        "of a moving average of weights, like 0.999, which is then what is validated, watched and "
        "handed "
        "on; 0: none",
        between(0, 0.999999));
  visit("device", config.device, "where to compute; auto: a CUDA GPU where there is one");
  visit(
      "precision", config.precision,
      "bf16: matrix products in bfloat16, weights and optimiser in fp32; the fused convolutions of "
      "temporal_conv stay in fp32");
  visit("checkpoint_seconds", config.checkpoint_seconds,
        "longest time between checkpoints: the work that a kill can lose", at_least(0));
  visit("workers", config.workers, "threads that read ahead; never changes a result", at_least(0));
}

/// What is known at the end of an epoch, of the averaged weights where an average is kept.
/// Observers may add quantities.
struct EpochEnd {
  int64_t epoch;          ///< counted from 0
  int64_t step;           ///< optimiser steps so far
  int64_t skipped_steps;  ///< so far, for gradients that were not finite
  double learning_rate;
  double seconds, rows_per_second;           ///< of this epoch, since the last resume
  double waiting_share;                      ///< of these seconds, spent waiting for data
  std::map<std::string, double> quantities;  ///< "train/loss", "validation/loss", …
  Method& method;
};
/// Of several processes, the first one's observers are called.
using Observer = std::function<void(EpochEnd&)>;

/// Where training is within an epoch, for progress bars.
struct Progress {
  int64_t epoch, epochs, batch, batches;
  double loss;  ///< mean over the epoch so far
};

/// Around training: what may watch, interrupt and remember it. All optional.
struct Surroundings {
  std::vector<Observer> observers;
  std::function<void(const Progress&)> progress;
  /// Set to end after the current step; of several processes one is enough to stop all.
  const std::atomic<bool>* stop = nullptr;
  /// Folder; resumes from what is there. Of several processes the first alone reads and writes it.
  std::optional<std::filesystem::path> checkpoints;
};

/// Thrown when `stop` was set, after a checkpoint was written.
struct Interrupted {};

struct TrainResult {
  int64_t epochs = 0;  ///< finished
  int64_t steps = 0;
  int64_t skipped_steps = 0;
  bool stopped_early = false;
};

/// Minimises a method's losses over a data set. Knows phases, not methods.
///
/// Several processes each read their share of every batch and add up their gradients, weighted by
/// rows, so that all have the weights that one process would have, but for rounding, dropout (each
/// draws its own) and batch normalisation (each over its own rows). Nothing in a checkpoint depends
/// on how many they are: any number continues it.
///
/// Every random draw comes from a stream of (seed, epoch) or (seed, step), so training continues
/// from a checkpoint to the same bits as without the interruption. LibTorch's global generator
/// serves dropout only and is seeded from the step's stream before each step.
class Trainer {
 public:
  Trainer(const TrainConfig& config, Rng rng, const Communicator& world);

  /// Trains `method`, from the newest checkpoint if there is one. `validation` may be null. Throws
  /// StateError when gradients stay not finite or when a checkpoint cannot be written or is of
  /// another training or another process died, ConfigError when stop_when.quantity is unknown,
  /// there is no such device, or a batch has fewer rows than there are processes, Interrupted on
  /// request. Afterwards the method is on the CPU, with the weights that `keep` and `average_decay`
  /// say, in eval mode.
  TrainResult fit(Method& method, const Dataset& train, const Dataset* validation,
                  const Surroundings& around = {});

 private:
  TrainConfig config_;
  Rng rng_;
  const Communicator& world_;
};

}  // namespace tacit
