// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/timing.h"

#include <gtest/gtest.h>

#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

Timing timed(const std::string& rows) {
  const TemporaryFolder folder;
  return time_rows({.path = folder.write("a.csv", "who,t,x\n" + rows),
                    .subject = "who",
                    .recording = {},
                    .label = "",
                    .time_unit = TimeUnit::ms,
                    .channels = {"x"}});
}

TEST(Timing, CountsStepsWithinRecordings) {
  const Timing timing =
      timed("a,0,1\na,20,\na,40,1\na,100,1\nb,0,1\nb,20,1\nb,20,1\nb,10,1\na,120,1\n");
  EXPECT_EQ(timing.rows, 9);
  EXPECT_EQ(timing.whole_rows, 8);
  EXPECT_EQ(timing.missing, std::vector<int64_t>{1});
  EXPECT_EQ(timing.falls, 1);
  EXPECT_NE(timing.first_fall.find("row 9: from 20 to 10"), std::string::npos) << timing.first_fall;
  EXPECT_EQ(timing.repeats, 1);
  EXPECT_EQ(timing.returns, 1);
  ASSERT_EQ(timing.recordings.size(), 2);
  EXPECT_EQ(timing.recordings[0].rate_hz, 50);
}

TEST(Timing, TellsTheUnit) {
  EXPECT_EQ(guess_time_unit("t", 0, 100, 0.02), TimeUnit::s);
  EXPECT_EQ(guess_time_unit("t", 0, 100, 20), TimeUnit::ms);
  EXPECT_EQ(guess_time_unit("t", 0, 1e6, 2e4), TimeUnit::us);
  EXPECT_EQ(guess_time_unit("t", 0, 1e12, 2e7), TimeUnit::ns);
  EXPECT_EQ(guess_time_unit("t", 1.7e9, 1.7e9 + 9, 1), TimeUnit::s);
  EXPECT_EQ(guess_time_unit("t", 1.7e12, 1.7e12 + 9e3, 1000), TimeUnit::ms);
  EXPECT_EQ(guess_time_unit("elapsed (us)", 0, 100, 1), TimeUnit::us);
  EXPECT_EQ(guess_time_unit("t", 0, 100, 1), TimeUnit::samples);
  EXPECT_FALSE(guess_time_unit("t", 0, 1e5, 700.5));
}

}  // namespace
}  // namespace tacit
