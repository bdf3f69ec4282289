// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/preprocessing.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "tacit/core/rng.h"
#include "tacit/data/images.h"
#include "tacit/data/windows.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

/// A number and a moment that never repeat, and three categories; each seventh row lacks all.
Table habits(int64_t rows) {
  std::vector<TableColumn> columns{{"pay", ColumnKind::numeric},
                                   {"job", ColumnKind::categorical, {"a", "b", "c"}},
                                   {"seen", ColumnKind::datetime}};
  const Tensor cells = at::zeros({rows, 4});
  std::vector<int64_t> labels;
  Rng rng(3);
  for (int64_t row = 0; row < rows; ++row) {
    float* const to = cells.mutable_data_ptr<float>() + 4 * row;
    labels.push_back(row % 3 - 1);
    to[0] = static_cast<float>(std::exp(rng.normal()));
    to[1] = static_cast<float>(rng.below(3));
    to[2] = static_cast<float>(19000 + rng.below(900));
    to[3] = static_cast<float>(rng.below(86400));
    if (row % 7 == 6) std::fill(to, to + 4, kNan);
  }
  return {std::move(columns), cells, std::move(labels), {"no", "yes"}};
}

std::vector<int64_t> rows_of(const Dataset& data) {
  std::vector<int64_t> rows(static_cast<size_t>(data.size()));
  std::iota(rows.begin(), rows.end(), 0);
  return rows;
}

Preprocessing reloaded(const Preprocessing& preprocessing) {
  Json manifest;
  std::map<std::string, Tensor> tensors;
  store(preprocessing, manifest, tensors);
  return load_preprocessing(Json::parse(manifest.dump()), tensors);
}

bool same_bits(const Tensor& a, const Tensor& b) { return a.allclose(b, 0, 0, /*equal_nan=*/true); }

TEST(Preprocessing, OfATableComesBackToTheSameBits) {
  const Table table = habits(100);
  const Tensor x = habits(300).read(rows_of(habits(300))).x;  // also rows it was not fitted on
  for (const Scaling scaling :
       {Scaling::standard, Scaling::robust, Scaling::rank_gauss, Scaling::none}) {
    SCOPED_TRACE(enum_name(scaling));
    const Preprocessing fitted = ColumnEncoders::fit({.scaling = scaling}, table, rows_of(table));
    const Preprocessing again = reloaded(fitted);
    EXPECT_TRUE(same_bits(encode(again, x), encode(fitted, x)));
    EXPECT_EQ(encoded_spec(again, table.spec()), encoded_spec(fitted, table.spec()));
    EXPECT_EQ(known_columns(again), table.columns());
    const auto& encoders = std::get<ColumnEncoders>(fitted);
    const Tensor z = encoders.apply(x);
    EXPECT_TRUE(same_bits(std::get<ColumnEncoders>(again).invert(z), encoders.invert(z)));
  }
}

TEST(Preprocessing, KeepsScalingsOfSingleColumnsAndRareCategories) {
  const Table table = habits(40);
  const ColumnEncodersConfig config{.standard = {"seen"}, .unscaled = {"pay"}, .min_count = 12};
  const Preprocessing fitted = ColumnEncoders::fit(config, table, rows_of(table));
  const Tensor x = table.read(rows_of(table)).x, z = encode(reloaded(fitted), x);
  EXPECT_TRUE(same_bits(z, encode(fitted, x)));
  EXPECT_TRUE(same_bits(z.select(1, 0), x.select(1, 0)));
}

TEST(Preprocessing, OfSignalsComesBackToTheSameBits) {
  const SignalWindows data(people(3), {.length = {20}});
  const Preprocessing fitted = Normalizer::fit(Normalization::zscore, data, rows_of(data));
  const Tensor x = data.read(rows_of(data)).x;
  EXPECT_TRUE(encode(reloaded(fitted), x).equal(encode(fitted, x)));
  EXPECT_FALSE(encode(fitted, x).equal(x));
  EXPECT_TRUE(known_columns(fitted).empty());
}

