// SPDX-License-Identifier: Apache-2.0
#include "tacit/losses/adversarial.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tacit/core/config.h"
#include "tests/core/folder.h"
#include "tests/losses/ranks.h"

namespace tacit {
namespace {

const SingleProcess kAlone;

double part(const Loss& loss, const std::string& name) {
  for (const auto& [key, value] : loss.parts)
    if (key == name) return value.item<double>();
  ADD_FAILURE() << "no " << name;
  return 0;
}

class EachAdversarialLoss : public testing::TestWithParam<AdversarialLoss> {
 protected:
  const Tensor real_ = normal_numbers({7}, 1) * 2, fake_ = normal_numbers({4}, 2) * 2;
};
INSTANTIATE_TEST_SUITE_P(Kinds, EachAdversarialLoss,
                         testing::Values(AdversarialLoss::hinge, AdversarialLoss::non_saturating),
                         [](const auto& each) { return enum_name(each.param); });

/// What one score costs the discriminator.
double cost(AdversarialLoss kind, double score, bool is_real) {
  const double wrong = is_real ? -score : score;
  return kind == AdversarialLoss::hinge ? std::max(0.0, 1 + wrong) : std::log1p(std::exp(wrong));
}

TEST_P(EachAdversarialLoss, IsTheFormulaOneScoreAtATime) {
  double real = 0, fake = 0, generator = 0;
  for (int64_t i = 0; i < 7; ++i) real += cost(GetParam(), real_[i].item<double>(), true) / 7;
  for (int64_t i = 0; i < 4; ++i) {
    const double score = fake_[i].item<double>();
    fake += cost(GetParam(), score, false) / 4;
    generator += (GetParam() == AdversarialLoss::hinge ? -score : std::log1p(std::exp(-score))) / 4;
  }
  const Loss loss = discriminator_loss(GetParam(), real_, fake_, kAlone);
  EXPECT_NEAR(loss.total.item<double>(), real + fake, 1e-12);
  EXPECT_NEAR(part(loss, "real/score"), real_.mean().item<double>(), 1e-12);
  EXPECT_NEAR(part(loss, "fake/score"), fake_.mean().item<double>(), 1e-12);
  const Loss against = generator_loss(GetParam(), fake_, kAlone);
  EXPECT_NEAR(against.total.item<double>(), generator, 1e-12);
  EXPECT_NEAR(part(against, "fake/score"), fake_.mean().item<double>(), 1e-12);
}

TEST(AdversarialLosses, HaveTheirClosedFormsForADiscriminatorThatDoesNotKnow) {
  const Tensor none = at::zeros({3}, at::kDouble);
  const auto both = [&](AdversarialLoss kind) {
    return std::pair{discriminator_loss(kind, none, none, kAlone).total.item<double>(),
                     generator_loss(kind, none, kAlone).total.item<double>()};
  };
  EXPECT_EQ(both(AdversarialLoss::hinge), (std::pair{2.0, 0.0}));
  const auto [discriminator, generator] = both(AdversarialLoss::non_saturating);
  EXPECT_NEAR(discriminator, 2 * std::log(2), 1e-12);
  EXPECT_NEAR(generator, std::log(2), 1e-12);
}

TEST_P(EachAdversarialLoss, HasTheGradientOfFiniteDifferences) {
  EXPECT_LT(gradient_error(
                [&](const Tensor& x) {
                  return discriminator_loss(GetParam(), x, fake_, kAlone, real_ > -1).total;
                },
                real_),
            1e-7);
  EXPECT_LT(
      gradient_error(
          [&](const Tensor& x) { return discriminator_loss(GetParam(), real_, x, kAlone).total; },
          fake_),
      1e-7);
  EXPECT_LT(
      gradient_error([&](const Tensor& x) { return generator_loss(GetParam(), x, kAlone).total; },
                     fake_),
      1e-7);
}

TEST_P(EachAdversarialLoss, PullsScoresApartAndTheGeneratorPullsUp) {
  const Tensor real = at::zeros({2}, at::kDouble).set_requires_grad(true),
               fake = at::zeros({2}, at::kDouble).set_requires_grad(true);
  discriminator_loss(GetParam(), real, fake, kAlone).total.backward();
  EXPECT_LT(real.grad().max().item<double>(), 0);
  EXPECT_GT(fake.grad().min().item<double>(), 0);
  fake.mutable_grad().zero_();
  generator_loss(GetParam(), fake, kAlone).total.backward();
  EXPECT_LT(fake.grad().max().item<double>(), 0);
}

TEST(AdversarialLosses, HingeLetsScoresBeyondTheMarginRestButNeverTheGenerator) {
  const Tensor real = at::full({1}, 1.5, at::kDouble).set_requires_grad(true),
               fake = at::full({1}, -1.5, at::kDouble).set_requires_grad(true);
  const Tensor loss = discriminator_loss(AdversarialLoss::hinge, real, fake, kAlone).total;
  EXPECT_EQ(loss.item<double>(), 0);
  loss.backward();
  EXPECT_EQ(real.grad().item<double>(), 0);
  EXPECT_EQ(fake.grad().item<double>(), 0);
  generator_loss(AdversarialLoss::hinge, fake, kAlone).total.backward();
  EXPECT_EQ(fake.grad().item<double>(), -1);
}

TEST_P(EachAdversarialLoss, LeavesOutRealImagesThatDoNotCount) {
  const Tensor counted = at::tensor(std::vector<int64_t>{1, 0, 1, 1, 0, 0, 1}) > 0;
  const Loss some = discriminator_loss(GetParam(), real_, fake_, kAlone, counted),
             wanted = discriminator_loss(GetParam(), real_.index({counted}), fake_, kAlone);
  EXPECT_NEAR(some.total.item<double>(), wanted.total.item<double>(), 1e-12);
  EXPECT_NEAR(part(some, "real/score"), part(wanted, "real/score"), 1e-12);
  const Loss none = discriminator_loss(GetParam(), real_, fake_, kAlone, at::zeros({7}, at::kBool));
  double fake = 0;
  for (int64_t i = 0; i < 4; ++i) fake += cost(GetParam(), fake_[i].item<double>(), false) / 4;
  EXPECT_NEAR(none.total.item<double>(), fake, 1e-12);
  EXPECT_EQ(part(none, "real/score"), 0);
}

TEST_P(EachAdversarialLoss, SplitUnevenlyOverProcessesIsThatOfTheJointBatchWithItsGradient) {
  const Tensor counted = real_ > -1;
  const Tensor real = real_.clone().set_requires_grad(true),
               fake = fake_.clone().set_requires_grad(true);
  const auto sum = [&](const Tensor& r, const Tensor& f, const Tensor& c,
                       const Communicator& world) {
    return discriminator_loss(GetParam(), r, f, world, c).total +
           3 * generator_loss(GetParam(), f, world).total;
  };
  const Tensor joint = sum(real, fake, counted, kAlone);
  joint.backward();
  const Tensor of_real = real.grad().clone(), of_fake = fake.grad().clone();
  real.mutable_grad().zero_(), fake.mutable_grad().zero_();
  const int64_t reals[] = {0, 4, 5, 7}, fakes[] = {0, 1, 3, 4};
  const Tensor split = Ranks(3).mean_loss([&](int64_t rank, const Communicator& world) {
    return sum(real.slice(0, reals[rank], reals[rank + 1]),
               fake.slice(0, fakes[rank], fakes[rank + 1]),
               counted.slice(0, reals[rank], reals[rank + 1]), world);
  });
  EXPECT_NEAR(split.item<double>(), joint.item<double>(), 1e-12);
  split.backward();
  EXPECT_TRUE(real.grad().allclose(of_real, 1e-10, 1e-12));
  EXPECT_TRUE(fake.grad().allclose(of_fake, 1e-10, 1e-12));
}

TEST_P(EachAdversarialLoss, RefusesScoresThatAreNoVectors) {
  const Tensor one = at::zeros({3}), two = at::zeros({3, 1});
  EXPECT_NE(message_of<ShapeError>([&] {
              discriminator_loss(GetParam(), two, one, kAlone);
            }).find("[3, 1]"),
            std::string::npos);
  EXPECT_THROW(discriminator_loss(GetParam(), one, two, kAlone), ShapeError);
  EXPECT_THROW(discriminator_loss(GetParam(), one, one, kAlone, two > 0), ShapeError);
  EXPECT_THROW(generator_loss(GetParam(), two, kAlone), ShapeError);
}

}  // namespace
}  // namespace tacit
