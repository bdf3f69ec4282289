// SPDX-License-Identifier: Apache-2.0
#include "tacit/evaluate/finetune.h"

#include "tacit/core/weights.h"
#include "tacit/evaluate/features.h"
#include "tacit/evaluate/linear_probe.h"
#include "tacit/evaluate/metrics.h"
#include "tacit/evaluate/ridge.h"
#include "tests/core/folder.h"
#include "tests/methods/waves.h"

namespace tacit {
namespace {

int64_t steps_of(const FinetuneConfig& config, const Dataset& data) {
  int64_t steps = 0;
  Surroundings around;
  around.progress = [&](const Progress&) { ++steps; };
  finetune(config, small_encoder(Rng(1)), data, 2, Rng(2), around);
  return steps;
}

TEST(Finetune, LearnsClassesThatCanBeToldApart) {
  const Waves train(32), test(40, 9);
  for (const Update update : {Update::all, Update::last_block}) {
    const auto model = finetune({.epochs = 20,
                                 .min_steps = 60,
                                 .batch_size = 16,
                                 .optimizer = {.learning_rate = 1e-2},
                                 .hidden = 16,
                                 .update = update},
                                small_encoder(Rng(1)), train, 2, Rng(2));
    const double right =
        (predict(*model, test) == test.all().y).to(at::kDouble).mean().item<double>();
    EXPECT_GT(right, 0.9) << enum_name(update);
  }
}

TEST(Finetune, LearnsFromTablesAndSaysHowProbableClassesAre) {
  const TableRows train(32), test(40, 9);
  const auto model = finetune(
      {.epochs = 20, .min_steps = 60, .batch_size = 16, .optimizer = {.learning_rate = 1e-2}},
      small_table_encoder(Rng(1)), train, 2, Rng(2));
  const Tensor p = answers(*model, test, 7), named = predict(*model, test);
  EXPECT_EQ(p.sizes(), (std::vector<int64_t>{40, 2}));
  EXPECT_LT((p.sum(1) - 1).abs().max().item<double>(), 1e-6);
  EXPECT_TRUE(p.argmax(1).equal(named));
  EXPECT_GT(named.eq(all_of(test).y).to(at::kDouble).mean().item<double>(), 0.9);
  EXPECT_EQ(predict(*model, TableRows(0)).numel(), 0);
}

/// Rows whose labels must not be looked at.
class Unlabelled final : public Dataset {
 public:
  explicit Unlabelled(int64_t rows) : rows_(rows, 5) {}
  const Spec& spec() const override { return rows_.spec(); }
  int64_t size() const override { return rows_.size(); }
  Batch read(std::span<const int64_t> rows) const override {
    Batch batch = rows_.read(rows);
    read_ += batch.x.size(0);
    batch.y.fill_(1);
    return batch;
  }
  int64_t read_so_far() const { return read_; }

