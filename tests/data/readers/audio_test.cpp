// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/audio.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/equal.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <limits>
#include <map>
#include <set>

#include "tacit/core/error.h"
#include "tacit/data/readers/audio_file.h"
#include "tacit/fetch/unpack.h"
#include "tests/data/readers/sound_files.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

using Names = std::vector<std::string>;

Names names_of(const Signals& signals) {
  Names names;
  for (const Recording& recording : signals.recordings) names.push_back(recording.name);
  return names;
}

/// The name of a recording's one label; "" without one.
std::string label_of(const Signals& signals, size_t recording) {
  const Recording& about = signals.recordings[recording];
  EXPECT_EQ(about.labels.size(), 1U);
  EXPECT_EQ(about.labels.front().begin, 0);
  EXPECT_EQ(about.labels.front().end, about.length());
  const int64_t label = about.labels.front().label;
  return label < 0 ? "" : signals.classes[static_cast<size_t>(label)];
}

std::vector<float> part(const std::vector<float>& values, int64_t first, int64_t count) {
  return {values.begin() + first, values.begin() + first + count};
}

class Audio : public testing::Test {
 protected:
  void sound(const std::string& name, const std::vector<float>& values, int channels = 1,
             int rate = 8000, int format = SF_FORMAT_WAV | SF_FORMAT_PCM_16) const {
    const std::filesystem::path file = folder_.path() / name;
    std::filesystem::create_directories(file.parent_path());
    write_sound(file, values, format, channels, rate);
  }
  Signals read(const AudioConfig& config = {}) const {
    return read_audio(folder_.path(), config, folder_.path().string());
  }
  template <class E>
  std::string refusal(const AudioConfig& config = {}) const {
    return message<E>([&] { read(config); });
  }
  TemporaryFolder folder_;
};

TEST_F(Audio, InFoldersHasTheirNamesForLabels) {
  sound("dog/b.wav", rising_tone(100));
  sound("cat/a.flac", rising_tone(200), 1, 16000, SF_FORMAT_FLAC | SF_FORMAT_PCM_16);
  sound("train/cat/C.WAV", rising_tone(50));
  sound("z.wav", rising_tone(10));
  folder_.write("cat/notes.txt", "not heard");
  const Signals signals = read();
  EXPECT_EQ(names_of(signals), (Names{"cat/a.flac", "dog/b.wav", "train/cat/C.WAV", "z.wav"}));
  EXPECT_EQ(signals.classes, (Names{"cat", "dog"}));
  EXPECT_EQ(signals.channels, Names{"sound"});
  EXPECT_TRUE(signals.notes.empty());
  EXPECT_EQ(label_of(signals, 0), "cat");
  EXPECT_EQ(label_of(signals, 1), "dog");
  EXPECT_EQ(label_of(signals, 2), "cat");
  EXPECT_EQ(label_of(signals, 3), "");
  EXPECT_EQ(signals.recordings[0].rate_hz, 16000);
  EXPECT_EQ(signals.recordings[1].rate_hz, 8000);
  EXPECT_EQ(values_of(signals.recordings[0].samples), rising_tone(200));
  EXPECT_EQ(values_of(signals.recordings[2].samples), rising_tone(50));
  EXPECT_EQ(signals.recordings[0].subject, "");
  const Signals unlabelled = read({.label = ""});
  EXPECT_TRUE(unlabelled.classes.empty());
  EXPECT_EQ(label_of(unlabelled, 0), "");
  const Signals kept = read({.classes = {"dog"}});
  EXPECT_EQ(kept.classes, Names{"dog"});
  EXPECT_EQ(label_of(kept, 0), "");
  EXPECT_EQ(label_of(kept, 1), "dog");
  EXPECT_NE(refusal<ConfigError>({.classes = {"dgo"}}), "");
}

TEST_F(Audio, OfOneFileIsOneRecording) {
  sound("cat/a.wav", rising_tone(100));
  const Signals signals = read_audio(folder_.path() / "cat" / "a.wav", {});
  EXPECT_EQ(names_of(signals), Names{"a.wav"});
  EXPECT_EQ(values_of(signals.recordings[0].samples), rising_tone(100));
}

