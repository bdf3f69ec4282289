// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/hapt.h"

#include <gtest/gtest.h>

#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

class Hapt : public testing::Test {
 protected:
  Hapt() {
    std::filesystem::create_directory(folder.path() / "RawData");
    folder.write("activity_labels.txt", "1 WALKING           \n 2 SITTING   \n");
    folder.write("RawData/labels.txt", "2 1 1 2 3\n2 1 2 5 5\n");
    folder.write("RawData/acc_exp02_user01.txt", "1 2 3\n4 5 6\n7 8 9 \n10 11 12\n13 14 15\n");
    folder.write("RawData/gyro_exp02_user01.txt", "-1 0 0\n-2 0 0\n-3 0 0\n-4 0 0\n-5 0 0\n");
  }
  Signals read() const {
    return read_hapt({.path = find_hapt(folder.path())->string(), .channels = {"gx", "az"}}, "");
  }
  TemporaryFolder folder;
};

TEST_F(Hapt, PutsSensorsAndLabelsTogether) {
  const Signals signals = read();
  ASSERT_EQ(signals.recordings.size(), 1);
  const Recording& only = signals.recordings[0];
  EXPECT_EQ(only.name, "2");
  EXPECT_EQ(only.subject, "1");
  EXPECT_EQ(only.samples[0][3].item<float>(), -4);
  EXPECT_EQ(only.samples[1][3].item<float>(), 12);
  EXPECT_EQ(signals.classes, (std::vector<std::string>{"SITTING", "WALKING"}));
  ASSERT_EQ(only.labels.size(), 4);  // the first sample and the fourth are unlabelled
  EXPECT_EQ(only.labels[1].begin, 1);
  EXPECT_EQ(only.labels[1].end, 3);
  EXPECT_EQ(only.labels[1].label, 1);
  EXPECT_EQ(only.labels[2].label, -1);
}

TEST_F(Hapt, IsFoundWithASlashBehindItsFolder) {
  EXPECT_EQ(find_hapt(folder.path() / "RawData" / ""), folder.path() / "RawData");
}

TEST_F(Hapt, NamesWhatIsWrong) {
  const auto said = [&] { return message<DataError>([&] { read(); }); };
  folder.write("RawData/labels.txt", "2 1 3 2 3\n");
  EXPECT_NE(said().find("row 1: activity 3 is not in"), std::string::npos);
  folder.write("RawData/labels.txt", "2 1 1 3 2\n");
  EXPECT_NE(said().find("row 1: samples 3 … 2"), std::string::npos);
  folder.write("RawData/labels.txt", "2 1 1 2\n");
  EXPECT_NE(said().find("row 1 has 4 cells"), std::string::npos);
  folder.write("RawData/labels.txt", "2 1 1 2 3\n");
  folder.write("RawData/gyro_exp02_user01.txt", "-1 0 0\n");
  EXPECT_NE(said().find("5 rows but"), std::string::npos);
}

}  // namespace
}  // namespace tacit
