// SPDX-License-Identifier: Apache-2.0
#include "tacit/methods/subtab.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include "tacit/losses/nt_xent.h"
#include "tests/core/folder.h"
#include "tests/methods/mirror_rows.h"
#include "tests/methods/waves.h"
#include "tests/nn/numbers.h"

namespace tacit {
namespace {

using Stretches = std::vector<std::pair<int64_t, int64_t>>;
constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();

TEST(ColumnSubsets, AreTheStretchesOfTheAuthorsCode) {
  EXPECT_EQ(column_subsets(784, 4, 0.75), (Stretches{{0, 343}, {49, 392}, {245, 588}, {441, 784}}));
  EXPECT_EQ(column_subsets(8, 4, 0.5), (Stretches{{0, 3}, {1, 4}, {3, 6}, {5, 8}}));
  EXPECT_EQ(column_subsets(3, 3, 0), (Stretches{{0, 1}, {1, 2}, {2, 3}}));
}

TEST(ColumnSubsets, LeaveNoColumnOutAndOverlapAsStated) {
  for (const int64_t columns : {2, 3, 5, 14, 37})
    for (const int64_t subsets : {2, 3, 4, 9})
      for (const double overlap : {0.0, 0.3, 0.75, 1.0}) {
        if (subsets > columns) continue;
        SCOPED_TRACE(text("{} columns, {} subsets, overlap {}", columns, subsets, overlap));
        const Stretches all = column_subsets(columns, subsets, overlap);
        ASSERT_EQ(static_cast<int64_t>(all.size()), subsets);
        EXPECT_EQ(all.front().first, 0);
        EXPECT_EQ(all.back().second, columns);
        const int64_t more =
            std::llround(overlap * static_cast<double>(columns) / static_cast<double>(subsets));
        for (size_t i = 0; i < all.size(); ++i) {
          EXPECT_LT(all[i].first, all[i].second);
          if (i == 0) continue;
          const int64_t shared = all[i - 1].second - all[i].first;
          EXPECT_GE(shared, std::min(more, all[i - 1].second - all[i - 1].first));
          if (i > 1) {
            EXPECT_EQ(shared, std::min(more, all[i - 1].second));
          }
        }
      }
}

TEST(Subtab, ShowsTheEncoderEachSubsetByItself) {
  const auto encoder = std::make_shared<MirrorRows>(6);
  Subtab method({.subsets = 5, .overlap = 0, .swap = 0}, {TableRows(1).spec(), encoder, Rng(2)});
  const Batch batch = all_of(TableRows(8));
  loss_of(method, batch, 1);
  // Five columns of six fields: the last subset is the hour's two.
  const Tensor hidden = at::tensor({kMissing, kMissing, 0.f, 0.f, kMissing, kMissing});
  const std::vector<Tensor> seen = encoder->seen.chunk(5);
  for (int64_t subset = 0; subset < 5; ++subset) {
    Tensor expected = hidden.repeat({8, 1});
    const int64_t fields = subset == 4 ? 2 : 1;
    expected.narrow(1, subset, fields).copy_(batch.x.narrow(1, subset, fields));
    EXPECT_TRUE(seen[static_cast<size_t>(subset)].allclose(expected, 0, 0, /*equal_nan=*/true))
        << subset;
  }
}

TEST(Subtab, SwapsCellsAnewInEachSubset) {
  const auto encoder = std::make_shared<MirrorRows>(2);
  // With an overlap of 1 both subsets are the whole row.
  Subtab method({.subsets = 2, .overlap = 1, .swap = 0.15}, {number_columns(2), encoder, Rng(2)});
  const Tensor x = numbers({1000, 2}, 1);
  loss_of(method, unlabelled(x), 1);
  const std::vector<Tensor> seen = encoder->seen.chunk(2);
  for (const Tensor& view : seen)
    EXPECT_NEAR((view != x).to(at::kFloat).mean().item<double>(), 0.15, 0.03);
  EXPECT_FALSE(seen[0].equal(seen[1]));
}

TEST(Subtab, EachSubsetMustTellTheWholeRow) {
  const Tensor x =
      at::tensor({0.f, 0.f, 0.f, 1.f, -1.f, 1.f, 2.f, -2.f, 2.f, 3.f, kMissing, 3.f}).view({4, 3});
  const double a = (0 + 1 + 4 + 9) / 4.0, b = (0 + 1 + 4) / 3.0, c = std::log(5);
  for (const int64_t subsets : {2, 3}) {
    Subtab method({.subsets = subsets}, {three_columns(), std::make_shared<MirrorRows>(3), Rng(2)});
    silence(method, "decoder");
    const Loss loss = loss_of(method, unlabelled(x), 1);
    EXPECT_NEAR(loss.total.item<double>(), (a + b + c) / 3, 1e-5);
    EXPECT_NEAR(part(loss, "reconstruction"), (a + b + c) / 3, 1e-5);
  }
}

TEST(Subtab, DistanceIsBetweenProjectionsOfUnitLength) {
  // Of two columns each subset shows one, and the projections stand upright on each other.
  Subtab method({.subsets = 2, .overlap = 0, .swap = 0, .distance_weight = 0.5, .projector = {}},
                {number_columns(2), std::make_shared<MirrorRows>(2), Rng(2)});
  const Loss loss = loss_of(method, unlabelled(numbers({6, 2}, 1)), 1);
  EXPECT_NEAR(part(loss, "distance"), 2, 1e-5);
  EXPECT_NEAR(loss.total.item<double>(), part(loss, "reconstruction") + 0.5 * 2, 1e-5);
}

TEST(Subtab, ContrastIsBetweenSubsetsOfARow) {
  const auto encoder = std::make_shared<MirrorRows>(3);
  Subtab method({.subsets = 3,
                 .overlap = 0.7,
                 .swap = 0,
                 .contrastive_weight = 0.5,
                 .projector = {},
                 .temperature = 0.2},
                {number_columns(3), encoder, Rng(2)});
  const Loss loss = loss_of(method, unlabelled(numbers({6, 3}, 1)), 1);
  const std::vector<Tensor> codes = encoder->seen.nan_to_num(0).chunk(3);
  const auto of_pair = [&](size_t i, size_t j) {
    return nt_xent(codes[i], codes[j], 0.2, SingleProcess()).total.item<double>();
  };
  const double expected = (of_pair(0, 1) + of_pair(0, 2) + of_pair(1, 2)) / 3;
  EXPECT_NEAR(part(loss, "contrastive"), expected, 1e-4);
  EXPECT_NEAR(loss.total.item<double>(), part(loss, "reconstruction") + 0.5 * expected, 1e-4);
}

TEST(Subtab, HasNoProjectorWithoutAUseForIt) {
  const auto projectors = [](const SubtabConfig& config) {
    const Subtab method(config, {TableRows(1).spec(), small_table_encoder(Rng(1)), Rng(2)});
    int64_t found = 0;
    for (const auto& item : method.named_children()) found += item.key() == "projector";
    return found;
  };
  EXPECT_EQ(projectors({}), 0);
  EXPECT_EQ(projectors({.distance_weight = 1}), 1);
  EXPECT_EQ(projectors({.contrastive_weight = 1}), 1);
}

TEST(Subtab, MissingNumbersLeaveGradientsFinite) {
  Subtab method({.distance_weight = 1, .contrastive_weight = 1},
                {TableRows(1).spec(), small_table_encoder(Rng(1)), Rng(2)});
  Batch batch = all_of(TableRows(12));
  batch.x.select(1, 0).fill_(kMissing);
  const Loss loss = loss_of(method, batch, 1);
  EXPECT_TRUE(std::isfinite(loss.total.item<double>()));
  loss.total.backward();
  expect_finite_gradients(method);
}

TEST(Subtab, RefusesWhatItCannotCutOrEncode) {
  const auto refusal = [](const SubtabConfig& config, const std::shared_ptr<Encoder>& encoder) {
    return message_of<ConfigError>([&] { Subtab(config, {TableRows(1).spec(), encoder, Rng(2)}); });
  };
  const std::string cut = refusal({.subsets = 6}, small_table_encoder(Rng(1)));
  EXPECT_NE(cut.find("method.subsets = 6"), std::string::npos) << cut;
  EXPECT_NE(cut.find("5 columns"), std::string::npos) << cut;
  const std::string encoder = refusal({}, small_encoder(Rng(1)));
  EXPECT_NE(encoder.find("subtab"), std::string::npos) << encoder;
  EXPECT_NE(encoder.find("table_mlp"), std::string::npos) << encoder;
}

}  // namespace
}  // namespace tacit
