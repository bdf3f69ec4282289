// SPDX-License-Identifier: Apache-2.0
#include "tacit/export/emit_columns.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "tacit/export/onnx_runtime.h"
#include "tacit/export/trials.h"
#include "tacit/onnx/model.h"
#include "tests/export/odd_table.h"

namespace tacit {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

/// Rows as ONNX Runtime encodes them.
class Emitted {
 public:
  explicit Emitted(const ColumnEncoders& columns) : session_(OnnxRuntime(), model(columns)) {}
  Tensor operator()(const Tensor& x) const { return session_.run("rows", x, {"encoded"}).at(0); }

 private:
  static std::string model(const ColumnEncoders& columns) {
    onnx::Graph graph("columns");
    const onnx::Value x = graph.input("rows", {row_width(columns.columns())});
    graph.output("encoded", emit_columns(columns, graph, x),
                 {static_cast<int64_t>(columns.fields().size())});
    return onnx::write_model(graph);
  }
  OnnxSession session_;
};

/// One column of floats, fitted on them.
ColumnEncoders fitted(TableColumn column, const std::vector<float>& cells,
                      const ColumnEncodersConfig& config = {}) {
  const int64_t width = column.width(), rows = static_cast<int64_t>(cells.size()) / width;
  const Table table({std::move(column)}, at::tensor(cells).view({rows, width}),
                    std::vector<int64_t>(static_cast<size_t>(rows), -1), {});
  std::vector<int64_t> all(static_cast<size_t>(rows));
  std::iota(all.begin(), all.end(), 0);
  return ColumnEncoders::fit(config, table, all);
}

Tensor column(const std::vector<float>& cells, int64_t width = 1) {
  return at::tensor(cells).view({-1, width});
}

TEST(EmitColumns, ComputesWhatTheEncodersDo) {
  const ColumnEncoders columns = odd_columns();
  const Emitted emitted(columns);
  for (const auto& [name, x] : parity_trials(odd_table().spec(), columns)) {
    const Tensor own = columns.apply(x), theirs = emitted(x);
    EXPECT_TRUE(theirs.allclose(own, 1e-6, 1e-6, /*equal_nan=*/true))
        << name << ": " << (theirs - own).abs().nan_to_num(0).max().item<double>();
  }
  EXPECT_EQ(emitted(at::empty({0, 13})).sizes(), (at::IntArrayRef{0, 27}));
}

TEST(EmitColumns, ScalesInEveryWayAlone) {
  for (const Scaling scaling :
       {Scaling::standard, Scaling::robust, Scaling::rank_gauss, Scaling::none}) {
    const ColumnEncoders columns = fitted({"x"}, {1, 2, 2, 5, 9, kNan}, {.scaling = scaling});
    const Tensor x = column({-4, 1, 1.5F, 2, 3, 9, 11, kNan});
    EXPECT_TRUE(Emitted(columns)(x).allclose(columns.apply(x), 1e-6, 1e-7, true))
        << enum_name(scaling);
  }
}

TEST(EmitColumns, TellsCloseKnotsFarFromZeroApart) {
  std::vector<float> values;
  for (int i = 0; i < 3000; ++i) values.push_back(1e6F + static_cast<float>(i) / 16);
  const ColumnEncoders columns = fitted({"x"}, values);
  const Tensor x = column(values), z = Emitted(columns)(x);
  EXPECT_TRUE((z.slice(0, 1) > z.slice(0, 0, -1)).all().item<bool>());
  EXPECT_TRUE(z.allclose(columns.apply(x), 1e-6, 1e-7));
}

TEST(EmitColumns, IsLevelBeyondTheKnotsAndWithOneKnot) {
  const Tensor x = column({-1e30F, -1, 7, 1e30F, kNan});
  const Tensor two = Emitted(fitted({"x"}, {1, 5}))(x).flatten();
  EXPECT_EQ(two[0].item<float>(), two[1].item<float>());
  EXPECT_EQ(two[2].item<float>(), two[3].item<float>());
  EXPECT_LT(two[1].item<float>(), two[2].item<float>());
  const Tensor one = Emitted(fitted({"x"}, {4, 4}))(x).flatten();
  EXPECT_TRUE(one.slice(0, 0, 4).equal(at::zeros({4}))) << one;
  EXPECT_TRUE(std::isnan(one[4].item<float>()));
}

TEST(EmitColumns, TakesAnyOtherNumberAsANewCategory) {
  const ColumnEncoders columns = fitted({"x", ColumnKind::categorical, {"a", "b", "c"}},
                                        {0, 0, 1, 2, 2, kNan}, {.min_count = 2});
  const Tensor codes = Emitted(columns)(column({0, 1, 2, kNan, 3, 7, 1e9F, -1, -5})).flatten();
  EXPECT_TRUE(codes.equal(at::tensor({2.F, 1.F, 3.F, 0.F, 1.F, 1.F, 1.F, 1.F, 1.F}))) << codes;
}

TEST(EmitColumns, KnowsTheCalendar) {
  const ColumnEncoders columns =
      fitted({"t", ColumnKind::datetime}, {0, 0, 2, 0}, {.scaling = Scaling::standard});
  // Noon of Thursday 2024-02-29, midnight of Thursday 1900-03-01, six o'clock of Sunday 1600-12-31.
  const Tensor found = Emitted(columns)(column({19782, 43200, -25508, 0, -134775, 21600}, 2));
  const auto expect = [&](int64_t row, std::vector<double> turns) {
    for (size_t i = 0; i < turns.size(); ++i) {
      const auto field = static_cast<int64_t>(1 + 2 * i);
      EXPECT_NEAR(found[row][field].item<double>(), std::sin(2 * std::numbers::pi * turns[i]), 1e-6)
          << row << " " << i;
      EXPECT_NEAR(found[row][field + 1].item<double>(), std::cos(2 * std::numbers::pi * turns[i]),
                  1e-6)
          << row << " " << i;
    }
  };
  expect(0, {0.5, 4 / 7., 28 / 31., 59 / 365.25});
  expect(1, {0, 4 / 7., 0, 59 / 365.25});
  expect(2, {0.25, 0, 30 / 31., 365 / 365.25});
  EXPECT_NEAR(found[0][0].item<double>(), 19782.5 - 1, 1e-2);  // mean 1, deviation 1
}

TEST(EmitColumns, LacksAMomentOfWhichEitherHalfIsMissing) {
  const ColumnEncoders columns = fitted({"t", ColumnKind::datetime}, {0, 0, 2, 0});
  const Emitted emitted(columns);
  EXPECT_TRUE(emitted(column({kNan, 5, 5, kNan, kNan, kNan}, 2)).isnan().all().item<bool>());
}

}  // namespace
}  // namespace tacit