TEST(Preprocessing, RefusesWhatLacksAPart) {
  const Table table = habits(40);
  Json manifest;
  std::map<std::string, Tensor> tensors;
  store(ColumnEncoders::fit({}, table, rows_of(table)), manifest, tensors);
  ASSERT_FALSE(tensors.empty());
  EXPECT_ANY_THROW(load_preprocessing(manifest, {}));
  manifest["columns"][1]["kept"] = {7};  // a category that there is not
  EXPECT_ANY_THROW(load_preprocessing(manifest, tensors));
  EXPECT_ANY_THROW(load_preprocessing(Json::object(), tensors));
}

TEST(EncodedSpec, ListsTheFieldsOfATableAndLeavesSignalsAlone) {
  const Table table = habits(200);
  const Spec spec = encoded_spec(ColumnEncoders::fit({}, table, rows_of(table)), table.spec());
  EXPECT_EQ(spec.shape, std::vector<int64_t>{1 + 1 + 9});
  EXPECT_EQ(spec.channels, table.spec().channels);
  ASSERT_EQ(spec.fields.size(), 11u);
  EXPECT_EQ(spec.fields[1], (Field{"job", "job", 3 + 2}));
  EXPECT_EQ(column_of(spec.fields).back(), 2);
  const SignalWindows signals(people(2), {.length = {20}});
  EXPECT_EQ(encoded_spec(Normalizer::fit(Normalization::zscore, signals, rows_of(signals)),
                         signals.spec()),
            signals.spec());
}

TEST(Preprocessed, ReadsRowsOfATableByNumber) {
  const Table table = habits(50);
  const Preprocessing fitted = ColumnEncoders::fit({.min_count = 2}, table, rows_of(table));
  const TemporaryFolder folder;
  const Preprocessed data(table, fitted, folder.path().string());
  EXPECT_EQ(data.size(), 50);
  EXPECT_EQ(data.spec(), encoded_spec(fitted, table.spec()));
  const std::vector<int64_t> rows{49, 6, 6, 0};
  const Batch batch = data.read(rows), raw = table.read(rows);
  EXPECT_TRUE(same_bits(batch.x, encode(fitted, raw.x)));
  EXPECT_TRUE(batch.y.equal(raw.y));
  EXPECT_TRUE(batch.row.equal(raw.row));
  EXPECT_TRUE(data.read({}).x.sizes().equals({0, 11}));
}

TEST(Preprocessed, EncodesMoreRowsThanItDoesAtATime) {
  const int64_t rows = (1 << 16) + 3;
  const Tensor cells = at::arange(rows, at::kFloat).view({rows, 1});
  const Table table({{"x"}}, cells, std::vector<int64_t>(static_cast<size_t>(rows), -1), {});
  const Preprocessing same = ColumnEncoders::fit({.scaling = Scaling::none}, table, rows_of(table));
  EXPECT_TRUE(Preprocessed(table, same).read(rows_of(table)).x.equal(cells));
}

TEST(Preprocessed, NormalisesSignalsAsTheyAreRead) {
  const SignalWindows source(people(3), {.length = {20}});
  const Preprocessing fitted = Normalizer::fit(Normalization::zscore, source, rows_of(source));
  const Preprocessed data(source, fitted);
  const std::vector<int64_t> rows{5, 0};
  EXPECT_TRUE(data.read(rows).x.equal(encode(fitted, source.read(rows).x)));
  EXPECT_TRUE(data.read(rows).y.equal(source.read(rows).y));
  EXPECT_EQ(data.spec(), source.spec());
  EXPECT_TRUE(data.unpack(data.read_packed(rows).x).equal(data.read(rows).x));
}

TEST(Preprocessed, NormalisesPixelsWhereTheyAreUnpacked) {
  const Images source(at::arange(24, at::kByte).view({4, 1, 2, 3}),
                      std::vector<ImageOrigin>(4, {.name = "a"}), Target::category, {}, {});
  const Preprocessing fitted = Normalizer::fit(Normalization::zscore, source, rows_of(source));
  const Preprocessed data(source, fitted);
  const Subset some(data, {3, 0, 2});
  const std::vector<int64_t> rows{2, 0};
  const Batch packed = some.read_packed(rows);
  EXPECT_EQ(packed.x.scalar_type(), at::kByte);
  EXPECT_TRUE(some.unpack(packed.x).equal(some.read(rows).x));
  EXPECT_TRUE(some.read(rows).x.equal(encode(fitted, source.read(std::vector<int64_t>{2, 3}).x)));
}

}  // namespace
}  // namespace tacit