 private:
  TableRows rows_;
  mutable int64_t read_ = 0;
};

TEST(Finetune, TakesRowsWithoutLabelsAlongAndNeverTheirLabels) {
  const TableRows train(8), test(40, 9);
  const Unlabelled others(200);
  const FinetuneConfig config{.epochs = 1,
                              .min_steps = 60,
                              .batch_size = 8,
                              .optimizer = {.learning_rate = 1e-2},
                              .update = Update::all,
                              .consistency = {.weight = 1}};
  const auto model = finetune(config, small_table_encoder(Rng(1)), train, 2, Rng(2), {}, &others);
  EXPECT_EQ(others.read_so_far(), 60 * 8);  // as many as labelled ones
  const Tensor named = predict(*model, test);
  EXPECT_GT(named.eq(all_of(test).y).to(at::kDouble).mean().item<double>(), 0.9);
}

TEST(Finetune, StartsWhereALinearProbeEnds) {
  const Waves train(24);
  const auto encoder = small_encoder(Rng(1));
  const Tensor x = extract(*encoder, train, 256).x;
  const auto model = finetune({.epochs = 1,
                               .min_steps = 0,
                               .optimizer = {.learning_rate = 1e-12},
                               .hidden = 0,
                               .head_start = HeadStart::linear_probe,
                               .probe_c = 0.1},
                              encoder, train, 2, Rng(2));
  const Waves test(40, 9);
  const LinearFit probe = fit_linear_probe(x, train.all().y, 2, {.c = 0.1});
  EXPECT_TRUE(
      predict(*model, test).equal(probe.classifier.predict(extract(*encoder, test, 256).x)));
  EXPECT_TRUE(
      model->classify(test.all().x)
          .softmax(1)
          .to(at::kDouble)
          .allclose(probe.classifier.probabilities(extract(*encoder, test, 256).x), 1e-2, 1e-3));
}

TEST(Finetune, AddsEpochsUntilEnoughStepsAreDone) {
  FinetuneConfig config{.epochs = 2, .min_steps = 9, .batch_size = 4, .hidden = 0};
  EXPECT_EQ(steps_of(config, Waves(10)), 9);  // 3 batches an epoch
  EXPECT_EQ(steps_of(config, Waves(4)), 9);
  EXPECT_EQ(steps_of(config, Waves(16)), 12);  // 4 batches: the third epoch is finished
  EXPECT_EQ(steps_of(config, Waves(40)), 20);  // two epochs are enough
}

TEST(Finetune, LeavesWhatUpdateDoesNotName) {
  const auto encoder = small_encoder(Rng(1));
  const auto before = weights(*encoder);
  finetune({.epochs = 1, .min_steps = 3, .hidden = 4, .update = Update::last_block}, encoder,
           Waves(8), 2, Rng(2));
  const auto after = weights(*encoder);
  EXPECT_TRUE(before.at("conv1_weight").equal(after.at("conv1_weight")));
  EXPECT_FALSE(before.at("conv2_weight").equal(after.at("conv2_weight")));
}

TEST(Finetune, RefusesWhatItCannotDo) {
  EXPECT_THROW(finetune({}, small_encoder(Rng(1)), Waves(0), 2, Rng(2)), ConfigError);
  EXPECT_THROW(
      finetune({.head_start = HeadStart::linear_probe}, small_encoder(Rng(1)), Waves(4), 2, Rng(2)),
      ConfigError);
}

/// Rows of a table whose number is 100 times their size and 5000 more.
class Sized final : public Dataset {
 public:
  explicit Sized(int64_t rows, uint64_t seed = 1) : table_(rows, seed) {}
  const Spec& spec() const override { return table_.spec(); }
  int64_t size() const override { return table_.size(); }
  Batch read(std::span<const int64_t> rows) const override {
    Batch batch = table_.read(rows);
    batch.y = batch.x.select(1, 0) * 100 + 5000;
    return batch;
  }

 private:
  TableRows table_;
};

double r2(const Tensor& truth, const Tensor& told) { return number_scores(truth, told).r2; }

TEST(Finetune, LearnsNumbersInTheirUnits) {
  const Sized train(64), test(40, 9);
  const auto model = finetune({.epochs = 20,
                               .min_steps = 200,
                               .batch_size = 16,
                               .optimizer = {.learning_rate = 1e-2},
                               .hidden = 16,
                               .update = Update::all},
                              small_table_encoder(Rng(1)), train, 0, Rng(2));
  const Tensor told = answers(*model, test, 7);
  EXPECT_EQ(told.sizes(), (std::vector<int64_t>{40}));
  EXPECT_GT(r2(all_of(test).y, told), 0.9);
}

TEST(Finetune, StartsWhereRidgeRegressionEnds) {
  const Sized train(32), test(40, 9);
  const auto encoder = small_table_encoder(Rng(1));
  const Features seen = extract(*encoder, train, 256);
  const Tensor asked = extract(*encoder, test, 256).x;
  const auto model = finetune({.epochs = 1,
                               .min_steps = 0,
                               .optimizer = {.learning_rate = 1e-12},
                               .hidden = 0,
                               .head_start = HeadStart::linear_probe,
                               .probe_c = 0.1},
                              encoder, train, 0, Rng(2));
  const Tensor wanted = fit_ridge(seen.x, seen.y, {.c = 0.1}).predict(asked);
  EXPECT_TRUE(answers(*model, test).to(at::kDouble).allclose(wanted, 1e-4, 0.1));
}

TEST(Finetune, LearnsANumberThatNeverVaries) {
  const auto model = finetune({.epochs = 1, .min_steps = 2, .hidden = 0},
                              small_table_encoder(Rng(1)), Sized(1), 0, Rng(2));
  EXPECT_TRUE(answers(*model, Sized(3)).isfinite().all().item<bool>());
}

}  // namespace
}  // namespace tacit
