// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "tacit/core/error.h"
#include "tacit/data/readers/edf.h"
#include "tests/core/folder.h"
#include "tests/data/readers/edf_files.h"
#include "tests/data/readers/edf_reading.h"

/// Recordings in EDF+ that were interrupted: each record says when it begins.
namespace tacit {
namespace {

using namespace edf_reading;

using namespace std::string_literals;

/// Records of 1 s at 2 and 8 Hz that begin when `onsets` says it.
WrittenEdf interrupted(const Names& onsets) {
  std::vector<std::vector<int32_t>> slow, fast;
  Names texts;
  for (size_t i = 0; i < onsets.size(); ++i) {
    const auto first = static_cast<int32_t>(10 * i);
    slow.push_back({first, first + 1});
    fast.push_back(
        {first, first + 1, first + 2, first + 3, first + 4, first + 5, first + 6, first + 7});
    texts.push_back(onsets[i] + "\x14\x14\0"s + onsets[i] + "\x14here\x14\0"s);
  }
  return {.kind = "EDF+D",
          .signals = {counted("slow", slow), counted("fast", fast), annotations(texts, "20")}};
}

TEST(InterruptedEdf, FillsPausesWithNanSoThatTimeStaysRight) {
  const SignalFile file = read_edf_bytes(edf(interrupted({"+0.5", "+4", "+5", "+6.5"})), "a");
  ASSERT_EQ(file.notes.size(), 1U);
  EXPECT_EQ(file.notes[0], "the recording pauses 2 times, for 3 s in all; there samples are NaN");
  const Lead& fast = file.leads[1];
  ASSERT_EQ(fast.samples.size(), 8U * 7);
  std::vector<float> stored;
  for (const float sample : fast.samples)
    if (!std::isnan(sample)) stored.push_back(sample);
  ASSERT_EQ(stored.size(), 32U);
  for (size_t i = 0; i < file.marks.size(); ++i) {
    const double at = file.marks[i].seconds;
    EXPECT_EQ(at, (std::vector<double>{0, 3.5, 4.5, 6})[i]);
    for (const Lead& lead : file.leads)
      EXPECT_EQ(lead.samples[static_cast<size_t>(at * lead.rate_hz)], 10 * i) << lead.name;
  }
  EXPECT_TRUE(std::isnan(fast.samples[8]));
  EXPECT_TRUE(std::isnan(fast.samples[27]));
}

TEST(InterruptedEdf, AddsPausesUpBeforeItRoundsThem) {
  // Pauses of 0.4 s are each less than a sample at 1 Hz.
  WrittenEdf written = interrupted({"+0", "+1.4", "+2.8", "+4.2", "+5.6", "+7"});
  written.signals[0] = counted("slow", {{0}, {1}, {2}, {3}, {4}, {5}});
  const SignalFile file = read_edf_bytes(edf(written), "a");
  EXPECT_EQ(samples_of(file).size(), 8U);
  EXPECT_EQ(samples_of(file).back(), 5);
  EXPECT_EQ(samples_of(file, 1).size(), 64U);
}

TEST(InterruptedEdf, TakesOnsetsThatAreRoundedForContinuous) {
  const SignalFile file =
      read_edf_bytes(edf(interrupted({"+0", "+1.05", "+2", "+3.06", "+4"})), "a");
  EXPECT_TRUE(file.notes.empty());
  EXPECT_EQ(samples_of(file, 1).size(), 40U);
}

TEST(InterruptedEdf, RefusesInterruptedRecordingsThatDoNotSayWhere) {
  WrittenEdf file = interrupted({"+0", "+2"});
  file.signals[2].annotations[1] =
      "+2\x14"
      "an event\x14";
  expect_says(refusal(edf(file)), {"interrupted", "record 2 does not say when it begins"});
  file.signals.pop_back();
  expect_says(refusal(edf(file)), {"interrupted", "no annotations"});
}

TEST(InterruptedEdf, RefusesRecordsThatOverlap) {
  expect_says(refusal(edf(interrupted({"+0", "+1", "+1.75"}))),
              {"record 3 begins at 1.75 s", "ends at 2 s"});
  expect_says(refusal(edf(interrupted({"+5", "+1"})), {"slow"}), {"record 2 begins at 1 s"});
}

TEST(InterruptedEdf, RefusesPausesThatWouldFillTheMemory) {
  WrittenEdf written = interrupted({"+0", "+15000000"});
  written.signals[0] = counted("slow", {{0}, {1}});
  const std::string bytes = edf(written);
  expect_says(refusal(bytes), {"pauses for 1.5e+07 s", "1.35e+08 missing samples", "fewer leads"});
  expect_says(refusal(edf(interrupted({"+0", "+999999999999"}))), {"missing samples"});
  const SignalFile file = read_edf_bytes(bytes, "a", {"slow"});
  EXPECT_EQ(file.leads[0].samples.size(), 15000001U);
  EXPECT_EQ(file.leads[0].samples.back(), 1);
}

TEST(InterruptedEdf, NotesRecordsThatContradictTheFileThatHasNoPauses) {
  WrittenEdf written = interrupted({"+0", "+1", "+5"});
  written.kind = "EDF+C";
  const SignalFile file = read_edf_bytes(edf(written), "a");
  ASSERT_EQ(file.notes.size(), 1U);
  EXPECT_NE(file.notes[0].find("record 3 says that it begins at 5 s"), std::string::npos);
  EXPECT_EQ(samples_of(file).size(), 6U);
}

TEST(InterruptedEdf, IsRefusedWhereItIsCutAtAnyByte) {
  const std::string bytes = edf(interrupted({"+0", "+2"}));
  for (size_t length = 0; length < bytes.size(); ++length)
    EXPECT_NE(refusal(bytes.substr(0, length)), "") << length;
}

TEST(InterruptedEdf, SurvivesAnyByteBeingAnother) {
  const std::string bytes = edf(interrupted({"+0", "+2"}));
  for (size_t at = 0; at < bytes.size(); ++at)
    for (const char other : {'\0', ' ', '-', '9', '\xFF'}) {
      std::string changed = bytes;
      changed[at] = other;
      try {
        read_edf_bytes(changed, "a");
      } catch (const DataError&) {
        continue;
      }
    }
}

}  // namespace
}  // namespace tacit
