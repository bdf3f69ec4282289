// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/personal.h"

#include "tacit/run/pretrain.h"
#include "tacit/run/probe.h"
#include "tacit/run/trained.h"
#include "tests/data/signals_fixture.h"
#include "tests/run/numbers.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;

/// A fine-tuned run with a linear head and two test people of four.
class PersonalTest : public FolderTest {
 protected:
  PersonalTest() {
    run_pretrain(tiny_recipe({"data.split.test=0.5", "finetune.hidden=0"}), run_,
                 Existing::continue_same, {});
    run_finetune(run_, {.all = true}, {"curve.seeds=1"}, {});
    people_ = Trained(run_, recipe_of_run(run_, {})).prepared.folds[0].test_groups;
  }
  Json personalize(const std::string& subject, int64_t labels) {
    return run_personalize(run_, subject, {labels}, {}, {})["personal"];
  }
  const fs::path run_ = folder / "run";
  std::vector<std::string> people_;
};

TEST_F(PersonalTest, ComparesBothModelsOnTheSameWindowsOfEachPerson) {
  const Json personal = personalize("all", 1);
  ASSERT_EQ(people_.size(), 2u);
  EXPECT_EQ(personal["scores"]["weighted_f1/personalized/1"]["n"], 2 * 2);  // people, seeds
  double sum = 0;
  for (const std::string& person : people_) {
    const Json& f1 = personal["gain"]["1"]["people"][person];
    sum += f1["personalized"].get<double>() - f1["general"].get<double>();
  }
  EXPECT_NEAR(personal["gain"]["1"]["over_people"]["mean"].get<double>(), sum / 2, 1e-12);
  EXPECT_NE(print_gain(personal).find("person " + people_[0]), std::string::npos);
}

TEST_F(PersonalTest, AddsPeopleAndLabelsToWhatWasMeasured) {
  personalize(people_[0], 1);
  personalize(people_[1], 1);
  const Json personal = personalize(people_[0], 2);
  EXPECT_EQ(personal["gain"]["1"]["people"].size(), 2u);
  EXPECT_EQ(personal["gain"]["2"]["people"].size(), 1u);
  EXPECT_EQ(personal["labels"], (Json{1, 2}));
}

TEST_F(PersonalTest, KeepsThePersonsModelAndForgetsItWithTheGeneralOne) {
  personalize(people_[0], 1);
  EXPECT_EQ(std::distance(fs::directory_iterator(run_ / "personal"), {}), 1);
  for (const auto& kept : fs::directory_iterator(run_ / "personal"))
    EXPECT_TRUE(fs::exists(kept.path() / "head.safetensors"));
  run_probe(run_, {2}, {}, {});
  EXPECT_TRUE(Json::parse(read_file(run_ / "results.json")).contains("personal"));
  run_finetune(run_, {.all = true}, {"curve.seeds=1"}, {});
  EXPECT_FALSE(Json::parse(read_file(run_ / "results.json")).contains("personal"));
}

TEST_F(PersonalTest, RefusesWhoIsNoTestPerson) {
  const std::string message = message_of<ConfigError>([&] { personalize("nobody", 1); });
  EXPECT_NE(message.find("test person"), std::string::npos) << message;
}

TEST(Personalize, RefusesNumbers) {
  const TemporaryFolder folder;
  const fs::path run = folder.path() / "run";
  run_pretrain(number_recipe(folder.path(), {"train.epochs=1"}), run, Existing::continue_same, {});
  EXPECT_NE(
      message_of<ConfigError>([&] { run_personalize(run, "all", {2}, {}, {}); }).find("numbers"),
      std::string::npos);
}

}  // namespace
}  // namespace tacit
