// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/pretrain.h"

#include "tacit/core/weights.h"
#include "tests/run/tiny.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;

class PretrainTest : public FolderTest {
 protected:
  std::map<std::string, Tensor> encoder(const std::string& name) const {
    return weights(*Artifact::load(folder / name / "artifact").encoder);
  }
};

TEST_F(PretrainTest, ContinuesAnInterruptedRunToTheSameArtifactAndRefusesAFinishedOne) {
  const Recipe recipe = tiny_recipe();
  run_pretrain(recipe, folder / "whole", Existing::continue_same, {});
  for (const char* name : {"run.json", "metrics.jsonl", "report.html", "artifact", "checkpoints"})
    EXPECT_TRUE(fs::exists(folder / "whole" / name)) << name;
  EXPECT_TRUE(read_run(folder / "whole").contains("finished"));
  EXPECT_THROW(run_pretrain(recipe, folder / "whole", Existing::continue_same, {}), StateError);

  std::atomic<bool> stop = true;
  Caller impatient;
  impatient.stop = &stop;
  EXPECT_THROW(run_pretrain(recipe, folder / "halves", Existing::continue_same, impatient),
               Interrupted);
  EXPECT_FALSE(fs::exists(folder / "halves" / "artifact"));
  run_pretrain(recipe, folder / "halves", Existing::continue_same, {});
  const auto whole = encoder("whole"), halves = encoder("halves");
  for (const auto& [name, value] : whole) EXPECT_TRUE(value.equal(halves.at(name))) << name;
}

TEST_F(PretrainTest, WritesTheReportThatAKillLeftOut) {
  const fs::path run = folder / "run";
  run_pretrain(tiny_recipe(), run, Existing::continue_same, {});
  const Json ended = read_run(run)["finished"];
  fs::remove(run / "report.html");
  run_pretrain(tiny_recipe(), run, Existing::continue_same, {});
  EXPECT_TRUE(fs::exists(run / "report.html"));
  EXPECT_EQ(read_run(run)["finished"], ended);
}

TEST_F(PretrainTest, LeavesNoRunBehindWhenTheModelCannotBeMade) {
  for (const char* wrong : {"encoder.kernels=[9999]", "method.tasks=[\"nonsense\"]"}) {
    EXPECT_THROW(run_pretrain(tiny_recipe({wrong}), folder / "run", Existing::continue_same, {}),
                 ConfigError);
    EXPECT_FALSE(fs::exists(folder / "run")) << wrong;
  }
}

TEST_F(PretrainTest, RefusesSeveralFolds) {
  EXPECT_THROW(run_pretrain(tiny_recipe({"data.split.test=leave_one_out"}), folder / "run",
                            Existing::continue_same, {}),
               ConfigError);
}

}  // namespace
}  // namespace tacit
