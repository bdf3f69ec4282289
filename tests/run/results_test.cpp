// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/results.h"

#include <ATen/ops/tensor.h>

#include <cmath>

#include "tacit/core/error.h"
#include "tacit/core/files.h"
#include "tests/core/folder.h"

namespace tacit {
namespace {

Tensor matrix(int64_t a, int64_t b, int64_t c, int64_t d) {
  return at::tensor({a, b, c, d}, at::kLong).view({2, 2});
}

class ResultsTest : public FolderTest {
 protected:
  ResultsTest() {
    Cells cells(file_);
    // Weighted F1: 1, 0.5 and, of [[4, 0], [4, 0]], half of class 0's 2/3.
    cells.record({0, 0, "10", "self_supervised_frozen"}, matrix(4, 0, 0, 4));
    cells.record({0, 1, "10", "self_supervised_frozen"}, matrix(2, 2, 2, 2));
    cells.record({0, 0, "10", "supervised"}, matrix(4, 0, 4, 0));
    cells.record({0, 1, "10", "supervised"}, matrix(4, 0, 4, 0));
    cells.record({0, 0, "all", "supervised"}, matrix(4, 0, 0, 4));
  }
  Json summary() const {
    return summarize(Cells(file_), {"10", "all"}, {"self_supervised_frozen", "supervised"},
                     {"a", "b"}, 40);
  }
  const std::filesystem::path file_ = folder / "cells.json";
};

TEST_F(ResultsTest, CellsOutliveTheProcess) {
  const Cells cells(file_);
  EXPECT_TRUE(cells.contains({0, 1, "10", "supervised"}));
  EXPECT_FALSE(cells.contains({1, 1, "10", "supervised"}));
  const std::vector<Tensor> found = cells.confusions("10", "self_supervised_frozen");
  ASSERT_EQ(found.size(), 2u);
  EXPECT_TRUE(found[1].equal(matrix(2, 2, 2, 2)));
  EXPECT_TRUE(cells.confusions("0", "supervised").empty());  // not a part of "10"
  write_file(file_, {"{\"0/0"});
  EXPECT_NE(message_of<StateError>([&] { Cells{file_}; }).find("damaged"), std::string::npos);
}

TEST_F(ResultsTest, SummarizeAgreesWithAHandComputation) {
  const Json results = summary();
  const Json frozen = results["scores"]["weighted_f1/self_supervised_frozen/10"];
  EXPECT_NEAR(frozen["mean"].get<double>(), 0.75, 1e-12);
  EXPECT_NEAR(frozen["std"].get<double>(), std::sqrt(0.125), 1e-12);
  EXPECT_EQ(frozen["n"], 2);
  EXPECT_NEAR(results["scores"]["weighted_f1/supervised/10"]["mean"].get<double>(), 1.0 / 3, 1e-12);
  EXPECT_NEAR(results["scores"]["accuracy/supervised/10"]["mean"].get<double>(), 0.5, 1e-12);
  EXPECT_FALSE(results["scores"].contains("weighted_f1/self_supervised_frozen/all"));
  EXPECT_EQ(results["labels"], (Json{10, "all"}));
  EXPECT_EQ(results["confusion"]["model"], "self_supervised_frozen");
  EXPECT_EQ(results["confusion"]["matrix"], Json::parse("[[6, 2], [2, 6]]"));
  // Supervised training reaches 0.75 between 10 labels (1/3) and all 40 (1), on a logarithmic
  // scale.
  ASSERT_EQ(results["label_equivalence"].size(), 1u);
  EXPECT_NEAR(results["label_equivalence"][0]["factor"].get<double>(),
              std::pow(4, (0.75 - 1.0 / 3) / (2.0 / 3)), 1e-9);
}

TEST_F(ResultsTest, PrintsALineAModel) {
  const std::string printed = print_curve(summary());
  EXPECT_NE(printed.find(".750 ± .354"), std::string::npos) << printed;
  EXPECT_NE(printed.find(".333 ± .000"), std::string::npos) << printed;
  EXPECT_NE(printed.find("1.00      "), std::string::npos) << printed;
  EXPECT_EQ(std::count(printed.begin(), printed.end(), '\n'), 2);
}

}  // namespace
}  // namespace tacit
