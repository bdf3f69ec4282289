// SPDX-License-Identifier: Apache-2.0
// What every signal transformation promises.
#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/isfinite.h>
#include <gtest/gtest.h>

#include <set>

#include "tacit/core/error.h"
#include "tacit/transforms/ecg.h"
#include "tacit/transforms/signal.h"
#include "tests/transforms/signals.h"

namespace tacit {
namespace {

/// Of both papers.
std::vector<NamedTransform> all_transformations() {
  std::vector<NamedTransform> all = signal_transformations();
  for (NamedTransform& one : ecg_transformations()) {
    one.name = "ecg_" + one.name;
    all.push_back(std::move(one));
  }
  return all;
}

bool draws(const std::string& name) {
  static const std::set<std::string> fixed{"negation", "time_flip", "ecg_negation", "ecg_inversion",
                                           "ecg_scaling"};
  return !fixed.contains(name);
}

class SignalContract : public testing::TestWithParam<size_t> {
 protected:
  const NamedTransform step = all_transformations().at(GetParam());
  const bool random = draws(step.name);

  Tensor apply(const Tensor& x, uint64_t seed) const {
    Rng rng(seed);
    return step.apply(x, rng);
  }
};

TEST_P(SignalContract, KeepsShapeAndTypeAndStaysFinite) {
  for (const at::ScalarType type : {at::kFloat, at::kDouble})
    for (const auto& [channels, time] :
         {std::pair<int64_t, int64_t>{3, 50}, {6, 1}, {6, 2}, {9, 7}}) {
      const Tensor x = random_signals(4, channels, time).to(type);
      const Tensor y = apply(x, 1);
      EXPECT_EQ(y.sizes(), x.sizes());
      EXPECT_EQ(y.scalar_type(), type);
      EXPECT_TRUE(y.is_contiguous());
      EXPECT_TRUE(at::isfinite(y).all().item<bool>());
    }
}

TEST_P(SignalContract, AcceptsNoRows) {
  EXPECT_EQ(apply(random_signals(0, 3, 20), 1).sizes(), (at::IntArrayRef{0, 3, 20}));
}

TEST_P(SignalContract, LeavesItsInputUntouched) {
  const Tensor x = random_signals(4, 6, 33);
  const Tensor before = x.clone();
  const Tensor y = apply(x, 1);
  EXPECT_TRUE(at::equal(x, before));
  EXPECT_FALSE(y.is_alias_of(x));
}

TEST_P(SignalContract, ReadsAnyMemoryLayoutAlike) {
  const Tensor x = random_signals(4, 6, 33);
  const Tensor turned = x.transpose(1, 2).contiguous().transpose(1, 2);
  ASSERT_FALSE(turned.is_contiguous());
  EXPECT_TRUE(at::equal(apply(x, 1), apply(turned, 1)));
}

TEST_P(SignalContract, ChangesEveryRow) {
  const Tensor x = random_signals(64, 6, 40);
  EXPECT_TRUE((apply(x, 1) != x).flatten(1).any(1).all().item<bool>());
}

TEST_P(SignalContract, DrawsForEachRowOnItsOwn) {
  const Tensor x = random_signals(1, 6, 400).expand({2, 6, 400});
  const Tensor y = apply(x, 1);
  EXPECT_EQ(at::equal(y[0], y[1]), !random);
}

TEST_P(SignalContract, RowsDoNotDependOnTheirNeighbours) {
  const Tensor x = random_signals(8, 6, 40);
  EXPECT_TRUE(at::equal(apply(x, 1).narrow(0, 0, 3), apply(x.narrow(0, 0, 3), 1)));
}

TEST_P(SignalContract, RowsDrawTheSameInAShareOfTheBatch) {
  const Tensor x = random_signals(8, 6, 40);
  Rng rng = Rng(1).from_row(3);
  EXPECT_TRUE(at::equal(apply(x, 1).narrow(0, 3, 5), step.apply(x.narrow(0, 3, 5), rng)));
}

TEST_P(SignalContract, SameSeedSameResultOtherSeedOtherResult) {
  const Tensor x = random_signals(8, 6, 400);
  EXPECT_TRUE(at::equal(apply(x, 1), apply(x, 1)));
  EXPECT_EQ(at::equal(apply(x, 1), apply(x, 2)), !random);
}

TEST_P(SignalContract, TheNextCallDrawsAnew) {
  const Tensor x = random_signals(8, 6, 400);
  Rng rng(1);
  const Tensor first = step.apply(x, rng);
  EXPECT_EQ(at::equal(first, step.apply(x, rng)), !random);
}

TEST_P(SignalContract, DoesNotDependOnTheNumberOfThreads) {
  const Tensor x = random_signals(300, 6, 50);
  const int before = at::get_num_threads();
  at::set_num_threads(1);
  const Tensor alone = apply(x, 1);
  at::set_num_threads(2);
  const Tensor shared = apply(x, 1);
  at::set_num_threads(before);
  EXPECT_TRUE(at::equal(alone, shared));
}

TEST_P(SignalContract, RefusesWhatIsNotABatchOfSignals) {
  const Tensor x = random_signals(4, 3, 20);
  EXPECT_THROW(apply(x[0], 1), ShapeError);
  EXPECT_THROW(apply(x.to(at::kLong), 1), ShapeError);
  EXPECT_THROW(apply(x.to(at::kHalf), 1), ShapeError);
}

INSTANTIATE_TEST_SUITE_P(All, SignalContract,
                         testing::Range<size_t>(0, all_transformations().size()),
                         [](const auto& made) {
                           return all_transformations().at(made.param).name;
                         });

TEST(SignalTransformations, ComeInThePapersOrder) {
  std::vector<std::string> found;
  for (const NamedTransform& step : signal_transformations()) found.push_back(step.name);
  EXPECT_EQ(
      join(found),
      "jitter, scale, rotation, negation, time_flip, permutation, time_warp, channel_shuffle");
}

TEST(SignalTransformations, ChangeNothingAtStrengthZero) {
  const SignalTransformationsConfig off{
      {.sigma = 0}, {.sigma = 0}, {.max_angle = 0}, {.cuts = 0}, {.sigma = 0}};
  const Tensor x = random_signals(5, 6, 77);
  for (const NamedTransform& step : signal_transformations(off)) {
    if (step.name == "negation" || step.name == "time_flip" || step.name == "channel_shuffle")
      continue;
    Rng rng(1);
    EXPECT_TRUE(at::equal(step.apply(x, rng), x)) << step.name;
  }
}

TEST(SignalTransformations, TakeTheirStrengthsFromTheConfig) {
  SignalTransformationsConfig config;
  read_config(config, Json::parse(R"({"jitter": {"sigma": 0}, "permutation": {"cuts": 0}})"));
  const Tensor x = random_signals(5, 6, 77);
  Rng rng(1);
  EXPECT_TRUE(at::equal(signal_transformations(config)[0].apply(x, rng), x));
  EXPECT_TRUE(at::equal(signal_transformations(config)[5].apply(x, rng), x));
  EXPECT_FALSE(at::equal(signal_transformations(config)[1].apply(x, rng), x));
}

TEST(SignalTransformations, RefuseStrengthsOutOfRange) {
  SignalTransformationsConfig config;
  for (const char* wrong :
       {R"({"jitter": {"sigma": -1}})", R"({"scale": {"sigma": -1}})",
        R"({"rotation": {"max_angle": 181}})", R"({"permutation": {"cuts": -1}})",
        R"({"time_warp": {"knots": 1}})", R"({"time_warp": {"sigma": -0.1}})"})
    EXPECT_THROW(read_config(config, Json::parse(wrong)), ConfigError) << wrong;
}

}  // namespace
}  // namespace tacit
