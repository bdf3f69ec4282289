// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/column_encoders.h"

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <numeric>

#include "tests/core/folder.h"

namespace tacit {
namespace {

const double kNan = std::nan("");

Table numbers(const std::vector<double>& values) {
  const auto rows = static_cast<int64_t>(values.size());
  return {{{"x", ColumnKind::numeric}},
          at::tensor(values, at::kFloat).view({rows, 1}),
          std::vector<int64_t>(values.size(), -1),
          {}};
}

std::vector<int64_t> all_of(const Table& table) {
  std::vector<int64_t> rows(static_cast<size_t>(table.size()));
  std::iota(rows.begin(), rows.end(), 0);
  return rows;
}

ColumnEncoders fit(const Table& table, const ColumnEncodersConfig& config) {
  return ColumnEncoders::fit(config, table, all_of(table));
}

/// Encoded values of the first column for a table of numbers.
std::vector<double> scaled(Scaling scaling, const std::vector<double>& values,
                           const std::vector<double>& of) {
  const ColumnEncoders encoders = fit(numbers(values), {.scaling = scaling});
  const Tensor found =
      encoders.apply(at::tensor(of, at::kFloat).view({static_cast<int64_t>(of.size()), 1}));
  std::vector<double> list;
  for (int64_t i = 0; i < found.size(0); ++i) list.push_back(found[i][0].item<double>());
  return list;
}

TEST(ColumnEncoders, ScaleByMeanAndDeviation) {
  const auto found = scaled(Scaling::standard, {1, 2, 3, 6, kNan}, {3, 6, kNan});
  const double deviation = std::sqrt((4 + 1 + 0 + 9) / 4.0);
  EXPECT_NEAR(found[0], 0, 1e-6);
  EXPECT_NEAR(found[1], 3 / deviation, 1e-6);
  EXPECT_TRUE(std::isnan(found[2]));
}

TEST(ColumnEncoders, ScaleByMedianAndMedianDistance) {
  const auto found = scaled(Scaling::robust, {1, 2, 3, 4, 1000}, {3, 4});
  EXPECT_NEAR(found[0], 0, 1e-6);
  EXPECT_NEAR(found[1], 1 / 1.4826, 1e-6);
  // Most rows equal: the mean distance, 8 / 5, is what there is.
  EXPECT_NEAR(scaled(Scaling::robust, {1, 1, 1, 1, 9}, {9})[0], 8 / (1.2533 * 8 / 5), 1e-6);
}

TEST(ColumnEncoders, ScaleByNormalQuantilesOfRanks) {
  // Ranks in the middle of each value's rows: 1/8, 4/8 (three rows), 7/8 of 4 … 5 rows.
  const auto found = scaled(Scaling::rank_gauss, {10, 20, 20, 20, 50}, {10, 20, 50, 35, -7, 99});
  const double end = at::special_ndtri(at::tensor({0.9}, at::kDouble)).item<double>();
  EXPECT_NEAR(found[0], -end, 1e-6);
  EXPECT_NEAR(found[1], 0, 1e-6);
  EXPECT_NEAR(found[2], end, 1e-6);
  EXPECT_NEAR(found[3], end / 2, 1e-6);  // half way between two knots
  EXPECT_NEAR(found[4], -end, 1e-6);     // level beyond the ends
  EXPECT_NEAR(found[5], end, 1e-6);
}

TEST(ColumnEncoders, MakeAnyDistributionNormal) {
  std::vector<double> skewed;
  for (int i = 1; i <= 5000; ++i) skewed.push_back(std::exp(i * 0.002));
  const ColumnEncoders encoders = fit(numbers(skewed), {.scaling = Scaling::rank_gauss});
  const Tensor x = at::tensor(skewed, at::kFloat).view({-1, 1});
  const Tensor z = encoders.apply(x);
  EXPECT_NEAR(z.mean().item<double>(), 0, 1e-3);
  EXPECT_NEAR(z.std().item<double>(), 1, 5e-3);
  EXPECT_TRUE((z.slice(0, 1) > z.slice(0, 0, -1)).all().item<bool>());
  EXPECT_TRUE(at::allclose(encoders.invert(z), x, 1e-3, 0));
}

TEST(ColumnEncoders, LeaveConstantAndEmptyColumnsFinite) {
  for (const Scaling scaling :
       {Scaling::standard, Scaling::robust, Scaling::rank_gauss, Scaling::none}) {
    SCOPED_TRACE(enum_name(scaling));
    EXPECT_EQ(scaled(scaling, {4, 4, 4}, {4})[0], scaling == Scaling::none ? 4 : 0);
    EXPECT_TRUE(std::isfinite(scaled(scaling, {kNan, kNan}, {1})[0]));
  }
}

TEST(ColumnEncoders, GiveCodesToCategoriesThatAreFrequent) {
  const Table table({{"kind", ColumnKind::categorical, {"a", "b", "c"}}},
                    at::tensor({0.0, 0.0, 1.0, 2.0, 2.0, kNan}, at::kFloat).view({6, 1}),
                    std::vector<int64_t>(6, -1), {});
  const ColumnEncoders encoders = fit(table, {.min_count = 2});
  EXPECT_EQ(encoders.fields(), (std::vector<Field>{{"kind", "kind", 4}}));
  // a, b (rare), c, missing, and a category that the training file never had
  const Tensor x = at::tensor({0.0, 1.0, 2.0, kNan, 7.0}, at::kFloat).view({5, 1});
  const Tensor codes = encoders.apply(x);
  EXPECT_TRUE(codes.flatten().equal(at::tensor({2.0F, 1.0F, 3.0F, 0.0F, 1.0F}))) << codes;
  const Tensor back = encoders.invert(codes).flatten();
  EXPECT_EQ(back[0].item<float>(), 0);
  EXPECT_EQ(back[2].item<float>(), 2);
  for (const int64_t lost : {1, 3, 4}) EXPECT_TRUE(std::isnan(back[lost].item<float>()));
}

TEST(ColumnEncoders, HaveNoCodesForCategoriesThatAreAllDifferentOrNeverThere) {
  const Table table(
      {{"name", ColumnKind::categorical, {"a", "b", "c"}}, {"none", ColumnKind::categorical, {}}},
      at::tensor({0.0, kNan, 1.0, kNan, 2.0, kNan}, at::kFloat).view({3, 2}), {-1, -1, -1}, {});
  const ColumnEncoders encoders = fit(table, {.min_count = 2});
  EXPECT_EQ(encoders.fields(), (std::vector<Field>{{"name", "name", 2}, {"none", "none", 2}}));
  const Tensor codes = encoders.apply(table.read(all_of(table)).x);
  EXPECT_TRUE(codes.select(1, 0).eq(ColumnEncoders::kUnseenCode).all().item<bool>());
  EXPECT_TRUE(codes.select(1, 1).eq(ColumnEncoders::kMissingCode).all().item<bool>());
  // The first category that anyone wrote into the empty column.
  const Tensor new_one = encoders.apply(at::zeros({1, 2}));
  EXPECT_EQ(new_one[0][1].item<double>(), ColumnEncoders::kUnseenCode);
}

TEST(ColumnEncoders, TurnMomentsIntoCycles) {
  // Noon of Thursday, 2024-02-29, and midnight of Friday, 2024-03-01.
  const Table table(
      {{"t", ColumnKind::datetime}},
      at::tensor({19782.0, 43200.0, 19783.0, 0.0, kNan, kNan}, at::kFloat).view({3, 2}),
      {-1, -1, -1}, {});
  const ColumnEncoders encoders = fit(table, {.scaling = Scaling::standard});
  ASSERT_EQ(encoders.fields().size(), 9u);
  EXPECT_EQ(encoders.fields()[0].name, "t");
  EXPECT_EQ(encoders.fields()[1].name, "t/day sin");
  for (const Field& field : encoders.fields()) EXPECT_EQ(field.column, "t");
  const Tensor x = table.read(all_of(table)).x;
  const Tensor found = encoders.apply(x);
  const auto at_turn = [](double turns) { return 2 * std::numbers::pi * turns; };
  const std::vector<double> wanted{-1,
                                   std::sin(at_turn(.5)),
                                   std::cos(at_turn(.5)),  // the earlier of two
                                   std::sin(at_turn(4 / 7.)),
                                   std::cos(at_turn(4 / 7.)),
                                   std::sin(at_turn(28 / 31.)),
                                   std::cos(at_turn(28 / 31.)),
                                   std::sin(at_turn(59 / 365.25)),
                                   std::cos(at_turn(59 / 365.25))};
  for (size_t i = 0; i < wanted.size(); ++i) {
    EXPECT_NEAR(found[0][static_cast<int64_t>(i)].item<double>(), wanted[i], 1e-5) << i;
  }
  EXPECT_TRUE(found[2].isnan().all().item<bool>());
  EXPECT_TRUE(at::allclose(encoders.invert(found), x, 0, 10, /*equal_nan=*/true));
}

TEST(ColumnEncoders, SeeTheRowsTheyAreFittedOnAlone) {
  const Table table = numbers({1, 3, 1000, 2000});
  const ColumnEncoders encoders =
      ColumnEncoders::fit({.scaling = Scaling::standard}, table, std::vector<int64_t>{0, 1});
  EXPECT_NEAR(encoders.apply(at::full({1, 1}, 3.0F)).item<double>(), 1, 1e-6);
  EXPECT_THROW(ColumnEncoders::fit({}, table, {}), DataError);
}

TEST(ColumnEncoders, ScaleSomeColumnsOtherwise) {
  const Table table({{"a", ColumnKind::numeric}, {"b", ColumnKind::numeric}},
                    at::tensor({1.0F, 1.0F, 3.0F, 3.0F}).view({2, 2}), {-1, -1}, {});
  const ColumnEncoders encoders = fit(table, {.scaling = Scaling::standard, .unscaled = {"b"}});
  const Tensor found = encoders.apply(table.read(all_of(table)).x);
  EXPECT_NEAR(found[1][0].item<double>(), 1, 1e-6);
  EXPECT_EQ(found[1][1].item<double>(), 3);
  EXPECT_NE(message_of<ConfigError>([&] { fit(table, {.robust = {"c"}}); }).find("\"c\""),
            std::string::npos);
}

}  // namespace
}  // namespace tacit
