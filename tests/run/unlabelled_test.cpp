// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/unlabelled.h"

#include "tacit/run/curve.h"
#include "tests/run/numbers.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;

TEST(ShareSuffix, IsEmptyForAll) {
  EXPECT_EQ(share_suffix(1), "");
  EXPECT_EQ(share_suffix(0.1), "@0.1");
}

TEST(OfEqualSteps, StretchesEpochsAndWarmUpByBatches) {
  Recipe recipe = tiny_recipe({"train.epochs=6", "train.batch_size=10"});
  recipe.train.schedule.warmup_epochs = 2;
  const Recipe tenth = of_equal_steps(recipe, 8, 100);  // one batch where there were ten
  EXPECT_EQ(tenth.train.epochs, 60);
  EXPECT_DOUBLE_EQ(tenth.train.schedule.warmup_epochs, 20);
  EXPECT_EQ(of_equal_steps(recipe, 21, 100).train.epochs, 20);  // three batches
  EXPECT_EQ(of_equal_steps(recipe, 100, 100).train.epochs, 6);
}

TEST_F(FolderTest, SharesOfUnlabelledDataNeedEncodersThatAreTrained) {
  const Recipe recipe = tiny_recipe({"curve.unlabelled=[0.5]", "curve.pretrained=['runs/other']"});
  EXPECT_NE(message_of<ConfigError>([&] {
              run_curve(recipe, folder / "run", Existing::continue_same, {});
            }).find("curve.unlabelled"),
            std::string::npos);
  EXPECT_FALSE(fs::exists(folder / "run"));
}

/// Cells in which the error of a pre-trained model is 0.1 + 0.4 u^-0.5 of the share u, and that of
/// supervised training 0.8 / sqrt(labels), a little different in each seed.
class UnlabelledTest : public FolderTest {
 protected:
  UnlabelledTest() {
    Cells cells(folder / "cells.json");
    for (int64_t seed = 0; seed < 3; ++seed) {
      const double off = 0.002 * static_cast<double>(seed - 1);
      const auto told = [&](double score) {
        return Outcome{{}, std::nan(""), NumberScores{.r2 = score + off}};
      };
      for (const double labels : {10, 40, 160})
        cells.record({0, seed, text("{}", static_cast<int>(labels)), "supervised"},
                     told(1 - 0.8 / std::sqrt(labels)));
      for (const double share : shares_)
        cells.record({0, seed, "10", "self_supervised_frozen" + share_suffix(share)},
                     told(0.9 - 0.1 / std::sqrt(4 * share)));
    }
    recipe_ = number_recipe(folder);
    prepared_ = prepare(recipe_);
  }
  Json summary() const {
    const Cells cells(folder / "cells.json");
    const Json results = summarize(cells, {"10", "40", "160"},
                                   {"self_supervised_frozen", "supervised"}, {}, 160, Metric::r2);
    std::vector<UnlabelledAmount> amounts;
    for (const double share : shares_)
      amounts.push_back({share, static_cast<int64_t>(400 * share), 0});
    return summarize_unlabelled(cells, results, amounts, *prepared_, Metric::r2, Rng(1));
  }
  const std::vector<double> shares_{0.05, 0.1, 0.25, 0.5, 1};
  Recipe recipe_;
  std::optional<Prepared> prepared_;
};

TEST_F(UnlabelledTest, FindsThePowerLawThatWasPutIn) {
  const Json found = summary();
  ASSERT_EQ(found["power_laws"].size(), 1U);
  const Json& law = found["power_laws"][0]["law"];
  EXPECT_EQ(law["verdict"], "holds");
  EXPECT_NEAR(law["exponent"]["value"].get<double>(), 0.5, 0.02);
  EXPECT_NEAR(law["floor"]["value"].get<double>(), 0.1, 0.005);
  EXPECT_EQ(found["unit"], "rows");
  EXPECT_EQ(found["amounts"][0]["rows"], 20);
  EXPECT_NEAR(found["scores"]["self_supervised_frozen/10/0.25"]["mean"].get<double>(), 0.8, 1e-9);
}

TEST_F(UnlabelledTest, SaysHowManyLabelsEachAmountEquals) {
  const Json found = summary();
  ASSERT_EQ(found["break_even"].size(), shares_.size());
  const Json& all = found["break_even"].back();  // error .15: between 10 labels (.25) and 40 (.13)
  EXPECT_NEAR(all["found"]["needed"].get<double>(), 10 * std::pow(4, (0.253 - 0.15) / 0.1265), 1.5);
  const std::string sentence = all["sentence"];
  EXPECT_NE(sentence.find("With 10 labels, pre-training on 400 rows equals 31 labels"),
            std::string::npos)
      << sentence;
}

TEST_F(UnlabelledTest, ACurveMeasuresAndContinuesItsSecondAxis) {
  const std::vector<std::string> more{"curve.models=['self_supervised_frozen', 'supervised']",
                                      "curve.unlabelled=[0.5, 0.25]", "curve.unlabelled_by=subject",
                                      "train.batch_size=16"};
  const Recipe recipe = tiny_recipe(more);
  const Json whole = run_curve(recipe, folder / "whole", Existing::continue_same, {});
  const Json& found = whole.at("unlabelled");
  ASSERT_EQ(found["amounts"].size(), 3U);
  EXPECT_EQ(found["unit"], "seconds");
  EXPECT_LT(found["amounts"][0]["rows"], found["amounts"][2]["rows"]);
  EXPECT_GT(found["amounts"][0]["seconds"], 0);
  EXPECT_EQ(found["scores"].size(), 3U * 2);
  EXPECT_TRUE(fs::exists(folder / "whole/encoders/transformation_prediction-1@0.25"));
  EXPECT_EQ(whole["models"].size(), 2U);  // the table of labels is of all unlabelled rows
  EXPECT_NE(read_file(folder / "whole/report.html").find("\"break_even\""), std::string::npos);

  std::atomic<bool> stop = false;
  int64_t left = 6;
  Caller impatient;
  impatient.stop = &stop;
  impatient.progress = [&](const std::string&, const Progress&) { stop = --left == 0; };
  EXPECT_THROW(run_curve(recipe, folder / "pieces", Existing::continue_same, impatient),
               Interrupted);
  run_curve(recipe, folder / "pieces", Existing::continue_same, {});
  EXPECT_EQ(read_file(folder / "whole/results.json"), read_file(folder / "pieces/results.json"));
}

}  // namespace
}  // namespace tacit
