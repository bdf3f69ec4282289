// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/biosignals.h"

#include <gtest/gtest.h>

#include "tacit/core/error.h"
#include "tests/data/readers/wfdb_files.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

/// Records anna/one and bob/two of 20 samples a second and a lead "ECG" that counts from 1 and 101.
class Biosignals : public testing::Test {
 protected:
  Biosignals() {
    record("anna", "one", 1);
    record("bob", "two", 101);
    asked_.path = folder_.path().string();
    asked_.channels = {"ECG"};
    asked_.subject = "";
  }
  void record(const std::string& person, const std::string& name, int64_t first) const {
    std::filesystem::create_directories(folder_.path() / person);
    std::vector<int64_t> samples;
    for (int64_t i = 0; i < 6; ++i) samples.push_back(first + i);
    folder_.write(person + "/" + name + ".hea",
                  text("{} 1 20 6\n{}.dat 16 1/mV 16 0 {} 0 0 ECG\n", name, name, first));
    folder_.write(person + "/" + name + ".dat", wfdb_bytes_of(16, samples));
    folder_.write(person + "/" + name + ".atr",
                  annotation(28, 2, "(AFIB") + annotation(28, 2, "(N") + end_of_annotations());
  }
  Signals read(const BiosignalConfig& config = {}) const {
    return read_biosignals(BiosignalFormat::wfdb, asked_, config, folder_.path().string());
  }
  TemporaryFolder folder_;
  LongFormConfig asked_;
};

TEST_F(Biosignals, AreCalledByTheirPathsAndScaled) {
  asked_.scale = {2};
  const Signals signals = read();
  ASSERT_EQ(signals.recordings.size(), 2u);
  const Recording& second = signals.recordings[1];
  EXPECT_EQ(second.name, "bob/two");
  EXPECT_EQ(second.subject, "");
  EXPECT_EQ(second.rate_hz, 20);
  EXPECT_EQ(second.length(), 6);
  EXPECT_EQ(second.samples[0][5].item<float>(), 212);
  EXPECT_TRUE(signals.classes.empty());
}

TEST_F(Biosignals, HaveTheWordsOfTheirPathsForPeopleAndLabels) {
  asked_.path_pattern = "{person}/{kind}";
  asked_.subject = "person";
  asked_.label = "kind";
  const Signals signals = read({.label_from = LabelFrom::path});
  EXPECT_EQ(signals.recordings[1].subject, "bob");
  EXPECT_EQ(signals.classes, (std::vector<std::string>{"one", "two"}));
  EXPECT_EQ(signals.recordings[1].labels.at(0).label, 1);
}

TEST_F(Biosignals, HaveLabelsOfATable) {
  folder_.write("REFERENCE.csv", "two,A\nthree,N\n");
  const Signals signals = read({.label_from = LabelFrom::table});
  EXPECT_EQ(signals.classes, (std::vector<std::string>{"A"}));
  EXPECT_EQ(signals.recordings[0].labels.at(0).label, -1);
  EXPECT_EQ(signals.recordings[1].labels.at(0).label, 0);
  EXPECT_NE(signals.notes.back().find("1 recordings are not in"), std::string::npos);
}

TEST_F(Biosignals, HaveLabelsOfMarksUntilTheNext) {
  const Signals signals = read({.label_from = LabelFrom::marks});
  EXPECT_EQ(signals.classes, (std::vector<std::string>{"(AFIB", "(N"}));
  const std::vector<LabelSpan>& spans = signals.recordings[0].labels;
  ASSERT_EQ(spans.size(), 3u);
  EXPECT_EQ(spans[0].label, -1);
  EXPECT_EQ(spans[1].begin, 2);
  EXPECT_EQ(spans[1].label, 0);
  EXPECT_EQ(spans[2].begin, 4);
  EXPECT_EQ(spans[2].label, 1);
}

TEST_F(Biosignals, HaveBeatsAndRhythmEachForItself) {
  folder_.write("anna/one.atr", annotation(28, 0, "(N") + annotation(1, 1) + annotation(1, 2) +
                                    annotation(14, 1, "noise") + annotation(5, 1) +
                                    end_of_annotations());
  const auto spans_of = [&](LabelFrom from) {
    const Signals signals = read({.label_from = from});
    std::string out;
    for (const LabelSpan& span : signals.recordings[0].labels)
      out += text("{}-{}:{} ", span.begin, span.end,
                  span.label < 0 ? "" : signals.classes[static_cast<size_t>(span.label)]);
    return out;
  };
  EXPECT_EQ(spans_of(LabelFrom::beats), "0-1: 1-2:N 2-3: 3-4:N 4-5: 5-6:V ");
  EXPECT_EQ(spans_of(LabelFrom::rhythm), "0-6:(N ");
  EXPECT_NE(message<ConfigError>([&] {
              read_biosignals(BiosignalFormat::edf, asked_, {.label_from = LabelFrom::beats}, "");
            }).find("\"beats\" is for WFDB records"),
            std::string::npos);
}

