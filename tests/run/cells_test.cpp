// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/cells.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tacit/data/readers/rows.h"
#include "tacit/evaluate/metrics.h"
#include "tacit/run/curve.h"
#include "tacit/run/embed.h"
#include "tacit/run/pretrain.h"
#include "tests/core/folder.h"
#include "tests/run/tiny.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;

/// A table in which y is twice x and the shade is dark where x is above 0. Every seventh y and
/// every ninth shade is missing; the rows in `odd` break the rule.
std::string table(int64_t rows, uint64_t seed, const std::vector<int64_t>& odd = {}) {
  Rng rng(seed);
  std::string bytes = "x,y,shade,label\n";
  for (int64_t row = 0; row < rows; ++row) {
    const double x = rng.normal();
    const bool broken = std::ranges::find(odd, row) != odd.end();
    const double y = (broken ? -2 : 2) * x + 0.05 * rng.normal();
    const char* const shade = (x > 0) != broken ? "dark" : "light";
    bytes += text("{},{},{},{}\n", x, row % 7 == 3 && !broken ? "" : text("{}", y),
                  row % 9 == 5 && !broken ? "" : shade, x > 0.5 ? "high" : "low");
  }
  return bytes;
}

class CellsTest : public FolderTest {
 protected:
  CellsTest() {
    write_file(folder / "usual.csv", {table(800, 1)});
    run_pretrain(recipe(), run_, Existing::continue_same, {});
  }
  Recipe recipe(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> overrides{text("data.path={}", (folder / "usual.csv").string()),
                                       "data.label=label",
                                       "data.table={numeric=['x', 'y'], categorical=['shade']}",
                                       "data.split={by='row', test=0.25, validation=0.3}",
                                       "encoder.widths=[32, 32]",
                                       "train.epochs=12",
                                       "train.batch_size=64",
                                       "train.optimizer.learning_rate=3e-3",
                                       "finetune.min_steps=5",
                                       "finetune.epochs=1",
                                       "supervised.min_steps=5",
                                       "supervised.epochs=1",
                                       "curve.labels_per_class=['5%', 'all']",
                                       "curve.seeds=2"};
    overrides.insert(overrides.end(), more.begin(), more.end());
    return load_recipe("table_adult", overrides);
  }
  std::string data(const std::string& name, const std::string& bytes) const {
    write_file(folder / name, {bytes});
    return text("data.path={}", (folder / name).string());
  }
  RowBlock read(const fs::path& file, const Columns& columns) const {
    return open_rows(file, columns)->next().value();
  }
  const fs::path run_ = folder / "run";
};

TEST_F(CellsTest, ScoresRowsThatBreakTheRuleHigh) {
  const std::vector<int64_t> odd{10, 20, 30, 40, 50};
  const fs::path file = folder / "scores.csv";
  const ScoreSummary summary =
      run_score(run_, file, 0.05, {data("new.csv", table(200, 2, odd))}, {});
  EXPECT_EQ(summary.rows, 200);
  const RowBlock scores =
      read(file, {{"row", "score", "p_value", "alarm", "z_y"}, {"worst_column"}});
  double alarms = 0, false_alarms = 0;
  for (size_t row = 0; row < 200; ++row) {
    const bool is_odd = std::ranges::find(odd, static_cast<int64_t>(row)) != odd.end();
    alarms += scores.numbers[3][row];
    if (!is_odd) false_alarms += scores.numbers[3][row];
    EXPECT_EQ(scores.numbers[3][row] == 1, scores.numbers[2][row] <= 0.05) << row;
  }
  EXPECT_EQ(alarms, static_cast<double>(summary.alarms));
  EXPECT_LT(false_alarms, 195 * 0.15);  // .05 expected
  Tensor is_odd = at::zeros({200}, at::kBool);
  for (const int64_t row : odd) is_odd[row] = true;
  EXPECT_GT(auroc_of(is_odd, at::tensor(scores.numbers[1], at::kDouble)), 0.9);
  EXPECT_NE(summary.print(0.05).find("at most 5 %"), std::string::npos) << summary.print(0.05);
}

