// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/folder.h"

#include "tests/run/tiny.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;

class RunFolderTest : public FolderTest {
 protected:
  void open(const std::vector<std::string>& more = {}, Existing existing = Existing::continue_same,
            const std::string& verb = "pretrain") {
    Caller caller;
    caller.command = "tacit pretrain tiny";
    caller.say = [this](const std::string& line) { said_ += line + "\n"; };
    RunFolder(run_, verb, tiny_recipe(more), existing, caller);
  }
  std::string refusal(const std::vector<std::string>& more = {},
                      const std::string& verb = "pretrain") {
    return message_of<StateError>([&] { open(more, Existing::continue_same, verb); });
  }

  fs::path run_ = folder / "deep" / "run";
  std::string said_;
};

TEST_F(RunFolderTest, RecordsWhatWasAsked) {
  open();
  const Json recorded = read_run(run_);
  EXPECT_EQ(recorded["verb"], "pretrain");
  EXPECT_EQ(recorded["command"], "tacit pretrain tiny");
  EXPECT_EQ(recorded["simulated"], true);
  EXPECT_EQ(recorded["recipe"], write_config(tiny_recipe()));
  EXPECT_FALSE(recorded.contains("finished"));
  EXPECT_EQ(said_, "");
}

TEST_F(RunFolderTest, ContinuesTheSameRecipe) {
  open();
  const Json before = read_run(run_);
  open();
  EXPECT_NE(said_.find("continuing"), std::string::npos);
  EXPECT_EQ(read_run(run_), before);
}

TEST_F(RunFolderTest, NamesTheDifferenceToAnotherRecipe) {
  open();
  EXPECT_NE(refusal({"train.optimizer.learning_rate=0.5"})
                .find("train.optimizer.learning_rate was 0.0003, now 0.5"),
            std::string::npos);
  EXPECT_NE(refusal({}, "curve").find("tacit pretrain"), std::string::npos);
}

TEST_F(RunFolderTest, ContinuesARecipeThatLacksWhatRecipesHaveGainedSince) {
  open();
  Json older = read_run(run_);
  older["recipe"]["curve"].erase("unlabelled");
  older["recipe"]["data"].erase("clips");
  write_file(run_ / "run.json", {older.dump()});
  open();
  EXPECT_NE(said_.find("continuing"), std::string::npos);
  older["recipe"]["seed"] = 7;
  write_file(run_ / "run.json", {older.dump()});
  EXPECT_NE(refusal({}).find("seed was 7"), std::string::npos);
}

TEST_F(RunFolderTest, RefusesAFinishedRunAndWhatIsNotItsOwn) {
  {
    RunFolder finished(run_, "pretrain", tiny_recipe(), Existing::continue_same, {});
    finished.finish();
    write_file(run_ / "report.html", {"<html></html>"});
  }
  EXPECT_NE(refusal().find("is finished"), std::string::npos);
  run_ = folder / "foreign";
  fs::create_directory(run_);
  write_file(run_ / "thesis.txt", {"years of work"});
  EXPECT_NE(refusal().find("not empty"), std::string::npos);
  run_ = run_ / "thesis.txt";
  EXPECT_NE(refusal().find("is a file"), std::string::npos);
}

TEST_F(RunFolderTest, BeginsAnewAfterAKillWithinItsFirstWrite) {
  create_folder(run_);
  write_file(run_ / "run.json.123.tmp", {"{\"title\": \"Mot"});
  open();
  EXPECT_TRUE(read_run(run_).contains("recipe"));
  EXPECT_FALSE(std::filesystem::exists(run_ / "run.json.123.tmp"));
}

TEST_F(RunFolderTest, OverwriteRemovesOnlyWhatARunWrites) {
  open();
  write_file(run_ / "thesis.txt", {"years of work"});
  write_file(run_ / "metrics.jsonl", {""});
  write_file(run_ / "events.out.tfevents.1", {""});
  create_folder(run_ / "checkpoints" / "artifact");
  open({"seed=2"}, Existing::overwrite);
  EXPECT_EQ(read_run(run_)["recipe"]["seed"], 2);
  EXPECT_EQ(read_file(run_ / "thesis.txt"), "years of work");
  for (const char* gone : {"metrics.jsonl", "events.out.tfevents.1", "checkpoints"})
    EXPECT_FALSE(fs::exists(run_ / gone)) << gone;
}

TEST_F(RunFolderTest, IsLockedWhileOpen) {
  const RunFolder held(run_, "pretrain", tiny_recipe(), Existing::continue_same, {});
  refusal();
}

TEST_F(RunFolderTest, MergesRecords) {
  RunFolder held(run_, "pretrain", tiny_recipe(), Existing::continue_same, {});
  held.record({{"a", 1}});
  held.record({{"b", 2}, {"a", 3}});
  EXPECT_EQ(read_run(run_)["a"], 3);
  EXPECT_EQ(read_run(run_)["b"], 2);
  EXPECT_EQ(read_run(run_)["verb"], "pretrain");
}

TEST_F(RunFolderTest, ReadRunSaysWhatIsWrong) {
  EXPECT_NE(message_of<StateError>([&] { read_run(folder); }).find("no run.json"),
            std::string::npos);
  write_file(folder / "run.json", {"{\"verb\": "});
  EXPECT_NE(message_of<StateError>([&] { read_run(folder); }).find("damaged"), std::string::npos);
}

}  // namespace
}  // namespace tacit
