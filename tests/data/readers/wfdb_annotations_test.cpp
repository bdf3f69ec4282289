// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/wfdb_annotations.h"

#include <gtest/gtest.h>

#include <utility>

#include "tacit/core/error.h"
#include "tests/data/readers/wfdb_files.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

std::vector<Mark> parse(const std::string& bytes, double rate_hz = 100) {
  return parse_wfdb_annotations(bytes, rate_hz, "a/r.atr");
}

std::vector<Mark> marks_of(const std::string& annotations, double rate_hz = 100) {
  return parse(annotations + end_of_annotations(), rate_hz);
}

std::string refusal(const std::string& bytes) {
  return message<DataError>([&] { parse(bytes); });
}

/// An interval too long for ten bits: its upper two bytes come first.
std::string skip(int32_t interval) {
  const auto bits = static_cast<uint32_t>(interval);
  return annotation_word(59, 0) + little_endian(bits >> 16, 2) + little_endian(bits, 2);
}

TEST(WfdbAnnotations, HaveTheirTimeSinceTheFirstSampleTheirMnemonicAndTheirText) {
  const auto marks = marks_of(annotation(28, 18, std::string("(N\0", 3)) + annotation(1, 59) +
                              annotation(5, 1023, "odd"));
  ASSERT_EQ(marks.size(), 3U);
  EXPECT_EQ(marks[0].seconds, 0.18);
  EXPECT_EQ(marks[0].duration, 0);
  EXPECT_EQ(marks[0].code, "+");
  EXPECT_EQ(marks[0].text, "(N");
  EXPECT_EQ(marks[1].seconds, 0.77);
  EXPECT_EQ(marks[1].code, "N");
  EXPECT_EQ(marks[1].text, "");
  EXPECT_EQ(marks[2].seconds, 11);
  EXPECT_EQ(marks[2].code, "V");
  EXPECT_EQ(marks[2].text, "odd");
}

TEST(WfdbAnnotations, HaveTheStandardMnemonicOfEachTypeOrItsNumber) {
  const std::string mnemonics = "NLRaVFJASEj/Q~?|?sT*D\"=pB^t+u?![]en@xf()r";
  for (int type = 1; type < 59; ++type) {
    const auto marks = marks_of(annotation(type, 1));
    ASSERT_EQ(marks.size(), 1U);
    const bool is_known = type <= 41 && type != 15 && type != 17;
    EXPECT_EQ(marks[0].code,
              is_known ? mnemonics.substr(static_cast<size_t>(type - 1), 1) : text("[{}]", type));
  }
}

TEST(WfdbAnnotations, MayStandFarApartAndComeByTime) {
  const auto marks = marks_of(skip(70000) + annotation(1, 30) + skip(2147483647) + skip(3) +
                              annotation(2, 0) + skip(-2147483647) + annotation(3, 0));
  ASSERT_EQ(marks.size(), 3U);
  EXPECT_EQ(marks[0].code, "N");
  EXPECT_EQ(marks[0].seconds, 700.3);
  EXPECT_EQ(marks[1].code, "R");
  EXPECT_EQ(marks[1].seconds, 700.33);
  EXPECT_EQ(marks[2].code, "L");
  EXPECT_EQ(marks[2].seconds, 21475536.8);
}

TEST(WfdbAnnotations, AreNotDisturbedBySubtypeChannelAndNumber) {
  const std::string more = annotation_word(60, 3) + annotation_word(61, 1023) +
                           annotation_word(62, 1) + annotation_word(63, 2) + "ab";
  const auto marks = marks_of(annotation(1, 10) + more + annotation(1, 10));
  ASSERT_EQ(marks.size(), 2U);
  EXPECT_EQ(marks[0].text, "ab");
  EXPECT_EQ(marks[1].seconds, 0.2);
  EXPECT_EQ(marks[1].text, "");
}

TEST(WfdbAnnotations, CountTimeInTheFilesOwnResolution) {
  const std::string note = annotation(22, 0, "## time resolution: 1000.5");
  const auto marks = marks_of(note + annotation(1, 500));
  ASSERT_EQ(marks.size(), 1U);
  EXPECT_EQ(marks[0].seconds, 500 / 1000.5);
  for (const char* const none : {"## time resolution: 0", "## time resolution: x", "# other"}) {
    const auto plain = marks_of(annotation(22, 0, none) + annotation(1, 500));
    ASSERT_EQ(plain.size(), 2U) << none;
    EXPECT_EQ(plain[0].text, none);
    EXPECT_EQ(plain[1].seconds, 5);
  }
  EXPECT_EQ(marks_of(annotation(1, 1) + note)[0].seconds, 0.01);
  const std::string words = "## time resolution: 10";
  for (const auto& [type, interval] : {std::pair{22, 500U}, std::pair{28, 0U}}) {
    const auto later = marks_of(annotation(type, interval, words) + annotation(1, 500));
    ASSERT_EQ(later.size(), 2U) << "only a note at time 0 says so";
    EXPECT_EQ(later[1].seconds - later[0].seconds, 5);
  }
}

TEST(WfdbAnnotations, HaveTheMnemonicsThatTheFileDefines) {
  const auto marks = marks_of(
      annotation(22, 0, "## time resolution: 10") +
      annotation(22, 0, "## annotation type definitions") + annotation(22, 0, "42 Pa pace fault") +
      annotation(22, 0, "1 n") + annotation(22, 0, "43 ") + annotation(22, 0, "none") +
      annotation(22, 0, "## end of definitions") + skip(-1) + annotation(0, 1) +
      annotation(22, 0, "a remark") + annotation(42, 5) + annotation(1, 5) + annotation(43, 0));
  ASSERT_EQ(marks.size(), 4U);
  EXPECT_EQ(marks[0].text, "a remark");
  EXPECT_EQ(marks[1].code, "Pa");
  EXPECT_EQ(marks[1].seconds, 0.5);
  EXPECT_EQ(marks[2].code, "n");
  EXPECT_EQ(marks[3].code, "[43]");
}

TEST(WfdbAnnotations, EndAtTheTwoZeroBytes) {
  EXPECT_TRUE(parse(end_of_annotations()).empty());
  EXPECT_EQ(parse(annotation(1, 1) + end_of_annotations() + annotation(1, 1)).size(), 1U);
}

TEST(WfdbAnnotations, ThatAreCutAnywhereAreRefused) {
  const std::string whole = annotation(28, 18, "(N") + skip(70000) + annotation(1, 59) +
                            annotation_word(62, 1) + annotation(5, 9, "odd") + end_of_annotations();
  EXPECT_EQ(refusal(whole), "");
  for (size_t length = 0; length < whole.size(); ++length)
    EXPECT_EQ(refusal(whole.substr(0, length)).find("a/r.atr: it ends early, at byte"), 0U)
        << length;
}

TEST(WfdbAnnotations, AreRefusedWhereTheFormatDoesNotAllowThem) {
  for (const int type : {60, 61, 62, 63})
    EXPECT_NE(
        refusal(annotation_word(type, 2) + "ab" + end_of_annotations()).find("before the first"),
        std::string::npos);
  const std::string long_text = annotation_word(1, 0) + annotation_word(63, 256);
  EXPECT_NE(refusal(long_text + std::string(256, 'a') + end_of_annotations()).find("255 letters"),
            std::string::npos);
}

}  // namespace
}  // namespace tacit
