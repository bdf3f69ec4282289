// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/overview.h"

#include <gtest/gtest.h>

#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

TEST(Overview, CountsAndMeasures) {
  Signals signals = people(3);
  signals.recordings[2].labels[1].label = -1;
  signals.recordings[2].name = "r2";  // a second stretch of it
  signals.recordings[2].subject = "2";
  signals.notes = {"filled a gap"};
  const DataOverview seen = overview(SignalWindows(signals, {.length = {20}}));
  EXPECT_EQ(seen.recordings, 2);
  EXPECT_EQ(seen.stretches, 3);
  EXPECT_EQ(seen.people, 2);
  EXPECT_DOUBLE_EQ(seen.hours, 6.0 / 3600);
  ASSERT_EQ(seen.classes.size(), 3);
  EXPECT_EQ(seen.classes[0].windows, 12);
  EXPECT_EQ(seen.classes[1].people, 2);
  EXPECT_EQ(seen.classes[2].windows, 4);
  EXPECT_EQ(seen.channels[1].lowest, 1000);
  EXPECT_EQ(seen.channels[1].highest, 1099);
  EXPECT_NEAR(seen.channels[1].mean, 1049.5, 1e-9);
  EXPECT_NEAR(seen.channels[1].deviation, 28.8661, 1e-3);
  for (const char* part : {"2 people", "(unlabelled)", "filled a gap", "24 windows"})
    EXPECT_NE(seen.print().find(part), std::string::npos) << seen.print();
}

}  // namespace
}  // namespace tacit