TEST_F(Biosignals, RefuseWhatDoesNotFit) {
  folder_.write("REFERENCE.csv", "two,A\ntwo,N\n");
  EXPECT_NE(message<DataError>([&] { read({.label_from = LabelFrom::table}); }).find("\"two\""),
            std::string::npos);
  LongFormConfig nowhere = asked_;
  nowhere.path += "/nowhere";
  EXPECT_NE(message<DataError>([&] {
              read_biosignals(BiosignalFormat::wfdb, nowhere, {.label_from = LabelFrom::table}, "");
            }).find("nowhere"),
            std::string::npos);
  asked_.subject = "person";
  EXPECT_NE(message<ConfigError>([&] { read(); }).find("path_pattern"), std::string::npos);
  asked_.subject = "";
  asked_.channels = {"V5"};
  EXPECT_NE(message<DataError>([&] { read(); }).find("V5"), std::string::npos);
  asked_.channels = {"ECG"};
  EXPECT_THROW(read_biosignals(BiosignalFormat::edf, asked_, {}, folder_.path().string()),
               DataError);  // the folder holds none
}

TEST_F(Biosignals, ReadSegmentsAsPartsOfTheirRecordOnly) {
  record(".", "s1", 1);
  record(".", "s2", 51);
  folder_.write("whole.hea", "whole/2 1 20 12\ns1 6\ns2 6\n");
  asked_.path_pattern = "{}";  // not the people's folders
  const Signals signals = read();
  ASSERT_EQ(signals.recordings.size(), 1u);
  EXPECT_EQ(signals.recordings[0].name, "whole");
  EXPECT_EQ(signals.recordings[0].length(), 12);
  EXPECT_EQ(signals.recordings[0].samples[0][6].item<float>(), 51);
}

TEST_F(Biosignals, AreReadLeadByLeadUnderAnyOfTheirNames) {
  folder_.write("bob/three.hea",
                "three 3 50 3\nthree.dat 16 1/mV 16 0 1 0 0 MLII\nthree.dat 16 1/mV 16 0 2 0 0 "
                "RESP\nthree.dat 16 1/mV 16 0 3 0 0 V5\n");
  folder_.write("bob/three.dat", wfdb_bytes_of(16, {1, 2, 3, 4, 5, 6, 7, 8, 9}));
  folder_.write("bob/breath.hea", "breath 1 50 3\nbreath.dat 16 1/mV 16 0 1 0 0 RESP\n");
  folder_.write("bob/breath.dat", wfdb_bytes_of(16, {1, 4, 7}));
  const Signals signals = read({.each_lead = {"ECG", "V5", "MLII"}});
  std::vector<std::string> names;
  for (const Recording& recording : signals.recordings) names.push_back(recording.name);
  EXPECT_EQ(names, (std::vector<std::string>{"anna/one/ECG", "bob/three/MLII", "bob/three/V5",
                                             "bob/two/ECG"}));
  EXPECT_EQ(signals.channels, std::vector<std::string>{"ECG"});
  const Recording& v5 = signals.recordings[2];
  EXPECT_EQ(v5.rate_hz, 50);
  EXPECT_EQ(v5.samples[0][2].item<float>(), 9);
  ASSERT_FALSE(signals.notes.empty());
  EXPECT_EQ(signals.notes.back(), "1 files have no lead of data.biosignal.each_lead");
  asked_.channels = {"ECG", "V5"};
  EXPECT_NE(message<ConfigError>([&] { read({.each_lead = {"ECG"}}); }).find("names 2"),
            std::string::npos);
}

TEST_F(Biosignals, OfMatlabNeedARate) {
  folder_.write("x.mat", "no matter what");
  EXPECT_NE(message<ConfigError>([&] {
              read_biosignals(BiosignalFormat::mat, asked_, {}, folder_.path().string());
            }).find("file_rate_hz"),
            std::string::npos);
}

}  // namespace
}  // namespace tacit
