// SPDX-License-Identifier: Apache-2.0
#include "tacit/train/trainer.h"

#include <ATen/Context.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <ATen/ops/stack.h>
#include <c10/core/GradMode.h>

#include <chrono>
#include <cmath>
#include <memory>
#include <numeric>

#include "tacit/core/weights.h"
#include "tacit/data/loader.h"
#include "tacit/dist/broadcast.h"
#include "tacit/dist/share.h"
#include "tacit/train/average.h"
#include "tacit/train/checkpoint.h"
#include "tacit/train/exchange.h"
#include "tacit/train/position.h"

namespace tacit {
namespace {

constexpr int64_t kMostSkipsInARow = 20;

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

Method& moved(Method& method, c10::Device device) {
  method.to(device);
  return method;
}

std::vector<int64_t> counted(int64_t size) {
  std::vector<int64_t> order(static_cast<size_t>(size));
  std::iota(order.begin(), order.end(), int64_t{0});
  return order;
}

/// What this process does of one joint batch.
struct Piece {
  Batch batch;
  Rng draws;
  Share share;   // of the joint batch
  int64_t rows;  // of the joint batch
};

/// One call of Trainer::fit.
class Session {
 public:
  Session(const TrainConfig& config, const Rng& rng, const Communicator& world, Method& method,
          const Dataset& train, const Dataset* validation, const Surroundings& around)
      : config_(config),
        rng_(rng),
        world_(world),
        device_(find_device(config.device, world.local_rank())),
        method_(moved(method, device_)),
        train_(train),
        validation_(validation),
        around_(around),
        phases_(method.phases()),
        batches_((train.size() + config.batch_size - 1) / config.batch_size),
        steps_((batches_ + config.accumulate - 1) / config.accumulate) {
    for (const Phase& phase : phases_)
      optimizers_.push_back(std::make_unique<Optimizer>(config.optimizer, phase.parameters));
    if (config.average_decay > 0) average_.emplace(method, config.average_decay);
    if (around.checkpoints && writes()) checkpoints_.emplace(*around.checkpoints);
  }

  TrainResult run() {
    resume();
    while (at_.epoch < config_.epochs && !at_.stopped_early) epoch();
    if (average_) set_weights(method_, average_->weights());
    if (config_.keep == Keep::best && !best_weights_.empty()) set_weights(method_, best_weights_);
    share_buffers();
    method_.to(at::kCPU);
    method_.eval();
    return {at_.epoch, at_.step, at_.skipped, at_.stopped_early};
  }

 private:
  bool writes() const { return world_.rank() == 0; }
  double rate_factor(int64_t step) const {
    return learning_rate_factor(config_.schedule, step, config_.epochs * steps_, steps_);
  }
  LoaderConfig loading() const {
    return {.batch = share_of(config_.batch_size, world_).rows, .workers = config_.workers};
  }
  /// Joint rows of batch `index` of a data set.
  int64_t rows_in(int64_t index, const Dataset& data) const {
    return std::min(config_.batch_size, data.size() - index * config_.batch_size);
  }
  /// The batch that `loader` reads next, the joint batch `index` of `data`; `draws` is that one's
  /// stream.
  Piece piece(Loader& loader, const Dataset& data, int64_t index, const Rng& draws) {
    const auto start = std::chrono::steady_clock::now();
    const Batch read = loader.next().value();
    waited_ += seconds_since(start);
    const int64_t rows = rows_in(index, data);
    const Share share = share_of(rows, world_);
    return {{data.unpack(read.x.to(device_)), read.y.to(device_), read.row.to(device_)},
            draws.from_row(share.first),
            share,
            rows};
  }

