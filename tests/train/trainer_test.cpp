// SPDX-License-Identifier: Apache-2.0
#include "tacit/train/trainer.h"

#include <ATen/ops/ones.h>
#include <torch/cuda.h>

#include <chrono>
#include <cmath>
#include <thread>

#include "tacit/core/weights.h"
#include "tacit/data/loader.h"
#include "tacit/train/checkpoint.h"
#include "tests/core/folder.h"
#include "tests/methods/waves.h"

namespace tacit {
namespace {

const SingleProcess kWorld;

TrainConfig brief() {
  return {.epochs = 3,
          .batch_size = 6,
          .optimizer = {.learning_rate = 1e-3},
          .schedule = {.decay = Decay::cosine}};
}

TrainResult train(Method& method, const TrainConfig& config, const Surroundings& around = {},
                  const Dataset* validation = nullptr) {
  return Trainer(config, Rng(5), kWorld).fit(method, Waves(16), validation, around);
}

/// The same on rows of the kind that this method of the table learns from.
TrainResult train(const std::string& name, Method& method, const TrainConfig& config,
                  const Surroundings& around = {}) {
  return Trainer(config, Rng(5), kWorld).fit(method, *rows_for(name, 16), nullptr, around);
}

void expect_equal(const std::map<std::string, Tensor>& a, const std::map<std::string, Tensor>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (const auto& [name, value] : a) EXPECT_TRUE(value.equal(b.at(name))) << name;
}

/// A method of one parameter whose loss is the mean class of the batch, times p, unless it was told
/// to fail from a step on.
class Plain final : public Method {
 public:
  Plain() : p_(register_parameter("p", at::ones({1}))), encoder_(small_encoder(Rng(1))) {}
  Loss loss(const Batch& batch, Step& step) override {
    const double factor = step.index >= bad_from && step.index < bad_to && is_training() ? NAN : 1;
    draws.push_back(step.rng.bits());
    return {(p_ * 0 + batch.row.to(at::kFloat).mean()).sum() * factor + p_.sum() * 0,
            {{"part", batch.y.to(at::kFloat).mean()}}};
  }
  Encoder& encoder() override { return *encoder_; }

  int64_t bad_from = 0, bad_to = 0;
  std::vector<uint64_t> draws;