TEST_F(Audio, HasTheWordsOfItsPathsForLabelsAndPeople) {
  sound("3_anna_0.wav", rising_tone(100));
  sound("4_bob_7.wav", rising_tone(100));
  const AudioConfig config{.path_pattern = "{digit}_{who}_{take}",
                           .label = "digit",
                           .subject = "who",
                           .recording = {"who", "take"}};
  const Signals signals = read(config);
  EXPECT_EQ(names_of(signals), (Names{"anna/0", "bob/7"}));
  EXPECT_EQ(signals.classes, (Names{"3", "4"}));
  EXPECT_EQ(label_of(signals, 1), "4");
  EXPECT_EQ(signals.recordings[1].subject, "bob");
  AudioConfig other = config;
  other.recording = {};
  EXPECT_EQ(names_of(read(other)), (Names{"3_anna_0.wav", "4_bob_7.wav"}));
  other.label = "number";
  expect_says(refusal<ConfigError>(other), {"data.label = \"number\"", "path_pattern"});
}

TEST_F(Audio, OfAnIndexHasItsStretchesInOrder) {
  const std::vector<float> tone = rising_tone(9000);
  sound("all.flac", tone, 1, 8000, SF_FORMAT_FLAC | SF_FORMAT_PCM_16);
  sound("more/x.wav", rising_tone(300), 1, 16000);
  folder_.write("index.csv",
                "where,who,word,take,from,how_many\n"
                "all.flac,anna,yes,1,5000,4000\n"
                "all.flac,bob,no,2,0,5000\n"
                "more/x.wav,bob,,3,100,200\n"
                "all.flac,bob,no,4,17,1\n");
  AudioConfig config{.label = "word",
                     .subject = "who",
                     .index = "index.csv",
                     .file = "where",
                     .recording = {"who", "take"},
                     .first_sample = "from",
                     .sample_count = "how_many"};
  const Signals signals = read(config);
  EXPECT_EQ(names_of(signals), (Names{"anna/1", "bob/2", "bob/3", "bob/4"}));
  EXPECT_EQ(signals.classes, (Names{"no", "yes"}));
  EXPECT_EQ(label_of(signals, 0), "yes");
  EXPECT_EQ(label_of(signals, 1), "no");
  EXPECT_EQ(label_of(signals, 2), "");
  EXPECT_EQ(signals.recordings[0].subject, "anna");
  EXPECT_EQ(signals.recordings[3].subject, "bob");
  EXPECT_EQ(values_of(signals.recordings[0].samples), part(tone, 5000, 4000));
  EXPECT_EQ(values_of(signals.recordings[1].samples), part(tone, 0, 5000));
  EXPECT_EQ(values_of(signals.recordings[2].samples), part(rising_tone(300), 100, 200));
  EXPECT_EQ(values_of(signals.recordings[3].samples), part(tone, 17, 1));
  EXPECT_EQ(signals.recordings[0].start_seconds, 5000 / 8000.0);
  EXPECT_EQ(signals.recordings[2].start_seconds, 100 / 16000.0);
  EXPECT_EQ(signals.recordings[2].rate_hz, 16000);
  config.recording = {};
  EXPECT_EQ(names_of(read(config)),
            (Names{"all.flac:5000", "all.flac:0", "more/x.wav:100", "all.flac:17"}));
  config.sample_count = "";
  EXPECT_EQ(read(config).recordings[3].length(), 8983);
  config.first_sample = "";
  EXPECT_EQ(names_of(read(config))[0], "all.flac");
  EXPECT_EQ(read(config).recordings[2].length(), 300);
  config.sample_count = "how_many";
  EXPECT_EQ(values_of(read(config).recordings[0].samples), part(tone, 0, 4000));
}

TEST_F(Audio, OfAnIndexLiesWhereColumnsTogetherSay) {
  sound("audio/fold1/a.wav", rising_tone(10));
  sound("audio/fold2/b.wav", rising_tone(20));
  std::filesystem::create_directories(folder_.path() / "meta");
  folder_.write("meta/index.csv", "name;fold;label\na;1;x\nb;2;y\n");
  AudioConfig config{.text = {.delimiter = Delimiter::semicolon},
                     .index = "meta/index.csv",
                     .file = "audio/fold{fold}/{name}.wav"};
  const Signals signals = read(config);
  EXPECT_EQ(names_of(signals), (Names{"audio/fold1/a.wav", "audio/fold2/b.wav"}));
  EXPECT_EQ(signals.recordings[1].length(), 20);
  EXPECT_EQ(label_of(signals, 1), "y");
  for (const char* const wrong : {"{name", "name}", "}name{", "{na{me}"}) {
    config.file = wrong;
    EXPECT_NE(refusal<ConfigError>(config), "") << wrong;
  }
}

