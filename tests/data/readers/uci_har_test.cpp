// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/uci_har.h"

#include <gtest/gtest.h>

#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

/// Two windows to train on and one to test, as in the published folder.
class UciHar : public testing::Test {
 protected:
  UciHar() {
    folder.write("activity_labels.txt", "1 WALKING\n2 WALKING_UPSTAIRS\n");
    part("train", {"1", "3"}, {"2", "1"});
    part("test", {"2"}, {"1"});
  }
  void part(const std::string& name, const std::vector<std::string>& people,
            const std::vector<std::string>& labels) const {
    std::filesystem::create_directories(folder.path() / name / "Inertial Signals");
    std::string y, subjects;
    for (const std::string& each : labels) y += each + "\n";
    for (const std::string& each : people) subjects += each + "\n";
    folder.write(name + "/y_" + name + ".txt", y);
    folder.write(name + "/subject_" + name + ".txt", subjects);
    for (const char* const sensor : {"total_acc", "body_gyro"})
      for (const char axis : {'x', 'y', 'z'}) {
        std::string rows;
        for (size_t window = 0; window < people.size(); ++window) {
          for (int step = 0; step < 128; ++step)
            rows += (sensor[0] == 't' ? "  " : " -") +
                    std::to_string(static_cast<int>(window) * 1000 + step) + "e+000";
          rows += "\n";
        }
        folder.write(name + "/Inertial Signals/" + sensor + "_" + axis + "_" + name + ".txt", rows);
      }
  }
  Signals read() const {
    return read_uci_har({.path = folder.path().string(), .channels = {"ax", "gz"}}, "");
  }
  TemporaryFolder folder;
};

TEST_F(UciHar, ReadsWindowsAsTheyWereCut) {
  const Signals signals = read();
  ASSERT_EQ(signals.recordings.size(), 3);
  EXPECT_EQ(signals.recordings[1].name, "train/1");
  EXPECT_EQ(signals.recordings[1].subject, "3");
  EXPECT_EQ(signals.recordings[1].length(), 128);
  EXPECT_EQ(signals.recordings[1].samples[0][127].item<float>(), 1127);
  EXPECT_EQ(signals.recordings[1].samples[1][5].item<float>(), -1005);
  EXPECT_EQ(signals.classes, (std::vector<std::string>{"WALKING", "WALKING_UPSTAIRS"}));
  EXPECT_EQ(signals.recordings[0].labels[0].label, 1);
}

TEST_F(UciHar, NamesWhatIsWrong) {
  const auto said = [&] { return message<DataError>([&] { read(); }); };
  folder.write("train/subject_train.txt", "1\n");
  EXPECT_NE(said().find("there are 1 people"), std::string::npos);
  folder.write("train/subject_train.txt", "1\n3\n");
  folder.write("train/y_train.txt", "2\n9\n");
  EXPECT_NE(said().find("activity \"9\""), std::string::npos);
  folder.write("train/y_train.txt", "2\n1\n");
  folder.write("train/Inertial Signals/total_acc_x_train.txt", "1 2 3\n");
  EXPECT_NE(said().find("row 1 has 3 cells"), std::string::npos);
  std::filesystem::remove_all(folder.path() / "train" / "Inertial Signals");
  EXPECT_NE(said().find("does not hold train/Inertial Signals"), std::string::npos);
}

}  // namespace
}  // namespace tacit
