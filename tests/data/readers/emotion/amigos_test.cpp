// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/emotion/amigos.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/data/readers/emotion/hearts.h"
#include "tests/data/readers/mat_files.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;
constexpr double kSeconds = 6;  // of which five are in front of the video

matvar_t* nothing() {
  return array<double>("", MAT_C_DOUBLE, MAT_T_DOUBLE, {0, 0}, std::vector<double>{});
}

/// Samples of 17 channels, the heart in the fifteenth.
matvar_t* video(int64_t recording, size_t channels = 17) {
  const std::vector<float> ecg = heart(recording, 128, kSeconds);
  std::vector<double> values(ecg.size() * channels, 0.5);
  std::copy(ecg.begin(), ecg.end(), values.begin() + static_cast<std::ptrdiff_t>(14 * ecg.size()));
  return array<double>("", MAT_C_DOUBLE, MAT_T_DOUBLE, {ecg.size(), channels}, std::move(values));
}

/// Arousal, valence, dominance and nine more.
matvar_t* ratings(double arousal, double valence, double dominance) {
  std::vector<double> values(12, 0);
  values[0] = arousal, values[1] = valence, values[2] = dominance;
  return array<double>("", MAT_C_DOUBLE, MAT_T_DOUBLE, {1, 12}, std::move(values));
}

class Amigos : public testing::Test {
 protected:
  /// Person 8 did not watch the third video, and did not rate the fourth.
  void write(const MatFormat& format = kMat5) const {
    write_mat(folder_.path() / "Data_Preprocessed_P08.mat", format,
              {cells("joined_data", {1, 4}, {video(0), video(1), nothing(), video(2)}),
               cells("labels_selfassessment", {1, 4},
                     {ratings(7.2, 3, 6), ratings(5, 8.6, 1), nothing(), nothing()})});
  }
  Signals read(const EmotionConfig& emotion = {}) const {
    return read_amigos(asked_, emotion, folder_.path().string());
  }
  std::string said() const {
    return message<DataError>([&] { read(); });
  }
  TemporaryFolder folder_;
  LongFormConfig asked_{.path = folder_.path().string(), .channels = {"ecg_right"}};
};

TEST_F(Amigos, HasTheHeartOfEachVideo) {
  for (const MatFormat& format : {kMat5, kMat7}) {
    write(format);
    const Signals signals = read();
    ASSERT_EQ(signals.recordings.size(), 3u) << format.name;
    EXPECT_EQ(signals.recordings[0].name, "P08/1");
    EXPECT_EQ(signals.recordings[2].name, "P08/4");
    EXPECT_EQ(signals.recordings[2].subject, "P08");
    EXPECT_EQ(signals.recordings[1].rate_hz, 128);
    for (int64_t i = 0; i < 3; ++i)
      EXPECT_EQ(samples_of(signals.recordings[static_cast<size_t>(i)]), heart(i, 128, kSeconds));
  }
}

TEST_F(Amigos, HasRatingsBehindTheFirstFiveSeconds) {
  write();
  using Words = std::vector<std::string>;
  const auto words = [&](const EmotionConfig& emotion, size_t recording) {
    const Signals signals = read(emotion);
    EXPECT_EQ(signals.recordings.at(recording).labels.at(0).end, recording < 2 ? 640 : 768);
    return words_of(signals, signals.recordings[recording]);
  };
  EXPECT_EQ(words({}, 0), (Words{"", "high"}));
  EXPECT_EQ(words({}, 1), (Words{"", "low"}));  // the middle is not above it
  EXPECT_EQ(words({}, 2), Words{""});
  EXPECT_EQ(words({.target = EmotionTarget::valence}, 1), (Words{"", "high"}));
  EXPECT_EQ(words({.target = EmotionTarget::dominance}, 1), (Words{"", "low"}));
  EXPECT_EQ(words({.levels = EmotionLevels::all}, 0), (Words{"", "7"}));
  EXPECT_EQ(words({.threshold = 4.5}, 1), (Words{"", "high"}));
}

TEST_F(Amigos, CountsWhatIsMissing) {
  write();
  const std::vector<std::string> notes = read().notes;
  ASSERT_EQ(notes.size(), 2u);
  EXPECT_EQ(notes[0], "1 recordings have no rating of arousal and are unlabelled");
  EXPECT_NE(notes[1].find("1 videos are empty"), std::string::npos);
}

