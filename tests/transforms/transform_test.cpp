// SPDX-License-Identifier: Apache-2.0
#include "tacit/transforms/transform.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/equal.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tacit/core/error.h"
#include "tacit/transforms/signal.h"
#include "tests/transforms/signals.h"

namespace tacit {
namespace {

Tensor run(const Transform& transform, const Tensor& x, uint64_t seed = 1) {
  Rng rng(seed);
  return transform(x, rng);
}

const Transform doubled = [](const Tensor& x, Rng&) { return x * 2; };
const Transform plus_one = [](const Tensor& x, Rng&) { return x + 1; };

TEST(Chain, AppliesItsStepsInOrder) {
  const Tensor x = random_signals(3, 2, 4);
  EXPECT_TRUE(at::equal(run(chain({doubled, plus_one}), x), x * 2 + 1));
  EXPECT_TRUE(at::equal(run(chain({plus_one, doubled}), x), (x + 1) * 2));
}

TEST(Chain, StepsDrawOnTheirOwn) {
  const Tensor x = random_signals(3, 2, 50);
  const Tensor once = run(chain({jitter()}), x) - x;
  const Tensor twice = run(chain({jitter(), jitter()}), x) - x;
  EXPECT_FALSE(at::allclose(twice, 2 * once, 1e-3, 1e-3));
}

TEST(Chain, WithoutStepsIsACopy) {
  const Tensor x = random_signals(3, 2, 4);
  const Tensor y = run(chain({}), x);
  EXPECT_TRUE(at::equal(y, x));
  EXPECT_FALSE(y.is_alias_of(x));
}

TEST(Sometimes, ChangesWholeRowsAtItsRate) {
  const Tensor x = random_signals(4000, 2, 5);
  const Tensor y = run(sometimes(0.3, negate()), x);
  const Tensor changed = (y == -x).flatten(1).all(1), kept = (y == x).flatten(1).all(1);
  EXPECT_TRUE((changed != kept).all().item<bool>());
  const double rate = changed.to(at::kDouble).mean().item<double>();
  EXPECT_NEAR(rate, 0.3, 6 * std::sqrt(0.3 * 0.7 / 4000));
}

TEST(Sometimes, NeverAndAlways) {
  const Tensor x = random_signals(100, 2, 5);
  EXPECT_TRUE(at::equal(run(sometimes(0, negate()), x), x));
  EXPECT_TRUE(at::equal(run(sometimes(1, negate()), x), -x));
}

TEST(Sometimes, ARowDoesNotDependOnItsNeighbours) {
  const Tensor x = random_signals(40, 2, 5);
  const Transform step = sometimes(0.5, jitter());
  EXPECT_TRUE(at::equal(run(step, x).narrow(0, 0, 7), run(step, x.narrow(0, 0, 7))));
}

TEST(Sometimes, ARowOfAShareDecidesAsInTheJointBatch) {
  const Tensor x = random_signals(40, 2, 5);
  const Transform step = sometimes(0.5, jitter());
  Rng rng = Rng(1).from_row(30), joint(1);
  EXPECT_TRUE(at::equal(step(x, joint).narrow(0, 30, 10), step(x.narrow(0, 30, 10), rng)));
}

TEST(Sometimes, TheNextCallDecidesAnew) {
  const Tensor x = random_signals(100, 2, 5);
  Rng rng(1);
  const Transform step = sometimes(0.5, negate());
  const Tensor first = step(x, rng);
  EXPECT_FALSE(at::equal(first, step(x, rng)));
}

TEST(Sometimes, AcceptsRowsOfAnyRank) {
  EXPECT_TRUE(at::equal(run(sometimes(1, doubled), random_signals(6, 1, 1).flatten()),
                        random_signals(6, 1, 1).flatten() * 2));
}

TEST(Sometimes, RefusesWhatIsNotAProbability) {
  for (const double wrong : {-0.1, 1.1, std::numeric_limits<double>::quiet_NaN()})
    EXPECT_THROW(sometimes(wrong, negate()), ConfigError);
}

}  // namespace
}  // namespace tacit
