// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/wfdb.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>

#include "tacit/core/error.h"
#include "tacit/core/files.h"
#include "tests/data/readers/wfdb_files.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

class WfdbTest : public testing::Test {
 protected:
  /// Record r of two leads in format 212, with two annotations.
  void record() const {
    folder.write("r.hea",
                 "r 2 10 3\nr.dat 212 10/mV 12 0 1 9 0 I\nr.dat 212 10/mV 12 0 2 12 0 II\n# end\n");
    folder.write("r.dat", wfdb_bytes_of(212, {1, 2, 3, 4, 5, 6}));
    folder.write("r.atr", annotation(28, 1, "(N") + annotation(1, 9) + end_of_annotations());
  }
  SignalFile read(const std::vector<std::string>& leads = {}, const std::string& annotator = "") {
    return read_wfdb(folder.path() / "r.hea", leads, annotator);
  }
  std::string refusal(const std::vector<std::string>& leads = {},
                      const std::string& annotator = "") {
    return message<DataError>([&] { read(leads, annotator); });
  }
  TemporaryFolder folder;
};

TEST_F(WfdbTest, ReadsAllLeadsInTheFilesOrderAndTheMarksAskedFor) {
  record();
  const SignalFile file = read({}, "atr");
  ASSERT_EQ(file.leads.size(), 2U);
  EXPECT_EQ(file.leads[0].name, "I");
  EXPECT_EQ(file.leads[0].unit, "mV");
  EXPECT_EQ(file.leads[0].rate_hz, 10);
  EXPECT_EQ(file.leads[0].samples, (std::vector<float>{0.1F, 0.3F, 0.5F}));
  EXPECT_EQ(file.leads[1].samples, (std::vector<float>{0.2F, 0.4F, 0.6F}));
  ASSERT_EQ(file.marks.size(), 2U);
  EXPECT_EQ(file.marks[0].text, "(N");
  EXPECT_EQ(file.marks[1].seconds, 1);
  EXPECT_TRUE(file.notes.empty());
  EXPECT_TRUE(read().marks.empty());
}

TEST_F(WfdbTest, ReadsLeadsByName) {
  record();
  const SignalFile file = read({"II"});
  ASSERT_EQ(file.leads.size(), 1U);
  EXPECT_EQ(file.leads[0].name, "II");
  EXPECT_NE(refusal({"V"}).find("available: I, II"), std::string::npos);
  folder.write("r.hea", "r 2 10 3\nr.dat 212 1 0 0 0 0 0 I\nr.dat 212 1 0 0 0 0 0 I\n");
  EXPECT_NE(refusal({"I"}).find("two of its leads are called \"I\""), std::string::npos);
  EXPECT_EQ(read().leads.size(), 2U);
}

TEST_F(WfdbTest, RefusesAnAnnotationFileThatIsNotThere) {
  record();
  EXPECT_NE(refusal({}, "qrs").find((folder.path() / "r.qrs").string()), std::string::npos);
}

TEST_F(WfdbTest, ReadsANegativeGainOnlyWhereItIsNotAskedFor) {
  record();
  folder.write("r.hea", "r 2 10 3\nr.dat 212 -10 0 0 0 0 0 I\nr.dat 212 10 0 0 0 0 0 II\n");
  EXPECT_EQ(read({"II"}).leads[0].samples.back(), 0.6F);
  EXPECT_NE(refusal({"I"}).find("record r: the gain of lead \"I\" is -10"), std::string::npos);
}

TEST_F(WfdbTest, NotesLinesThatItLeavesOut) {
  record();
  folder.write("r.hea", "r 1 10 3\nr.dat 212x2 10 0 0 0 0 0 I\nr.dat 212 10 0 0 0 0 0 II\n");
  EXPECT_EQ(read().leads.size(), 1U);
  ASSERT_EQ(read().notes.size(), 1U);
  EXPECT_NE(read().notes[0].find("1 lines behind the last one promised"), std::string::npos);
}

