// SPDX-License-Identifier: Apache-2.0
#include "tacit/evaluate/cells.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tacit/core/weights.h"
#include "tacit/onnx/graph.h"
#include "tests/core/folder.h"
#include "tests/methods/rows.h"

namespace tacit {
namespace {

/// A number, and a category of four codes.
const std::vector<Field> kFields{{"a", "a"}, {"kind", "kind", 4}};

/// Says the row as it sees it, NaN as 9.
class Mirror final : public TableEncoder {
 public:
  std::vector<Tensor> layers(const Tensor& x) override { return {x.nan_to_num(9)}; }
  Tensor forward(const Tensor& x) override { return code(x); }
  int64_t code_width() const override { return 2; }
  int64_t features() const override { return 2; }
  std::vector<Tensor> last_block() override { return {}; }
  onnx::Value emit(onnx::Graph&, const onnx::Value& x) const override { return x; }
};

/// Tells the number as the code of the category it sees, and categories by what it sees of the
/// number: code 2 when that is large.
CellModel model() {
  auto decoder = std::make_shared<MlpHead>(2, 0, 5, Rng(1));
  auto w = weights(*decoder);
  w["weight"] = at::tensor(std::vector<float>{0, 1, 0, 0, 0, 0, 1, 0, 0, 0}).view({5, 2});
  w["bias"] = at::zeros({5});
  set_weights(*decoder, w);
  return {std::make_shared<Mirror>(), decoder, FieldOutputs(kFields)};
}

class Rows final : public Dataset {
 public:
  explicit Rows(Tensor x)
      : spec_{Modality::table, {2}, 0, {"a", "kind"}, kFields}, x_(std::move(x)) {}
  const Spec& spec() const override { return spec_; }
  int64_t size() const override { return x_.size(0); }
  Batch read(std::span<const int64_t> rows) const override {
    const Tensor row = at::tensor(at::ArrayRef<int64_t>(rows.data(), rows.size()), at::kLong);
    return {x_.index_select(0, row), at::full({row.size(0)}, -1, at::kLong), row};
  }

 private:
  Spec spec_;
  Tensor x_;
};

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

TEST(HiddenLosses, AreOfCellsThatTheModelDoesNotSee) {
  const Tensor x = at::tensor(std::vector<float>{5, 3, kNan, 2}).view({2, 2});
  const Tensor losses = hidden_losses(model(), Rows(x), 1);
  // The number told is the category, seen; the category's logits are 0, 0, 9 or the number, 0.
  EXPECT_NEAR(losses[0][0].item<double>(), (5 - 3) * (5 - 3), 1e-5);
  EXPECT_NEAR(losses[1][0].item<double>(), 0, 1e-5);  // missing: counts as nothing
  EXPECT_NEAR(losses[0][1].item<double>(), std::log(3 + std::exp(5.0)), 1e-4);
  EXPECT_NEAR(losses[1][1].item<double>(), std::log(3 + std::exp(9.0)) - 9, 1e-4);
  EXPECT_TRUE(losses.equal(hidden_losses(model(), Rows(x), 2)));
}

TEST(Calibrate, StandardisesWhatIsUsual) {
  const Tensor losses = at::rand({50, 3}, at::kDouble);
  losses.select(1, 2).fill_(4);  // never varies
  CellDecoder decoder;
  calibrate(decoder, losses);
  const Tensor z = standardize(decoder, losses);
  EXPECT_TRUE(z.mean(0).allclose(at::zeros({3}, at::kDouble), 0, 1e-9));
  EXPECT_NEAR(z.select(1, 0).square().mean().item<double>(), 1, 1e-9);
  EXPECT_TRUE(z.select(1, 2).eq(0).all().item<bool>());
  EXPECT_TRUE(decoder.scores.equal(std::get<0>(row_scores(z).sort())));
  EXPECT_THROW(calibrate(decoder, losses.narrow(0, 0, 0)), DataError);
}

TEST(PValues, CountTheUsualRowsThatScoreAsHigh) {
  CellDecoder decoder;
  decoder.scores = at::arange(1, 100, at::kDouble);  // 1 … 99
  const Tensor p = p_values(decoder, at::tensor(std::vector<double>{0, 1, 50, 99, 100}));
  const std::vector<double> wanted{1, 1, 0.51, 0.02, 0.01};
  for (size_t i = 0; i < wanted.size(); ++i)
    EXPECT_NEAR(p[static_cast<int64_t>(i)].item<double>(), wanted[i], 1e-12);
}

TEST(Threshold, KeepsFalseAlarmsBelowWhatIsAsked) {
  CellDecoder decoder;
  decoder.scores = at::arange(1, 100, at::kDouble);
  for (const double share : {0.01, 0.02, 0.05, 0.5}) {
    const double limit = threshold(decoder, share);
    for (double score = 0; score <= 101; score += 0.5) {
      const double p = p_values(decoder, at::tensor({score}, at::kDouble)).item<double>();
      EXPECT_EQ(score >= limit, p <= share + 1e-12) << score << " " << share;
    }
  }
  EXPECT_TRUE(std::isinf(threshold(decoder, 0.005)));  // 99 rows cannot promise that
}

TEST(Expect, TellsNumbersAndTheLikeliestKnownCategory) {
  const Tensor x = at::tensor(std::vector<float>{kNan, 3, 5, 0}).view({2, 2});
  const Expected expected = expect(model(), x);
  EXPECT_EQ(expected.x[0][0].item<float>(), 3);  // the category that is seen
  EXPECT_EQ(expected.x[0][1].item<float>(), 2);
  EXPECT_NEAR(expected.probability[1][1].item<double>(), 1 / (1 + std::exp(-5.0)), 1e-6);
  EXPECT_TRUE(std::isnan(expected.probability[0][0].item<float>()));
}

}  // namespace
}  // namespace tacit
