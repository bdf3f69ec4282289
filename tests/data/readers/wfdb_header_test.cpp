// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/wfdb_header.h"

#include <gtest/gtest.h>

#include "tacit/core/error.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

WfdbHeader parse(const std::string& words) { return parse_wfdb_header(words, "a/r.hea"); }

std::string refusal(const std::string& words) {
  return message<DataError>([&] { parse(words); });
}

/// Whether the refusal of `words` names the file and holds `part`.
testing::AssertionResult refuses(const std::string& words, const std::string& part) {
  const std::string said = refusal(words);
  if (said.starts_with("a/r.hea: ") && said.find(part) != std::string::npos)
    return testing::AssertionSuccess();
  return testing::AssertionFailure() << "\"" << said << "\" does not say " << part;
}

TEST(WfdbHeader, ReadsEveryFieldOfTheRecordLine) {
  const WfdbHeader header = parse("r-1_a 0 360.5/720(-12.5) 1234 13:5:0.25 25/04/1989\n");
  EXPECT_EQ(header.record, "r-1_a");
  EXPECT_EQ(header.signal_count, 0);
  EXPECT_EQ(header.rate_hz, 360.5);
  EXPECT_EQ(header.counter_hz, 720);
  EXPECT_EQ(header.base_counter, -12.5);
  EXPECT_EQ(header.frames, 1234);
  EXPECT_EQ(header.base_time, "13:5:0.25");
  EXPECT_EQ(header.base_date, "25/04/1989");
}

TEST(WfdbHeader, TakesTheFormatsDefaultsForWhatARecordLineLeavesOut) {
  const WfdbHeader header = parse("r 0");
  EXPECT_EQ(header.rate_hz, 250);
  EXPECT_EQ(header.counter_hz, 250);
  EXPECT_EQ(header.base_counter, 0);
  EXPECT_FALSE(header.frames.has_value());
  EXPECT_FALSE(parse("r 0 3.6e2 0").frames.has_value());
  EXPECT_EQ(parse("r 0 3.6e2").counter_hz, 360);
  EXPECT_EQ(parse("r 0 100/-1").counter_hz, 100);
}

TEST(WfdbHeader, ReadsEveryFieldOfASignalLine) {
  const WfdbHeader header = parse(
      "r 1 100 9\n"
      "r.dat 212x4:2+24 12.84(-1605)/mmHg 11 1024 995 -22131 512 \t blood pressure, arm \r\n");
  ASSERT_EQ(header.signals.size(), 1U);
  const WfdbSignal& signal = header.signals[0];
  EXPECT_EQ(signal.file, "r.dat");
  EXPECT_EQ(signal.format, 212);
  EXPECT_EQ(signal.samples_per_frame, 4);
  EXPECT_EQ(signal.skew, 2);
  EXPECT_EQ(signal.offset, 24);
  EXPECT_EQ(signal.gain, 12.84);
  EXPECT_EQ(signal.baseline, -1605);
  EXPECT_EQ(signal.unit, "mmHg");
  EXPECT_EQ(signal.resolution, 11);
  EXPECT_EQ(signal.zero, 1024);
  EXPECT_EQ(signal.initial, 995);
  EXPECT_EQ(signal.checksum, static_cast<uint16_t>(65536 - 22131));
  EXPECT_EQ(signal.block_size, 512);
  EXPECT_EQ(signal.name, "blood pressure, arm");
}

TEST(WfdbHeader, TakesTheFormatsDefaultsForWhatASignalLineLeavesOut) {
  const WfdbHeader header = parse("r 3\nd 16\nd 16 0/uV\nd 16 1e3 12 7\n");
  EXPECT_EQ(header.signals[0].samples_per_frame, 1);
  EXPECT_EQ(header.signals[0].gain, 200);
  EXPECT_EQ(header.signals[0].baseline, 0);
  EXPECT_EQ(header.signals[0].unit, "");
  EXPECT_EQ(header.signals[0].name, "record r, signal 0");
  EXPECT_FALSE(header.signals[0].checksum.has_value());
  EXPECT_EQ(header.signals[1].gain, 200);
  EXPECT_EQ(header.signals[1].unit, "uV");
  EXPECT_EQ(header.signals[2].gain, 1000);
  EXPECT_EQ(header.signals[2].baseline, 7);
  EXPECT_EQ(header.signals[2].initial, 7);
}

