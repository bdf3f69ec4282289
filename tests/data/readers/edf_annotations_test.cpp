// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/edf_annotations.h"

#include <gtest/gtest.h>

namespace tacit {
namespace {

using namespace std::string_literals;
using Texts = std::vector<std::string>;

TEST(EdfAnnotations, HaveAnOnsetADurationAndTexts) {
  const EdfAnnotations found = edf_annotations(
      "+567\x14\x14\0"
      "+180\x14Lights off\x14"
      "Close door\x14\0"
      "-0.065\x15"
      "25.5\x14Q \xC3\xA9\x14\0\0\0\0"s);
  EXPECT_TRUE(found.begins_with_onset);
  EXPECT_EQ(found.damaged, 0);
  ASSERT_EQ(found.list.size(), 3U);
  EXPECT_EQ(found.list[0].onset, 567);
  EXPECT_EQ(found.list[0].texts, Texts{""});
  EXPECT_EQ(found.list[1].onset, 180);
  EXPECT_EQ(found.list[1].duration, 0);
  EXPECT_EQ(found.list[1].texts, (Texts{"Lights off", "Close door"}));
  EXPECT_EQ(found.list[2].onset, -0.065);
  EXPECT_EQ(found.list[2].duration, 25.5);
  EXPECT_EQ(found.list[2].texts, Texts{"Q \xC3\xA9"});
}

TEST(EdfAnnotations, NeedNoZeroBehindTheLastThatFillsTheRecord) {
  const EdfAnnotations found = edf_annotations(
      "+1\x14"
      "a\x14");
  ASSERT_EQ(found.list.size(), 1U);
  EXPECT_EQ(found.damaged, 0);
}

TEST(EdfAnnotations, SayWhenTheRecordBeginsOnlyInAnEmptyFirstText) {
  EXPECT_FALSE(edf_annotations("+1\x14"
                               "a\x14\0+2\x14\x14"s)
                   .begins_with_onset);
  EXPECT_FALSE(edf_annotations("one\x14\x14\0+2\x14\x14"s).begins_with_onset);
  EXPECT_TRUE(edf_annotations("+1\x14\x14"
                              "a\x14"s)
                  .begins_with_onset);
  EXPECT_FALSE(edf_annotations("").begins_with_onset);
  EXPECT_FALSE(edf_annotations("\0\0\0"s).begins_with_onset);
}

TEST(EdfAnnotations, AreCountedWhereTheyAreDamaged) {
  for (const char* list : {"1\x14"
                           "a\x14",
                           "+\x14"
                           "a\x14",
                           "+x\x14"
                           "a\x14",
                           "+1e3\x14"
                           "a\x14",
                           "+inf\x14"
                           "a\x14",
                           "+-1\x14"
                           "a\x14",
                           "+1\x15\x14"
                           "a\x14",
                           "+1\x15-1\x14"
                           "a\x14",
                           "+1\x14"
                           "a",
                           "+1", "a",
                           "+9999999999999\x14"
                           "a\x14",
                           "\x14"
                           "a\x14",
                           "+1.2.3\x14"
                           "a\x14",
                           "+1 \x14"
                           "a\x14"}) {
    const EdfAnnotations found = edf_annotations(list + "\0+5\x14good\x14\0"s);
    EXPECT_EQ(found.damaged, 1) << list;
    ASSERT_EQ(found.list.size(), 1U) << list;
    EXPECT_EQ(found.list[0].onset, 5) << list;
  }
}

}  // namespace
}  // namespace tacit
