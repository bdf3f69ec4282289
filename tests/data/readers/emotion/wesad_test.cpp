// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/emotion/wesad.h"

#include <gtest/gtest.h>

#include "tests/data/readers/emotion/hearts.h"
#include "tests/data/readers/emotion/pickle_files.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;

/// A chest that saw a heart for a second, with the label of each sample.
struct Person {
  std::string name = "S2";
  std::vector<float> ecg = heart(0, 700, 1);
  std::vector<int> labels = std::vector<int>(700, 1);
  std::string label_type = "i4";

  std::string pickle(int protocol) const {
    const PickleWriter writer(protocol);
    const auto count = static_cast<int64_t>(ecg.size());
    std::vector<double> acceleration;
    for (int64_t i = 0; i < 3 * count; ++i) acceleration.push_back(static_cast<double>(i));
    const std::string chest = writer.dictionary(
        {{"ACC", writer.array("f8", {count, 3}, PickleWriter::numbers<double>(acceleration))},
         {"ECG", writer.array("f8", {count, 1}, PickleWriter::numbers<double>(ecg))}});
    const std::string wrist =
        writer.dictionary({{"BVP", writer.array("f8", {2, 1}, std::string(16, '\0'))}});
    return writer.file(writer.dictionary(
        {{"signal", writer.dictionary({{"chest", chest}, {"wrist", wrist}})},
         {"label", writer.array(label_type, {static_cast<int64_t>(labels.size())},
                                label_type == "f8" ? PickleWriter::numbers<double>(labels)
                                                   : PickleWriter::numbers<int32_t>(labels))},
         {"subject", writer.words(name)}}));
  }
};

class Wesad : public testing::Test {
 protected:
  void write(const Person& person, int protocol = 0) const {
    fs::create_directories(folder_.path() / person.name);
    folder_.write(person.name + "/" + person.name + ".pkl", person.pickle(protocol));
  }
  Signals read(EmotionLevels levels = EmotionLevels::all) const {
    return read_wesad(asked_, {.target = EmotionTarget::stress, .levels = levels},
                      folder_.path().string());
  }
  std::string said() const {
    return message<DataError>([&] { read(); });
  }
  TemporaryFolder folder_;
  LongFormConfig asked_{.path = folder_.path().string(), .channels = {"ecg"}};
};

TEST_F(Wesad, HasTheSamplesOfTheHeartInBothProtocols) {
  write({});
  write({.name = "S11", .ecg = heart(1, 700, 1)}, 2);
  const Signals signals = read();
  ASSERT_EQ(signals.recordings.size(), 2u);
  EXPECT_EQ(signals.recordings[0].name, "S11");
  EXPECT_EQ(signals.recordings[0].subject, "S11");
  EXPECT_EQ(signals.recordings[1].name, "S2");
  EXPECT_EQ(signals.recordings[1].rate_hz, 700);
  EXPECT_EQ(samples_of(signals.recordings[0]), heart(1, 700, 1));
  EXPECT_EQ(samples_of(signals.recordings[1]), heart(0, 700, 1));
  EXPECT_EQ(signals.classes, std::vector<std::string>{"baseline"});
}

TEST_F(Wesad, HasConditionsFromSampleToSample) {
  Person person;
  for (size_t i = 0; i < person.labels.size(); ++i)
    person.labels[i] = static_cast<int>(i * 8 / person.labels.size());  // 0 to 7
  write(person);
  const Signals all = read();
  using Words = std::vector<std::string>;
  EXPECT_EQ(words_of(all, all.recordings.at(0)),
            (Words{"", "baseline", "stress", "amusement", "meditation", ""}));
  EXPECT_EQ(all.recordings[0].labels[2].begin, 175);
  EXPECT_EQ(all.recordings[0].labels[2].end, 263);
  const Signals two = read(EmotionLevels::binary);
  EXPECT_EQ(words_of(two, two.recordings.at(0)),
            (Words{"", "no_stress", "stress", "no_stress", ""}));
}

TEST_F(Wesad, HasTheChannelsThatAreAskedFor) {
  write({});
  asked_.channels = {"acc_z", "ecg"};
  asked_.scale = {2, 1};
  const Signals signals = read();
  EXPECT_EQ(signals.recordings[0].samples[0][1].item<float>(), 10);  // row 1 is 3, 4, 5
  EXPECT_EQ(samples_of(signals.recordings[0], 1), heart(0, 700, 1));
  asked_.channels = {"acc_w", "ecg"};
  EXPECT_THROW(read(), ConfigError);
  EXPECT_THROW(read_wesad(asked_, {.target = EmotionTarget::arousal}, ""), ConfigError);
}

TEST_F(Wesad, IsFoundByItsPickles) {
  EXPECT_FALSE(is_wesad(folder_.path()));
  EXPECT_FALSE(is_wesad(folder_.path() / "none"));
  write({});
  EXPECT_TRUE(is_wesad(folder_.path()));
  EXPECT_TRUE(is_wesad(folder_.path() / "S2"));
  EXPECT_TRUE(is_wesad(folder_.path() / "S2" / "S2.pkl"));
  asked_.path = (folder_.path() / "S2" / "S2.pkl").string();
  EXPECT_EQ(read().recordings.size(), 1u);
}

TEST_F(Wesad, NamesWhatIsWrong) {
  EXPECT_NE(said().find("holds no .pkl file"), std::string::npos);
  folder_.write("model.pkl", "N.");
  EXPECT_NE(said().find("holds no file S2.pkl"), std::string::npos);
  Person person;
  person.labels.pop_back();
  write(person);
  EXPECT_NE(said().find("ECG has 700 rows but label has 699"), std::string::npos);
  write({.labels = std::vector<int>(700, 8)});
  EXPECT_NE(said().find("label 8 of sample 1 is not 0 to 7"), std::string::npos);
  write({.labels = std::vector<int>(700, -1)});
  EXPECT_NE(said().find("label -1"), std::string::npos);
  write({.label_type = "f8"});
  EXPECT_NE(said().find("label is no column of whole numbers"), std::string::npos);
  write({});
  asked_.channels = {"eda"};
  EXPECT_NE(said().find("no \"EDA\" in signal.chest; there are: ACC, ECG"), std::string::npos);
  fs::rename(folder_.path() / "S2" / "S2.pkl", folder_.path() / "S2" / "S3.pkl");
  EXPECT_NE(said().find("it is of S2"), std::string::npos);
  folder_.write("S2/S3.pkl", "cos\nsystem\n(S'ls'\ntR.");
  EXPECT_NE(said().find("S3.pkl: byte 11: it asks for os.system"), std::string::npos) << said();
}

}  // namespace
}  // namespace tacit
