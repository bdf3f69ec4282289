// SPDX-License-Identifier: Apache-2.0
#include "tacit/evaluate/linear_probe.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

namespace tacit {
namespace {

// scikit-learn 1.9.1:
//   n = np.arange(40)
//   x = np.stack([np.sin(1.3*n) + 0.2*(n%3), np.cos(0.7*n)*3 + (n%3 == 1),
//                 0.01*np.sin(2.1*n + n%3)], 1)
//   s = StandardScaler().fit(x)
//   m = LogisticRegression(C=1.0, tol=1e-12, max_iter=10000).fit(s.transform(x), n % 3)
//   w = m.coef_ / s.scale_; b = m.intercept_ - (w * s.mean_).sum(1); m.predict_proba(...)[:2]
const Tensor kIndex = at::arange(40, at::kDouble);
Tensor labels() { return kIndex.to(at::kLong).remainder(3); }
Tensor rows() {
  const Tensor third = labels().to(at::kDouble);
  return at::stack({(1.3 * kIndex).sin() + 0.2 * third,
                    (0.7 * kIndex).cos() * 3 + labels().eq(1).to(at::kDouble),
                    0.01 * (2.1 * kIndex + third).sin()},
                   1);
}
constexpr LinearProbeConfig kExact{.tolerance = 1e-11};

TEST(LinearProbe, MatchesScikitLearn) {
  const LinearFit fit = fit_linear_probe(rows(), labels(), 3, kExact);
  const Tensor weight = at::tensor({-0.338118456383883, -0.027927048509054492, 1421.7441097002602,
                                    -0.06439014173808065, 0.1267477180138348, -1362.7850112156557,
                                    0.4025085981219635, -0.09882066950478036, -58.959098484604944},
                                   at::kDouble);
  const Tensor bias =
      at::tensor({-0.36826215237609444, 0.08962765581213283, 0.278634496563962}, at::kDouble);
  EXPECT_TRUE(fit.classifier.weight.view({-1}).allclose(weight, 1e-6, 1e-8));
  EXPECT_TRUE(fit.classifier.bias.allclose(bias, 1e-6, 1e-8));
  const Tensor expected = at::tensor({0.1977124669935934, 0.49706852611793145, 0.3052190068884751,
                                      0.2456778476181885, 0.2792658560242142, 0.4750562963575974},
                                     at::kDouble);
  EXPECT_TRUE(fit.classifier.probabilities(rows().narrow(0, 0, 2))
                  .view({-1})
                  .allclose(expected, 1e-7, 1e-8));
}

TEST(LinearProbe, AWeightOfTwoIsARowGivenTwice) {
  const Tensor first = at::arange(10, at::kLong);
  const auto twice = [&](const Tensor& rows) {
    return at::cat({rows, rows.index_select(0, first)});
  };
  Tensor weight = at::ones({40});
  weight.slice(0, 0, 10).fill_(2);
  const LinearProbeConfig plain{.c = 1, .tolerance = 1e-11, .standardize = false};
  LinearProbeConfig same = plain;
  same.c = 40.0 / 50.0;  // the penalty is 1 / (c N)
  const LinearFit weighted = fit_linear_probe(rows(), labels(), 3, plain, weight);
  const LinearFit repeated = fit_linear_probe(twice(rows()), twice(labels()), 3, same);
  EXPECT_TRUE(weighted.classifier.weight.allclose(repeated.classifier.weight, 1e-6, 1e-8));
  EXPECT_TRUE(weighted.classifier.bias.allclose(repeated.classifier.bias, 1e-6, 1e-8));
  EXPECT_THROW(fit_linear_probe(rows(), labels(), 3, plain, at::ones({39})), ShapeError);
}

TEST(LinearProbe, GradientOfThePenalisedLossVanishes) {
  const double c = 0.3;
  const Tensor x = rows(), y = labels();
  const LinearFit fit =
      fit_linear_probe(x, y, 3, {.c = c, .tolerance = 1e-11, .standardize = false});
  Tensor weight = fit.classifier.weight.clone().set_requires_grad(true);
  Tensor bias = fit.classifier.bias.clone().set_requires_grad(true);
  const Tensor log_p = (x.mm(weight.t()) + bias).log_softmax(1);
  const Tensor loss =
      -log_p.gather(1, y.unsqueeze(1)).mean() + weight.square().sum() / (2 * c * 40);
  loss.backward();
  EXPECT_LT(weight.grad().abs().max().item<double>(), 1e-10);
  EXPECT_LT(bias.grad().abs().max().item<double>(), 1e-10);
  EXPECT_LE(fit.gradient, 1e-11);
}

TEST(LinearProbe, DoesNotDependOnTheUnitsOfFeatures) {
  const Tensor factor = at::tensor({1e-6, 1.0, 1e4}, at::kDouble);
  const Tensor offset = at::tensor({2.0, -50.0, 0.1}, at::kDouble);
  const Tensor moved = rows() * factor + offset;
  const Tensor expected =
      fit_linear_probe(rows(), labels(), 3, kExact).classifier.probabilities(rows());
  const Tensor got = fit_linear_probe(moved, labels(), 3, kExact).classifier.probabilities(moved);
  EXPECT_TRUE(got.allclose(expected, 1e-5, 1e-7));
}

TEST(LinearProbe, SeparableClassesHaveAFiniteAnswer) {
  const Tensor x = at::arange(-10, 10, at::kFloat).unsqueeze(1) + 0.5;
  const Tensor y = x.select(1, 0).gt(0).to(at::kLong);
  const LinearFit fit = fit_linear_probe(x, y, 2, {.c = 1e6});
  EXPECT_TRUE(at::isfinite(fit.classifier.weight).all().item<bool>());
  EXPECT_TRUE(fit.classifier.predict(x).equal(y));
}

TEST(LinearProbe, ConstantFeaturesDoNoHarm) {
  const Tensor x = at::stack({rows().select(1, 0), at::full({40}, 0.1, at::kDouble)}, 1);
  const LinearFit with = fit_linear_probe(x, labels(), 3, kExact);
  const LinearFit without = fit_linear_probe(x.narrow(1, 0, 1), labels(), 3, kExact);
  EXPECT_TRUE(with.classifier.probabilities(x).allclose(
      without.classifier.probabilities(x.narrow(1, 0, 1)), 1e-6, 1e-8));
}

TEST(LinearProbe, NeverNamesAClassWithoutRows) {
  const Tensor y = labels() * 2;  // 0, 2, 4 of five classes
  const LinearFit fit = fit_linear_probe(rows(), y, 5, kExact);
  const Tensor p = fit.classifier.probabilities(rows());
  EXPECT_EQ(p.select(1, 1).max().item<double>(), 0);
  EXPECT_EQ(p.select(1, 3).max().item<double>(), 0);
  const Tensor dense = fit_linear_probe(rows(), labels(), 3, kExact).classifier.predict(rows());
  EXPECT_TRUE(fit.classifier.predict(rows()).equal(dense * 2));
}

TEST(LinearProbe, SaysWhenThereIsOneClassOnly) {
  try {
    fit_linear_probe(rows(), at::full({40}, 1, at::kLong), 3);
    FAIL();
  } catch (const DataError& error) {
    EXPECT_NE(std::string(error.what()).find("at least two classes"), std::string::npos);
  }
}

TEST(LinearProbe, RefusesWhatItCannotLearnFrom) {
  Tensor broken = rows().clone();
  broken.select(0, 3).fill_(std::numeric_limits<double>::quiet_NaN());
  EXPECT_THROW(fit_linear_probe(broken, labels(), 3), DataError);
  EXPECT_THROW(fit_linear_probe(rows(), labels() - 1, 3), ShapeError);
  EXPECT_THROW(fit_linear_probe(rows(), labels(), 2), ShapeError);
  EXPECT_THROW(fit_linear_probe(at::zeros({0, 3}), at::zeros({0}, at::kLong), 3), DataError);
  EXPECT_THROW(fit_linear_probe(rows(), labels(), 3).classifier.predict(at::zeros({2, 4})),
               ShapeError);
}

TEST(LinearProbe, ReportsThatItStoppedEarly) {
  const LinearFit fit = fit_linear_probe(rows(), labels(), 3, {.max_iterations = 1});
  EXPECT_EQ(fit.iterations, 1);
  EXPECT_GT(fit.gradient, LinearProbeConfig{}.tolerance);
}

}  // namespace
}  // namespace tacit
