// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/wisdm.h"

#include <gtest/gtest.h>

#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

std::string record(int user, const std::string& activity, int64_t step,
                   const std::string& z = "9.80665") {
  return std::to_string(user) + "," + activity + "," +
         std::to_string(49105962326000 + step * 50000000) + ",-0.69,12.6," + z;
}

std::string steps(int user, const std::string& activity, int64_t from, int64_t to) {
  std::string out;
  for (int64_t step = from; step < to; ++step) out += record(user, activity, step) + ";\n";
  return out;
}

Signals read(const std::string& content, const std::vector<std::string>& channels = {"az"}) {
  const TemporaryFolder folder;
  folder.write("WISDM_ar_v1.1_raw.txt", content);
  return read_wisdm({.path = folder.path().string(), .channels = channels}, "");
}

TEST(Wisdm, ReadsRecordsInG) {
  const Signals signals =
      read(steps(33, "Jogging", 0, 30) + steps(33, "Walking", 30, 40) + steps(17, "Jogging", 0, 20),
           {"az", "ax"});
  ASSERT_EQ(signals.recordings.size(), 2);
  EXPECT_EQ(signals.recordings[0].name, "33/1");
  EXPECT_EQ(signals.recordings[0].length(), 40);
  EXPECT_EQ(signals.recordings[0].rate_hz, 20);
  EXPECT_FLOAT_EQ(signals.recordings[0].samples[0][0].item<float>(), 1);
  EXPECT_NEAR(signals.recordings[0].samples[1][0].item<float>(), -0.07036, 1e-5);
  EXPECT_EQ(signals.classes, (std::vector<std::string>{"Jogging", "Walking"}));
  EXPECT_TRUE(signals.notes.empty());
}

TEST(Wisdm, ReadsWhatItsBrokenLinesMeanAndCountsTheRest) {
  const Signals signals =
      read(steps(33, "Jogging", 0, 600) + record(33, "Jogging", 600) + "\n" +       // no semicolon
           record(33, "Jogging", 601) + ";" + record(33, "Jogging", 602) + ";\n" +  // two on a line
           record(33, "Jogging", 603) + ",;\n" +     // a comma too many
           record(33, "Jogging", 604, "") + ";\n" +  // no z
           "33,Jogging,0,0,0,0;\n\n;\n" +            // no time, no record
           "11,Walking,1867172313\n" +               // cut off
           record(33, "Jogging", 605) + ";\n" + record(33, "Jogging", 605) + ";\n");
  ASSERT_EQ(signals.recordings.size(), 1);
  EXPECT_EQ(signals.recordings[0].length(),
            606);  // the empty z was filled from its neighbours' time
  ASSERT_EQ(signals.notes.size(), 3);
  EXPECT_NE(signals.notes[1].find("dropped 3 broken records of 609"), std::string::npos)
      << signals.notes[1];
  EXPECT_NE(signals.notes[2].find("dropped 1 records that repeat"), std::string::npos);
}

TEST(Wisdm, EndsRecordingsWhereTimeOrUserSaySo) {
  const Signals signals = read(steps(1, "Jogging", 0, 30) + steps(2, "Jogging", 30, 60) +
                               steps(1, "Jogging", 100, 130) + steps(1, "Sitting", 50, 70) +
                               steps(1, "Sitting", 90, 100));
  std::vector<std::string> names;
  for (const Recording& recording : signals.recordings) names.push_back(recording.name);
  EXPECT_EQ(names,
            (std::vector<std::string>{"1/1", "2/1", "1/2", "1/3", "1/3"}));  // the last after a gap
}

TEST(Wisdm, RefusesAnotherFile) {
  EXPECT_NE(message<DataError>([] { read("t,ax,ay\n1,2,3\n"); }).find("of 2 records are broken"),
            std::string::npos);
  EXPECT_NE(message<DataError>([] { read(""); }).find("has no records"), std::string::npos);
  EXPECT_NE(message<DataError>([] { read(std::string(100000, 'x')); }).find("a line of 100000"),
            std::string::npos);
  EXPECT_THROW(read_wisdm({.path = "/nowhere"}, ""), DataError);
}

}  // namespace
}  // namespace tacit
