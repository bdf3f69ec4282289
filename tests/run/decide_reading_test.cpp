// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/decide_reading.h"

#include "tests/run/habits.h"
#include "tests/run/tiny.h"

namespace tacit {
namespace {

class DecideReadingTest : public FolderTest {
 protected:
  DataConfig decided(size_t habit, const Json& given = Json::object()) {
    Findings findings;
    decide_reading(habits()[habit].write_down(folder), given, findings);
    return findings.data;
  }
};

TEST_F(DecideReadingTest, FindsHowTextIsWritten) {
  const LongFormConfig sheet = decided(1).file;
  EXPECT_EQ(
      sheet.text,
      (Dialect{.delimiter = Delimiter::semicolon, .decimal = Decimal::comma, .skip_lines = 2}));
  EXPECT_EQ(sheet.time_unit, TimeUnit::iso);
  EXPECT_EQ(decided(2).file.time_unit, TimeUnit::ms);
  EXPECT_EQ(decided(4).file.text.delimiter, Delimiter::space);
  EXPECT_EQ(decided(4).file.time_unit, TimeUnit::ns);
  EXPECT_EQ(decided(6).file.time_unit, TimeUnit::us);
  EXPECT_EQ(decided(6).file.path_pattern, "{subject}/{label}");
}

TEST_F(DecideReadingTest, SortsOrTellsRecordingsApartAsTimesAsk) {
  const LongFormConfig mixed = decided(7).file;
  EXPECT_EQ(mixed.backward_time, BackwardTime::sort);
  EXPECT_EQ(mixed.repeated_time, RepeatedTime::drop);
  const LongFormConfig watch = decided(8).file;
  EXPECT_EQ(watch.backward_time, BackwardTime::refuse);
  EXPECT_EQ(watch.recording, (std::vector<std::string>{"uid", "act"}));
  EXPECT_EQ(watch.channels,
            (std::vector<std::string>{"acc_x", "acc_y", "acc_z", "gyr_x", "gyr_y", "gyr_z"}));
}

TEST_F(DecideReadingTest, LeavesWhatIsGiven) {
  EXPECT_EQ(decided(8, {{"recording", Json::array({"uid"})}, {"backward_time", "new_recording"}})
                .file.backward_time,
            BackwardTime::new_recording);
  EXPECT_EQ(percent(0.0312), "3.1 %");
}

}  // namespace
}  // namespace tacit
