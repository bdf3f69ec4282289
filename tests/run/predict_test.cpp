// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/predict.h"

#include <gtest/gtest.h>

#include "tacit/data/readers/rows.h"
#include "tacit/run/pretrain.h"
#include "tacit/run/probe.h"
#include "tests/run/numbers.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;

class PredictTest : public FolderTest {
 protected:
  RowBlock read(const fs::path& file, const Columns& columns) const {
    return open_rows(file, columns)->next().value();
  }
  std::string data(const std::string& name, const std::string& bytes) const {
    write_file(folder / name, {bytes});
    return text("data.path={}", (folder / name).string());
  }
  const fs::path run_ = folder / "run";
};

TEST_F(PredictTest, TellsTheNumberOfASingleRowInJson) {
  run_pretrain(number_recipe(folder), run_, Existing::continue_same, {});
  run_finetune(run_, {.all = true}, {"curve.seeds=1", "finetune.min_steps=300"}, {});
  const fs::path out = folder / "told.jsonl";
  const auto tell = [&](const char* row) {
    EXPECT_EQ(run_predict(run_, out, {data("row.jsonl", row), "data.label="}, {}), 1);
    return read(out, {{"predicted"}, {}}).numbers[0][0];
  };
  EXPECT_NEAR(tell(R"({"x": 1, "z": 2, "shade": "dark"})"), 1100, 25);
  EXPECT_NEAR(tell(R"({"x": -1, "z": -2, "shade": "light"})"), 900, 25);
}

TEST_F(PredictTest, NamesTheMostProbableClassOfEachWindow) {
  run_pretrain(tiny_recipe({"train.epochs=1"}), run_, Existing::continue_same, {});
  run_finetune(run_, {.all = true}, {"curve.seeds=1"}, {});
  const fs::path out = folder / "told.csv";
  const int64_t rows = run_predict(run_, out, {}, {});
  std::string line = read_file(out);
  line.resize(line.find('\n'));
  std::vector<std::string> chances;  // p_CLASS columns
  for (const ColumnInfo& column : columns_in(out, {}))
    if (column.name.starts_with("p_")) chances.push_back(column.name);
  ASSERT_GE(chances.size(), 2u) << line;
  const RowBlock block = read(out, {chances, {"predicted", "label"}});
  ASSERT_EQ(block.rows, rows);
  for (size_t row = 0; row < static_cast<size_t>(rows); ++row) {
    double sum = 0, highest = 0;
    std::string best;
    for (size_t i = 0; i < chances.size(); ++i) {
      const double p = block.numbers[i][row];
      sum += p;
      if (p > highest) best = chances[i].substr(2);
      highest = std::max(highest, p);
    }
    EXPECT_NEAR(sum, 1, 1e-5);
    EXPECT_EQ(block.texts[0][row], best);
  }
}

TEST_F(PredictTest, RefusesARunThatWasNotFinetunedAndAnUnknownEnding) {
  run_pretrain(number_recipe(folder), run_, Existing::continue_same, {});
  EXPECT_NE(message_of<StateError>([&] {
              run_predict(run_, folder / "x.csv", {}, {});
            }).find("tacit finetune"),
            std::string::npos);
  EXPECT_THROW(run_predict(run_, folder / "x.txt", {}, {}), ConfigError);
}

}  // namespace
}  // namespace tacit