TEST(WfdbHeader, KeepsANegativeGainAndAnUnknownFormatForWhoeverReadsTheSignal) {
  const WfdbHeader header = parse("r 1\nd 999 -19.5/degC\n");
  EXPECT_EQ(header.signals[0].gain, -19.5);
  EXPECT_EQ(header.signals[0].format, 999);
}

TEST(WfdbHeader, TakesAChecksumOfZeroForNone) {
  EXPECT_FALSE(parse("r 1\nd 16 200 16 0 5 0 0 I\n").signals[0].checksum.has_value());
  EXPECT_EQ(parse("r 1\nd 16 200 16 0 5 65535 0 I\n").signals[0].checksum, 65535);
}

TEST(WfdbHeader, FindsTheSignalsOfEachFile) {
  const WfdbHeader header = parse("r 5\na 16\na 16\n~ 0\nb 8\nb 8\n");
  ASSERT_EQ(header.files.size(), 2U);
  EXPECT_EQ(header.files[0].name, "a");
  EXPECT_EQ(header.files[0].count, 2U);
  EXPECT_EQ(header.files[1].name, "b");
  EXPECT_EQ(header.files[1].first, 3U);
  EXPECT_EQ(header.files[1].count, 2U);
}

TEST(WfdbHeader, CollectsCommentsFromAnyPlaceAndPassesOverEmptyLines) {
  const WfdbHeader header = parse("# first\n\n \t\nr 1\n  #second \r\nd 16\n\n#\n# age: 3\n");
  EXPECT_EQ(header.comments, (std::vector<std::string>{"first", "second", "", "age: 3"}));
  EXPECT_EQ(header.signals.size(), 1U);
  EXPECT_FALSE(header.ends_within_line);
}

TEST(WfdbHeader, ReadsSegments) {
  const WfdbHeader header = parse("m/3 2 125 30 8:26:04 26/10/1994\nlayout 0\n~ 10\ns1 20\n");
  EXPECT_EQ(header.record, "m");
  EXPECT_EQ(header.signal_count, 2);
  EXPECT_TRUE(header.signals.empty());
  ASSERT_EQ(header.segments.size(), 3U);
  EXPECT_EQ(header.segments[0].name, "layout");
  EXPECT_EQ(header.segments[0].frames, 0);
  EXPECT_EQ(header.segments[1].name, "~");
  EXPECT_EQ(header.segments[2].frames, 20);
}

TEST(WfdbHeader, CountsLinesBehindTheLastOne) {
  EXPECT_EQ(parse("r 1\nd 16\nd 16\n# no\n").lines_left_out, 1);
  EXPECT_EQ(parse("m/1 1\ns 3\nt 4\n").lines_left_out, 1);
}

TEST(WfdbHeader, RefusesWhatIsNoRecordLine) {
  EXPECT_TRUE(refuses("", "it is empty"));
  EXPECT_TRUE(refuses("# only a comment\n", "it is empty"));
  EXPECT_TRUE(refuses(std::string("r 1\0", 4), "zero bytes"));
  EXPECT_TRUE(refuses("r", "line 1: \"\" is not a number of signals"));
  EXPECT_TRUE(refuses("#\nr -1", "line 2: \"-1\" is not a number of signals"));
  EXPECT_TRUE(refuses("r 1x", "number of signals"));
  EXPECT_TRUE(refuses("r/0 1", "number of segments"));
  EXPECT_TRUE(refuses("r/2b 1", "number of segments"));
  EXPECT_TRUE(refuses("r 1 0", "\"0\" is not a frequency"));
  EXPECT_TRUE(refuses("r 1 -5", "frequency"));
  EXPECT_TRUE(refuses("r 1 nan", "frequency"));
  EXPECT_TRUE(refuses("r 1 inf", "frequency"));
  EXPECT_TRUE(refuses("r 1 1e300", "frequency"));
  EXPECT_TRUE(refuses("r 1 250;", "frequency"));
  EXPECT_TRUE(refuses("r 1 250/x", "counter"));
  EXPECT_TRUE(refuses("r 1 250/2(1", "parenthesis"));
  EXPECT_TRUE(refuses("r 1 250 -3", "number of samples"));
  EXPECT_TRUE(refuses("r 1 250 99999999999999999999", "number of samples"));
}

