// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/edf.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <numeric>
#include <random>

#include "tacit/core/error.h"
#include "tests/core/folder.h"
#include "tests/data/readers/edf_files.h"
#include "tests/data/readers/edf_reading.h"

namespace tacit {
namespace {

using namespace edf_reading;

using namespace std::string_literals;

WrittenEdf three_leads() {
  return {.signals = {counted("EEG Fpz-Cz", {{1, 2, 3, 4}, {5, 6, 7, 8}}),
                      counted("ECG", {{10, 20}, {30, 40}}), counted("EEG", {{-1}, {-2}})}};
}

/// Random signals, stored as a recorder does it, come back to within half a digital step.
void expect_round_trip(size_t sample_bytes, double digital_minimum, double digital_maximum) {
  constexpr int kRecords = 5, kSamples = 37;
  const double low = -3.25, high = 7.5, step = (high - low) / (digital_maximum - digital_minimum);
  std::mt19937 generator(7);
  std::uniform_real_distribution<double> uniform(low, high);
  std::vector<double> wanted;
  std::vector<std::vector<int32_t>> stored(kRecords);
  for (std::vector<int32_t>& record : stored)
    for (int i = 0; i < kSamples; ++i) {
      wanted.push_back(wanted.empty() ? low : wanted.size() == 1 ? high : uniform(generator));
      record.push_back(
          static_cast<int32_t>(std::lround((wanted.back() - low) / step + digital_minimum)));
    }
  WrittenEdf written{.duration = "0.5", .signals = {counted("ECG", stored)}};
  written.signals[0].physical_minimum = "-3.25";
  written.signals[0].physical_maximum = "7.5";
  written.signals[0].digital_minimum = std::to_string(static_cast<int>(digital_minimum));
  written.signals[0].digital_maximum = std::to_string(static_cast<int>(digital_maximum));
  const SignalFile file =
      read_edf_bytes(sample_bytes == 2 ? edf(written) : bdf(written), "a", {"ECG"});
  EXPECT_EQ(file.leads.at(0).rate_hz, 74);
  EXPECT_EQ(file.leads[0].unit, "mV");
  EXPECT_TRUE(file.notes.empty());
  ASSERT_EQ(samples_of(file).size(), wanted.size());
  for (size_t i = 0; i < wanted.size(); ++i)
    EXPECT_NEAR(samples_of(file)[i], wanted[i], step / 2 + 1e-6) << i;
}

TEST(Edf, BringsSignalsBackToWithinHalfAStep) {
  expect_round_trip(2, -32768, 32767);
  expect_round_trip(2, 0, 4095);
  expect_round_trip(3, -8388608, 8388607);
}

TEST(Edf, HoldsTheSmallestAndLargestNumbersExactly) {
  EXPECT_EQ(
      samples_of(read_edf_bytes(edf({.signals = {counted("a", {{-32768, -1, 0, 32767}})}}), "a")),
      (std::vector<float>{-32768, -1, 0, 32767}));
  EXPECT_EQ(samples_of(read_edf_bytes(
                bdf({.signals = {counted("a", {{-8388608, -1, 0, 8388607, 65536}})}}), "a")),
            (std::vector<float>{-8388608, -1, 0, 8388607, 65536}));
}

TEST(Edf, GivesLeadsInTheOrderAskedFor) {
  const std::string bytes = edf(three_leads());
  const SignalFile all = read_edf_bytes(bytes, "a");
  ASSERT_EQ(all.leads.size(), 3U);
  EXPECT_EQ(all.leads[0].name, "EEG Fpz-Cz");
  EXPECT_EQ(all.leads[0].rate_hz, 4);
  EXPECT_EQ(samples_of(all, 0), (std::vector<float>{1, 2, 3, 4, 5, 6, 7, 8}));
  EXPECT_EQ(all.leads[2].rate_hz, 1);
  const SignalFile some = read_edf_bytes(bytes, "a", {"EEG", "ECG"});
  ASSERT_EQ(some.leads.size(), 2U);
  EXPECT_EQ(samples_of(some, 0), (std::vector<float>{-1, -2}));
  EXPECT_EQ(samples_of(some, 1), (std::vector<float>{10, 20, 30, 40}));
}

TEST(Edf, NamesTheLeadsThatAreThere) {
  WrittenEdf file = three_leads();
  expect_says(refusal(edf(file), {"ECG", "ecg"}),
              {"no signals are called \"ecg\"", "EEG Fpz-Cz, ECG, EEG"});
  file.signals[2].name = "ECG";
  expect_says(refusal(edf(file), {"ECG"}),
              {"2 signals are called \"ECG\"", "EEG Fpz-Cz, ECG, ECG"});
  EXPECT_EQ(read_edf_bytes(edf(file), "a").leads.size(), 3U);
  file.signals = {annotations({"+0\x14\x14"}, "4")};
  expect_says(refusal(edf(file), {"EDF Annotations"}), {"there are: none"});
}

TEST(Edf, GivesAnnotationsByTimeSinceTheFirstSample) {
  WrittenEdf file = three_leads();
  file.kind = "EDF+C";
  file.signals.insert(file.signals.begin() + 1,
                      annotations({"+0.25\x14\x14\0+1.5\x15"
                                   "0.5\x14late\x14twice\x14\0"s,
                                   "+1.25\x14\x14with the onset\x14\0-0.5\x14"
                                   "early\x14\0"s},
                                  "30"));
  file.signals.push_back(annotations({"+0.75\x14\x14\0", "+1.75\x14more\x14\0"s}, "12"));
  for (const std::string& bytes : {edf(file), bdf(file)}) {
    const SignalFile read = read_edf_bytes(bytes, "a");
    EXPECT_TRUE(read.notes.empty()) << read.notes[0];
    EXPECT_EQ(read.leads.size(), 3U);
    EXPECT_EQ(samples_of(read, 1), (std::vector<float>{10, 20, 30, 40}));
    ASSERT_EQ(read.marks.size(), 5U);
    std::vector<std::pair<double, std::string>> marks;
    for (const Mark& mark : read.marks) marks.emplace_back(mark.seconds, mark.text);
    EXPECT_EQ(marks, (std::vector<std::pair<double, std::string>>{{-0.75, "early"},
                                                                  {1, "with the onset"},
                                                                  {1.25, "late"},
                                                                  {1.25, "twice"},
                                                                  {1.5, "more"}}));
    EXPECT_EQ(read.marks[2].duration, 0.5);
    EXPECT_EQ(read.marks[3].duration, 0.5);
    EXPECT_EQ(read.marks[4].duration, 0);
  }
}

TEST(Edf, NotesAnnotationsThatAreDamaged) {
  WrittenEdf file = three_leads();
  file.signals.push_back(annotations({"+0\x14\x14", "+1\x14\x14\0oops\0+1\x14good\x14\0!"s}, "30"));
  const SignalFile read = read_edf_bytes(edf(file), "a");
  ASSERT_EQ(read.notes.size(), 1U);
  EXPECT_EQ(read.notes[0], "2 annotations are damaged and were left out, the first in record 2");
  ASSERT_EQ(read.marks.size(), 1U);
}

TEST(Edf, CountsRecordsWhereTheHeaderDoesNotKnowThem) {
  WrittenEdf written = three_leads();
  written.records = "-1";
  const std::string bytes = edf(written);
  for (size_t length = 0; length <= bytes.size(); ++length) {
    const size_t records = length < 1024 ? 0 : (length - 1024) / 14;
    if (records == 0) {
      EXPECT_NE(refusal(bytes.substr(0, length)), "") << length;
      continue;
    }
    const SignalFile file = read_edf_bytes(bytes.substr(0, length), "a");
    EXPECT_EQ(samples_of(file).size(), 4 * records) << length;
    const size_t rest = (length - 1024) % 14;
    ASSERT_EQ(file.notes.size(), rest > 0 ? 2U : 1U);
    EXPECT_EQ(file.notes[0],
              text("the header does not know the number of records; {} are there", records));
    if (rest > 0) {
      EXPECT_EQ(file.notes[1], text("{} bytes behind the last record were left out", rest));
    }
  }
}

TEST(Edf, RefusesFilesCutAtAnyByte) {
  WrittenEdf annotated = three_leads();
  annotated.signals.push_back(annotations({"+0\x14\x14", "+1\x14\x14"}, "4"));
  for (const std::string& bytes : {edf(annotated), bdf(annotated), edf(three_leads())}) {
    EXPECT_NO_THROW(read_edf_bytes(bytes, "night.edf"));
    for (size_t length = 0; length < bytes.size(); ++length)
      EXPECT_NE(refusal(bytes.substr(0, length)), "") << length;
  }
  expect_says(refusal(edf(three_leads()).substr(0, 1024 + 15)),
              {"1 whole records", "promises 2", "cut off"});
}

TEST(Edf, NotesBytesBehindTheLastRecord) {
  const SignalFile file = read_edf_bytes(edf(three_leads()) + "more", "a");
  EXPECT_EQ(file.notes, Names{"4 bytes behind the last record were left out"});
}

class EdfFiles : public FolderTest {};

TEST_F(EdfFiles, AreNamedInErrors) {
  std::ofstream(folder / "a.edf", std::ios::binary) << edf(three_leads());
  EXPECT_EQ(read_edf(folder / "a.edf", {"ECG"}).leads.size(), 1U);
  for (const auto& file : {folder / "a.edf", folder / "none.edf"})
    EXPECT_NE(message_of<DataError>([&] { read_edf(file, {"x"}); }).find(file.string()),
              std::string::npos);
}

std::filesystem::path real_files() {
  const char* const folder = std::getenv("TACIT_DATA");
  return folder == nullptr ? std::filesystem::path()
                           : std::filesystem::path(folder) / "ecg" / "edf";
}

/// Expected numbers: pyedflib 0.1.42, readSignal() and readAnnotations(), of a copy without the two
/// degree signs, for which it refuses the file.
TEST(RealEdf, IsReadAsPyedflibReadsIt) {
  if (real_files().empty()) GTEST_SKIP() << "set TACIT_DATA to the folder that holds ecg/edf/";
  const SignalFile file = read_edf(real_files() / "test_generator_2.edf.gz");
  EXPECT_TRUE(file.notes.empty());
  struct Wanted {
    const char* name;
    double at_0, at_777, at_end, sum;
  };
  const std::vector<Wanted> wanted{
      {"squarewave", 99.99237048905165, 99.99237048905165, -99.96185244525826, 1831.082627601747},
      {"ramp", -99.96185244525826, 77.01228351262684, 98.98527504386969, -58155.1842526894},
      {"pulse", 99.99237048905165, 0.015259021896696421, 0.015259021896696421, 241776.15014877546},
      {"ECG", 0.015259021896696421, 0.015259021896696421, 0.015259021896696421, 2471.961547264812},
      {"noise", 84.0009155413138, 50.003814755474174, 25.009536888685435, 5941528.7098496985},
      {"sine 1 Hz", 3.1280994888227664, -63.70641641870756, 0.015259021896696421, 1831.0826276},
      {"sine 8 Hz", 24.85694666971847, 68.46723125047684, 0.015259021896696421, 1831.0826276},
      {"sine 8.5 Hz", 26.382848859388112, 39.71923399710079, 0.015259021896696421, 1831.0826276},
      {"sine 15 Hz", 45.39559014267186, 80.88807507438773, 0.015259021896696421, 1831.0826276},
      {"sine 17 Hz", 50.919356069275956, 72.8923476005188, 0.015259021896696421, 1831.0826276},
      {"sine 50 Hz", 99.99237048905165, 0.015259021896696421, 0.015259021896696421, 1831.0826276}};
  ASSERT_EQ(file.leads.size(), wanted.size());
  for (size_t i = 0; i < wanted.size(); ++i) {
    const Lead& lead = file.leads[i];
    EXPECT_EQ(lead.name, wanted[i].name);
    EXPECT_EQ(lead.unit, i == 8 || i == 9 ? "\xC2\xB0" : "uV");
    EXPECT_EQ(lead.rate_hz, 200);
    ASSERT_EQ(lead.samples.size(), 120000U);
    EXPECT_NEAR(lead.samples[0], wanted[i].at_0, 1e-4);
    EXPECT_NEAR(lead.samples[777], wanted[i].at_777, 1e-4);
    EXPECT_NEAR(lead.samples.back(), wanted[i].at_end, 1e-4);
    const double sum = std::accumulate(lead.samples.begin(), lead.samples.end(), 0.0);
    EXPECT_NEAR(sum, wanted[i].sum, 1) << lead.name;
  }
  ASSERT_EQ(file.marks.size(), 2U);
  EXPECT_EQ(file.marks[0].text, "RECORD START");
  EXPECT_EQ(file.marks[1].text, "REC STOP");
  EXPECT_EQ(file.marks[1].seconds, 600);
}

TEST(RealEdf, GivesSleepStagesAsPyedflibDoes) {
  if (real_files().empty()) GTEST_SKIP() << "set TACIT_DATA to the folder that holds ecg/edf/";
  const SignalFile file = read_edf(real_files() / "test_edfann.edf");
  EXPECT_TRUE(file.leads.empty());
  EXPECT_TRUE(file.notes.empty());
  ASSERT_EQ(file.marks.size(), 856U);
  double seconds = 0, duration = 0;
  for (const Mark& mark : file.marks) seconds += mark.seconds, duration += mark.duration;
  EXPECT_NEAR(seconds, 10952582.17, 1e-3);
  EXPECT_NEAR(duration, 25620, 1e-3);
  EXPECT_EQ(file.marks[2].seconds, 33.43);
  EXPECT_EQ(file.marks[2].text, "Lights off@@EEG F4-A1");
  EXPECT_EQ(file.marks.back().seconds, 25618.74);
  EXPECT_EQ(file.marks.back().text, "Lights on@@EEG Fpz-Cz");
}

}  // namespace
}  // namespace tacit
