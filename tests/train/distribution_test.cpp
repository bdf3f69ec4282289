// SPDX-License-Identifier: Apache-2.0
// Several processes train what one would.
#include <ATen/TensorOperators.h>

#include <cmath>

#include "tacit/core/files.h"
#include "tacit/core/weights.h"
#include "tacit/dist/world.h"
#include "tacit/train/checkpoint.h"
#include "tacit/train/trainer.h"
#include "tests/core/folder.h"
#include "tests/dist/processes.h"
#include "tests/methods/waves.h"

namespace tacit {
namespace {

using Weights = std::map<std::string, Tensor>;
namespace fs = std::filesystem;

/// Methods that several processes train otherwise than one, each with the reason.
const std::map<std::string, std::string> kInexact{
    {"image_cpc", "the other images that a prediction is held against are those of its process"},
    {"dpc", "the other clips that a prediction is held against are those of its process"},
    {"rotation", "the image encoder's batch statistics are each process's own"},
    {"ssgan", "the generator's batch statistics are each process's own"}};

/// Methods with weights that the loss does not depend on: their gradients are rounding errors, of
/// which Adam makes whole steps. So these are compared under SGD.
const std::map<std::string, std::string> kWithSgd{
    {"vicreg", "the encoder's last biases cancel in the expander's batch normalisation"},
    {"barlow_twins", "as vicreg, in the projector's"},
    {"byol", "as vicreg, in the projector's"},
    {"masked_autoencoder", "biases of attention's keys cancel in its softmax"}};

constexpr int64_t kRows = 17;  // batches of 6, 6 and 5: the last is shared unevenly by two

std::vector<std::string> all_names() {
  std::vector<std::string> all;
  for (const MethodEntry& entry : methods())
    if (!kInexact.contains(entry.name)) all.push_back(entry.name);
  return all;
}

TrainConfig brief() {
  TrainConfig config;
  config.epochs = 17;
  config.batch_size = 6;
  config.optimizer.learning_rate = 1e-3;
  return config;
}

TrainConfig brief(const std::string& method) {
  TrainConfig config = brief();
  if (kWithSgd.contains(method)) config.optimizer = {.name = Algorithm::sgd, .learning_rate = 3e-4};
  return config;
}

struct Outcome {
  Weights weights;
  std::map<std::string, double> quantities;  // of the last epoch, where observers are called
  TrainResult result;
};

Outcome train(const std::string& name, const TrainConfig& config, const Communicator& world,
              Surroundings around = {}, int64_t rows = kRows) {
  Outcome outcome;
  around.observers.push_back([&](EpochEnd& end) { outcome.quantities = end.quantities; });
  const auto method = small_method(name);
  const auto validation = rows_for(name, 8, 2);  // no batch with fewer rows than two processes
  outcome.result =
      Trainer(config, Rng(5), world).fit(*method, *rows_for(name, rows), validation.get(), around);
  outcome.weights = weights(*method);
  return outcome;
}

/// Norm of the difference over the norm.
double distance(const Weights& a, const Weights& b) {
  double difference = 0, size = 0;
  EXPECT_EQ(a.size(), b.size());
  for (const auto& [name, value] : a) {
    difference += (value - b.at(name)).to(at::kDouble).square().sum().item<double>();
    size += value.to(at::kDouble).square().sum().item<double>();
  }
  return std::sqrt(difference / size);
}

void keep(const std::string& name, const Weights& weights) {
  write_safetensors(shared_folder() / name, {weights, {}});
}

void expect_same_bits(const Weights& a, const Weights& b) {
  ASSERT_EQ(a.size(), b.size());
  for (const auto& [name, value] : a) EXPECT_TRUE(value.equal(b.at(name))) << name;
}

class Distribution : public FolderTest {
 protected:
  Weights kept(const std::string& name) const { return read_safetensors(folder / name).tensors; }
};

// ---- The same weights ---------------------------------------------------------------------------

TEST(Member, DISABLED_TrainsEveryMethod) {
  const auto world = join_world();
  for (const std::string& name : all_names()) {
    const Outcome outcome = train(name, brief(name), *world);
    keep(text("{}-{}", name, world->rank()), outcome.weights);
    EXPECT_EQ(outcome.quantities.empty(), world->rank() != 0) << "observers belong to process 0";
    if (world->rank() == 0)
      std::ofstream(shared_folder() / (name + ".json")) << Json(outcome.quantities);
  }
}

TEST_F(Distribution, TwoProcessesEndWithTheWeightsAndMeansOfOne) {
  Processes(2, "Member.DISABLED_TrainsEveryMethod", folder).expect_success();
  for (const std::string& name : all_names()) {
    SCOPED_TRACE(name);
    const Outcome one = train(name, brief(name), SingleProcess());
    EXPECT_EQ(one.result.steps, 51);
    EXPECT_GT(distance(one.weights, weights(*small_method(name))), 1e-3) << "nothing was learned";
    EXPECT_LE(distance(one.weights, kept(name + "-0")), 1e-6);
    expect_same_bits(kept(name + "-0"), kept(name + "-1"));
    const Json two = Json::parse(read_file(folder / (name + ".json")));
    ASSERT_EQ(two.size(), one.quantities.size());
    for (const auto& [quantity, value] : one.quantities)
      EXPECT_NEAR(two.at(quantity).get<double>(), value, 2e-5 * std::abs(value) + 1e-6) << quantity;
  }
}

TrainConfig all_features() {
  TrainConfig config = brief();
  config.accumulate = 2;
  config.average_decay = 0.9;
  config.clip_norm = 0.5;
  config.keep = Keep::best;
  return config;
}

TEST(Member, DISABLED_TrainsUnevenly) {
  const auto world = join_world();
  keep(text("features-{}", world->rank()), train("joint", all_features(), *world).weights);
  // Batches of 6, 6 and 1: fewer rows than processes, and a share without any.
  keep(text("fewer-{}", world->rank()), train("autoencoder", brief(), *world, {}, 13).weights);
}

TEST_F(Distribution, ThreeProcessesToo) {
  Processes(3, "Member.DISABLED_TrainsUnevenly", folder).expect_success();
  EXPECT_LE(distance(train("joint", all_features(), SingleProcess()).weights, kept("features-0")),
            1e-6);
  EXPECT_LE(
      distance(train("autoencoder", brief(), SingleProcess(), {}, 13).weights, kept("fewer-0")),
      1e-6);
  for (const char* name : {"features", "fewer"})
    for (const int rank : {1, 2})
      expect_same_bits(kept(text("{}-0", name)), kept(text("{}-{}", name, rank)));
}

// ---- Interruption and resume --------------------------------------------------------------------

constexpr int64_t kStopStep = 7;

/// Trains until a signal that reaches one process alone; true when it was interrupted.
bool train_until_stopped(const Communicator& world, const fs::path& checkpoints) {
  std::atomic<bool> stop = false;
  int64_t steps = 0;
  Surroundings around;
  around.checkpoints = checkpoints;
  around.stop = &stop;
  around.progress = [&](const Progress&) {
    ++steps;
    // Processes agree while a step computes, so the wish is fulfilled after the next one.
    if (world.rank() == world.size() - 1) stop = steps == kStopStep - (world.size() > 1 ? 1 : 0);
  };
  try {
    train("joint", brief(), world, around);
  } catch (const Interrupted&) {
    return steps == kStopStep;
  }
  return false;
}

Outcome go_on(const Communicator& world, const fs::path& checkpoints) {
  Surroundings around;
  around.checkpoints = checkpoints;
  return train("joint", brief(), world, around);
}

TEST(Member, DISABLED_StopsAndGoesOn) {
  const auto world = join_world();
  keep(text("whole-{}", world->rank()), train("joint", brief(), *world).weights);
  EXPECT_TRUE(train_until_stopped(*world, shared_folder() / "two"));
  EXPECT_TRUE(train_until_stopped(*world, shared_folder() / "two-then-one"));
  keep(text("two-{}", world->rank()), go_on(*world, shared_folder() / "two").weights);
  keep(text("one-then-two-{}", world->rank()),
       go_on(*world, shared_folder() / "one-then-two").weights);
}

TEST_F(Distribution, StopsTogetherAndContinuesWithAnyNumberOfProcesses) {
  ASSERT_TRUE(train_until_stopped(SingleProcess(), folder / "one-then-two"));
  Processes(2, "Member.DISABLED_StopsAndGoesOn", folder).expect_success();
  const Weights one = train("joint", brief(), SingleProcess()).weights;
  const Outcome continued = go_on(SingleProcess(), folder / "two-then-one");
  EXPECT_EQ(continued.result.steps, 51);
  EXPECT_LE(distance(one, continued.weights), 1e-6);
  EXPECT_LE(distance(one, kept("one-then-two-0")), 1e-6);
  expect_same_bits(kept("one-then-two-0"), kept("one-then-two-1"));
  expect_same_bits(kept("two-0"), kept("whole-0"));  // as many processes: the same bits
}

// ---- Decisions and refusals ---------------------------------------------------------------------

TEST(Member, DISABLED_DecidesAsProcessZero) {
  const auto world = join_world();
  const std::vector<double> scores{5, 3, 4, 3, 1, 0};
  Surroundings around;
  around.checkpoints = shared_folder() / text("checkpoints-{}", world->rank());
  around.observers = {
      [&](EpochEnd& end) { end.quantities["score"] = scores.at(static_cast<size_t>(end.epoch)); }};
  TrainConfig config = brief();
  config.stop_when = {.quantity = "score", .patience = 2};
  config.keep = Keep::best;
  const Outcome outcome = train("autoencoder", config, *world, around);
  EXPECT_TRUE(outcome.result.stopped_early);
  EXPECT_EQ(outcome.result.epochs, 4);
  keep(text("best-{}", world->rank()), outcome.weights);
  EXPECT_EQ(fs::exists(*around.checkpoints / "best.safetensors"), world->rank() == 0);
  EXPECT_EQ(fs::exists(*around.checkpoints), world->rank() == 0);
  config.batch_size = 1;
  EXPECT_NE(
      message_of<ConfigError>([&] { train("autoencoder", config, *world); }).find("2 processes"),
      std::string::npos);
}

TEST_F(Distribution, AllDecideAsProcessZeroWhichAloneWrites) {
  Processes(2, "Member.DISABLED_DecidesAsProcessZero", folder).expect_success();
  expect_same_bits(kept("best-0"), kept("best-1"));
}

/// A method that fails where the row 3 is, from step 1 to step 2.
class Failing final : public Method {
 public:
  Failing() : encoder_(small_encoder(Rng(1))) { register_module("encoder", encoder_); }
  Loss loss(const Batch& batch, Step& step) override {
    const bool bad = step.index > 0 && step.index < 3 && batch.row.eq(3).any().item<bool>();
    return {encoder_->forward(batch.x).square().mean() * (bad ? NAN : 1), {}};
  }
  Encoder& encoder() override { return *encoder_; }

 private:
  std::shared_ptr<Encoder> encoder_;
};

TEST(Member, DISABLED_SkipsTogether) {
  const auto world = join_world();
  Failing method;
  TrainConfig config = brief();
  config.epochs = 3,
  config.batch_size = kRows;  // a step an epoch: row 3 is one process's each time
  const TrainResult result = Trainer(config, Rng(5), *world).fit(method, Waves(kRows), nullptr);
  EXPECT_EQ(result.skipped_steps, 2);
  keep(text("skipped-{}", world->rank()), weights(method));
}

TEST_F(Distribution, AStepThatFailsInOneProcessIsSkippedByAll) {
  Processes(2, "Member.DISABLED_SkipsTogether", folder).expect_success();
  expect_same_bits(kept("skipped-0"), kept("skipped-1"));
}

}  // namespace
}  // namespace tacit