TEST_F(Audio, IsMixedToTheMeanOfItsChannelsUnlessToldOtherwise) {
  const std::vector<float> both = rising_tone(100, 2);
  sound("a.wav", both, 2);
  sound("b.wav", rising_tone(40));
  const Signals mono = read();
  std::vector<float> mean;
  for (size_t i = 0; i < both.size(); i += 2) mean.push_back((both[i] + both[i + 1]) / 2);
  EXPECT_EQ(values_of(mono.recordings[0].samples), mean);
  expect_says(refusal<DataError>({.mono = false}),
              {"b.wav has 1 channels", "a.wav has 2", "data.audio.mono"});
  expect_says(refusal<DataError>({.mono = false, .broken = Broken::skip}), {"has 1 channels"});
  std::filesystem::remove(folder_.path() / "b.wav");
  const Signals stereo = read({.mono = false});
  EXPECT_EQ(stereo.channels, (Names{"sound 1", "sound 2"}));
  EXPECT_EQ(stereo.recordings[0].samples.sizes(), (std::vector<int64_t>{2, 100}));
  EXPECT_EQ(values_of(stereo.recordings[0].samples), both);
}

TEST_F(Audio, IsBroughtToALengthAndSaysSo) {
  sound("a.wav", rising_tone(6000, 2), 2);
  sound("b.wav", rising_tone(20000, 2), 2);
  sound("c.wav", rising_tone(8000, 2), 2, 16000);
  const Signals signals = read({.seconds = 0.5, .mono = false});
  std::vector<float> ended = rising_tone(20000, 2);
  EXPECT_EQ(values_of(signals.recordings[0].samples), part(rising_tone(6000, 2), 0, 8000));
  EXPECT_EQ(values_of(signals.recordings[1].samples), part(ended, 0, 8000));
  EXPECT_EQ(values_of(signals.recordings[2].samples), rising_tone(8000, 2));
  EXPECT_EQ(signals.notes, Names{"2 of 3 recordings are longer than 0.5 s and were cut"});
  const Signals longer = read({.seconds = 1.5, .mono = false});
  EXPECT_EQ(longer.recordings[2].length(), 24000);
  for (size_t i = 0; i < 3; ++i) {
    std::vector<float> wanted = rising_tone(i == 0 ? 6000 : i == 1 ? 12000 : 8000, 2);
    wanted.resize(i == 2 ? 48000 : 24000);
    EXPECT_EQ(values_of(longer.recordings[i].samples), wanted) << i;
    EXPECT_EQ(label_of(longer, i), "");
  }
  EXPECT_EQ(longer.notes, (Names{"1 of 3 recordings are longer than 1.5 s and were cut",
                                 "2 of 3 recordings are shorter than 1.5 s and were followed by "
                                 "silence"}));
  expect_says(refusal<ConfigError>({.seconds = 1e-6}), {"data.audio.seconds"});
}

TEST_F(Audio, IsBroughtToOneLoudnessButForSilence) {
  sound("loud.wav", rising_tone(4000, 2), 2);
  std::vector<float> quiet = rising_tone(4000);
  for (float& value : quiet) value /= 64;
  sound("quiet.wav", quiet, 1, 8000, SF_FORMAT_WAV | SF_FORMAT_FLOAT);
  sound("silent.wav", std::vector<float>(4000));
  std::vector<float> noise(4000, 2e-6F);
  sound("still.wav", noise, 1, 8000, SF_FORMAT_WAV | SF_FORMAT_FLOAT);
  const Signals signals = read({.seconds = 1, .loudness = Loudness::rms});
  for (size_t i = 0; i < 2; ++i) {
    const std::vector<float> values = values_of(signals.recordings[i].samples);
    double sum = 0;
    for (size_t t = 0; t < 4000; ++t) sum += std::pow(values[t], 2);
    EXPECT_NEAR(std::sqrt(sum / 4000), 0.1, 1e-6) << i;
    EXPECT_EQ(part(values, 4000, 4000), std::vector<float>(4000));
  }
  const std::vector<float> scaled = values_of(signals.recordings[1].samples);
  for (size_t t = 1; t < 4000; ++t) EXPECT_NEAR(scaled[t] * quiet[0], scaled[0] * quiet[t], 1e-7);
  EXPECT_EQ(values_of(signals.recordings[2].samples), std::vector<float>(8000));
  EXPECT_EQ(part(values_of(signals.recordings[3].samples), 0, 4000), noise);
  EXPECT_EQ(signals.notes.back(), "2 of 4 recordings are silent and kept their loudness");
}

