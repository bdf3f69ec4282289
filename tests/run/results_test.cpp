// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/results.h"

#include <ATen/ops/tensor.h>

#include <cmath>
#include <map>

#include "tacit/core/error.h"
#include "tacit/core/files.h"
#include "tests/core/folder.h"

namespace tacit {
namespace {

Tensor matrix(int64_t a, int64_t b, int64_t c, int64_t d) {
  return at::tensor({a, b, c, d}, at::kLong).view({2, 2});
}

Outcome outcome(int64_t a, int64_t b, int64_t c, int64_t d, double auroc = std::nan("")) {
  return {matrix(a, b, c, d), auroc};
}

class ResultsTest : public FolderTest {
 protected:
  ResultsTest() {
    Cells cells(file_);
    // Weighted F1: 1, 0.5 and, of [[4, 0], [4, 0]], half of class 0's 2/3.
    cells.record({0, 0, "10", "self_supervised_frozen"}, outcome(4, 0, 0, 4, 0.75));
    cells.record({0, 1, "10", "self_supervised_frozen"}, outcome(2, 2, 2, 2, 0.5));
    cells.record({0, 0, "10", "supervised"}, outcome(4, 0, 4, 0, 0.625));
    cells.record({0, 1, "10", "supervised"}, outcome(4, 0, 4, 0));
    cells.record({0, 0, "all", "supervised"}, outcome(4, 0, 0, 4));
  }
  Json summary(Metric metric = Metric::weighted_f1) const {
    return summarize(Cells(file_), {"10", "all"}, {"self_supervised_frozen", "supervised"},
                     {"a", "b"}, 40, metric);
  }
  const std::filesystem::path file_ = folder / "cells.json";
};

TEST_F(ResultsTest, CellsOutliveTheProcess) {
  const Cells cells(file_);
  EXPECT_TRUE(cells.contains({0, 1, "10", "supervised"}));
  EXPECT_FALSE(cells.contains({1, 1, "10", "supervised"}));
  const std::vector<Outcome> found = cells.outcomes("10", "self_supervised_frozen");
  ASSERT_EQ(found.size(), 2u);
  EXPECT_TRUE(found[1].confusion.equal(matrix(2, 2, 2, 2)));
  EXPECT_EQ(found[0].auroc, 0.75);
  EXPECT_TRUE(std::isnan(cells.outcome({0, 1, "10", "supervised"}).auroc));
  EXPECT_TRUE(cells.outcomes("0", "supervised").empty());  // not a part of "10"
  EXPECT_THROW(cells.outcome({7, 0, "10", "supervised"}), StateError);
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

TEST(Outcome, IsWhatProbabilitiesSay) {
  const Tensor truth = at::tensor({0, 1, 1}, at::kLong);
  const Tensor p = at::tensor({0.75, 0.25, 0.625, 0.375, 0.125, 0.875}, at::kDouble).view({3, 2});
  const Outcome found = Outcome::of(truth, p);
  EXPECT_TRUE(found.confusion.equal(matrix(1, 0, 1, 1)));
  EXPECT_EQ(found.auroc, 1);
}

TEST_F(ResultsTest, SummarizeTakesTheMeanOfDefinedAurocs) {
  const Json scores = summary()["scores"];
  EXPECT_NEAR(scores["auroc/self_supervised_frozen/10"]["mean"].get<double>(), 0.625, 1e-12);
  EXPECT_EQ(scores["auroc/supervised/10"]["n"], 1);
  EXPECT_FALSE(scores.contains("auroc/supervised/all"));
}

TEST_F(ResultsTest, IsDrawnOfTheMetricAskedFor) {
  const Json results = summary(Metric::auroc);
  EXPECT_EQ(results["metric"], "auroc");
  EXPECT_NE(print_curve(results).find(".625 ± .177"), std::string::npos) << print_curve(results);
  EXPECT_EQ(results["label_equivalence"].size(), 1u);
  const Json by_accuracy = summary(Metric::accuracy);
  EXPECT_EQ(by_accuracy["metric"], "accuracy");
  EXPECT_NE(print_curve(by_accuracy).find(".500 ± .000"), std::string::npos);
}

TEST_F(ResultsTest, TakesSharesOfLabels) {
  Cells cells(file_);
  cells.record({0, 0, "25%", "self_supervised_frozen"}, outcome(3, 1, 0, 4));
  cells.record({0, 0, "5%", "supervised"}, outcome(4, 0, 4, 0));
  EXPECT_EQ(cells.labels(), (std::vector<std::string>{"10", "5%", "25%", "all"}));
  const Json results = summarize(cells, {"5%", "25%", "all"},
                                 {"self_supervised_frozen", "supervised"}, {"a", "b"}, 40);
  EXPECT_EQ(results["labels"], (Json{"5%", "25%", "all"}));
  EXPECT_TRUE(results["scores"].contains("weighted_f1/self_supervised_frozen/25%"));
  EXPECT_EQ(results["confusion"]["labels"], "25%");  // of 40: ten
  const std::string printed = print_curve(results);
  EXPECT_NE(printed.find("25%"), std::string::npos) << printed;
}

TEST_F(ResultsTest, ForgetsOneModelAtOneNumberOfLabels) {
  Cells cells(file_);
  cells.forget("10", "supervised");
  EXPECT_TRUE(cells.outcomes("10", "supervised").empty());
  EXPECT_EQ(cells.outcomes("10", "self_supervised_frozen").size(), 2u);
  EXPECT_EQ(cells.outcomes("all", "supervised").size(), 1u);
}

TEST_F(ResultsTest, PrintsALineAModel) {
  const std::string printed = print_curve(summary());
  EXPECT_NE(printed.find(".750 ± .354"), std::string::npos) << printed;
  EXPECT_NE(printed.find(".333 ± .000"), std::string::npos) << printed;
  EXPECT_NE(printed.find("1.00      "), std::string::npos) << printed;
  EXPECT_EQ(std::count(printed.begin(), printed.end(), '\n'), 2);
}

TEST(Outcome, IsWhatNumbersSay) {
  const Tensor truth = at::tensor({1.0f, 2.0f, 6.0f}), told = at::tensor({1.0f, 3.0f, 5.0f});
  const Outcome found = Outcome::of(truth, told);
  EXPECT_FALSE(found.confusion.defined());
  EXPECT_NEAR(found.numbers->mae, 2.0 / 3, 1e-12);
  const std::map<std::string, double> measures = found.measures();
  EXPECT_EQ(measures.size(), 4u);
  EXPECT_NEAR(measures.at("r2"), 1 - 2.0 / 14, 1e-12);
  EXPECT_EQ(Outcome::of(at::tensor({2.0f}), at::tensor({3.0f})).measures().size(), 2u);  // no R²,
  // nor a correlation
}

class NumberResultsTest : public FolderTest {
 protected:
  NumberResultsTest() {
    Cells cells(file_);
    record(cells, 0, "20", "self_supervised_frozen", 0.5);
    record(cells, 1, "20", "self_supervised_frozen", std::nan(""));
    record(cells, 0, "20", "supervised", -0.25);
    record(cells, 0, "all", "supervised", 0.5);
  }
  static void record(Cells& cells, int64_t seed, const std::string& labels,
                     const std::string& model, double r2) {
    const NumberScores scores{.rmse = 3, .mae = 2, .r2 = r2};
    cells.record({0, seed, labels, model}, {{}, std::nan(""), scores});
  }
  const std::filesystem::path file_ = folder / "cells.json";
};

TEST_F(NumberResultsTest, CellsOutliveTheProcess) {
  const Cells cells(file_);
  const Outcome found = cells.outcome({0, 1, "20", "self_supervised_frozen"});
  EXPECT_EQ(found.numbers->rmse, 3);
  EXPECT_TRUE(std::isnan(found.numbers->r2));
  EXPECT_EQ(cells.outcome({0, 0, "20", "supervised"}).numbers->r2, -0.25);
}

TEST_F(NumberResultsTest, AreSummarizedWithoutConfusion) {
  const Json results = summarize(Cells(file_), {"20", "all"},
                                 {"self_supervised_frozen", "supervised"}, {}, 100, Metric::r2);
  EXPECT_EQ(results["target"], "number");
  EXPECT_FALSE(results.contains("confusion"));
  EXPECT_EQ(results["scores"]["r2/self_supervised_frozen/20"]["n"], 1);
  EXPECT_EQ(results["scores"]["rmse/self_supervised_frozen/20"]["n"], 2);
  EXPECT_NEAR(results["label_equivalence"][0]["factor"].get<double>(), 5, 1e-9);
  const std::string printed = print_curve(results);
  EXPECT_NE(printed.find("R², labels "), std::string::npos) << printed;
  EXPECT_NE(printed.find("-.25       "), std::string::npos) << printed;
  // Columns stand below each other, whatever bytes a name takes.
  EXPECT_EQ(printed.find("20") - std::string("²").size() + 1, 36u + 11u) << printed;
}

}  // namespace
}  // namespace tacit