TEST_F(CellsTest, FillsMissingCellsFromTheOthers) {
  const fs::path file = folder / "filled.csv";
  const std::string given = table(200, 3);
  const int64_t missing = 29 + 22;  // rows 3, 10, … and 5, 14, …
  EXPECT_EQ(run_impute(run_, file, {data("new.csv", given)}, {}), missing);
  const RowBlock filled = read(file, {{"x", "y", "shade_probability"}, {"shade"}});
  double squares = 0, right = 0;
  for (size_t row = 3; row < 200; row += 7)
    squares += std::pow(filled.numbers[1][row] - 2 * filled.numbers[0][row], 2) / 29;
  for (size_t row = 5; row < 200; row += 9)
    right += filled.texts[0][row] == (filled.numbers[0][row] > 0 ? "dark" : "light");
  EXPECT_LT(std::sqrt(squares), 1);  // the mean's error is 2
  EXPECT_GT(right, 18);
  EXPECT_GT(filled.numbers[2][5], 0.3);
  EXPECT_TRUE(std::isnan(filled.numbers[2][4]));
}

TEST_F(CellsTest, EmbedsTheLayersThatAreAskedFor) {
  const auto width = [&](const std::string& layers) {
    const fs::path file = folder / (layers + ".parquet");
    run_embed(run_, file, {}, {}, layers);
    return parquet_columns(file).size() - 5;  // row, part, file, group, label
  };
  EXPECT_EQ(width("last"), 32u);
  EXPECT_GT(width("all"), 64u);
  EXPECT_THROW(run_embed(run_, folder / "x.parquet", {}, {}, "first"), ConfigError);
}

TEST_F(CellsTest, ATableHasALabelCurve) {
  const Json results = run_curve(recipe(), folder / "curve", Existing::continue_same, {});
  EXPECT_EQ(results["metric"], "auroc");
  EXPECT_EQ(results["labels"], (Json{"5%", "all"}));
  EXPECT_GT(results["scores"]["auroc/self_supervised_frozen/all"]["mean"].get<double>(), 0.95);
  EXPECT_GT(results["scores"]["auroc/random_forest/all"]["mean"].get<double>(), 0.95);
}

TEST_F(CellsTest, RefuseRunsThatTellNoCells) {
  const auto has = [](const std::string& message, const char* part) {
    return message.find(part) != std::string::npos;
  };
  const fs::path other = folder / "scarf", file = folder / "scores.csv";
  run_pretrain(recipe({"method={name='scarf'}", "train.epochs=1"}), other, Existing::continue_same,
               {});
  EXPECT_PRED2(has, message_of<StateError>([&] { run_score(other, file, 0.1, {}, {}); }), "scarf");
  const fs::path signals = folder / "signals";
  run_pretrain(tiny_recipe({"train.epochs=1"}), signals, Existing::continue_same, {});
  EXPECT_PRED2(has, message_of<ConfigError>([&] { run_impute(signals, file, {}, {}); }), "signal");
  EXPECT_PRED2(has, message_of<ConfigError>([&] { run_score(run_, file, 1.5, {}, {}); }),
               "between 0 and 1");
  EXPECT_PRED2(has, message_of<ConfigError>([&] { run_score(run_, "x.txt", 0.1, {}, {}); }),
               "x.txt");
}

TEST_F(CellsTest, NamesAColumnThatIsMissingFromNewData) {
  const std::string message = message_of<ConfigError>([&] {
    run_score(run_, folder / "scores.csv", 0.1, {data("new.csv", "x,shade,label\n1,dark,low\n")},
              {});
  });
  EXPECT_NE(message.find("\"y\""), std::string::npos) << message;
}

}  // namespace
}  // namespace tacit
