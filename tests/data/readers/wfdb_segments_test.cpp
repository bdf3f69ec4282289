// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/wfdb_segments.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tacit/core/error.h"
#include "tests/data/readers/wfdb_files.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

constexpr float kNone = std::numeric_limits<float>::quiet_NaN();

class WfdbSegmentsTest : public testing::Test {
 protected:
  /// A segment with a file of its own, in format 16.
  void segment(const std::string& name, const std::string& header,
               const std::vector<int64_t>& samples) const {
    folder.write(name + ".hea", header);
    folder.write(name + ".dat", wfdb_bytes_of(16, samples));
  }
  std::vector<Lead> read(const std::string& words, const std::vector<std::string>& leads = {}) {
    const std::filesystem::path file = folder.path() / "m.hea";
    return read_wfdb_segments(parse_wfdb_header(words, file), file, leads, notes);
  }
  std::string refusal(const std::string& words, const std::vector<std::string>& leads = {}) {
    return message<DataError>([&] { read(words, leads); });
  }
  /// Two leads, V with two samples a frame, and segments that hold one or both.
  void variable() const {
    folder.write("l.hea", "l 2 5 0\n~ 0 1/mV 0 0 0 0 0 II\n~ 0 1/mV 0 0 0 0 0 V\n");
    segment("s", "s 2 5 2\ns.dat 16x2 10/mV 0 0 0 0 0 V\ns.dat 16 2/mV 0 0 0 0 0 II\n",
            {10, 20, 2, 30, 40, 4});
    segment("t", "t 1 5 1\nt.dat 16 4/mV 0 0 0 0 0 II\n", {4});
  }
  TemporaryFolder folder;
  std::vector<std::string> notes;
};

void expect_same(const std::vector<float>& got, const std::vector<float>& expected) {
  ASSERT_EQ(got.size(), expected.size());
  for (size_t i = 0; i < got.size(); ++i)
    EXPECT_TRUE(got[i] == expected[i] || (std::isnan(got[i]) && std::isnan(expected[i])))
        << i << ": " << got[i];
}

TEST_F(WfdbSegmentsTest, AreJoinedSignalBySignalWhereAllHoldTheSame) {
  segment("s", "s 2 5 2\ns.dat 16 1/mV 0 0 0 0 0 I\ns.dat 16 2/mV 0 0 0 0 0 II\n", {1, 2, 3, 4});
  segment("t", "t 2 5 1\nt.dat 16 1 0 0 0 0 0 I\nt.dat 16 4/mV 0 0 0 0 0 other\n", {5, 8});
  const auto leads = read("m/4 2 5 8\n~ 1\ns 2\n~ 4\nt 1\n", {"II", "I"});
  ASSERT_EQ(leads.size(), 2U);
  EXPECT_EQ(leads[0].name, "II");
  EXPECT_EQ(leads[0].unit, "mV");
  EXPECT_EQ(leads[0].rate_hz, 5);
  expect_same(leads[0].samples, {kNone, 1, 2, kNone, kNone, kNone, kNone, 2});
  expect_same(leads[1].samples, {kNone, 1, 3, kNone, kNone, kNone, kNone, 5});
}

TEST_F(WfdbSegmentsTest, AreJoinedByNameWhereALayoutNamesTheLeads) {
  variable();
  const auto leads = read("m/4 2 5 4\nl 0\nt 1\ns 2\n~ 1\n");
  ASSERT_EQ(leads.size(), 2U);
  EXPECT_EQ(leads[0].name, "II");
  expect_same(leads[0].samples, {1, 1, 2, kNone});
  EXPECT_EQ(leads[1].name, "V");
  EXPECT_EQ(leads[1].rate_hz, 10);
  expect_same(leads[1].samples, {kNone, kNone, 1, 2, 3, 4, kNone, kNone});
}

TEST_F(WfdbSegmentsTest, HoldNoValuesOfALeadThatOnlyTheLayoutHas) {
  variable();
  const auto leads = read("m/2 2 5\nl 0\nt 1\n", {"V"});
  EXPECT_EQ(leads[0].rate_hz, 5);
  expect_same(leads[0].samples, {kNone});
}

