// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/list.h"

#include "tacit/run/pretrain.h"
#include "tacit/run/probe.h"
#include "tests/run/tiny.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;

class ListTest : public FolderTest {
 protected:
  void run_json(const std::string& name, const std::string& started, const std::string& more = "") {
    create_folder(folder / name);
    write_file(folder / name / "run.json",
               {text(R"({"verb": "curve", "started": "{}", "recipe": {"method": {"name": "m"}}{}})",
                     started, more)});
  }
};

TEST_F(ListTest, FindsRunsBelowAFolderOldestFirst) {
  run_json("b", "2026-01-01T00:00:00Z");
  run_json("deep/er/a", "2026-01-02T00:00:00Z", R"(, "finished": "2026-01-03T00:00:00Z")");
  run_json("b/inside", "2025-01-01T00:00:00Z");  // part of run b, not a run to list
  const auto runs = list_runs(folder);
  ASSERT_EQ(runs.size(), 2u);
  EXPECT_EQ(runs[0].folder, folder / "b");
  EXPECT_FALSE(runs[0].finished);
  EXPECT_TRUE(runs[1].finished);
}

TEST_F(ListTest, ShowsTheFiguresOfARun) {
  run_pretrain(tiny_recipe(), folder / "run", Existing::continue_same, {});
  run_probe(folder / "run", {10}, {}, {});
  const Json results = run_probe(folder / "run", {2}, {}, {});
  const RunSummary run = list_runs(folder).at(0);
  EXPECT_EQ(run.method, "transformation_prediction");
  EXPECT_EQ(run.epochs, 2);
  EXPECT_GT(run.loss.value(), 0);
  EXPECT_EQ(run.score_labels, "10");
  EXPECT_EQ(run.score.value(), results["scores"]["weighted_f1/self_supervised_frozen/10"]["mean"]);
  const std::string table = print_runs({run});
  for (const char* word : {"weighted F1", "pretrain", "finished", " at 10"})
    EXPECT_NE(table.find(word), std::string::npos) << table;
}

TEST_F(ListTest, ListsADamagedRunWithItsProblem) {
  run_json("good", "2026-01-01T00:00:00Z");
  create_folder(folder / "bad");
  write_file(folder / "bad" / "run.json", {"{"});
  const auto runs = list_runs(folder);
  ASSERT_EQ(runs.size(), 2u);
  EXPECT_NE(runs[0].problem.find("damaged"), std::string::npos);
  EXPECT_NE(print_runs(runs).find("damaged"), std::string::npos);
  EXPECT_THROW(list_runs(folder / "nowhere"), StateError);
}

TEST_F(ListTest, ShowsR2WhereLabelsAreNumbers) {
  run_json("run", "2026-01-01T00:00:00Z");
  write_file(folder / "run" / "results.json", {R"({"target": "number", "labels": [20, "all"],
                  "scores": {"r2/self_supervised_frozen/20": {"mean": -0.25}}})"});
  const RunSummary run = list_runs(folder).at(0);
  EXPECT_EQ(run.score, -0.25);
  EXPECT_NE(print_runs({run}).find("-0.250 (R2) at 20"), std::string::npos) << print_runs({run});
}

}  // namespace
}  // namespace tacit
