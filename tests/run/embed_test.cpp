// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/embed.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <set>

#include "tacit/core/error.h"
#include "tacit/data/readers/rows.h"
#include "tacit/run/pretrain.h"
#include "tests/data/signals_fixture.h"
#include "tests/run/numbers.h"

namespace tacit {
namespace {

/// A finished run on four simulated people: 4 x 6 x 5 windows of 50 samples.
class Embed : public testing::Test {
 protected:
  void SetUp() override {
    run_pretrain(
        load_recipe("har_simulated",
                    {"train.epochs=1", "encoder.filters=[4, 4]", "encoder.kernels=[5, 5]",
                     "encoder.strides=[2, 2]", "data.simulate.people=4", "data.simulate.seconds=10",
                     "data.simulate.rate_hz=25", "data.window.length=50", "data.window.overlap=0.0",
                     "data.split.validation=0.3"}),
        run_, Existing::continue_same, {});
  }
  std::vector<std::string> texts(const std::filesystem::path& file,
                                 const std::string& column) const {
    const auto rows = open_rows(file, {{}, {column}});
    std::vector<std::string> all;
    while (const auto block = rows->next())
      all.insert(all.end(), block->texts[0].begin(), block->texts[0].end());
    return all;
  }

  const TemporaryFolder folder_;
  const std::filesystem::path run_ = folder_.path() / "run";
};

TEST_F(Embed, WritesTheSameFeaturesToNpyAndParquet) {
  const auto npy = folder_.path() / "x.npy", parquet = folder_.path() / "x.parquet";
  run_embed(run_, npy, {}, {});
  run_embed(run_, parquet, {}, {});
  const std::string content = read_file(npy);
  const size_t start =
      10 + static_cast<unsigned char>(content[8]) + 256u * static_cast<unsigned char>(content[9]);
  EXPECT_EQ(start % 64, 0u);
  EXPECT_EQ(content[start - 1], '\n');
  EXPECT_NE(content.find("'shape': (120, "), std::string::npos);
  const size_t features = (content.size() - start) / sizeof(float) / 120;
  const auto rows = open_parquet(parquet, {{"row", "f1"}, {}});
  const auto block = rows->next();
  ASSERT_TRUE(block && block->rows == 120);
  for (size_t row = 0; row < 120; ++row) {
    float value;
    std::memcpy(&value, &content[start + (row * features + 1) * sizeof value], sizeof value);
    EXPECT_EQ(block->numbers[0][row], static_cast<double>(row));
    EXPECT_EQ(block->numbers[1][row], value);
  }
}

TEST_F(Embed, SaysWhichPartARowBelongsTo) {
  const auto file = folder_.path() / "x.parquet";
  run_embed(run_, file, {}, {});
  const auto part = texts(file, "part"), subject = texts(file, "subject");
  std::set<std::pair<std::string, std::string>> seen;
  for (size_t i = 0; i < part.size(); ++i) seen.emplace(subject[i], part[i]);
  EXPECT_EQ(seen.size(), 4u);  // nobody is in two parts
  EXPECT_EQ(std::set(part.begin(), part.end()),
            (std::set<std::string>{"train", "validation", "test"}));
  run_embed(run_, file, {"data.simulate.seed=2"}, {});
  const auto other = texts(file, "part");
  EXPECT_EQ(std::set(other.begin(), other.end()), std::set<std::string>{"new"});
}

TEST_F(Embed, RefusesOtherShapesAndEndings) {
  const auto file = folder_.path() / "y.npy";
  EXPECT_THROW(run_embed(run_, file, {"data.window.length=40"}, {}), ShapeError);
  EXPECT_THROW(run_embed(run_, folder_.path() / "y.txt", {}, {}), ConfigError);
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_F(Embed, WritesLabelsThatAreNumbers) {
  const auto run = folder_.path() / "numbers", file = folder_.path() / "numbers.csv";
  run_pretrain(number_recipe(folder_.path(), {"train.epochs=1"}), run, Existing::continue_same, {});
  run_embed(run, folder_.path() / "numbers.npy", {}, {});
  const auto block = open_rows(file, {{"label"}, {}})->next().value();
  ASSERT_EQ(block.rows, 500);
  EXPECT_NEAR(block.numbers[0][0], 1000, 300);
  EXPECT_TRUE(std::isnan(block.numbers[0][4]));
}

}  // namespace
}  // namespace tacit