 private:
  Tensor p_;
  std::shared_ptr<Encoder> encoder_;
};

class TrainerTest : public FolderTest {};

class EveryMethod : public FolderTest, public testing::WithParamInterface<std::string> {};

TEST_P(EveryMethod, ContinuesFromAnyStepToTheSameBitsAsWithoutAStop) {
  const auto whole = small_method(GetParam(), 0.3);
  Surroundings around;
  around.checkpoints = folder / "whole";
  train(GetParam(), *whole, brief(), around);
  for (const int stop_after : {1, 3, 5}) {  // within an epoch, and behind its last batch
    const auto at = folder / std::to_string(stop_after);
    std::atomic<bool> stop = false;
    int steps = 0;
    Surroundings interrupted;
    interrupted.checkpoints = at;
    interrupted.stop = &stop;
    interrupted.progress = [&](const Progress&) { stop = ++steps == stop_after; };
    EXPECT_THROW(train(GetParam(), *small_method(GetParam(), 0.3), brief(), interrupted),
                 Interrupted);
    EXPECT_EQ(steps, stop_after);
    const auto continued = small_method(GetParam(), 0.3);
    Surroundings again;
    again.checkpoints = at;
    EXPECT_EQ(train(GetParam(), *continued, brief(), again).steps, 9);
    expect_equal(weights(*whole), weights(*continued));
    // The last checkpoints hold the optimisers' states too.
    expect_equal(Checkpoints(folder / "whole").load()->tensors, Checkpoints(at).load()->tensors);
    EXPECT_EQ(Checkpoints(folder / "whole").load()->metadata.at("position"),
              Checkpoints(at).load()->metadata.at("position"));
  }
}

std::vector<std::string> all_names() {
  std::vector<std::string> all;
  for (const MethodEntry& entry : methods()) all.push_back(entry.name);
  return all;
}
INSTANTIATE_TEST_SUITE_P(Table, EveryMethod, testing::ValuesIn(all_names()),
                         [](const auto& each) { return each.param; });

/// Everything that a step can have at once.
TrainConfig rich() {
  TrainConfig config = brief();
  config.accumulate = 2;
  config.average_decay = 0.9;
  config.clip_norm = 0.5;
  config.precision = Precision::bf16;
  config.device = DeviceChoice::cpu;
  return config;
}

TEST_F(TrainerTest, ContinuesToTheSameBitsWithAllThatAStepCanHave) {
  const auto whole = small_method("joint", 0.3), continued = small_method("joint", 0.3);
  EXPECT_EQ(train(*whole, rich()).steps, 6);  // batches of 6, 6 and 4, two a step
  std::atomic<bool> stop = false;
  Surroundings around;
  around.checkpoints = folder;
  around.stop = &stop;
  around.progress = [&](const Progress& progress) {
    stop = progress.epoch == 1 && progress.batch == 2;
  };
  EXPECT_THROW(train(*small_method("joint", 0.3), rich(), around), Interrupted);
  around.stop = nullptr;
  EXPECT_EQ(train(*continued, rich(), around).steps, 6);
  expect_equal(weights(*whole), weights(*continued));
}

TEST_F(TrainerTest, AccumulatedBatchesAreOneLargeBatch) {
  TrainConfig large = brief(), small = brief();
  large.batch_size = 12;  // batches of 12 and 4
  small.batch_size = 6, small.accumulate = 2;
  const auto a = small_method("autoencoder"), b = small_method("autoencoder");
  std::vector<double> losses;
  Surroundings around;
  around.observers = {[&](EpochEnd& end) { losses.push_back(end.quantities.at("train/loss")); }};
  EXPECT_EQ(train(*a, large, around).steps, 6);
  EXPECT_EQ(train(*b, small, around).steps, 6);
  const auto others = weights(*b);
  for (const auto& [name, value] : weights(*a))
    EXPECT_TRUE(value.allclose(others.at(name), 1e-4, 1e-6)) << name;
  for (size_t epoch = 0; epoch < 3; ++epoch) EXPECT_NEAR(losses[epoch], losses[epoch + 3], 1e-5);
}

TEST_F(TrainerTest, ValidatesWatchesAndHandsOnTheAveragedWeightsButTrainsTheOthers) {
  TrainConfig config = brief();
  const auto plain = small_method("autoencoder"), averaged = small_method("autoencoder");
  train(*plain, config);
  config.average_decay = 0.9;
  std::map<std::string, Tensor> watched;
  Surroundings around;
  around.checkpoints = folder;
  around.observers = {[&](EpochEnd& end) { watched = weights(end.method); }};
  const Waves validation(8);
  train(*averaged, config, around, &validation);
  expect_equal(watched, weights(*averaged));
  EXPECT_FALSE(weights(*plain).at("decoder.weight").equal(weights(*averaged).at("decoder.weight")));
  const auto saved = Checkpoints(folder).load()->tensors;
  expect_equal(with_prefix(saved, "method/"), weights(*plain));
  expect_equal(with_prefix(saved, "average/"), weights(*averaged));
}

TEST_F(TrainerTest, TrainsInBfloat16WithWeightsInFp32) {
  TrainConfig config = brief();
  config.precision = Precision::bf16;
  for (const MethodEntry& entry : methods()) {
    SCOPED_TRACE(entry.name);
    const auto half = small_method(entry.name), full = small_method(entry.name);
    EXPECT_EQ(train(entry.name, *half, config).skipped_steps, 0);
    train(entry.name, *full, brief());
    const auto others = weights(*full);
    bool same = true;
    for (const auto& [name, value] : weights(*half)) {
      same = same && value.equal(others.at(name));
      if (!value.is_floating_point()) continue;
      EXPECT_EQ(value.scalar_type(), at::kFloat);
      if (name.find("running_") != std::string::npos) continue;       // of values of any size
      EXPECT_TRUE(value.allclose(others.at(name), 0, 0.02)) << name;  // nine Adam steps of 1e-3
    }
    EXPECT_FALSE(same) << "no bfloat16 in it";
  }
}

TEST_F(TrainerTest, TellsTheNormOfGradientsBeforeClipping) {
  const auto method = small_method("autoencoder");
  const auto before = weights(*method);
  TrainConfig config = brief();
  config.epochs = 1;
  config.batch_size = 16;  // one step
  config.optimizer = {.name = Algorithm::sgd, .learning_rate = 0.5};
  config.schedule = {};
  std::map<std::string, double> told;
  Surroundings around;
  around.observers = {[&](EpochEnd& end) { told = end.quantities; }};
  train(*method, config, around);
  double squares = 0;
  for (const auto& parameter : method->named_parameters())
    squares += (parameter.value() - before.at(parameter.key())).pow(2).sum().item<double>();
  EXPECT_NEAR(told.at("train/gradient_norm"), std::sqrt(squares) / 0.5, 1e-4 * std::sqrt(squares));
  config.clip_norm = 1e-6;
  const double unclipped = told.at("train/gradient_norm");
  train(*small_method("autoencoder"), config, around);
  EXPECT_EQ(told.at("train/gradient_norm"), unclipped);
}

TEST_F(TrainerTest, RefusesAGpuThatIsNotThere) {
  if (torch::cuda::is_available()) GTEST_SKIP() << "this machine has a GPU";
  TrainConfig config = brief();
  config.device = DeviceChoice::cuda;
  EXPECT_NE(message_of<ConfigError>([&] {
              train(*small_method("autoencoder"), config);
            }).find("train.device = \"cuda\""),
            std::string::npos);
}

TEST_F(TrainerTest, GivesTheSameBitsForAnyNumberOfWorkers) {
  std::map<std::string, Tensor> first;
  for (const int64_t workers : {0, 1, 3}) {
    const auto method = small_method("transformation_prediction", 0.3);
    TrainConfig config = brief();
    config.workers = workers;
    train(*method, config);
    if (first.empty()) first = weights(*method);
    expect_equal(first, weights(*method));
  }
}

/// Takes its time with each batch.
class Slow final : public Dataset {
 public:
  const Spec& spec() const override { return source_.spec(); }
  int64_t size() const override { return source_.size(); }
  Batch read(std::span<const int64_t> rows) const override {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    return source_.read(rows);
  }

