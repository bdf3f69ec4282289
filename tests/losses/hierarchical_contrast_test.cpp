// SPDX-License-Identifier: Apache-2.0
#include "tacit/losses/hierarchical_contrast.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tacit/core/error.h"
#include "tests/core/folder.h"
#include "tests/losses/ranks.h"

namespace tacit {
namespace {

const SingleProcess kAlone;

double value(const Tensor& a, const Tensor& b, const HierarchicalContrastConfig& config = {}) {
  return hierarchical_contrast(a, b, config, kAlone).total.item<double>();
}

double part(const Loss& loss, const std::string& name) {
  for (const auto& [key, value] : loss.parts)
    if (key == name) return value.item<double>();
  ADD_FAILURE() << "no " << name;
  return 0;
}

/// The definitions, a pair at a time. A place is a view, a row and a step.
class Naive {
 public:
  struct Terms {
    double instance = 0, temporal = 0;
  };

  Naive(const Tensor& a, const Tensor& b)
      : rows_(a.size(0)), steps_(a.size(1)), width_(a.size(2)), views_{copy(a), copy(b)} {}

  Terms terms(int64_t temporal_unit) {
    Terms sum;
    int levels = 0;
    for (; steps_ > 0; steps_ /= 2, halve(), ++levels) {
      const Terms here = level();
      sum.instance += here.instance;
      if (levels >= temporal_unit) sum.temporal += here.temporal;
    }
    return {sum.instance / levels, sum.temporal / levels};
  }

 private:
  using View = std::vector<std::vector<std::vector<double>>>;  // row, step, number

  static View copy(const Tensor& x) {
    View view;
    for (int64_t n = 0; n < x.size(0); ++n) {
      auto& row = view.emplace_back();
      for (int64_t t = 0; t < x.size(1); ++t) {
        auto& step = row.emplace_back();
        for (int64_t d = 0; d < x.size(2); ++d) step.push_back(x[n][t][d].item<double>());
      }
    }
    return view;
  }

  double likeness(int v, int64_t n, int64_t t, int w, int64_t m, int64_t u) const {
    double sum = 0;
    for (int64_t d = 0; d < width_; ++d) sum += views_[v][n][t][d] * views_[w][m][u][d];
    return std::exp(sum);
  }

  Terms level() const {
    Terms mean;
    const double places = 2.0 * static_cast<double>(rows_ * steps_);
    for (int v : {0, 1})
      for (int64_t n = 0; n < rows_; ++n)
        for (int64_t t = 0; t < steps_; ++t) {
          const double right = likeness(v, n, t, 1 - v, n, t);
          double in_row = 0, at_step = 0;
          for (int w : {0, 1}) {
            for (int64_t u = 0; u < steps_; ++u)
              if (w != v || u != t) in_row += likeness(v, n, t, w, n, u);
            for (int64_t m = 0; m < rows_; ++m)
              if (w != v || m != n) at_step += likeness(v, n, t, w, m, t);
          }
          mean.temporal -= std::log(right / in_row) / places;
          mean.instance -= std::log(right / at_step) / places;
        }
    return mean;
  }

  void halve() {
    for (View& view : views_)
      for (auto& row : view) {
        for (size_t t = 0; t + 1 < row.size(); t += 2)
          for (size_t d = 0; d < row[t].size(); ++d)
            row[t / 2][d] = std::max(row[t][d], row[t + 1][d]);
        row.resize(row.size() / 2);
      }
  }

