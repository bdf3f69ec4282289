// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/load.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/data/readers/images/image_files.h"
#include "tests/data/readers/video/video_files.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

TEST(LoadSignals, GivesChannelsInTheOrderAskedFor) {
  DataConfig config{.simulate = {.people = 1, .seconds = 4}};
  config.file.channels = {"gz", "ax"};
  const Signals signals = load_signals(config);
  EXPECT_EQ(signals.channels, config.file.channels);
  const Signals all = simulate_motion(config.simulate);
  EXPECT_TRUE(signals.recordings[3].samples[0].equal(all.recordings[3].samples[5]));
  config.file.channels = {"ax", "ay", "ax"};
  EXPECT_THROW(load_signals(config), ConfigError);
  config.file.channels = {"aw"};
  EXPECT_THROW(load_signals(config), ConfigError);
}

TEST(LoadSignals, ResamplesToTheRateAskedFor) {
  DataConfig config{.rate_hz = 25, .simulate = {.people = 1, .seconds = 4}};
  EXPECT_EQ(load_signals(config).recordings[0].length(), 100);
}

/// A recipe's [data] for a folder with a dog to train on and a cat to test.
class LoadImages : public testing::Test {
 protected:
  LoadImages() {
    for (const char* const name : {"train/dog/1.png", "test/cat/2.png"}) {
      std::filesystem::create_directories((folder_.path() / name).parent_path());
      write(name, sample_picture(8, 8));
    }
    read_config(config_, Json{{"source", "images"}, {"path", folder_.path().string()}});
  }
  void write(const std::string& name, const Picture& picture) {
    const Bytes file = png_file(picture);
    folder_.write(name, std::string(file.begin(), file.end()));
  }
  const TemporaryFolder folder_;
  DataConfig config_;
};

TEST_F(LoadImages, GivesThemToEncodersFromBlackToWhite) {
  const auto images = load_examples(config_);
  EXPECT_EQ(images->classes(), (std::vector<std::string>{"cat", "dog"}));
  EXPECT_EQ(images->spec().shape, (std::vector<int64_t>{3, 8, 8}));
  const std::vector<int64_t> rows{0, 1};
  const Preprocessing fitted = fit_preprocessing(config_, *images, rows);
  const Tensor raw = images->read(rows).x, seen = Preprocessed(*images, fitted).read(rows).x;
  EXPECT_TRUE(seen.allclose(raw / 127.5 - 1));
}

TEST_F(LoadImages, ChangesTheFingerprintWithAPixelAndWithALabel) {
  const std::string before = fingerprint(*load_examples(config_));
  EXPECT_EQ(before, fingerprint(*load_examples(config_)));
  Picture other = sample_picture(8, 8);
  other.pixels[5] ^= 1;
  write("train/dog/1.png", other);
  const std::string pixel = fingerprint(*load_examples(config_));
  EXPECT_NE(before, pixel);
  std::filesystem::rename(folder_.path() / "train/dog", folder_.path() / "train/hog");
  EXPECT_NE(pixel, fingerprint(*load_examples(config_)));
}

TEST_F(LoadImages, AreNoSignals) { EXPECT_THROW(load_signals(config_), ConfigError); }

/// Each by the sentence of its own reader, as the folder is empty.
TEST(LoadSignals, ReadsEmotionsAsTheirAuthorsPublishThem) {
  const TemporaryFolder folder;
  const auto said = [&](const std::string& source, const std::string& target) {
    DataConfig config;
    read_config(config, Json{{"source", source},
                             {"path", folder.path().string()},
                             {"channels", {"ecg"}},
                             {"emotion", {{"target", target}}}});
    if (source == "amigos") config.file.channels = {"ecg_left"};
    return message<Error>([&] { load_signals(config); });
  };
  EXPECT_NE(said("wesad", "stress").find("holds no .pkl file"), std::string::npos);
  EXPECT_NE(said("amigos", "arousal").find("holds no .mat file"), std::string::npos);
  EXPECT_NE(said("dreamer", "arousal").find("DREAMER.mat"), std::string::npos);
  EXPECT_NE(said("swell", "stress").find("holds no .S00"), std::string::npos);
  EXPECT_NE(said("case", "arousal").find("holds no .csv file"), std::string::npos);
  EXPECT_NE(said("case", "stress").find("case has no stress"), std::string::npos);
}