/// Whether reading is refused, is the same as `whole`, or is accompanied by a note.
bool is_stated(const SignalFile& whole, const std::function<SignalFile()>& read) {
  try {
    const SignalFile file = read();
    const bool same =
        std::ranges::equal(file.leads, whole.leads, {}, &Lead::samples, &Lead::samples) &&
        std::ranges::equal(file.leads, whole.leads, {}, &Lead::name, &Lead::name) &&
        std::ranges::equal(file.marks, whole.marks, {}, &Mark::seconds, &Mark::seconds);
    return same || !file.notes.empty();
  } catch (const DataError&) {
    return true;
  }
}

TEST_F(WfdbTest, RefusesOrStatesEveryCutOfEveryFile) {
  record();
  const SignalFile whole = read({}, "atr");
  for (const char* const name : {"r.hea", "r.dat", "r.atr"}) {
    const std::string bytes = read_file(folder.path() / name);
    for (size_t length = 0; length < bytes.size(); ++length) {
      folder.write(name, bytes.substr(0, length));
      EXPECT_TRUE(is_stated(whole, [&] { return read({}, "atr"); })) << name << ", " << length;
    }
    folder.write(name, bytes);
  }
}

/// What wfdb-python 4.3.1 reads: rdrecord(…, smooth_frames=False), of one lead.
struct Expected {
  std::string record, lead;
  double rate_hz;
  size_t length, missing;
  double first, last, sum;  // without missing ones
};

const std::vector<Expected>& expected() {
  static const std::vector<Expected> all{
      {"100", "MLII", 360, 650000, 0, -0.145, -1.28, -199094.335},
      {"100", "V5", 360, 650000, 0, -0.065, 0, -124172.38},
      {"100_3chan", "III", 360, 999, 0, -0.145, -0.375, -311.5},
      {"03700181", "MCL1", 500, 300000, 0, 0.022606342597435, 0.141036585160117, -3.80123963735},
      {"03700181", "ABP", 125, 75000, 0, 51.557632398754, 29.906542056075, 2508210.9813084},
      {"03700181", "RESP", 125, 75000, 4, -0.104, NAN, -13988.2465},
      {"v102s", "II", 250, 75000, 3, -0.011398509425690, -0.103901797457256, 1808.6918018},
      {"v102s", "RESP", 250, 75000, 1, 0.008719135802469, 0.034413580246914, -110.881995885},
      {"a103l", "PLETH", 250, 82500, 0, 0.482202713487630, 0.502873104549082, 40565.029928172},
      {"binformats", "sig 0, fmt 8", 200, 499, 0, -10.235, 0.55, 827.325},
      {"binformats", "sig 1, fmt 16", 200, 499, 0, -163.83, 157.905, -3.75},
      {"binformats", "sig 2, fmt 61", 200, 499, 0, -163.825, 157.91, -1.255},
      {"binformats", "sig 3, fmt 80", 200, 499, 0, -0.62, -0.185, -2.585},
      {"binformats", "sig 4, fmt 160", 200, 499, 0, -163.815, 157.92, 3.735},
      {"binformats", "sig 5, fmt 212", 200, 499, 0, -10.21, 0.8, -34.12},
      {"binformats", "sig 6, fmt 310", 200, 499, 0, -2.525, 2.185, -8.105},
      {"binformats", "sig 7, fmt 311", 200, 499, 0, -2.52, 2.19, -10.725},
      {"binformats", "sig 8, fmt 24", 200, 499, 0, -41942.995, 38022.89, -516692.785},
      {"binformats", "sig 9, fmt 32", 200, 499, 0, -10737418.19, 9726862.645, -134022007.865},
      {"flacformats", "sig 0, fmt 508", 200, 499, 0, -0.635, -0.2, -2.42},
      {"flacformats", "sig 1, fmt 516", 200, 499, 0, -163.83, 157.905, -3.75},
      {"flacformats", "sig 2, fmt 524", 200, 499, 0, -41943.025, 38022.86, -516707.755},
      {"310derive", "col 1", 250, 1026, 0, 0, 0.03, 21.925},
      {"s0010_re", "avr", 1000, 38400, 0, 0.237, -0.197, 2.291},
      {"s0010_re", "vz", 1000, 38400, 0, -0.009, 0.029, -0.996},
      {"multi-segment/041s/041s", "I", 500, 8000, 1, 0.001, 0.0335, -4.002},
      {"multi-segment/041s/041s", "ABP", 125, 2000, 0, 67.9, 46.15, 112125.2},
      {"multi-segment/041s/041s", "RESP", 125, 2000, 0, 0.2005, -0.563, -505.3}};
  return all;
}

