// SPDX-License-Identifier: Apache-2.0
#include "tacit/losses/nt_xent.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tacit/core/error.h"
#include "tests/core/folder.h"
#include "tests/losses/ranks.h"

namespace tacit {
namespace {

const SingleProcess kAlone;

double value(const Tensor& a, const Tensor& b, double temperature) {
  return nt_xent(a, b, temperature, kAlone).total.item<double>();
}

/// The equation, one pair at a time.
double naive(const Tensor& a, const Tensor& b, double temperature) {
  const Tensor z = at::cat({a, b});
  const int64_t rows = a.size(0), count = 2 * rows;
  const auto closeness = [&](int64_t i, int64_t j) {
    const double product = (z[i] * z[j]).sum().item<double>();
    return std::exp(product / (z[i].norm().item<double>() * z[j].norm().item<double>()) /
                    temperature);
  };
  double sum = 0;
  for (int64_t i = 0; i < count; ++i) {
    double others = 0;
    for (int64_t k = 0; k < count; ++k)
      if (k != i) others += closeness(i, k);
    sum -= std::log(closeness(i, (i + rows) % count) / others);
  }
  return sum / static_cast<double>(count);
}

TEST(NtXent, IsTheEquationWrittenOut) {
  for (const double temperature : {0.1, 0.5, 2.0}) {
    const Tensor a = normal_numbers({5, 3}, 1), b = normal_numbers({5, 3}, 2);
    EXPECT_NEAR(value(a, b, temperature), naive(a, b, temperature), 1e-10);
  }
}

TEST(NtXent, HasItsClosedFormForEqualAndForPerfectViews) {
  // All views equal: each of the 2 N - 1 candidates is as likely.
  EXPECT_NEAR(value(at::ones({4, 3}, at::kDouble), at::ones({4, 3}, at::kDouble), 0.1), std::log(7),
              1e-12);
  // Rows at right angles, views equal: exp(1/T) against it and 2 (N - 1) ones.
  const Tensor rows = at::eye(3, at::kDouble);
  EXPECT_NEAR(value(rows, rows, 0.5), -std::log(std::exp(2) / (std::exp(2) + 4)), 1e-12);
}

TEST(NtXent, DoesNotDependOnTheOrderOfRowsOrViewsNorOnLengths) {
  const Tensor a = normal_numbers({6, 4}, 1), b = normal_numbers({6, 4}, 2);
  const double wanted = value(a, b, 0.2);
  const Tensor order = at::tensor(std::vector<int64_t>{3, 1, 5, 0, 2, 4});
  EXPECT_NEAR(value(a.index_select(0, order), b.index_select(0, order), 0.2), wanted, 1e-12);
  EXPECT_NEAR(value(b, a, 0.2), wanted, 1e-12);
  EXPECT_NEAR(value(a * normal_numbers({6, 1}, 3).exp(), b * 7, 0.2), wanted, 1e-12);
  EXPECT_GT(std::abs(value(a.index_select(0, order), b, 0.2) - wanted), 1e-3);
}

TEST(NtXent, HasTheGradientOfFiniteDifferences) {
  const Tensor a = normal_numbers({4, 3}, 1), b = normal_numbers({4, 3}, 2);
  EXPECT_LT(gradient_error([&](const Tensor& x) { return nt_xent(x, b, 0.3, kAlone).total; }, a),
            1e-7);
  EXPECT_LT(gradient_error([&](const Tensor& x) { return nt_xent(a, x, 0.3, kAlone).total; }, b),
            1e-7);
}

TEST(NtXent, SplitUnevenlyStillFindsEachPair) {
  const Tensor a = normal_numbers({6, 4}, 1), b = normal_numbers({6, 4}, 2);
  const double joint = value(a, b, 0.3);
  const int64_t begin[] = {0, 3, 5, 6};
  const Tensor split = Ranks(3).mean_loss([&](int64_t rank, const Communicator& world) {
    const auto own = [&](const Tensor& x) { return x.slice(0, begin[rank], begin[rank + 1]); };
    const double share = static_cast<double>(begin[rank + 1] - begin[rank]) / 6;
    return nt_xent(own(a), own(b), 0.3, world).total * share * 3;
  });
  EXPECT_NEAR(split.item<double>(), joint, 1e-12);
}

TEST(NtXent, SplitOverProcessesIsThatOfTheJointBatchWithItsGradient) {
  const Tensor a = normal_numbers({6, 4}, 1).set_requires_grad(true);
  const Tensor b = normal_numbers({6, 4}, 2);
  const Tensor joint = nt_xent(a, b, 0.3, kAlone).total;
  joint.backward();
  const Tensor wanted = a.grad().clone();
  a.mutable_grad().zero_();
  const Tensor split = Ranks(3).mean_loss([&](int64_t rank, const Communicator& world) {
    return nt_xent(a.slice(0, 2 * rank, 2 * rank + 2), b.slice(0, 2 * rank, 2 * rank + 2), 0.3,
                   world)
        .total;
  });
  split.backward();
  EXPECT_NEAR(split.item<double>(), joint.item<double>(), 1e-12);
  EXPECT_TRUE(a.grad().allclose(wanted, 1e-10, 1e-12));
}

TEST(NtXent, CountsThePairsThatFindEachOther) {
  const Tensor a = at::eye(4, at::kDouble);
  const auto found = [](const Loss& loss) { return loss.parts.at(0).second.item<double>(); };
  EXPECT_EQ(found(nt_xent(a, a, 0.1, kAlone)), 1);
  EXPECT_EQ(found(nt_xent(a, a.roll(1, 0), 0.1, kAlone)), 0);
}

TEST(NtXent, IsFiniteForALoneRowAndForAVectorOfZeros) {
  const Tensor a = normal_numbers({1, 3}, 1).set_requires_grad(true);
  const Tensor alone = nt_xent(a, normal_numbers({1, 3}, 2), 0.1, kAlone).total;
  alone.backward();
  EXPECT_EQ(alone.item<double>(), 0);
  EXPECT_TRUE(a.grad().isfinite().all().item<bool>());
  const Tensor zero = at::zeros({3, 2}, at::kDouble).set_requires_grad(true);
  nt_xent(zero, normal_numbers({3, 2}, 2), 0.1, kAlone).total.backward();
  EXPECT_TRUE(zero.grad().isfinite().all().item<bool>());
}

TEST(NtXent, RefusesShapesAndTemperaturesItCannotUse) {
  const Tensor a = normal_numbers({4, 3}, 1);
  EXPECT_NE(message_of<ShapeError>([&] {
              nt_xent(a, a.slice(0, 1), 0.1, kAlone);
            }).find("[4, 3] and [3, 3]"),
            std::string::npos);
  EXPECT_THROW(nt_xent(a[0], a[0], 0.1, kAlone), ShapeError);
  EXPECT_THROW(nt_xent(a, a, 0, kAlone), ConfigError);
}

}  // namespace
}  // namespace tacit