TEST(PublishedAt, KnowsSetsOfEmotionsByTheirFiles) {
  const TemporaryFolder folder;
  const auto at = [&](const std::string& name) { return published_at(folder.path() / name); };
  for (const char* const name : {"wesad/S2", "amigos", "dreamer", "swell/0 - Raw data",
                                 "case/physiological", "case/annotations", "other"})
    std::filesystem::create_directories(folder.path() / name);
  folder.write("wesad/S2/S2.pkl", "");
  folder.write("amigos/Data_Preprocessed_P01.mat", "");
  folder.write("dreamer/DREAMER.mat", "");
  EXPECT_EQ(at("wesad"), Source::wesad);
  EXPECT_EQ(at("amigos"), Source::amigos);
  EXPECT_EQ(at("dreamer"), Source::dreamer);
  EXPECT_EQ(at("swell"), Source::swell);
  EXPECT_EQ(at("case"), Source::case_set);
  EXPECT_FALSE(at("other"));
}

TEST(DataConfig, HasTheFieldsOfTheFileInItself) {
  DataConfig config;
  read_config(config, Json::parse(R"({"source": "csv", "path": "a.csv", "channels": ["x"],
    "time_unit": "ms", "window": {"length": "8 s"}, "split": {"test": [1, 2]}})"));
  EXPECT_EQ(config.source, Source::csv);
  EXPECT_EQ(config.file.path, "a.csv");
  EXPECT_TRUE(config.window.length.in_seconds);
  DataConfig again;
  read_config(again, write_config(config));
  EXPECT_EQ(write_config(again), write_config(config));
}

DataConfig table_config(const std::string& path) {
  DataConfig config;
  read_config(config, Json::parse(R"({"source": "table", "label": "rich",
    "table": {"numeric": ["age"], "categorical": ["job"]}})"));
  config.file.path = path;
  return config;
}

constexpr const char* kPeople = "age,job,rich\n39,clerk,no\n50,smith,yes\n28,clerk,no\n";

TEST(LoadExamples, ReadsATableByTheRecipesTablesDataAndDataTable) {
  const TemporaryFolder folder;
  const auto data = load_examples(table_config(folder.write("people.csv", kPeople)));
  EXPECT_EQ(data->spec().modality, Modality::table);
  EXPECT_EQ(data->spec().channels, (std::vector<std::string>{"age", "job"}));
  EXPECT_EQ(data->classes(), (std::vector<std::string>{"no", "yes"}));
  EXPECT_EQ(data->label(1), 1);
  EXPECT_EQ(data->read(std::vector<int64_t>{2}).x[0][0].item<float>(), 28);
}

TEST(LoadExamples, ReadsTheLabelAsDataTargetSays) {
  const TemporaryFolder folder;
  DataConfig config = table_config(folder.write("people.csv", "age,job,rich\n39,clerk,7.5\n"));
  read_config(config, Json::parse(R"({"target": "number"})"));
  EXPECT_EQ(load_examples(config)->number(0), 7.5F);
  EXPECT_TRUE(load_examples(config)->classes().empty());
}

TEST(LoadExamples, ReadsATableAsAModelKnowsIt) {
  const TemporaryFolder folder;
  const DataConfig config = table_config(folder.write("people.csv", kPeople));
  const std::vector<TableColumn> known{{"age"}, {"job", ColumnKind::categorical, {"smith"}}};
  const auto data = load_examples(config, known);
  EXPECT_EQ(data->read(std::vector<int64_t>{1}).x[0][1].item<float>(), 0);
}

TEST(LoadExamples, CutsSignalsIntoWindows) {
  DataConfig config{.window = {.length = {50}}, .simulate = {.people = 1, .seconds = 4}};
  config.file.channels = {"ax", "ay"};
  const auto data = load_examples(config);
  EXPECT_EQ(data->spec().shape, (std::vector<int64_t>{2, 50}));
  EXPECT_EQ(fingerprint(*data), fingerprint(load_signals(config)));
}

TEST(FitPreprocessing, FitsWhatTheRowsAre) {
  const TemporaryFolder folder;
  DataConfig config = table_config(folder.write("people.csv", kPeople));
  config.encode = {.scaling = Scaling::none, .min_count = 2};
  const auto data = load_examples(config);
  const std::vector<int64_t> rows{0, 1, 2};
  const Preprocessing fitted = fit_preprocessing(config, *data, rows);
  EXPECT_TRUE(encode(fitted, data->read(rows).x)
                  .equal(at::tensor({39.F, 2.F, 50.F, 1.F, 28.F, 2.F}).view({3, 2})));
  const SignalWindows signals(people(2), {.length = {20}});
  EXPECT_TRUE(std::holds_alternative<Normalizer>(fit_preprocessing({}, signals, rows)));
}

TEST(LoadSignals, SaysThatATableHoldsNone) {
  DataConfig config = table_config("people.csv");
  config.file.channels = {"x"};
  EXPECT_NE(message<ConfigError>([&] { load_signals(config); }).find("holds no signals"),
            std::string::npos);
}

