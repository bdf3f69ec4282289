// SPDX-License-Identifier: Apache-2.0
#include "tacit/methods/scarf.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include "tacit/losses/nt_xent.h"
#include "tacit/transforms/corrupt.h"
#include "tests/core/folder.h"
#include "tests/methods/mirror_rows.h"
#include "tests/methods/waves.h"
#include "tests/nn/numbers.h"

namespace tacit {
namespace {

Scarf make(const ScarfConfig& config) {
  return {config, {TableRows(1).spec(), small_table_encoder(Rng(1)), Rng(2)}};
}

TEST(Scarf, ShowsEachRowAndACopyWithTheStatedShareOfItsColumnsSwapped) {
  const auto encoder = std::make_shared<MirrorRows>(5);
  const Tensor x = numbers({40, 5}, 1);  // no two cells alike
  for (const auto& [share, columns] :
       std::vector<std::pair<double, int64_t>>{{0.6, 3}, {0.2, 1}, {0, 1}, {1, 5}}) {
    Scarf method({.share = share}, {number_columns(5), encoder, Rng(2)});
    loss_of(method, unlabelled(x), 1);
    const Tensor clean = encoder->seen.slice(0, 0, 40), copy = encoder->seen.slice(0, 40);
    EXPECT_TRUE(clean.equal(x));
    EXPECT_TRUE(((copy != x).sum(1) == columns).all().item<bool>()) << share;
    // Each value is one of its column.
    EXPECT_TRUE((copy.unsqueeze(0) == x.unsqueeze(1)).any(0).all().item<bool>()) << share;
  }
}

TEST(Scarf, LossIsTheContrastOfTheProjectedViews) {
  const ScarfConfig config{.projector = {}, .temperature = 0.3};
  Scarf method = make(config);
  const Batch batch = all_of(TableRows(8));
  Rng draws(1);
  const Tensor copy =
      swap_some(batch.x, TableRows(1).spec().fields, config.share, {batch.x, 0}, draws).x;
  auto& encoder = dynamic_cast<TableEncoder&>(method.encoder());
  const Loss expected = nt_xent(encoder.code(batch.x), encoder.code(copy), 0.3, SingleProcess());
  const Loss loss = loss_of(method, batch, 1);
  EXPECT_NEAR(loss.total.item<double>(), expected.total.item<double>(), 1e-5);
  EXPECT_NEAR(part(loss, "pair/accuracy"), part(expected, "pair/accuracy"), 1e-6);
}

TEST(Scarf, RowsAllAlikeAreToldApartByChance) {
  Scarf method = make({});
  const Tensor row = all_of(TableRows(1)).x;
  EXPECT_NEAR(loss_of(method, unlabelled(row.repeat({6, 1})), 1).total.item<double>(), std::log(11),
              1e-5);  // the other view among 2 * 6 - 1
}

TEST(Scarf, MissingNumbersLeaveGradientsFinite) {
  Scarf method = make({});
  Batch batch = all_of(TableRows(12));
  batch.x.select(1, 0).fill_(std::numeric_limits<float>::quiet_NaN());
  const Loss loss = loss_of(method, batch, 1);
  EXPECT_TRUE(std::isfinite(loss.total.item<double>()));
  loss.total.backward();
  expect_finite_gradients(method);
}

TEST(Scarf, NeedsAnEncoderOfTables) {
  const std::string message = message_of<ConfigError>([] {
    Scarf({}, {TableRows(1).spec(), small_encoder(Rng(1)), Rng(2)});
  });
  EXPECT_NE(message.find("scarf"), std::string::npos) << message;
  EXPECT_NE(message.find("table_mlp"), std::string::npos) << message;
}

}  // namespace
}  // namespace tacit