void expect_near(double got, double wanted, double tolerance) {
  if (std::isnan(wanted))
    EXPECT_TRUE(std::isnan(got)) << got;
  else
    EXPECT_NEAR(got, wanted, tolerance);
}

TEST(WfdbRecords, HoldTheValuesThatWfdbPythonReads) {
  const char* const data = std::getenv("TACIT_DATA");
  if (data == nullptr) GTEST_SKIP() << "set TACIT_DATA to the folder that holds ecg/";
  for (const auto& [record, name, rate_hz, length, missing, first, last, sum] : expected()) {
    SCOPED_TRACE(record + ", " + name);
    const auto file = std::filesystem::path(data) / "ecg" / "wfdb" / (record + ".hea");
    const SignalFile got = read_wfdb(file, {name}, "");
    ASSERT_EQ(got.leads.size(), 1U);
    const Lead& lead = got.leads[0];
    EXPECT_EQ(lead.rate_hz, rate_hz);
    ASSERT_EQ(lead.samples.size(), length);
    double total = 0, sizes = 0;
    size_t nothing = 0;
    for (const float value : lead.samples) {
      nothing += std::isnan(value);
      total += std::isnan(value) ? 0 : static_cast<double>(value);
      sizes += std::isnan(value) ? 0 : std::abs(static_cast<double>(value));
    }
    EXPECT_EQ(nothing, missing);
    expect_near(lead.samples.front(), first, 1e-7 * (1 + std::abs(first)));
    expect_near(lead.samples.back(), last, 1e-7 * (1 + std::abs(last)));
    EXPECT_NEAR(total, sum, 1e-7 * sizes);
    EXPECT_TRUE(got.notes.empty());
  }
}

TEST(WfdbRecords, HaveTheBeatsThatWfdbPythonReads) {
  const char* const data = std::getenv("TACIT_DATA");
  if (data == nullptr) GTEST_SKIP() << "set TACIT_DATA to the folder that holds ecg/";
  const auto file = std::filesystem::path(data) / "ecg" / "wfdb" / "100.hea";
  const SignalFile got = read_wfdb(file, {"V5"}, "atr");
  ASSERT_EQ(got.marks.size(), 2274U);
  EXPECT_EQ(got.marks[0].code, "+");
  EXPECT_EQ(got.marks[0].text, "(N");
  EXPECT_EQ(got.marks[0].seconds, 18 / 360.0);
  EXPECT_EQ(got.marks[2].seconds, 370 / 360.0);
  EXPECT_EQ(got.marks.back().seconds, 649991 / 360.0);
  double samples = 0;
  for (const Mark& mark : got.marks) samples += std::round(mark.seconds * 360);
  EXPECT_EQ(samples, 738342143);
  EXPECT_EQ(std::ranges::count(got.marks, "N", &Mark::code), 2239);
  EXPECT_EQ(std::ranges::count(got.marks, "A", &Mark::code), 33);
  EXPECT_EQ(std::ranges::count(got.marks, "V", &Mark::code), 1);
}

}  // namespace
}  // namespace tacit