TEST_F(Amigos, HasAllChannelsByName) {
  write();
  asked_.channels = {"gsr", "ecg_right", "AF3"};
  asked_.scale = {2, 1, 1};
  const Signals signals = read();
  EXPECT_EQ(signals.recordings[0].samples[0][9].item<float>(), 1);
  EXPECT_EQ(samples_of(signals.recordings[0], 1), heart(0, 128, kSeconds));
  asked_.channels = {"ecg", "gsr", "AF3"};
  EXPECT_THROW(read(), ConfigError);
  EXPECT_THROW(read({.target = EmotionTarget::stress}), ConfigError);
}

TEST_F(Amigos, IsFoundByItsFiles) {
  EXPECT_FALSE(is_amigos(folder_.path()));
  write();
  EXPECT_TRUE(is_amigos(folder_.path()));
  EXPECT_TRUE(is_amigos(folder_.path() / "Data_Preprocessed_P08.mat"));
  fs::create_directory(folder_.path() / "Data_Preprocessed_P08");
  fs::rename(folder_.path() / "Data_Preprocessed_P08.mat",
             folder_.path() / "Data_Preprocessed_P08" / "Data_Preprocessed_P08.mat");
  EXPECT_TRUE(is_amigos(folder_.path()));
  EXPECT_EQ(read().recordings.size(), 3u);
}

TEST_F(Amigos, NamesWhatIsWrong) {
  const auto write_both = [&](matvar_t* samples, matvar_t* labels) {
    write_mat(folder_.path() / "Data_Preprocessed_P01.mat", kMat5, {samples, labels});
  };
  folder_.write("Data_Original_P01.mat", "");
  EXPECT_NE(said().find("the preprocessed part"), std::string::npos) << said();
  write_both(cells("joined_data", {1, 1}, {video(0)}), counting_array("other", 1, 1));
  EXPECT_NE(said().find("there is no variable labels_selfassessment"), std::string::npos);
  write_both(cells("joined_data", {1, 1}, {video(0)}),
             counting_array("labels_selfassessment", 1, 12));
  EXPECT_NE(said().find("cells are wanted"), std::string::npos);
  write_both(cells("joined_data", {1, 2}, {video(0), video(0)}),
             cells("labels_selfassessment", {1, 1}, {ratings(1, 1, 1)}));
  EXPECT_NE(said().find("joined_data has 2 cells but labels_selfassessment 1"), std::string::npos);
  write_both(cells("joined_data", {1, 1}, {video(0, 16)}),
             cells("labels_selfassessment", {1, 1}, {ratings(1, 1, 1)}));
  EXPECT_NE(said().find("joined_data{1} is 768 x 16"), std::string::npos) << said();
  write_both(cells("joined_data", {1, 1}, {video(0)}),
             cells("labels_selfassessment", {1, 1}, {counting_array("", 2, 3)}));
  EXPECT_NE(said().find("labels_selfassessment{1} is 2 x 3"), std::string::npos) << said();
  write_both(cells("joined_data", {1, 1}, {video(0)}),
             cells("labels_selfassessment", {1, 1}, {letters("", "high")}));
  EXPECT_NE(said().find("real numbers are wanted"), std::string::npos) << said();
}

/// Off the scale, not a number, infinite.
TEST_F(Amigos, HasNoLabelsOfRatingsThatAreNone) {
  write_mat(folder_.path() / "Data_Preprocessed_P01.mat", kMat5,
            {cells("joined_data", {1, 2}, {video(0), video(1)}),
             cells("labels_selfassessment", {1, 2},
                   {ratings(std::nan(""), 1, 1), ratings(HUGE_VAL, 1, 1)})});
  const Signals signals = read();
  EXPECT_TRUE(signals.classes.empty());
  EXPECT_EQ(signals.notes.size(), 2u);
}

TEST_F(Amigos, IsNotReadWhereItIsCut) {
  write();
  const fs::path file = folder_.path() / "Data_Preprocessed_P08.mat";
  const auto size = fs::file_size(file);
  for (uintmax_t cut = size - 1; cut > 0; cut = cut * 9 / 10) {
    fs::resize_file(file, cut);
    EXPECT_NE(said(), "") << cut;
  }
}

}  // namespace
}  // namespace tacit