TEST_F(Audio, ThatCannotBeReadIsRefusedOrLeftOutByName) {
  sound("b.wav", rising_tone(100));
  folder_.write("a.wav", "");
  folder_.write("c.wav", "file,speaker\n");
  sound("d.wav", {0, std::numeric_limits<float>::quiet_NaN()}, 1, 8000,
        SF_FORMAT_WAV | SF_FORMAT_FLOAT);
  sound("e.wav", rising_tone(100));
  std::filesystem::resize_file(folder_.path() / "e.wav", 200);
  expect_says(refusal<DataError>(),
              {"a.wav: the file is empty; take it away, or set data.audio.broken = \"skip\""});
  const Signals signals = read({.broken = Broken::skip});
  EXPECT_EQ(names_of(signals), Names{"b.wav"});
  ASSERT_EQ(signals.notes.size(), 1U);
  expect_says(signals.notes[0],
              {"4 recordings could not be read and were left out: ", "a.wav: the file is empty …"});
  std::filesystem::remove(folder_.path() / "b.wav");
  expect_says(refusal<DataError>({.broken = Broken::skip}),
              {"holds no recording that could be read", "a.wav"});
}

TEST_F(Audio, OfAnIndexThatDoesNotFitIsRefusedWithItsRow) {
  sound("a.wav", rising_tone(100));
  const AudioConfig config{
      .label = "", .index = "i.csv", .first_sample = "from", .sample_count = "count"};
  const auto said = [&](const std::string& rows) {
    folder_.write("i.csv", "file,from,count\n" + rows);
    return refusal<DataError>(config);
  };
  expect_says(said("a.wav,0,100\nmissing.wav,0,1\n"),
              {"i.csv: row 3: ", "missing.wav", "No such file"});
  expect_says(said("a.wav,50,51\n"), {"i.csv: row 2: ", "a.wav: 51 samples from sample 50"});
  expect_says(said("a.wav,101,1\n"), {"i.csv: row 2: ", "it has 100"});
  expect_says(said("a.wav,100,0\n"), {"i.csv: row 2: ", "0 samples"});
  expect_says(said("a.wav,-1,5\n"), {"i.csv: row 2: ", "\"from\"", "no whole number"});
  expect_says(said("a.wav,1.5,5\n"), {"i.csv: row 2: ", "\"from\""});
  expect_says(said("a.wav,1,\n"), {"i.csv: row 2: ", "\"count\""});
  expect_says(said("a.wav,1,1e30\n"), {"i.csv: row 2: ", "\"count\""});
  expect_says(said("a.wav,0,9007199254740992\n"), {"i.csv: row 2: ", "it has 100"});
  expect_says(said("a.wav,x,5\n"), {"i.csv", "row 2", "from"});
  expect_says(said(",0,5\n"), {"i.csv: row 2: ", "\"file\" is empty"});
  expect_says(said(""), {"i.csv: it has no row"});
  folder_.write("i.csv", "file,from,count\na.wav,0,10\nb.wav,0,10\na.wav,99,2\na.wav,90,10\n");
  AudioConfig skipping = config;
  skipping.broken = Broken::skip;
  const Signals signals = read(skipping);
  EXPECT_EQ(names_of(signals), (Names{"a.wav:0", "a.wav:90"}));
  expect_says(signals.notes.at(0), {"2 recordings could not be read", "i.csv: row 3: "});
  skipping.seconds = 1 / 8000.0;
  EXPECT_EQ(read(skipping).recordings.size(), 2U) << "a stretch that is cut is there all the same";
}

TEST_F(Audio, ThatIsNotThereIsRefused) {
  expect_says(refusal<DataError>(), {"holds no .wav"});
  expect_says(message<DataError>([] { read_audio("/nowhere", {}); }),
              {"data.path: there is no /nowhere"});
  expect_says(refusal<DataError>({.index = "i.csv"}), {"i.csv"});
  folder_.write("i.csv", "path,label\na,b\n");
  expect_says(refusal<ConfigError>({.index = "i.csv"}), {"file", "path"});
  EXPECT_NE(refusal<ConfigError>({.index = "i.csv", .file = ""}), "");
}

