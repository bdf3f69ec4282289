// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/wfdb_record.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tacit/core/error.h"
#include "tests/data/readers/wfdb_files.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

class WfdbRecordTest : public testing::Test {
 protected:
  std::vector<Lead> read(const std::string& words, const std::vector<size_t>& which) {
    const std::filesystem::path file = folder.path() / "r.hea";
    WfdbGaps gaps(file);
    notes.clear();
    return read_wfdb_leads(parse_wfdb_header(words, file), file, which, gaps, notes);
  }
  std::string refusal(const std::string& words, const std::vector<size_t>& which) {
    return message<DataError>([&] { read(words, which); });
  }
  TemporaryFolder folder;
  std::vector<std::string> notes;
};

TEST_F(WfdbRecordTest, GivesTheSignalsAskedForInThatOrderEachWithItsRateAndUnit) {
  folder.write("a", wfdb_bytes_of(16, {1, 2, 3, 4, 5, 6}));
  folder.write("b", wfdb_bytes_of(61, {7, 8}));
  const auto leads = read(
      "r 3 10 2\na 16 1/mV 0 0 0 0 0 I\na 16x2 1/uV 0 0 0 0 0 II\nb 61 1 0 0 0 0 0 V\n", {2, 1, 2});
  ASSERT_EQ(leads.size(), 3U);
  EXPECT_EQ(leads[0].name, "V");
  EXPECT_EQ(leads[0].unit, "");
  EXPECT_EQ(leads[0].rate_hz, 10);
  EXPECT_EQ(leads[0].samples, (std::vector<float>{7, 8}));
  EXPECT_EQ(leads[1].name, "II");
  EXPECT_EQ(leads[1].unit, "uV");
  EXPECT_EQ(leads[1].rate_hz, 20);
  EXPECT_EQ(leads[1].samples, (std::vector<float>{2, 3, 5, 6}));
  EXPECT_EQ(leads[2].samples, leads[0].samples);
  EXPECT_TRUE(notes.empty());
}

TEST_F(WfdbRecordTest, ReadsNoOtherFileThanThoseOfTheSignalsAskedFor) {
  folder.write("b", wfdb_bytes_of(80, {7, 8}));
  const std::string words = "r 2 10 2\nnot-there 16\nb 80 1\n";
  EXPECT_EQ(read(words, {1})[0].samples, (std::vector<float>{7, 8}));
  EXPECT_NE(refusal(words, {0}).find((folder.path() / "not-there").string()), std::string::npos);
}

TEST_F(WfdbRecordTest, NamesTheFileAndTheRecordThatAreWrong) {
  const std::string file = folder.write("a", "123");
  EXPECT_EQ(refusal("r 1 10 2\na 16\n", {0}).find(file + " of record r: it ends early"), 0U);
}

TEST_F(WfdbRecordTest, NotesBytesBehindTheLastFrame) {
  const std::string file = folder.write("a", wfdb_bytes_of(16, {1, 2, 3, 4}));
  EXPECT_EQ(read("r 2 10\na 16x2 1\na 16 1\n", {0})[0].samples, (std::vector<float>{1, 2}));
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_EQ(notes[0], file + " of record r: 2 bytes behind the last frame were left out");
}

TEST_F(WfdbRecordTest, WithoutANumberOfSamplesNeedsFilesOfOneLength) {
  folder.write("a", wfdb_bytes_of(16, {1, 2}));
  folder.write("b", wfdb_bytes_of(16, {1, 2, 3}));
  const std::string words = "r 2 10\na 16 1\nb 16 1\n";
  EXPECT_EQ(read(words, {1})[0].samples.size(), 3U);
  EXPECT_NE(
      refusal(words, {0, 1}).find("holds 3 samples a signal and another file of the record 2"),
      std::string::npos);
}

TEST_F(WfdbRecordTest, GivesNoValuesForASignalWithoutAFile) {
  folder.write("a", wfdb_bytes_of(16, {1, 2}));
  const auto leads = read("r 2 10\n~ 0x2 1/mV 0 0 0 0 0 none\na 16 1\n", {0, 1});
  ASSERT_EQ(leads[0].samples.size(), 4U);
  for (const float value : leads[0].samples) EXPECT_TRUE(std::isnan(value));
  EXPECT_EQ(leads[0].name, "none");
}

TEST_F(WfdbRecordTest, TakesNoMemoryForWhatOnlyTheHeaderPromises) {
  for (const char* const words : {"r 1 10 9223372036854775807\n~ 0x2147483647\n",
                                  "r 1 10 268435457\n~ 0\n", "r 2 10 200000000\n~ 0\n~ 0\n"})
    EXPECT_NE(refusal(words, std::string(words).starts_with("r 2") ? std::vector<size_t>{0, 1}
                                                                   : std::vector<size_t>{0})
                  .find("values that no file holds"),
              std::string::npos)
        << words;
}

TEST(WfdbLeads, AreFoundByName) {
  const std::vector<std::string> names{"I", "II", "V", "II"};
  EXPECT_EQ(places_of_leads(names, {}, "r.hea"), (std::vector<size_t>{0, 1, 2, 3}));
  EXPECT_EQ(places_of_leads(names, {"V", "I"}, "r.hea"), (std::vector<size_t>{2, 0}));
  const auto refusal = [&](const std::string& lead) {
    return message<DataError>([&] { places_of_leads(names, {lead}, "r.hea"); });
  };
  EXPECT_NE(refusal("aVR").find("r.hea: unknown lead \"aVR\""), std::string::npos);
  EXPECT_NE(refusal("aVR").find("I, II, V, II"), std::string::npos);
  EXPECT_NE(refusal("II").find("two of its leads are called \"II\""), std::string::npos);
}

}  // namespace
}  // namespace tacit