  int64_t rows_, steps_, width_;
  std::array<View, 2> views_;
};

TEST(HierarchicalContrast, IsTheDefinitionsWrittenOutAtEveryLevel) {
  for (const int64_t steps : {1, 2, 3, 5, 8, 13})
    for (const int64_t unit : {0, 1, 3}) {
      SCOPED_TRACE(text("{} steps, temporal_unit {}", steps, unit));
      const Tensor a = normal_numbers({3, steps, 4}, 1) * 0.7, b = normal_numbers({3, steps, 4}, 2);
      const auto wanted = Naive(a, b).terms(unit);
      const Loss loss =
          hierarchical_contrast(a, b, {.instance_weight = 0.3, .temporal_unit = unit}, kAlone);
      EXPECT_NEAR(part(loss, "instance"), wanted.instance, 1e-10);
      EXPECT_NEAR(part(loss, "temporal"), wanted.temporal, 1e-10);
      EXPECT_NEAR(loss.total.item<double>(), 0.3 * wanted.instance + 0.7 * wanted.temporal, 1e-10);
      const Loss single = hierarchical_contrast(a.to(at::kFloat), b.to(at::kFloat),
                                                {.temporal_unit = unit}, kAlone);
      EXPECT_NEAR(part(single, "instance"), wanted.instance, 1e-5);
      EXPECT_NEAR(part(single, "temporal"), wanted.temporal, 1e-5);
    }
}

TEST(HierarchicalContrast, IsThatOfABlindGuessWhereAllFeaturesAreEqual) {
  const Tensor same = at::ones({5, 4, 3}, at::kDouble);  // levels of 4, 2 and 1 steps
  const Loss loss = hierarchical_contrast(same, same, {}, kAlone);
  EXPECT_NEAR(part(loss, "instance"), std::log(9), 1e-12);
  EXPECT_NEAR(part(loss, "temporal"), (std::log(7) + std::log(3)) / 3, 1e-12);
}

TEST(HierarchicalContrast, DoesNotDependOnTheOrderOfRowsAndViewsNorOnTheDirectionOfTime) {
  const Tensor a = normal_numbers({6, 8, 3}, 1), b = normal_numbers({6, 8, 3}, 2);
  const double wanted = value(a, b);
  const Tensor order = at::tensor(std::vector<int64_t>{3, 1, 5, 0, 2, 4});
  EXPECT_NEAR(value(a.index_select(0, order), b.index_select(0, order)), wanted, 1e-12);
  EXPECT_NEAR(value(b, a), wanted, 1e-12);
  EXPECT_NEAR(value(a.flip(1), b.flip(1)), wanted, 1e-12);
  EXPECT_GT(std::abs(value(a.index_select(0, order), b) - wanted), 1e-3);
  EXPECT_GT(std::abs(value(a.flip(1), b) - wanted), 1e-3);
}

TEST(HierarchicalContrast, FallsWhereRowsAndStepsFindEachOther) {
  const Tensor a = normal_numbers({6, 8, 16}, 1);
  const Loss found = hierarchical_contrast(a, a, {}, kAlone);
  const Loss other_rows = hierarchical_contrast(a, a.roll(1, 0), {}, kAlone);
  const Loss other_steps = hierarchical_contrast(a, a.roll(1, 1), {}, kAlone);
  EXPECT_LT(part(found, "instance"), part(other_rows, "instance") - 1);
  EXPECT_LT(part(found, "temporal"), part(other_steps, "temporal") - 1);
}

TEST(HierarchicalContrast, HasTheGradientOfFiniteDifferences) {
  const Tensor a = normal_numbers({3, 5, 2}, 1), b = normal_numbers({3, 5, 2}, 2);
  for (const int64_t unit : {0, 1}) {
    const HierarchicalContrastConfig config{.instance_weight = 0.4, .temporal_unit = unit};
    const auto of_a = [&](const Tensor& x) {
      return hierarchical_contrast(x, b, config, kAlone).total;
    };
    const auto of_b = [&](const Tensor& x) {
      return hierarchical_contrast(a, x, config, kAlone).total;
    };
    EXPECT_LT(gradient_error(of_a, a), 1e-7);
    EXPECT_LT(gradient_error(of_b, b), 1e-7);
  }
}

TEST(HierarchicalContrast, SplitOverProcessesIsThatOfTheJointBatchWithItsGradient) {
  const Tensor a = normal_numbers({6, 5, 4}, 1).set_requires_grad(true);
  const Tensor b = normal_numbers({6, 5, 4}, 2);
  const Tensor joint = hierarchical_contrast(a, b, {}, kAlone).total;
  joint.backward();
  const Tensor wanted = a.grad().clone();
  a.mutable_grad().zero_();
  const int64_t begin[] = {0, 3, 5, 6};
  const Tensor split = Ranks(3).mean_loss([&](int64_t rank, const Communicator& world) {
    const auto own = [&](const Tensor& x) { return x.slice(0, begin[rank], begin[rank + 1]); };
    const double share = static_cast<double>(begin[rank + 1] - begin[rank]) / 6;
    return hierarchical_contrast(own(a), own(b), {}, world).total * share * 3;
  });
  split.backward();
  EXPECT_NEAR(split.item<double>(), joint.item<double>(), 1e-12);
  EXPECT_TRUE(a.grad().allclose(wanted, 1e-10, 1e-12));
}

TEST(HierarchicalContrast, IsNothingForALoneRowAndALoneStep) {
  const Tensor row = normal_numbers({1, 6, 3}, 1).set_requires_grad(true);
  const Loss of_row = hierarchical_contrast(row, normal_numbers({1, 6, 3}, 2), {}, kAlone);
  EXPECT_EQ(part(of_row, "instance"), 0);
  EXPECT_GT(part(of_row, "temporal"), 0);
  const Tensor step = normal_numbers({4, 1, 3}, 1).set_requires_grad(true);
  const Loss of_step = hierarchical_contrast(step, normal_numbers({4, 1, 3}, 2), {}, kAlone);
  EXPECT_GT(part(of_step, "instance"), 0);
  EXPECT_EQ(part(of_step, "temporal"), 0);
  (of_row.total + of_step.total).backward();
  EXPECT_TRUE(row.grad().isfinite().all().item<bool>());
  EXPECT_TRUE(step.grad().isfinite().all().item<bool>());
}

TEST(HierarchicalContrast, StaysFiniteForLargeFeatures) {
  const Tensor a = (normal_numbers({4, 6, 3}, 1) * 1e3).set_requires_grad(true);
  const Tensor total =
      hierarchical_contrast(a, normal_numbers({4, 6, 3}, 2) * 1e3, {}, kAlone).total;
  total.backward();
  EXPECT_TRUE(std::isfinite(total.item<double>()));
  EXPECT_TRUE(a.grad().isfinite().all().item<bool>());
}

TEST(HierarchicalContrast, RefusesShapesItCannotUse) {
  const Tensor a = normal_numbers({4, 6, 3}, 1);
  EXPECT_NE(message_of<ShapeError>([&] { value(a, a.slice(1, 1)); }).find("[4, 6, 3]"),
            std::string::npos);
  EXPECT_THROW(value(a[0], a[0]), ShapeError);
  EXPECT_THROW(value(a.slice(1, 0, 0), a.slice(1, 0, 0)), ShapeError);
}

}  // namespace
}  // namespace tacit
