// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <torch/nn/module.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tacit/core/config.h"
#include "tacit/core/rng.h"
#include "tacit/core/spec.h"
#include "tacit/dist/communicator.h"
#include "tacit/nn/encoder.h"
#include "tacit/nn/heads.h"

namespace tacit {

class GanGenerator;

/// Where training is, as a loss sees it.
struct Step {
  int64_t index;    ///< optimiser steps done so far
  double progress;  ///< 0 at the start of training, 1 at its end
  Rng& rng;         ///< this step's stream
  const Communicator& world;
};

/// Parameters that are updated together, by the loss they descend.
struct Phase {
  std::string name;
  std::vector<Tensor> parameters;
  std::function<Loss(const Batch&, Step&)> loss;
  int64_t every = 1;  ///< it is updated at every so many steps
};

/// One way to learn, as one paper describes it: how a batch becomes views and targets, which heads
/// and which objective. It knows no data set, optimiser, logger or file.
class Method : public torch::nn::Module {
 public:
  /// Views -> encoder -> heads -> objective. In eval mode the same, for validation.
  virtual Loss loss(const Batch& batch, Step& step) = 0;
  /// For moving averages of weights, queues and the like; called after each optimiser update.
  virtual void after_update(const Step&) {}
  /// What the trainer updates, in order, at each step: by default everything that needs a gradient.
  virtual std::vector<Phase> phases();
  /// The part that outlives training.
  virtual Encoder& encoder() = 0;
  /// What tells a table row's cells from the encoder's code, as FieldOutputs lays them out; nothing
  /// unless the method trains it. Kept beside the encoder, for scores and filling in.
  virtual std::shared_ptr<MlpHead> cell_decoder() { return nullptr; }
  /// What makes images out of noise; nothing unless the method trains it. Kept beside the encoder.
  virtual std::shared_ptr<GanGenerator> generator() { return nullptr; }
};

/// What every method is built from.
struct Ingredients {
  Spec spec;                         ///< of the rows that `loss` will see
  std::shared_ptr<Encoder> encoder;  ///< freshly initialised
  Rng rng;                           ///< initialises the heads
  int64_t classes = 0;               ///< that labels name, for methods that look at labels
};

/// One line of the table of methods.
struct MethodEntry {
  std::string name, title, paper;
  std::vector<Modality> modalities;  ///< of the rows it learns from
  std::vector<FieldInfo> (*fields)();
  /// Throws ConfigError, also for rows of another modality. `config` is the recipe's [method] table
  /// without "name".
  std::shared_ptr<Method> (*make)(const Json& config, const Ingredients&);
  /// The config complete with defaults, presets applied. Throws ConfigError.
  Json (*resolve)(const Json& config);
};

/// The one table. Everything that lists methods iterates it.
const std::vector<MethodEntry>& methods();

/// Throws ConfigError that names the nearest.
const MethodEntry& find_method(const std::string& name);

}  // namespace tacit