TEST(WfdbHeader, RefusesWhatIsNoSignalLine) {
  for (const char* const line : {"d",
                                 "d x",
                                 "d -16",
                                 "d 16x0",
                                 "d 16x9999999999",
                                 "d 16y2",
                                 "d 16:-1",
                                 "d 16+-1",
                                 "d 16x",
                                 "d 16 gain",
                                 "d 16 nan",
                                 "d 16 inf",
                                 "d 16 1e999",
                                 "d 16 2(3",
                                 "d 16 2(b)",
                                 "d 16 2mV",
                                 "d 16 2 ab",
                                 "d 16 2 12 1.5",
                                 "d 16 2 12 0 99999999999",
                                 "d 16 2 12 0 0 x",
                                 "d 16 2 12 0 0 0 x"})
    EXPECT_TRUE(refuses(std::string("r 1\n") + line, "line 2: ")) << line;
}

TEST(WfdbHeader, RefusesFilesOutsideTheFolder) {
  for (const char* const name : {"/etc/passwd", "../d", "a/../../d", "..", "-", "a/"})
    EXPECT_TRUE(refuses(text("r 1\n{} 16\n", name), "beside the header")) << name;
  EXPECT_TRUE(refuses("m/1 1\n../s 5\n", "beside the header"));
  EXPECT_EQ(parse("r 1\nbelow/d 16\n").signals[0].file, "below/d");
}

TEST(WfdbHeader, RefusesSignalsThatContradictEachOther) {
  EXPECT_TRUE(refuses("r 2\nd 16\nd 212\n", "line 3: \"d\" is not described by one format"));
  EXPECT_TRUE(refuses("r 2\nd 16+1\nd 16\n", "offset"));
  EXPECT_TRUE(refuses("r 3\nd 16\ne 16\nd 16\n", "the signals in d must follow each other"));
}

TEST(WfdbHeader, RefusesTooFewLines) {
  EXPECT_TRUE(refuses("r 2\nd 16\n", "it promises 2 signals and describes 1"));
  EXPECT_TRUE(refuses("r 9223372036854775807\nd 16\n", "promises 9223372036854775807"));
  EXPECT_TRUE(refuses("m/2 2\ns 5\n", "it promises 2 segments and describes 1"));
  EXPECT_TRUE(refuses("m/1 2\ns\n", "number of samples"));
  EXPECT_TRUE(refuses("m/1 2\ns -4\n", "number of samples"));
}

TEST(WfdbHeader, SaysOfEveryCutThatTheHeaderMayBeCut) {
  const std::string whole =
      "r 2 360 650000\nr.dat 212 200 11 1024 995 -22131 0 MLII\n"
      "r.dat 212 200 11 1024 1011 20052 0 V5\n";
  EXPECT_FALSE(parse(whole).ends_within_line);
  for (size_t length = 0; length < whole.size(); ++length) {
    const std::string cut = whole.substr(0, length);
    EXPECT_TRUE(refusal(cut) != "" || parse(cut).ends_within_line) << cut;
  }
}

TEST(WfdbHeader, ReadsAFileAndRefusesOneThatIsTooLargeForAHeader) {
  const TemporaryFolder folder;
  EXPECT_EQ(read_wfdb_header(folder.write("r.hea", "r 0\n")).record, "r");
  const std::string large = folder.write("large.hea", "r 0\n");
  std::filesystem::resize_file(large, (size_t{16} << 20) + 1);
  EXPECT_NE(message<DataError>([&] { read_wfdb_header(large); }).find("16777217 bytes"),
            std::string::npos);
  const std::string none = (folder.path() / "none.hea").string();
  EXPECT_NE(message<DataError>([&] { read_wfdb_header(none); }).find(none), std::string::npos);
}

}  // namespace
}  // namespace tacit