TEST_F(Audio, IsDescribedInARecipe) {
  AudioConfig config;
  read_config(config,
              Json::parse(R"({"index": "fsdd_index.csv", "recording": ["digit", "speaker", "index"],
      "first_sample": "start_sample", "sample_count": "n_samples", "seconds": 0.5,
      "loudness": "rms", "broken": "skip", "mono": false})"),
              "data.audio");
  EXPECT_EQ(config.sample_count, "n_samples");
  EXPECT_EQ(config.loudness, Loudness::rms);
  EXPECT_NE(message<ConfigError>([&] {
              read_config(config, Json{{"seconds", -1}}, "data.audio");
            }).find("data.audio.seconds"),
            std::string::npos);
}

/// Free Spoken Digit Dataset of five people; see DATA.md of the folder.
class SpokenDigits : public testing::Test {
 protected:
  void SetUp() override {
    const char* const data = std::getenv("TACIT_DATA");
    if (data != nullptr) folder_ = std::filesystem::path(data) / "audio";
    if (!std::filesystem::exists(folder_))
      GTEST_SKIP() << "set TACIT_DATA to the folder that holds audio/";
  }
  Signals read(AudioConfig config = {}) const {
    config.index = "fsdd_index.csv";
    config.label = "digit";
    config.subject = "speaker";
    config.recording = {"digit", "speaker", "index"};
    config.first_sample = "start_sample";
    config.sample_count = "n_samples";
    return read_audio(folder_, config);
  }
  std::filesystem::path folder_;
};

TEST_F(SpokenDigits, AreAllRead) {
  const Signals signals = read();
  EXPECT_EQ(signals.recordings.size(), 2500U);
  EXPECT_EQ(signals.classes, (Names{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}));
  EXPECT_TRUE(signals.notes.empty());
  std::map<std::string, int> of_subject, of_class;
  std::set<std::string> names;
  int64_t total = 0;
  for (size_t i = 0; i < signals.recordings.size(); ++i) {
    const Recording& recording = signals.recordings[i];
    ++of_subject[recording.subject];
    ++of_class[label_of(signals, i)];
    names.insert(recording.name);
    total += recording.length();
    EXPECT_EQ(recording.rate_hz, 8000);
    EXPECT_EQ(recording.name.substr(0, 1), label_of(signals, i));
  }
  EXPECT_EQ(
      of_subject,
      (std::map<std::string, int>{
          {"george", 500}, {"jackson", 500}, {"lucas", 500}, {"nicolas", 500}, {"yweweler", 500}}));
  for (const auto& [digit, count] : of_class) EXPECT_EQ(count, 250) << digit;
  EXPECT_EQ(names.size(), 2500U);
  EXPECT_NEAR(static_cast<double>(total) / 8000, 1118, 1);
}

TEST_F(SpokenDigits, AreThoseOfTheFilesTheyWereCutFrom) {
  const TemporaryFolder unpacked;
  unpack(folder_ / "fsdd_original_sample.zip", unpacked.path());
  const Signals originals = read_audio(unpacked.path(), {.path_pattern = "recordings/{d}_{who}_{i}",
                                                         .label = "d",
                                                         .subject = "who",
                                                         .recording = {"d", "who", "i"}});
  ASSERT_EQ(originals.recordings.size(), 10U);
  std::map<std::string, Tensor> by_name;
  const Signals cut = read();
  for (const Recording& recording : cut.recordings) by_name[recording.name] = recording.samples;
  for (const Recording& original : originals.recordings) {
    ASSERT_TRUE(by_name.contains(original.name)) << original.name;
    const Tensor& samples = by_name[original.name];
    ASSERT_EQ(samples.sizes(), original.samples.sizes()) << original.name;
    const float furthest = (samples - original.samples).abs().max().item<float>();
    EXPECT_LE(furthest, original.subject == "nicolas" ? 0 : 8 / 32768.F) << original.name;
  }
}

TEST_F(SpokenDigits, AreTheSameInAnyOrder) {
  AudioFile file(folder_ / "fsdd_nicolas.flac");
  const Tensor all = file.read(0, file.length());
  for (int64_t i = 0; i < 200; ++i) {
    const int64_t first = i * 7919 * 131 % (file.length() - 3000);
    ASSERT_TRUE(at::equal(file.read(first, 3000), all.slice(1, first, first + 3000))) << first;
  }
}

}  // namespace
}  // namespace tacit
