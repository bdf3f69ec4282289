// SPDX-License-Identifier: Apache-2.0
#include "tacit/train/trainer.h"

#include <ATen/Context.h>
#include <c10/core/GradMode.h>

#include <chrono>
#include <cmath>
#include <memory>

#include "tacit/core/weights.h"
#include "tacit/data/loader.h"
#include "tacit/train/checkpoint.h"

namespace tacit {
namespace {

constexpr int64_t kMostSkipsInARow = 20;

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Row-weighted means of losses and their parts, each over the rows that it was measured on: skipped
/// steps do not count, and a phase may repeat.
struct Means {
  std::map<std::string, double> sums;
  std::map<std::string, int64_t> rows;

  void add(const Loss& loss, const std::string& phase, int64_t count) {
    const std::string prefix = phase.empty() ? "" : phase + "/";
    add(prefix + "loss", loss.total, count);
    for (const auto& [name, value] : loss.parts) add(prefix + name, value, count);
  }
  void add(const std::string& name, const Tensor& value, int64_t count) {
    sums[name] += value.item<double>() * static_cast<double>(count);
    rows[name] += count;
  }
  void write(const std::string& prefix, std::map<std::string, double>& quantities) const {
    for (const auto& [name, sum] : sums)
      quantities[prefix + name] = sum / static_cast<double>(rows.at(name));
  }
};

/// Everything that a checkpoint has to remember beside weights and optimisers.
struct Position {
  int64_t epoch = 0, batch = 0;  ///< the next batch to train on
  int64_t step = 0, skipped = 0, skipped_in_a_row = 0;
  int64_t since_best = 0;
  std::optional<double> best;
  bool stopped_early = false;
  Means means;  ///< of the epoch so far

  Json write() const {
    return {{"epoch", epoch}, {"batch", batch}, {"step", step}, {"skipped", skipped},
            {"skipped_in_a_row", skipped_in_a_row}, {"since_best", since_best},
            {"best", best ? Json(*best) : Json()}, {"stopped_early", stopped_early},
            {"sums", means.sums}, {"rows", means.rows}};
  }
  static Position read(const Json& json) {
    Position p;
    json.at("epoch").get_to(p.epoch);
    json.at("batch").get_to(p.batch);
    json.at("step").get_to(p.step);
    json.at("skipped").get_to(p.skipped);
    json.at("skipped_in_a_row").get_to(p.skipped_in_a_row);
    json.at("since_best").get_to(p.since_best);
    if (!json.at("best").is_null()) p.best = json.at("best").get<double>();
    json.at("stopped_early").get_to(p.stopped_early);
    json.at("sums").get_to(p.means.sums);
    json.at("rows").get_to(p.means.rows);
    return p;
  }
};

/// One call of Trainer::fit.
class Session {
 public:
  Session(const TrainConfig& config, const Rng& rng, const Communicator& world, Method& method,
          const Dataset& train, const Dataset* validation, const Surroundings& around)
      : config_(config), rng_(rng), world_(world), method_(method), train_(train),
        validation_(validation), around_(around), phases_(method.phases()),
        batches_((train.size() + config.batch_size - 1) / config.batch_size) {
    for (const Phase& phase : phases_)
      optimizers_.push_back(std::make_unique<Optimizer>(config.optimizer, phase.parameters));
    if (around.checkpoints) checkpoints_.emplace(*around.checkpoints);
  }

  TrainResult run() {
    resume();
    while (at_.epoch < config_.epochs && !at_.stopped_early) epoch();
    if (config_.keep == Keep::best && !best_weights_.empty()) set_weights(method_, best_weights_);
    method_.eval();
    return {at_.epoch, at_.step, at_.skipped, at_.stopped_early};
  }

 private:
  int64_t steps() const { return config_.epochs * batches_; }

  void epoch() {
    const auto start = std::chrono::steady_clock::now();
    const int64_t first_batch = at_.batch;
    method_.train();
    Loader loader(train_, epoch_order(rng_, at_.epoch, train_.size()),
                  {.batch = config_.batch_size, .workers = config_.workers},
                  std::min(at_.batch * config_.batch_size, train_.size()));
    while (const std::optional<Batch> batch = loader.next()) {
      step(*batch);
      ++at_.batch;
      report_progress();
      if (around_.stop != nullptr && around_.stop->load()) {
        save();
        throw Interrupted{};
      }
      if (checkpoints_ && seconds_since(saved_) > config_.checkpoint_seconds) save();
    }
    finish_epoch(seconds_since(start), (batches_ - first_batch) * config_.batch_size);
  }

  void step(const Batch& batch) {
    Rng draws = rng_.stream("step").stream(static_cast<uint64_t>(at_.step));
    at::manual_seed(draws.split().bits());
    Step now{at_.step, static_cast<double>(at_.step) / static_cast<double>(steps()), draws, world_};
    for (size_t i = 0; i < phases_.size(); ++i)
      for (int64_t repeat = 0; repeat < phases_[i].repeats; ++repeat) update(i, batch, now);
    ++at_.step;
  }

