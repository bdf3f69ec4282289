// SPDX-License-Identifier: Apache-2.0
#include "tacit/losses/field_losses.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/losses/ranks.h"

namespace tacit {
namespace {

const SingleProcess kAlone;
const double kNan = std::nan("");

/// Columns: a category of three codes, a number, a column of two fields, a category of two.
std::vector<Field> fields() {
  return {{"job", "job", 3}, {"pay", "pay"}, {"t/sin", "t"}, {"t/cos", "t"}, {"sex", "sex", 2}};
}

Tensor matrix(const std::vector<double>& numbers, int64_t columns) {
  return at::tensor(numbers, at::kDouble).view({-1, columns});
}

Tensor rows() {
  return matrix({2, 1.5, 0.5, kNan, 0,  //
                 0, kNan, -1, 2, 1,     //
                 1, -1, 0.5, 1, 1},
                5);
}

TEST(FieldOutputs, LiesNumbersFirstAndThenEachCategory) {
  const FieldOutputs layout(fields());
  EXPECT_EQ(layout.size(), 3 + 3 + 2);
  EXPECT_EQ(layout.numbers(), 3);
  const std::vector<int64_t> wanted{3, 0, 1, 2, 6};
  for (size_t i = 0; i < wanted.size(); ++i) EXPECT_EQ(layout.start(i), wanted[i]) << i;
}

TEST(FieldLosses, AreSquaredErrorsAndCrossEntropies) {
  const double a = std::log(5.0), b = std::log(2.0), c = std::log(3.0);
  // Numbers told as 1, 0, 2; logits of probabilities (5, 2, 3) / 10 and (3, 1) / 4.
  const Tensor outputs = matrix({1, 0, 2, a, b, c, c, 0}, 8).expand({3, 8});
  const Tensor found = field_losses(FieldOutputs(fields()), outputs, rows());
  const Tensor wanted = matrix({-std::log(.3), 0.25, 0.25, 0, -std::log(.75),  //
                                -std::log(.5), 0, 1, 0, -std::log(.25),        //
                                -std::log(.2), 4, 0.25, 1, -std::log(.25)},
                               5);
  EXPECT_TRUE(found.allclose(wanted, 0, 1e-12)) << found;
}

TEST(CellsThatCount, AreAllButMissingNumbers) {
  const Tensor wanted = matrix({1, 1, 1, 0, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1}, 5);
  EXPECT_TRUE(cells_that_count(FieldOutputs(fields()), rows()).equal(wanted));
  const FieldOutputs categories({Field{"a", "a", 3}, Field{"b", "b", 2}});
  EXPECT_TRUE(cells_that_count(categories, at::zeros({2, 2})).equal(at::ones({2, 2})));
}

TEST(ColumnLosses, AreMeansOverCellsThatCountAndThenOverFields) {
  const Tensor losses = matrix({1, 2, 3, 0, 5,  //
                                2, 0, 5, 4, 6,  //
                                6, 6, 1, 8, 7},
                               5);
  const Tensor found = column_losses(FieldOutputs(fields()), losses, rows(), kAlone);
  // (1+2+6)/3, (2+6)/2, the mean of (3+5+1)/3 and (4+8)/2, (5+6+7)/3
  EXPECT_TRUE(found.allclose(at::tensor(std::vector<double>{3, 4, 4.5, 6}), 0, 1e-12)) << found;
}

TEST(ColumnLosses, OfAColumnThatIsMissingThroughoutAreZero) {
  const FieldOutputs layout({Field{"x", "x"}, Field{"y", "y"}});
  const Tensor x = matrix({kNan, 1, kNan, 2}, 2);
  const Tensor found = column_losses(layout, field_losses(layout, at::zeros_like(x), x), x, kAlone);
  EXPECT_TRUE(found.equal(at::tensor(std::vector<double>{0, 2.5})));
}

TEST(FieldLosses, HaveTheGradientOfFiniteDifferences) {
  const FieldOutputs layout(fields());
  const auto loss = [&](const Tensor& outputs) {
    const Tensor told = field_losses(layout, outputs, rows());
    const Tensor each = column_losses(layout, told, rows(), kAlone);
    return (each * at::arange(1, 5, at::kDouble)).sum();
  };
  EXPECT_LT(gradient_error(loss, normal_numbers({3, 8}, 1)), 1e-8);
}

TEST(FieldLosses, SendNoGradientToWhatTellsAMissingNumber) {
  const FieldOutputs layout({Field{"x", "x"}});
  const Tensor outputs = at::ones({2, 1}, at::kDouble).set_requires_grad(true);
  field_losses(layout, outputs, matrix({kNan, 3}, 1)).sum().backward();
  EXPECT_TRUE(outputs.grad().equal(matrix({0, -4}, 1)));
}

TEST(ColumnLosses, SplitUnevenlyAreThoseOfTheJointBatchWithTheirGradient) {
  const FieldOutputs layout(fields());
  const Tensor outputs = normal_numbers({3, 8}, 1).set_requires_grad(true);
  const auto loss = [&](const Tensor& told, const Tensor& x, const Communicator& world) {
    return column_losses(layout, field_losses(layout, told, x), x, world).sum();
  };
  const Tensor joint = loss(outputs, rows(), kAlone);
  joint.backward();
  const Tensor wanted = outputs.grad().clone();
  outputs.mutable_grad().zero_();
  const Tensor split = Ranks(2).mean_loss([&](int64_t rank, const Communicator& world) {
    const auto own = [&](const Tensor& x) { return rank == 0 ? x.slice(0, 0, 2) : x.slice(0, 2); };
    return loss(own(outputs), own(rows()), world);
  });
  split.backward();
  EXPECT_NEAR(split.item<double>(), joint.item<double>(), 1e-12);
  EXPECT_TRUE(outputs.grad().allclose(wanted, 1e-10, 1e-12));
}

TEST(IdentityLosses, AreTheSquaredErrorOfANumberToldAsItIsSeen) {
  const FieldOutputs layout({Field{"x", "x"}});
  // Swapped (1 seen as 4), hidden (2, told as 0), kept, and missing, which does not count.
  const Tensor x = matrix({1, 2, 3, kNan}, 1), noisy = matrix({4, kNan, 3, 7}, 1);
  EXPECT_NEAR(identity_losses(layout, noisy, x, kAlone).item<double>(), (9 + 4 + 0) / 3.0, 1e-12);
}

TEST(IdentityLosses, AreTheEntropyOfWhetherACodeWasChanged) {
  const FieldOutputs layout({Field{"k", "k", 5}});
  // One of four codes was changed: 3/4 for the code that is seen, 1/16 for each of four others.
  const Tensor x = matrix({2, 3, 4, 1}, 1), noisy = matrix({2, 3, 4, 0}, 1);
  EXPECT_NEAR(identity_losses(layout, noisy, x, kAlone).item<double>(),
              -0.75 * std::log(0.75) - 0.25 * std::log(0.25 / 4), 1e-12);
  EXPECT_EQ(identity_losses(layout, x, x, kAlone).item<double>(), 0);
}

TEST(IdentityLosses, AreWhatTheBestSuchDistributionCostsInFact) {
  const FieldOutputs layout({Field{"k", "k", 4}});
  const Tensor x = matrix({1, 2, 3, 0, 2}, 1), noisy = matrix({1, 2, 0, 3, 2}, 1);
  // Of distributions that give p to the code seen and the rest to the others alike.
  double best = INFINITY;
  for (int i = 1; i < 1000; ++i) {
    const double p = i / 1000.0;
    const Tensor logits = at::one_hot(noisy.flatten().to(at::kLong), 4).to(at::kDouble) *
                          (std::log(p) - std::log((1 - p) / 3));
    best = std::min(best, field_losses(layout, logits, x).mean().item<double>());
  }
  EXPECT_NEAR(identity_losses(layout, noisy, x, kAlone).item<double>(), best, 1e-5);
}

}  // namespace
}  // namespace tacit