TEST(Fingerprint, OfATableChangesWithEverything) {
  using Columns = std::vector<TableColumn>;
  const Columns columns{{"x"}, {"job", ColumnKind::categorical, {"a", "b"}}};
  const auto of = [](const Columns& all, const Tensor& cells, const std::vector<int64_t>& labels,
                     const std::vector<std::string>& classes, const TableSources& sources) {
    return fingerprint(Table(all, cells, labels, classes, sources));
  };
  const Tensor cells = at::tensor({1.F, 0.F, 2.F, 1.F}).view({2, 2});
  const TableSources sources{.files = {{"f", 0}}, .groups = {"p", "q"}, .group_of = {0, 1}};
  const std::string before = of(columns, cells, {0, 1}, {"no", "yes"}, sources);
  EXPECT_EQ(before.size(), 16u);
  EXPECT_EQ(of(columns, cells, {0, 1}, {"no", "yes"}, sources), before);
  EXPECT_EQ(of(columns, cells.t().contiguous().t(), {0, 1}, {"no", "yes"}, sources), before);
  Tensor cell = cells.clone();
  cell[1][0] = 3;
  Columns category = columns, name = columns;
  category[1].categories[0] = "c", name[0].name = "y";
  TableSources group = sources, file = sources;
  group.group_of = {1, 0}, file.files[0].name = "g";
  for (const std::string& changed : {of(columns, cell, {0, 1}, {"no", "yes"}, sources),
                                     of(columns, cells, {0, -1}, {"no", "yes"}, sources),
                                     of(columns, cells, {0, 1}, {"no", "maybe"}, sources),
                                     of(category, cells, {0, 1}, {"no", "yes"}, sources),
                                     of(name, cells, {0, 1}, {"no", "yes"}, sources),
                                     of(columns, cells, {0, 1}, {"no", "yes"}, group),
                                     of(columns, cells, {0, 1}, {"no", "yes"}, file)})
    EXPECT_NE(changed, before);
}

TEST(Fingerprint, OfATableChangesWithANumber) {
  const auto of = [](std::vector<float> numbers) {
    return fingerprint(Table::of_numbers({{"x"}}, at::zeros({2, 1}), std::move(numbers)));
  };
  EXPECT_EQ(of({1, NAN}), of({1, NAN}));
  EXPECT_NE(of({1, NAN}), of({2, NAN}));
  EXPECT_NE(of({1, NAN}), fingerprint(Table({{"x"}}, at::zeros({2, 1}), {-1, -1}, {})));
}

TEST(Fingerprint, ChangesWithEverything) {
  const std::string before = fingerprint(people(2));
  EXPECT_EQ(before.size(), 16);
  EXPECT_EQ(fingerprint(people(2)), before);
  Signals sample = people(2), label = people(2), name = people(2), channel = people(2);
  sample.recordings[1].samples[1][99].fill_(0);
  label.recordings[0].labels[1].label = 0;
  name.recordings[0].subject = "x";
  channel.channels[0] = "z";
  for (const Signals& changed : {sample, label, name, channel, people(3)})
    EXPECT_NE(fingerprint(changed), before);
  Signals turned = people(2);  // the same samples in another layout
  for (Recording& recording : turned.recordings)
    recording.samples = recording.samples.t().contiguous().t();
  EXPECT_EQ(fingerprint(turned), before);
}

TEST(LoadVideos, GivesClipsWithLabelsThatChangeToEncodersFromBlackToWhite) {
  const TemporaryFolder folder;
  write_video((folder.path() / "drive.mkv").string(), {.frames = brightening(6)});
  folder.write("drive.csv", "n,turn\n0,0.5\n1,1.5\n2,2.5\n3,3.5\n4,4.5\n5,5.5\n");
  DataConfig config;
  read_config(config, Json{{"source", "videos"},
                           {"path", folder.path().string()},
                           {"label", "turn"},
                           {"target", "number"},
                           {"videos", {{"colour", "grey"}, {"frame", "n"}}},
                           {"clips", {{"frames", 2}, {"step", 2}}}});
  const auto clips = load_examples(config);
  ASSERT_EQ(clips->size(), 3);
  EXPECT_EQ(clips->number(1), 3.5F);  // of its last frame
  const std::vector<int64_t> rows{0, 1, 2};
  const Preprocessing fitted = fit_preprocessing(config, *clips, rows);
  const Tensor raw = clips->read(rows).x, seen = Preprocessed(*clips, fitted).read(rows).x;
  EXPECT_TRUE(seen.allclose(raw / 127.5 - 1));
  const std::string before = fingerprint(*clips);
  folder.write("drive.csv", "n,turn\n0,0.5\n1,1.5\n2,2.5\n3,3.5\n4,4.5\n5,9\n");
  EXPECT_NE(fingerprint(*load_examples(config)), before);
}

}  // namespace
}  // namespace tacit
