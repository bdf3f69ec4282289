// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/emotion/dreamer.h"

#include <gtest/gtest.h>

#include "tests/data/readers/emotion/hearts.h"
#include "tests/data/readers/mat_files.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;

matvar_t* numbers(const std::vector<double>& values) {
  return array<double>("", MAT_C_DOUBLE, MAT_T_DOUBLE, {values.size(), 1}, values);
}

/// Two leads of which the second is the first turned over.
matvar_t* leads(int64_t recording, size_t columns = 2) {
  const std::vector<float> ecg = heart(recording, 256, 1);
  std::vector<double> values(ecg.begin(), ecg.end());
  for (size_t column = 1; column < columns; ++column)
    for (const float value : ecg) values.push_back(-value);
  return array<double>("", MAT_C_DOUBLE, MAT_T_DOUBLE, {ecg.size(), columns}, std::move(values));
}

/// Films 2k and 2k + 1 of hearts, neutral ones 10 and 11 further.
matvar_t* person(int64_t k, const std::vector<double>& scores, size_t columns = 2) {
  matvar_t* const ecg = structure("", {1, 1}, {"baseline", "stimuli"},
                                  {cells("", {2, 1}, {leads(10 + 2 * k), leads(11 + 2 * k)}),
                                   cells("", {2, 1}, {leads(2 * k), leads(2 * k + 1, columns)})});
  return structure("", {1, 1}, {"Age", "ECG", "ScoreValence", "ScoreArousal", "ScoreDominance"},
                   {letters("", "22"), ecg, numbers({1, 5}), numbers(scores), numbers({3, 4})});
}

class Dreamer : public testing::Test {
 protected:
  void write(const MatFormat& format, matvar_t* data) const {
    write_mat(folder_.path() / "DREAMER.mat", format,
              {structure("DREAMER", {1, 1}, {"Data", "ECG_SamplingRate", "noOfSubjects"},
                         {data, numbers({256}), numbers({2})})});
  }
  void write(const MatFormat& format = kMat5) const {
    write(format, cells("", {1, 2}, {person(0, {4, 2}), person(1, {3, 5})}));
  }
  Signals read(const EmotionConfig& emotion = {}) const {
    return read_dreamer(asked_, emotion, folder_.path().string());
  }
  std::string said() const {
    return message<DataError>([&] { read(); });
  }
  TemporaryFolder folder_;
  LongFormConfig asked_{.path = folder_.path().string(), .channels = {"ecg1"}};
};

TEST_F(Dreamer, HasTheHeartOfEachFilmAndOfTheOneInFront) {
  for (const MatFormat& format : {kMat5, kMat7}) {
    write(format);
    const Signals signals = read();
    ASSERT_EQ(signals.recordings.size(), 8u) << format.name;
    EXPECT_EQ(signals.recordings[0].name, "1/1/baseline");
    EXPECT_EQ(signals.recordings[1].name, "1/1");
    EXPECT_EQ(signals.recordings[7].name, "2/2");
    EXPECT_EQ(signals.recordings[7].subject, "2");
    EXPECT_EQ(signals.recordings[7].rate_hz, 256);
    EXPECT_EQ(samples_of(signals.recordings[0]), heart(10, 256, 1));
    EXPECT_EQ(samples_of(signals.recordings[1]), heart(0, 256, 1));
    EXPECT_EQ(samples_of(signals.recordings[7]), heart(3, 256, 1));
  }
}

TEST_F(Dreamer, HasRatingsOfFilmsOnly) {
  write();
  const auto labels = [&](const EmotionConfig& emotion) {
    const Signals signals = read(emotion);
    std::vector<std::string> words;
    for (const Recording& recording : signals.recordings) {
      EXPECT_EQ(recording.labels.size(), 1u);
      words.push_back(words_of(signals, recording)[0]);
    }
    return words;
  };
  using Words = std::vector<std::string>;
  EXPECT_EQ(labels({}), (Words{"", "high", "", "low", "", "low", "", "high"}));
  EXPECT_EQ(labels({.target = EmotionTarget::valence}),
            (Words{"", "low", "", "high", "", "low", "", "high"}));
  EXPECT_EQ(labels({.target = EmotionTarget::dominance, .levels = EmotionLevels::all}),
            (Words{"", "3", "", "4", "", "3", "", "4"}));
}

TEST_F(Dreamer, HasTwoLeads) {
  write();
  asked_.channels = {"ecg2", "ecg1"};
  const Recording first = read().recordings[1];
  EXPECT_TRUE(first.samples[0].equal(-first.samples[1]));
  asked_.channels = {"ecg"};
  EXPECT_THROW(read(), ConfigError);
}

TEST_F(Dreamer, IsFoundByItsFile) {
  EXPECT_FALSE(find_dreamer(folder_.path()));
  EXPECT_NE(said().find("is not DREAMER.mat and does not hold it"), std::string::npos);
  write();
  EXPECT_EQ(find_dreamer(folder_.path()), folder_.path() / "DREAMER.mat");
  EXPECT_EQ(find_dreamer(folder_.path() / "DREAMER.mat"), folder_.path() / "DREAMER.mat");
}

TEST_F(Dreamer, NamesWhatIsWrong) {
  write(kMat5, cells("", {1, 1}, {person(0, {4})}));
  EXPECT_NE(said().find("DREAMER.Data{1}.ScoreArousal has 1 ratings but there are 2 films"),
            std::string::npos)
      << said();
  write(kMat5, cells("", {1, 1}, {person(0, {4, 2}, 3)}));
  EXPECT_NE(said().find("DREAMER.Data{1}.ECG.stimuli{2} is 256 x 3"), std::string::npos);
  write(kMat5, numbers({1}));
  EXPECT_NE(said().find("cells are wanted"), std::string::npos);
  write_mat(folder_.path() / "DREAMER.mat", kMat5,
            {structure("DREAMER", {1, 1}, {"ECG_SamplingRate"}, {numbers({0})})});
  EXPECT_NE(said().find("is not one number above 0"), std::string::npos);
  write_mat(folder_.path() / "DREAMER.mat", kMat5, {counting_array("other", 1, 1)});
  EXPECT_NE(said().find("there is no variable DREAMER"), std::string::npos);
}

TEST_F(Dreamer, IsNotReadWhereItIsCut) {
  write();
  const fs::path file = folder_.path() / "DREAMER.mat";
  const auto size = fs::file_size(file);
  for (uintmax_t cut = size - 1; cut > 0; cut = cut * 9 / 10) {
    fs::resize_file(file, cut);
    EXPECT_NE(said(), "") << cut;
  }
}

}  // namespace
}  // namespace tacit
