// SPDX-License-Identifier: Apache-2.0
#include "tacit/evaluate/finetune.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <ATen/ops/full_like.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/std_mean.h>
#include <ATen/ops/where.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "tacit/evaluate/features.h"
#include "tacit/evaluate/linear_probe.h"
#include "tacit/evaluate/ridge.h"

namespace tacit {
namespace {

constexpr int64_t kReadRows = 256;

std::vector<int64_t> rows_from(int64_t begin, int64_t end) {
  std::vector<int64_t> rows(static_cast<size_t>(end - begin));
  std::iota(rows.begin(), rows.end(), begin);
  return rows;
}

/// What numbers are told relative to.
struct Units {
  double mean = 0, deviation = 1;
};

/// y: [N] float; equal ones have deviation 1.
Units units_of(const Tensor& y) {
  const Tensor wide = y.to(at::kDouble);
  const double deviation = wide.std(/*unbiased=*/false).item<double>();
  return {wide.mean().item<double>(), deviation > 0 ? deviation : 1};
}

/// Standardises the features of `labelled` and starts the head from a linear probe on them.
void start_from_probe(Supervised& model, const Dataset& labelled, int64_t classes, double c) {
  const Features features = extract(model.encoder(), labelled, kReadRows);
  const auto [deviation, mean] = at::std_mean(features.x, /*dim=*/{0}, /*correction=*/0);
  const Tensor scale = at::where(deviation > 0, deviation, at::ones_like(deviation));
  const Tensor x = (features.x - mean) / scale;
  const LinearProbeConfig config{.c = c, .standardize = false};
  if (classes > 0) {
    const LinearClassifier probe = fit_linear_probe(x, features.y, classes, config).classifier;
    model.head().set(mean, scale, probe.weight.to(at::kFloat), probe.bias.to(at::kFloat));
    return;
  }
  const Units units = units_of(features.y);
  const LinearRegressor probe = fit_ridge(x, (features.y - units.mean) / units.deviation, config);
  model.head().set(mean, scale, probe.weight.to(at::kFloat).unsqueeze(0),
                   at::full({1}, probe.bias, at::kFloat));
}

/// Row i is labelled row i and, behind all rows asked for, unlabelled row i with its label removed;
/// both start again at their ends.
class SideBySide final : public Dataset {
 public:
  SideBySide(const Dataset& labelled, const Dataset& unlabelled, int64_t size)
      : labelled_(labelled), unlabelled_(unlabelled), size_(size) {}
  const Spec& spec() const override { return labelled_.spec(); }
  int64_t size() const override { return size_; }
  Batch read(std::span<const int64_t> rows) const override {
    std::vector<int64_t> here, there;
    for (const int64_t row : rows) {
      here.push_back(row % labelled_.size());
      there.push_back(row % unlabelled_.size());
    }
    const Batch known = labelled_.read(here), other = unlabelled_.read(there);
    const Tensor none = at::full_like(other.y, other.y.is_floating_point() ? NAN : -1);
    return {at::cat({known.x, other.x}), at::cat({known.y, none}), at::cat({known.row, other.row})};
  }

 private:
  const Dataset& labelled_;
  const Dataset& unlabelled_;
  int64_t size_;
};

/// Labels of all rows, [N].
Tensor labels_in(const Dataset& data) {
  std::vector<Tensor> parts;
  for (int64_t begin = 0; begin < data.size(); begin += kReadRows)
    parts.push_back(data.read(rows_from(begin, std::min(begin + kReadRows, data.size()))).y);
  return at::cat(parts);
}

}  // namespace

std::shared_ptr<Supervised> finetune(const FinetuneConfig& config, std::shared_ptr<Encoder> encoder,
                                     const Dataset& labelled, int64_t classes, const Rng& rng,
                                     const Surroundings& around, const Dataset* unlabelled) {
  require<ConfigError>(labelled.size() > 0,
                       "there are no labelled rows to train on; check data.label");
  const SupervisedConfig method{.classes = classes,
                                .hidden = config.hidden,
                                .hidden_layers = config.hidden_layers,
                                .hidden_dropout = config.hidden_dropout,
                                .update = config.update,
                                .encoder_mode = config.encoder_mode,
                                .feature_dropout = config.feature_dropout,
                                .label_smoothing = config.label_smoothing,
                                .augment = config.augment,
                                .augment_probability = config.augment_probability,
                                .transformations = config.transformations,
                                .image = config.image,
                                .clip = config.clip,
                                .consistency = config.consistency};
  const auto model = std::make_shared<Supervised>(
      method, Ingredients{labelled.spec(), std::move(encoder), rng.stream("model")});
  if (classes == 0) {
    const Units units = units_of(labels_in(labelled));
    model->head().set_units(units.mean, units.deviation);
  }
  if (config.head_start == HeadStart::linear_probe) {
    require<ConfigError>(config.hidden == 0,
                         "finetune.head_start = \"linear_probe\" needs a linear "
                         "head: set finetune.hidden = 0");
    start_from_probe(*model, labelled, classes, config.probe_c);
  }
  const int64_t batches = (labelled.size() + config.batch_size - 1) / config.batch_size;
  TrainConfig train{.epochs = std::max(config.epochs, (config.min_steps + batches - 1) / batches),
                    .batch_size = config.batch_size,
                    .optimizer = config.optimizer,
                    .schedule = config.schedule};
  const SingleProcess world;
  if (config.consistency.weight > 0 && unlabelled != nullptr && unlabelled->size() > 0) {
    const SideBySide rows(labelled, *unlabelled, train.epochs * batches * train.batch_size);
    train.schedule.warmup_epochs /= static_cast<double>(train.epochs);
    train.epochs = 1;
    Trainer(train, rng.stream("train"), world).fit(*model, rows, nullptr, around);
  } else {
    Trainer(train, rng.stream("train"), world).fit(*model, labelled, nullptr, around);
  }
  return model;
}

Tensor answers(Supervised& model, const Dataset& data, int64_t batch_size) {
  const c10::AutoGradMode no_grad(false);
  model.eval();
  const c10::Device device = model.parameters().front().device();
  std::vector<Tensor> parts;
  for (int64_t begin = 0; begin < data.size(); begin += batch_size) {
    const auto rows = rows_from(begin, std::min(begin + batch_size, data.size()));
    const Tensor out = model.classify(data.read(rows).x.to(device)).to(at::kCPU);
    parts.push_back(model.head().tells_number() ? out.squeeze(1) : out.softmax(1));
  }
  return at::cat(parts);
}

Tensor predict(Supervised& model, const Dataset& data, int64_t batch_size) {
  if (data.size() == 0) return at::empty({0}, at::kLong);
  return answers(model, data, batch_size).argmax(1);
}

}  // namespace tacit
