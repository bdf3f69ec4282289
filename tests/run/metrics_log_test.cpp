// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/metrics_log.h"

#include <cmath>

#include "tacit/core/files.h"
#include "tests/core/folder.h"
#include "tests/methods/waves.h"

namespace tacit {
namespace {

class MetricsLogTest : public FolderTest {
 protected:
  void record(const std::string& stage, int64_t epoch, double loss) const {
    MetricsLog(file_).record(stage, {epoch,
                                     10 * epoch,
                                     1,
                                     0.5,
                                     2,
                                     3,
                                     0.125,
                                     {{"train/loss", loss}, {"train/jitter/loss", 4}},
                                     *method_});
  }
  std::vector<Json> lines() const {
    std::vector<Json> all;
    std::istringstream content(read_file(file_));
    for (std::string line; std::getline(content, line);) all.push_back(Json::parse(line));
    return all;
  }
  const std::shared_ptr<Method> method_ = small_method("autoencoder");
  const std::filesystem::path file_ = folder / "metrics.jsonl";
};

TEST_F(MetricsLogTest, WritesALineAnEpoch) {
  record("a", 0, 0.25);
  record("a", 1, NAN);
  ASSERT_EQ(lines().size(), 2u);
  EXPECT_EQ(lines()[0], (Json{{"stage", "a"},
                              {"epoch", 0},
                              {"step", 0},
                              {"train", {{"jitter/loss", 4.0}, {"loss", 0.25}}},
                              {"learning_rate", 0.5},
                              {"seconds", 2.0},
                              {"rows_per_second", 3.0},
                              {"waiting_share", 0.125},
                              {"skipped_steps", 1}}));
  EXPECT_TRUE(lines()[1]["train"]["loss"].is_null());
}

TEST_F(MetricsLogTest, ReplacesEpochsThatAreTrainedAgain) {
  for (int64_t epoch = 0; epoch < 4; ++epoch) record("a", epoch, 1);
  record("b", 2, 1);
  record("a", 2, 7);
  ASSERT_EQ(lines().size(), 4u);
  EXPECT_EQ(lines()[1]["epoch"], 1);
  EXPECT_EQ(lines()[2]["stage"], "b");
  EXPECT_EQ(lines()[3]["train"]["loss"], 7.0);
}

TEST_F(MetricsLogTest, SaysWhichLineIsDamaged) {
  record("a", 0, 1);
  write_file(file_, {read_file(file_), "{\"stage\": "});
  EXPECT_NE(message_of<StateError>([&] { record("a", 1, 1); }).find("line 2"), std::string::npos);
}

}  // namespace
}  // namespace tacit