TEST_F(WfdbSegmentsTest, AreReadOnlyWhereTheyHoldALeadAskedFor) {
  variable();
  std::filesystem::remove(folder.path() / "t.dat");
  expect_same(read("m/3 2 5 3\nl 0\nt 1\ns 2\n", {"V"})[0].samples, {kNone, kNone, 1, 2, 3, 4});
  EXPECT_NE(refusal("m/3 2 5 3\nl 0\nt 1\ns 2\n", {"II"}).find("t.dat"), std::string::npos);
  EXPECT_NE(refusal("m/2 2 5 1\nl 0\nt 1\n", {"I"}).find("unknown lead \"I\""), std::string::npos);
}

TEST_F(WfdbSegmentsTest, AreRefusedWhereTheyContradictTheirRecord) {
  segment("s", "s 1 5 2\ns.dat 16 1 0 0 0 0 0 I\n", {1, 2});
  segment("fast", "fast 1 6 2\nfast.dat 16 1 0 0 0 0 0 I\n", {1, 2});
  segment("two", "two 2 5 1\ntwo.dat 16\ntwo.dat 16\n", {1, 2});
  segment("dense", "dense 1 5 1\ndense.dat 16x2 1 0 0 0 0 0 I\n", {1, 2});
  segment("volt", "volt 1 5 2\nvolt.dat 16 1/V 0 0 0 0 0 I\n", {1, 2});
  folder.write("nested.hea", "nested/1 1 5 2\ns 2\n");
  expect_same(read("m/2 1 5 4\ns 2\ns 2\n")[0].samples, {1, 2, 1, 2});
  for (const auto& [words, part] : std::vector<std::pair<std::string, std::string>>{
           {"m/1 1 5 3\ns 2\n", "promises 3 samples a signal and its segments come to 2"},
           {"m/1 1 5\ns 3\n", "it has 2 samples a signal, but the header of record m says 3"},
           {"m/2 1 5\ns 2\nfast 2\n", "fast.hea: its rate is 6 Hz, but that of record m is 5"},
           {"m/2 1 5\ns 2\ntwo 1\n", "it has 2 signals, but its record 1"},
           {"m/2 1 5\ns 2\ndense 1\n", "lead \"I\" has 2 samples a frame and the unit mV"},
           {"m/2 1 5\ns 2\nvolt 2\n", "the unit V, but 1 and mV"},
           {"m/1 1 5\nnested 2\n", "has segments itself"},
           {"m/1 1 5\nnone 2\n", "none.hea"},
           {"m/1 1 5\n~ 2\n", "none of its segments has signals"},
           {"m/2 1 5\ns 9223372036854775807\ns 2\n", "too long"}})
    EXPECT_NE(refusal(words).find(part), std::string::npos) << words << refusal(words);
}

TEST_F(WfdbSegmentsTest, AreRefusedWhereTwoLeadsOfOneHaveTheSameName) {
  variable();
  segment("u", "u 2 5 1\nu.dat 16 1 0 0 0 0 0 II\nu.dat 16 1 0 0 0 0 0 II\n", {1, 2});
  EXPECT_NE(refusal("m/2 2 5\nl 0\nu 1\n").find("u.hea: two of its leads are called \"II\""),
            std::string::npos);
}

TEST_F(WfdbSegmentsTest, AreNotedWhereTheirHeaderMayBeCut) {
  segment("s", "s 1 5 2\ns.dat 16 1 0 0 0 0 0 I\n", {1, 2});
  read("m/1 1 5 2\ns 2\n");
  EXPECT_TRUE(notes.empty());
  segment("s", "s 1 5 2\ns.dat 16 1", {1, 2});
  read("m/2 1 5 4\ns 2\ns 2\n");
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_NE(notes[0].find("s.hea: its last line has no end"), std::string::npos);
}

TEST_F(WfdbSegmentsTest, TakeNoMemoryForGapsAndRepetitionsWithoutEnd) {
  segment("s", "s 1 5 2\ns.dat 16 1 0 0 0 0 0 I\n", {1, 2});
  EXPECT_NE(refusal("m/2 1 5\ns 2\n~ 9223372036854775000\n").find("no file holds"),
            std::string::npos);
  folder.write("long.hea", "long 1 5 8000000\nnever-read 16 1 0 0 0 0 0 I\n");
  std::string words = "m/40 1 5\n";
  for (int i = 0; i < 40; ++i) words += "long 8000000\n";
  EXPECT_NE(refusal(words).find("no file holds"), std::string::npos);
}

}  // namespace
}  // namespace tacit