  void update(size_t phase, const Batch& batch, Step& now) {
    Optimizer& optimizer = *optimizers_[phase];
    optimizer.zero_grad();
    const Loss loss = phases_[phase].loss(batch, now);
    loss.total.backward();
    const double norm = optimizer.gradient_norm(config_.clip_norm);
    if (!std::isfinite(norm) || !std::isfinite(loss.total.item<double>())) {
      ++at_.skipped;
      require<StateError>(++at_.skipped_in_a_row < kMostSkipsInARow,
                          "training diverged: {} steps in a row gave gradients that are not finite, "
                          "the last at step {}; lower train.optimizer.learning_rate or set "
                          "train.clip_norm",
                          at_.skipped_in_a_row, at_.step);
      return;
    }
    at_.skipped_in_a_row = 0;
    optimizer.step(learning_rate_factor(config_.schedule, at_.step, steps(), batches_));
    method_.after_update(now);
    at_.means.add(loss, phases_[phase].name, batch.size());
  }

  void finish_epoch(double seconds, int64_t rows) {
    EpochEnd end{at_.epoch, at_.step, at_.skipped,
                 config_.optimizer.learning_rate *
                     learning_rate_factor(config_.schedule, at_.step - 1, steps(), batches_),
                 seconds, static_cast<double>(rows) / std::max(seconds, 1e-9), {}, method_};
    at_.means.write("train/", end.quantities);
    if (validation_ != nullptr) validate(end.quantities);
    method_.eval();
    for (const Observer& observer : around_.observers) observer(end);
    watch(end.quantities);
    ++at_.epoch;
    at_.batch = 0;
    at_.means = {};
    save();
  }

  /// The method's own losses on the validation rows, with the same draws at each epoch.
  void validate(std::map<std::string, double>& quantities) {
    const c10::AutoGradMode no_grad(false);
    method_.eval();
    std::vector<int64_t> order(static_cast<size_t>(validation_->size()));
    for (size_t row = 0; row < order.size(); ++row) order[row] = static_cast<int64_t>(row);
    Loader loader(*validation_, std::move(order),
                  {.batch = config_.batch_size, .workers = config_.workers});
    Means means;
    for (int64_t index = 0; const std::optional<Batch> batch = loader.next(); ++index) {
      Rng draws = rng_.stream("validation").stream(static_cast<uint64_t>(index));
      Step now{at_.step, 1, draws, world_};
      for (const Phase& phase : phases_)
        means.add(phase.loss(*batch, now), phase.name, batch->size());
    }
    means.write("validation/", quantities);
  }

  /// Keeps the best weights and decides on early stopping.
  void watch(const std::map<std::string, double>& quantities) {
    std::string name = config_.stop_when.quantity;
    if (validation_ == nullptr && name.starts_with("validation/")) {
      if (config_.stop_when.patience == 0 && config_.keep == Keep::last) return;
      throw ConfigError(text("train.stop_when.quantity = \"{}\" but there are no validation rows; set "
                             "data.split.validation or watch train/loss", name));
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
      if (config_.keep == Keep::best) best_weights_ = weights(method_);
      if (checkpoints_) checkpoints_->save_best({weights(method_), {}});
    } else {
      ++at_.since_best;
    }
    at_.stopped_early =
        config_.stop_when.patience > 0 && at_.since_best >= config_.stop_when.patience;
  }

  void save() {
    if (!checkpoints_) return;
    TensorFile content;
    add_with_prefix(content.tensors, "method/", weights(method_));
    for (size_t i = 0; i < optimizers_.size(); ++i)
      add_with_prefix(content.tensors, text("optimizer/{}/", i), optimizers_[i]->state());
    content.metadata["position"] = at_.write().dump();
    checkpoints_->save(content);
    saved_ = std::chrono::steady_clock::now();
  }

  void resume() {
    if (!checkpoints_) return;
    const std::optional<TensorFile> content = checkpoints_->load();
    if (!content) return;
    try {
      at_ = Position::read(Json::parse(content->metadata.at("position")));
    } catch (const std::exception& e) {
      throw StateError(text("the checkpoint's position is damaged: {}", e.what()));
    }
    set_weights(method_, with_prefix(content->tensors, "method/"));
    for (size_t i = 0; i < optimizers_.size(); ++i)
      optimizers_[i]->restore(with_prefix(content->tensors, text("optimizer/{}/", i)));
    if (config_.keep == Keep::best)
      if (const auto best = checkpoints_->load_best()) best_weights_ = best->tensors;
  }

  void report_progress() const {
    if (!around_.progress) return;
    const auto loss = at_.means.sums.find("loss");
    around_.progress(
        {at_.epoch, config_.epochs, at_.batch, batches_,
         loss == at_.means.sums.end()
             ? 0
             : loss->second / static_cast<double>(at_.means.rows.at("loss"))});
  }

  const TrainConfig& config_;
  const Rng& rng_;
  const Communicator& world_;
  Method& method_;
  const Dataset& train_;
  const Dataset* validation_;
  const Surroundings& around_;
  std::vector<Phase> phases_;
  std::vector<std::unique_ptr<Optimizer>> optimizers_;
  int64_t batches_;
  std::optional<Checkpoints> checkpoints_;
  Position at_;
  std::map<std::string, Tensor> best_weights_;
  std::chrono::steady_clock::time_point saved_ = std::chrono::steady_clock::now();
};

}  // namespace

Trainer::Trainer(const TrainConfig& config, Rng rng, const Communicator& world)
    : config_(config), rng_(std::move(rng)), world_(world) {}

TrainResult Trainer::fit(Method& method, const Dataset& train, const Dataset* validation,
                         const Surroundings& around) {
  require<ConfigError>(train.size() > 0, "there are no training rows; check data.split");
  return Session(config_, rng_, world_, method, train,
                 validation != nullptr && validation->size() > 0 ? validation : nullptr, around)
      .run();
}

}  // namespace tacit