  void epoch() {
    const auto start = std::chrono::steady_clock::now();
    const int64_t first_batch = at_.batch;
    method_.train();
    shown_ = {};
    waited_ = 0;
    std::vector<int64_t> own =
        own_rows(epoch_order(rng_, at_.epoch, train_.size()), config_.batch_size, world_);
    const int64_t first = std::min(at_.batch * loading().batch, static_cast<int64_t>(own.size()));
    Loader loader(train_, std::move(own), loading(), first);
    while (at_.batch < batches_) {
      std::vector<Piece> pieces;
      for (int64_t i = at_.batch; i < std::min(at_.batch + config_.accumulate, batches_); ++i)
        pieces.push_back(
            piece(loader, train_, i,
                  rng_.stream("step").stream(static_cast<uint64_t>(at_.epoch * batches_ + i))));
      step(pieces);
      at_.batch += static_cast<int64_t>(pieces.size());
      report_progress();
      if (stop_asked()) {
        save();
        throw Interrupted{};
      }
      if (seconds_since(saved_) > config_.checkpoint_seconds) save();
    }
    finish_epoch(seconds_since(start), (batches_ - first_batch) * config_.batch_size);
  }

  void step(std::vector<Piece>& pieces) {
    for (size_t i = pieces.size(); i-- > 0;)  // the first one's is in force
      at::manual_seed(pieces[i].draws.split().row(0).bits());
    for (size_t i = 0; i < phases_.size(); ++i)
      if ((at_.step + 1) % phases_[i].every == 0) update(i, pieces);
    ++at_.step;
    if (average_) average_->update(method_, at_.step - 1);
  }

  Step now(Rng& draws) const {
    const auto all = static_cast<double>(config_.epochs * steps_);
    return {at_.step, static_cast<double>(at_.step) / all, draws, world_};
  }

  Loss loss_of(const Phase& phase, const Batch& batch, Step& now) const {
    const MixedPrecision precision(config_.precision, device_);
    return phase.loss(batch, now);
  }

  void update(size_t phase, std::vector<Piece>& pieces) {
    Optimizer& optimizer = *optimizers_[phase];
    optimizer.zero_grad();
    int64_t rows = 0;
    for (const Piece& piece : pieces) rows += piece.rows;
    std::vector<std::string> names;
    Tensor values;  // [K + 1]: the loss, its parts, and whether somebody wants to stop
    for (Piece& piece : pieces) {
      Step step = now(piece.draws);
      const Loss loss = loss_of(phases_[phase], piece.batch, step);
      // All processes' and batches' weights add up to 1: the sum of weighted means is the joint
      // mean.
      const double weight =
          piece.share.weight * static_cast<double>(piece.rows) / static_cast<double>(rows);
      (weight == 1 ? loss.total : loss.total * weight).backward();
      if (names.empty()) names = names_of(loss, phases_[phase].name);
      const Tensor part = values_of(loss) * weight;
      values = values.defined() ? values + part : part;
    }
    const bool stop = around_.stop != nullptr && around_.stop->load();
    values = at::cat({values, at::full({1}, stop ? 1.0 : 0.0, values.options())});
    add_up_gradients(world_, phases_[phase].parameters, values);
    // The step's one look at its numbers, equal on all processes, so that they decide alike.
    const Tensor norm = optimizer.gradient_norm().to(values.device());
    const Tensor read =
        at::stack({norm.to(at::kDouble), values[0].to(at::kDouble), values[-1].to(at::kDouble)})
            .to(at::kCPU);
    const double* seen = read.const_data_ptr<double>();
    stop_agreed_ = seen[2] > 0;
    if (!std::isfinite(seen[0]) || !std::isfinite(seen[1])) return skip();
    at_.skipped_in_a_row = 0;
    optimizer.clip(seen[0], config_.clip_norm);
    optimizer.step(rate_factor(at_.step));
    method_.after_update(now(pieces.back().draws));
    names.push_back(name_of("gradient_norm", phases_[phase].name));
    at_.means.add(names, at::cat({values.slice(0, 0, -1), norm.to(values.dtype()).view({1})}),
                  rows);
    if (phase == 0) shown_.loss += seen[1] * static_cast<double>(rows), shown_.rows += rows;
  }