 private:
  Waves source_{16};
};

TEST_F(TrainerTest, TellsHowLongItWaitedForData) {
  Plain method;
  TrainConfig config = brief();
  config.workers = 0;
  Surroundings around;
  around.observers = {[](EpochEnd& end) {
    EXPECT_GE(end.waiting_share * end.seconds, 0.03);  // three batches
    EXPECT_LE(end.waiting_share, 1);
  }};
  Trainer(config, Rng(5), kWorld).fit(method, Slow(), nullptr, around);
}

TEST_F(TrainerTest, DependsOnItsSeed) {
  const auto a = small_method("supervised"), b = small_method("supervised");
  Trainer(brief(), Rng(5), kWorld).fit(*a, Waves(16), nullptr);
  Trainer(brief(), Rng(6), kWorld).fit(*b, Waves(16), nullptr);
  EXPECT_FALSE(
      weights(*a).at("classifier.head.weight").equal(weights(*b).at("classifier.head.weight")));
}

TEST_F(TrainerTest, WeighsAnEpochsMeansByRows) {
  Plain method;
  std::vector<double> losses;
  Surroundings around;
  around.observers = {[&](EpochEnd& end) { losses.push_back(end.quantities.at("train/loss")); }};
  train(method, brief(), around);  // batches of 6, 6 and 4
  ASSERT_EQ(losses.size(), 3u);
  for (const double loss : losses) EXPECT_NEAR(loss, 7.5, 1e-5);  // mean of 0 … 15
}

TEST_F(TrainerTest, SkipsAndCountsStepsThatAreNotFinite) {
  Plain method;
  method.bad_from = 1, method.bad_to = 3;
  std::vector<double> parts;
  Surroundings around;
  around.observers = {[&](EpochEnd& end) { parts.push_back(end.quantities.at("train/loss")); }};
  const TrainResult result = train(method, brief(), around);
  EXPECT_EQ(result.skipped_steps, 2);
  EXPECT_EQ(result.steps, 9);
  // Of the first epoch only its first batch counts.
  const std::vector<int64_t> order = epoch_order(Rng(5), 0, 16);
  double first = 0;
  for (size_t i = 0; i < 6; ++i) first += static_cast<double>(order[i]) / 6;
  EXPECT_NEAR(parts.at(0), first, 1e-5);
  EXPECT_NEAR(parts.at(1), 7.5, 1e-5);
}

TEST_F(TrainerTest, GivesUpAfterTwentySuchStepsInARow) {
  TrainConfig config = brief();
  config.epochs = 10;
  Plain nineteen, twenty;
  nineteen.bad_from = twenty.bad_from = 1;
  nineteen.bad_to = 20, twenty.bad_to = 21;
  EXPECT_EQ(train(nineteen, config).skipped_steps, 19);
  EXPECT_NE(message_of<StateError>([&] { train(twenty, config); }).find("20 steps in a row"),
            std::string::npos);
}

TEST_F(TrainerTest, ValidatesWithTheSameDrawsAtEachEpoch) {
  Plain method;
  const Waves validation(8);
  train(method, brief(), {}, &validation);  // an epoch: 3 batches of training, 2 of validation
  ASSERT_EQ(method.draws.size(), 15u);
  for (const size_t epoch : {1u, 2u})
    for (const size_t batch : {3u, 4u})
      EXPECT_EQ(method.draws[5 * epoch + batch], method.draws[batch]);
  EXPECT_NE(method.draws[3], method.draws[4]);
  EXPECT_NE(method.draws[5], method.draws[0]);
}

/// Observers that make "score" fall and rise as told.
Surroundings scored(std::vector<double> scores,
                    std::vector<std::map<std::string, Tensor>>* kept = nullptr) {
  Surroundings around;
  around.observers = {[scores, kept](EpochEnd& end) {
    end.quantities["score"] = scores.at(static_cast<size_t>(end.epoch));
    if (kept != nullptr) kept->push_back(weights(end.method));
  }};
  return around;
}

TEST_F(TrainerTest, StopsEarlyOnAQuantityThatAnObserverAdded) {
  TrainConfig config = brief();
  config.epochs = 6;
  config.stop_when = {.quantity = "score", .patience = 2};
  const TrainResult result =
      train(*small_method("autoencoder"), config, scored({5, 3, 4, 3, 1, 0}));
  EXPECT_TRUE(result.stopped_early);
  EXPECT_EQ(result.epochs, 4);
  const TrainResult whole = train(*small_method("autoencoder"), config, scored({5, 3, 4, 2, 3, 1}));
  EXPECT_FALSE(whole.stopped_early);
  EXPECT_EQ(whole.epochs, 6);
}

TEST_F(TrainerTest, KeepsTheBestWeightsAlsoAcrossAResume) {
  TrainConfig config = brief();
  config.stop_when.quantity = "score";
  config.keep = Keep::best;
  std::vector<std::map<std::string, Tensor>> kept;
  const auto method = small_method("autoencoder");
  Surroundings around = scored({2, 1, 3}, &kept);
  around.checkpoints = folder;
  train(*method, config, around);
  expect_equal(weights(*method), kept.at(1));
  EXPECT_FALSE(weights(*method).at("decoder.weight").equal(kept.at(2).at("decoder.weight")));
  const auto again = small_method("autoencoder");  // finished: nothing is left to train
  train(*again, config, around);
  expect_equal(weights(*again), kept.at(1));
}

TEST_F(TrainerTest, SaysWhichQuantitiesThereAre) {
  TrainConfig config = brief();
  config.stop_when = {.quantity = "train/los", .patience = 1};
  EXPECT_NE(message_of<ConfigError>([&] {
              train(*small_method("autoencoder"), config);
            }).find("did you mean \"train/loss\""),
            std::string::npos);
}

TEST_F(TrainerTest, RefusesToTrainOnNothing) {
  EXPECT_THROW(
      Trainer(brief(), Rng(5), kWorld).fit(*small_method("autoencoder"), Waves(0), nullptr),
      ConfigError);
}

}  // namespace
}  // namespace tacit
