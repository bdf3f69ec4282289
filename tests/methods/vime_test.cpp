// SPDX-License-Identifier: Apache-2.0
#include "tacit/methods/vime.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include "tests/core/folder.h"
#include "tests/methods/mirror_rows.h"
#include "tests/methods/waves.h"

namespace tacit {
namespace {

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();

Vime mirror(const VimeConfig& config) {
  return {config, {three_columns(), std::make_shared<MirrorRows>(3), Rng(2)}};
}

/// Four rows of three_columns() that are alike in no cell; one number is missing.
Tensor four_rows() {
  return at::tensor({0.f, 0.f, 0.f, 1.f, -1.f, 1.f, 2.f, -2.f, 2.f, 3.f, kMissing, 3.f})
      .view({4, 3});
}

TEST(DifferingColumns, HaveFieldsThatDifferAndMissingEqualsMissing) {
  const Tensor a =
      at::tensor({1.f, kMissing, 2.f, 3.f, 0.1f, 0.2f, 1.f, kMissing, 2.f, 3.f, 0.1f, 0.2f})
          .view({2, 6});
  const Tensor b =
      at::tensor({1.f, kMissing, 2.f, 3.f, 0.1f, 0.5f, 2.f, 0.5f, 2.f, 1.f, 0.1f, 0.2f})
          .view({2, 6});
  const Tensor expected =
      at::tensor({0.f, 0.f, 0.f, 0.f, 1.f, 1.f, 1.f, 0.f, 1.f, 0.f}).view({2, 5});
  const std::vector<Field> fields = TableRows(1).spec().fields;
  EXPECT_TRUE(differing_columns(a, b, fields).equal(expected));
  EXPECT_TRUE(differing_columns(b, a, fields).equal(expected));
}

TEST(Vime, TellsTheMaskAndTheCleanRow) {
  // Nothing is swapped and the heads are constant: all in closed form.
  Vime method = mirror({.mask = 0, .alpha = 3});
  silence(method, "mask_head", -1.5);
  silence(method, "decoder");
  const Loss loss = loss_of(method, unlabelled(four_rows()), 1);
  const double mask = std::log1p(std::exp(-1.5));
  const double a = (0 + 1 + 4 + 9) / 4.0, b = (0 + 1 + 4) / 3.0, c = std::log(5);
  EXPECT_NEAR(part(loss, "mask"), mask, 1e-6);
  EXPECT_NEAR(part(loss, "reconstruction"), (a + b + c) / 3, 1e-5);
  EXPECT_NEAR(loss.total.item<double>(), mask + 3 * (a + b + c) / 3, 1e-5);
}

TEST(Vime, CountsACellAsSwappedWhereItsValueIsAnother) {
  Vime method = mirror({.mask = 1});
  silence(method, "mask_head", 2);  // sure of every cell that it was swapped
  const double right = std::log1p(std::exp(-2)), wrong = std::log1p(std::exp(2));
  EXPECT_NEAR(part(loss_of(method, unlabelled(four_rows()), 1), "mask"), right, 1e-6);
  const Tensor alike = four_rows().slice(0, 3).expand({4, 3}).contiguous();
  EXPECT_NEAR(part(loss_of(method, unlabelled(alike), 1), "mask"), wrong, 1e-6);
}

TEST(Vime, ShowsTheEncoderRowsWithTheStatedShareOfForeignCells) {
  const auto encoder = std::make_shared<MirrorRows>(2);
  Vime method({}, {number_columns(2), encoder, Rng(2)});
  const Tensor x = at::arange(2000, at::kFloat).view({1000, 2});
  loss_of(method, unlabelled(x), 1);
  const Tensor foreign = encoder->seen != x;
  EXPECT_NEAR(foreign.to(at::kFloat).mean().item<double>(), 0.3, 0.04);
  // Column 0 holds the even numbers, column 1 the odd ones, noisy or not.
  EXPECT_TRUE(encoder->seen.remainder(2).equal(x.remainder(2)));
}

TEST(Vime, MissingNumbersLeaveGradientsFinite) {
  Vime method({.mask = 0.5}, {TableRows(1).spec(), small_table_encoder(Rng(1)), Rng(2)});
  Batch batch = all_of(TableRows(12));
  batch.x.select(1, 0).fill_(kMissing);
  const Loss loss = loss_of(method, batch, 1);
  EXPECT_TRUE(std::isfinite(loss.total.item<double>()));
  loss.total.backward();
  expect_finite_gradients(method);
}

TEST(Vime, NeedsAnEncoderOfTables) {
  const std::string message = message_of<ConfigError>([] {
    Vime({}, {TableRows(1).spec(), small_encoder(Rng(1)), Rng(2)});
  });
  EXPECT_NE(message.find("vime"), std::string::npos) << message;
  EXPECT_NE(message.find("table_mlp"), std::string::npos) << message;
}

}  // namespace
}  // namespace tacit