  void skip() {
    ++at_.skipped;
    ++at_.skipped_in_a_row;
    require<StateError>(at_.skipped_in_a_row < kMostSkipsInARow,
                        "training diverged: {} steps in a row gave gradients that are not finite, "
                        "the last at step {}; lower train.optimizer.learning_rate or set "
                        "train.clip_norm",
                        at_.skipped_in_a_row, at_.step);
  }

  bool stop_asked() const {
    if (world_.size() > 1) return stop_agreed_;
    return around_.stop != nullptr && around_.stop->load();
  }

  void finish_epoch(double seconds, int64_t rows) {
    EpochEnd end{at_.epoch,
                 at_.step,
                 at_.skipped,
                 config_.optimizer.learning_rate * rate_factor(at_.step - 1),
                 seconds,
                 static_cast<double>(rows) / std::max(seconds, 1e-9),
                 waited_ / std::max(seconds, 1e-9),
                 {},
                 method_};
    at_.means.write("train/", end.quantities);
    {
      const AveragedModule averaged(method_, average_ ? &*average_ : nullptr);
      method_.eval();
      share_buffers();
      if (validation_ != nullptr) validate(end.quantities);
      if (writes()) {
        for (const Observer& observer : around_.observers) observer(end);
        watch(end.quantities);
      }
      if (world_.size() > 1) at_ = Position::read(broadcast(world_, at_.write()));
      if (config_.keep == Keep::best && at_.best && at_.since_best == 0)
        best_weights_ = weights(method_);
    }
    ++at_.epoch;
    at_.batch = 0;
    at_.means = {};
    save();
  }

  /// Batch statistics are each process's own; what they are measured with is process 0's.
  void share_buffers() {
    if (world_.size() == 1) return;
    for (Tensor& buffer : method_.buffers()) buffer.copy_(world_.broadcast(buffer));
  }

  /// The method's own losses on the validation rows, with the same draws at each epoch.
  void validate(std::map<std::string, double>& quantities) {
    const c10::AutoGradMode no_grad(false);
    const Dataset& data = *validation_;
    Loader loader(data, own_rows(counted(data.size()), config_.batch_size, world_), loading());
    Means means;
    for (int64_t index = 0; index * config_.batch_size < data.size(); ++index) {
      Piece piece = this->piece(loader, data, index,
                                rng_.stream("validation").stream(static_cast<uint64_t>(index)));
      Step now{at_.step, 1, piece.draws, world_};
      const auto own = std::llround(piece.share.weight * static_cast<double>(piece.rows));
      for (const Phase& phase : phases_) {
        const Loss loss = loss_of(phase, piece.batch, now);
        means.add(names_of(loss, phase.name), values_of(loss), own);
      }
    }
    means.add_up(world_);
    means.write("validation/", quantities);
  }

  /// Keeps the best weights and decides on early stopping.
  void watch(const std::map<std::string, double>& quantities) {
    const std::string name = config_.stop_when.quantity;
    const bool is_idle = config_.stop_when.patience == 0 && config_.keep == Keep::last;
    // Phases have losses of their own, and none together.
    if (is_idle && phases_.size() > 1 && name == StopConfig{}.quantity) return;
    if (validation_ == nullptr && name.starts_with("validation/")) {
      if (is_idle) return;
      throw ConfigError(
          text("train.stop_when.quantity = \"{}\" but there are no validation rows; set "
               "data.split.validation or watch train/loss",
               name));
    }
    std::vector<std::string> known;
    for (const auto& [key, value] : quantities) known.push_back(key);
    require<ConfigError>(quantities.contains(name), "train.stop_when.quantity: {}",
                         unknown_name("quantity", name, known));
    const bool higher = name.ends_with("accuracy") || name.ends_with("f1");
    const double value = quantities.at(name) * (higher ? -1 : 1);
    if (std::isfinite(value) && (!at_.best || value < *at_.best)) {
      at_.best = value;
      at_.since_best = 0;
      if (checkpoints_) checkpoints_->save_best({on_cpu(weights(method_)), {}});
    } else {
      ++at_.since_best;
    }
    at_.stopped_early =
        config_.stop_when.patience > 0 && at_.since_best >= config_.stop_when.patience;
  }

