// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/edf_header.h"

#include <gtest/gtest.h>

#include "tacit/core/error.h"
#include "tests/core/folder.h"
#include "tests/data/readers/edf_files.h"

namespace tacit {
namespace {

WrittenEdf two_signals() {
  WrittenEdf file;
  file.signals.resize(2);
  file.signals[0].records = {{1, 2}, {3, 4}};
  file.signals[1] = {.name = "EEG Fpz-Cz",
                     .unit = "uV",
                     .physical_minimum = "250.5",
                     .physical_maximum = "-250.5",
                     .digital_minimum = "-2048",
                     .digital_maximum = "+2047",
                     .samples = "3",
                     .records = {{1, 2, 3}, {4, 5, 6}}};
  return file;
}

/// What is said of a header with one thing wrong.
template <class Change>
std::string refusal(const Change& change) {
  WrittenEdf file = two_signals();
  change(file);
  const std::string bytes = edf(file);
  const std::string said = message_of<DataError>([&] { edf_header(bytes, "night.edf"); });
  EXPECT_TRUE(said.starts_with("night.edf: ")) << said;
  return said;
}

void expect_says(const std::string& said, const std::vector<std::string>& parts) {
  for (const std::string& part : parts) EXPECT_NE(said.find(part), std::string::npos) << said;
}

TEST(EdfHeader, IsTakenFromItsFields) {
  const EdfHeader header = edf_header(edf(two_signals()), "night.edf");
  EXPECT_EQ(header.bytes, 768U);
  EXPECT_EQ(header.sample_bytes, 2U);
  EXPECT_EQ(header.records, 2);
  EXPECT_EQ(header.record_bytes, 10U);
  EXPECT_EQ(header.record_seconds, 1);
  EXPECT_FALSE(header.interrupted);
  ASSERT_EQ(header.signals.size(), 2U);
  const EdfSignal& signal = header.signals[1];
  EXPECT_EQ(signal.name, "EEG Fpz-Cz");
  EXPECT_EQ(signal.unit, "uV");
  EXPECT_EQ(signal.begin, 4U);
  EXPECT_EQ(signal.samples, 3);
  EXPECT_EQ(header.rate_hz(signal), 3);
  EXPECT_EQ(signal.physical(-2048), 250.5);
  EXPECT_EQ(signal.physical(2047), -250.5);
  EXPECT_EQ(signal.physical(-0.5), 0);
  EXPECT_EQ(edf_header(bdf(two_signals()), "night.bdf").record_bytes, 15U);
}

TEST(EdfHeader, TellsInterruptedRecordingsApart) {
  WrittenEdf file = two_signals();
  for (const auto& [kind, interrupted] :
       {std::pair("EDF+C", false), {"EDF+D", true}, {"BDF+D", true}, {"24BIT", false}}) {
    file.kind = kind;
    EXPECT_EQ(edf_header(edf(file), "a").interrupted, interrupted) << kind;
  }
}

TEST(EdfHeader, TakesLettersThatAreNoUtf8ForLatin1) {
  WrittenEdf file = two_signals();
  file.signals[0].unit = "\xB5V";
  file.signals[1].unit = "\xC2\xB5V";
  const EdfHeader header = edf_header(edf(file), "a");
  EXPECT_EQ(header.signals[0].unit, "\xC2\xB5V");
  EXPECT_EQ(header.signals[1].unit, "\xC2\xB5V");
}

TEST(EdfHeader, IsReadWithZerosInsteadOfBlanks) {
  std::string bytes = edf(two_signals());
  for (size_t i = 0; i < 768; ++i)
    if (bytes[i] == ' ') bytes[i] = '\0';
  EXPECT_EQ(edf_header(bytes, "a").signals[0].name, "ECG");
}

TEST(EdfHeader, IsRefusedWithTheFieldThatIsWrong) {
  using File = WrittenEdf;
  expect_says(refusal([](File& file) { file.version = "1"; }), {"begins with \"1\"", "BIOSEMI"});
  expect_says(refusal([](File& file) { file.header_bytes = "512"; }),
              {"512 bytes", "2 signals", "768"});
  expect_says(refusal([](File& file) { file.header_bytes = "many"; }), {"header", "\"many\""});
  for (const char* records : {"-2", "0"})
    expect_says(refusal([&](File& file) { file.records = records; }),
                {"number of records", records, "-1 for unknown"});
  expect_says(refusal([](File& file) { file.records = "2.5"; }), {"records", "\"2.5\""});
  for (const char* duration : {"0", "-1"})
    expect_says(refusal([&](File& file) { file.duration = duration; }),
                {"duration of a record", duration, "above 0"});
  for (const char* duration : {"nan", "inf", "1,5", "", "1 s", "+-1", "++1"})
    expect_says(refusal([&](File& file) { file.duration = duration; }),
                {"duration of a record", "\"" + std::string(duration) + "\""});
  for (const char* count : {"0", "-1", "x"})
    expect_says(refusal([&](File& file) { file.signal_count = count; }),
                {"number of signals", count});
  expect_says(refusal([](File& file) {
                file.signal_count = "9999";
                file.header_bytes = "2560000";
              }),
              {"ends within its header", "2560000"});
}

TEST(EdfHeader, IsRefusedWithTheSignalWhoseFieldIsWrong) {
  using File = WrittenEdf;
  const std::string place = "signal 2 (\"EEG Fpz-Cz\")";
  expect_says(refusal([](File& file) { file.signals[1].digital_minimum = "2047"; }),
              {place, "digital minimum 2047", "not below", "2047"});
  expect_says(refusal([](File& file) { file.signals[1].digital_maximum = "1.5"; }),
              {place, "digital maximum", "\"1.5\""});
  expect_says(refusal([](File& file) { file.signals[1].physical_minimum = "-250.5"; }),
              {place, "physical minimum and maximum are both -250.5"});
  expect_says(refusal([](File& file) { file.signals[1].physical_maximum = "1e31"; }),
              {place, "physical maximum", "1e31"});
  for (const char* samples : {"0", "-3"})
    expect_says(refusal([&](File& file) { file.signals[1].samples = samples; }),
                {place, "samples per record", samples, "at least 1"});
  expect_says(refusal([](File& file) { file.signals[1].samples = "\xB5"; }),
              {place, "\"\xC2\xB5\""});
  expect_says(refusal([](File& file) {
                file.duration = "1e-308";
                file.signals[1].samples = "99999999";
              }),
              {"samples in 1e-308 s", "too many"});
}

TEST(EdfHeader, MayLeaveOutADurationOnlyOfAnnotations) {
  WrittenEdf file{.duration = "0", .signals = {annotations({"+0\x14\x14"}, "8")}};
  file.signals[0].digital_minimum = file.signals[0].physical_minimum = "";
  const EdfHeader header = edf_header(edf(file), "a");
  EXPECT_TRUE(header.signals[0].is_annotations);
  EXPECT_EQ(header.rate_hz(header.signals[0]), 0);
}

}  // namespace
}  // namespace tacit