  static std::map<std::string, Tensor> on_cpu(std::map<std::string, Tensor> tensors) {
    for (auto& [name, tensor] : tensors) tensor = tensor.to(at::kCPU);
    return tensors;
  }

  /// All that is needed to go on from here, whatever the number of processes.
  TensorFile state() const {
    TensorFile content;
    add_with_prefix(content.tensors, "method/", weights(method_));
    if (average_) add_with_prefix(content.tensors, "average/", average_->weights());
    for (size_t i = 0; i < optimizers_.size(); ++i)
      add_with_prefix(content.tensors, text("optimizer/{}/", i), optimizers_[i]->state());
    content.metadata["position"] = at_.write();
    return {on_cpu(std::move(content.tensors)), content.metadata};
  }

  void restore(const TensorFile& state) {
    const auto position = state.metadata.find("position");
    require<StateError>(position != state.metadata.end(), "the checkpoint has no position");
    at_ = Position::read(position->second);
    set_weights(method_, with_prefix(state.tensors, "method/"));
    if (average_) average_->restore(with_prefix(state.tensors, "average/"));
    for (size_t i = 0; i < optimizers_.size(); ++i)
      optimizers_[i]->restore(with_prefix(state.tensors, text("optimizer/{}/", i)));
  }

  void save() {
    if (!checkpoints_) return;
    checkpoints_->save(state());
    saved_ = std::chrono::steady_clock::now();
  }

  /// Goes on from the newest checkpoint; several processes start from process 0's state in any
  /// case.
  void resume() {
    const std::optional<TensorFile> saved = checkpoints_ ? checkpoints_->load() : std::nullopt;
    if (world_.size() > 1)
      restore(broadcast(world_, saved ? *saved : state()));
    else if (saved)
      restore(*saved);
    if (config_.keep != Keep::best) return;
    const std::optional<TensorFile> best = saved ? checkpoints_->load_best() : std::nullopt;
    best_weights_ = broadcast(world_, best.value_or(TensorFile{})).tensors;
  }

  void report_progress() const {
    if (!around_.progress) return;
    around_.progress({at_.epoch, config_.epochs, at_.batch, batches_,
                      shown_.rows == 0 ? 0 : shown_.loss / static_cast<double>(shown_.rows)});
  }

  const TrainConfig& config_;
  const Rng& rng_;
  const Communicator& world_;
  const c10::Device device_;
  Method& method_;
  const Dataset& train_;
  const Dataset* validation_;
  const Surroundings& around_;
  std::vector<Phase> phases_;
  std::vector<std::unique_ptr<Optimizer>> optimizers_;
  std::optional<WeightAverage> average_;
  const int64_t batches_, steps_;  // an epoch
  std::optional<Checkpoints> checkpoints_;
  Position at_;
  bool stop_agreed_ = false;
  struct {
    double loss = 0;
    int64_t rows = 0;
  } shown_;            // of the epoch, in the progress
  double waited_ = 0;  // for data, in seconds of the epoch
  std::map<std::string, Tensor> best_weights_;
  std::chrono::steady_clock::time_point saved_ = std::chrono::steady_clock::now();
};

}  // namespace

Trainer::Trainer(const TrainConfig& config, Rng rng, const Communicator& world)
    : config_(config), rng_(std::move(rng)), world_(world) {}

TrainResult Trainer::fit(Method& method, const Dataset& train, const Dataset* validation,
                         const Surroundings& around) {
  require<ConfigError>(train.size() > 0, "there are no training rows; check data.split");
  require<ConfigError>(
      config_.batch_size >= world_.size(),
      "train.batch_size = {} is less than a row for each of {} processes; raise it or "
      "start fewer",
      config_.batch_size, world_.size());
  return Session(config_, rng_, world_, method, train,
                 validation != nullptr && validation->size() > 0 ? validation : nullptr, around)
      .run();
}

}  // namespace tacit
