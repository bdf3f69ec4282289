// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/watch_generator.h"

#include <ATen/Functions.h>

#include "tacit/core/weights.h"
#include "tacit/data/images.h"
#include "tacit/data/readers/images/png.h"
#include "tacit/methods/ssgan.h"
#include "tacit/nn/registry.h"
#include "tacit/report/png.h"
#include "tacit/run/evaluate.h"
#include "tacit/run/generate.h"
#include "tests/core/folder.h"
#include "tests/methods/waves.h"
#include "tests/nn/numbers.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kEdge = 32, kRows = 80, kEpochs = 4;

/// [3, H, W] of a file.
Tensor decode(const fs::path& file) {
  const std::string bytes = read_file(file);
  Picture read =
      decode_png({reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()}, Colour::rgb);
  return at::from_blob(read.pixels.data(), {read.height, read.width, 3}, at::kByte)
      .permute({2, 0, 1})
      .clone();
}

/// Pictures of two classes: rows 0 … 29 are the training part, 30 … 59 the validation part and
/// 60 … 79, which are `test` all over, the test part.
Prepared prepared_pictures(double test = 0.5) {
  const Tensor pixels = to_pixels(all_of(Pictures(kRows, kEdge)).x);
  pixels.slice(0, 60).fill_(255 * test);
  std::vector<ImageOrigin> origins;
  for (int64_t row = 0; row < kRows; ++row)
    origins.push_back({text("{}.png", row), "all", "", row % 2 == 0 ? "cat" : "dog"});
  Split split;
  split.by = SplitBy::row;
  for (int64_t row = 0; row < kRows; ++row)
    (row < 30 ? split.train : row < 60 ? split.validation : split.test).push_back(row);
  return {std::make_shared<const Images>(pixels, origins, Target::category,
                                         std::vector<std::string>{}, std::vector<std::string>{}),
          {split},
          "0123456789abcdef"};
}

/// Weights and batch statistics as they are.
std::map<std::string, Tensor> snapshot(const torch::nn::Module& module) {
  auto all = weights(module);
  for (auto& [name, value] : all) value = value.detach().clone();
  return all;
}

/// The ratio of mean standard deviations, one feature at a time.
double ratio_of_spreads(const Tensor& made, const Tensor& real) {
  const auto mean_spread = [](const Tensor& x) {
    double sum = 0;
    for (int64_t j = 0; j < x.size(1); ++j) {
      double mean = 0, square = 0;
      for (int64_t i = 0; i < x.size(0); ++i) mean += x[i][j].item<double>() / x.size(0);
      for (int64_t i = 0; i < x.size(0); ++i)
        square += std::pow(x[i][j].item<double>() - mean, 2) / (x.size(0) - 1);
      sum += std::sqrt(square);
    }
    return sum / static_cast<double>(x.size(1));
  };
  return mean_spread(made) / mean_spread(real);
}

class WatchGeneratorTest : public FolderTest {
 protected:
  WatchGeneratorTest() {
    stir(*method_->generator());
    method_->eval();
    caller_.say = [&](const std::string& line) { told_.push_back(line); };
  }

  Observer watch(const GeneratorConfig& config, uint64_t seed = 1, ShowGrid show = {}) const {
    return watch_of(prepared_, fold_, config, seed, std::move(show));
  }
  Observer watch_of(const Prepared& prepared, const Fold& fold, const GeneratorConfig& config,
                    uint64_t seed = 1, ShowGrid show = {}) const {
    return watch_generator(config,
                           {prepared, fold, kEpochs, "pretrain/ssgan", folder, folder / "samples"},
                           Rng(seed), caller_, std::move(show));
  }
  std::map<std::string, double> see(const Observer& observer, int64_t epoch) const {
    EpochEnd end{epoch, 0, 0, 0, 0, 0, 0, {}, *method_};
    observer(end);
    return end.quantities;
  }
  Tensor grid(const char* name) const { return decode(folder / "samples" / name); }
  std::set<std::string> grids() const {
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder / "samples"))
      names.insert(entry.path().filename().string());
    return names;
  }

  /// A finished run on the same kind of pictures.
  std::string keep_eyes(int64_t edge = kEdge) const {
    Artifact artifact;
    artifact.spec = {Modality::image, {3, edge, edge}, 0, {"red", "green", "blue"}};
    artifact.preprocessing = Normalizer::between(0, 255, 3);
    artifact.encoder_name = "image_resnet";
    artifact.encoder_config = {{"filters", {6}}, {"blocks", {1}}};
    artifact.encoder =
        find_encoder("image_resnet").make(artifact.encoder_config, artifact.encoder_spec(), Rng(3));
    stir(*artifact.encoder);
    artifact.encoder->eval();
    artifact.save(folder / "eyes" / "artifact");
    write_file(folder / "eyes" / "run.json", {"{}"});
    return (folder / "eyes").string();
  }
  void log_line(const Json& line) const {
    write_file(folder / "metrics.jsonl", {line.dump() + "\n"});
  }

  static const Prepared& pictures() {
    static const Prepared prepared = prepared_pictures();
    return prepared;
  }

  const Prepared& prepared_ = pictures();
  const Fold fold_{Recipe{}, prepared_, prepared_.folds[0], Normalizer::between(0, 255, 3)};
  const std::shared_ptr<Method> method_ = small_method("ssgan");
  Caller caller_;
  std::vector<std::string> told_;
};

TEST_F(WatchGeneratorTest, LooksAtTheFirstEpochEachFewAndTheLast) {
  const Observer observer = watch({.every = 2, .samples = 5});
  for (int64_t epoch = 0; epoch < kEpochs - 1; ++epoch) see(observer, epoch);
  EXPECT_EQ(grids(), (std::set<std::string>{"0001.png", "0002.png"}));
  const Observer rare = watch({.every = 100, .samples = 5});
  see(rare, 2);
  see(rare, kEpochs - 1);
  EXPECT_EQ(grids(), (std::set<std::string>{"0001.png", "0002.png", "0003.png", "0004.png"}));
  see(watch({.samples = 5}), 12344);
  EXPECT_TRUE(grids().contains("12345.png"));
}

TEST_F(WatchGeneratorTest, MakesThePicturesOfItsGeneratorInAGrid) {
  see(watch({.samples = 5}), 0);
  const Tensor z = draw_noise(5, 8, 0, Rng(1).stream("noise"));
  const Tensor expected = image_grid(draw_images(*method_->generator(), z), 3, 2);
  EXPECT_TRUE(grid("0001.png").equal(expected));
}

TEST_F(WatchGeneratorTest, DrawsTheSameOfTheSameWeightsAndSeedOnly) {
  const Observer observer = watch({.samples = 4});
  see(observer, 0);
  see(observer, 1);
  EXPECT_TRUE(grid("0001.png").equal(grid("0002.png")));
  see(watch({.samples = 4}, /*seed=*/2), 2);
  EXPECT_FALSE(grid("0001.png").equal(grid("0003.png")));
  {
    const c10::AutoGradMode no_grad(false);
    for (const Tensor& weight : method_->generator()->parameters()) weight.mul_(0.9);
  }
  see(observer, 3);
  EXPECT_FALSE(grid("0001.png").equal(grid("0004.png")));
}

TEST_F(WatchGeneratorTest, LeavesNoTrace) {
  method_->train();
  method_->generator()->children()[0]->eval();  // a frozen part
  std::vector<bool> modes;
  for (const auto& part : method_->modules(false)) modes.push_back(part->is_training());
  const auto before = snapshot(*method_);
  at::manual_seed(5);
  const Tensor drawn = at::rand({3});
  at::manual_seed(5);
  see(watch({.samples = 4, .extractor = keep_eyes(), .scored = 20}), 0);
  EXPECT_TRUE(at::rand({3}).equal(drawn));
  size_t place = 0;
  for (const auto& part : method_->modules(false))
    EXPECT_EQ(part->is_training(), modes[place++]) << part->name();
  EXPECT_TRUE(method_->is_training());
  for (const auto& [name, value] : snapshot(*method_))
    EXPECT_TRUE(value.equal(before.at(name))) << name;
  for (const Tensor& parameter : method_->parameters()) EXPECT_FALSE(parameter.grad().defined());
}

TEST_F(WatchGeneratorTest, SeesTheSameInAnyMode) {
  const auto eval = see(watch({.samples = 6}), 0);
  const Tensor made = grid("0001.png");
  method_->train();
  EXPECT_EQ(see(watch({.samples = 6}), 0), eval);
  EXPECT_TRUE(grid("0001.png").equal(made));
}

TEST_F(WatchGeneratorTest, ComparesHowMuchFeaturesVary) {
  const double diversity = see(watch({.samples = 6}), 0).at("generator/diversity");
  const Tensor z = draw_noise(6, 8, 0, Rng(1).stream("noise"));
  const Tensor made = draw_images(*method_->generator(), z).to(at::kFloat) / 127.5 - 1;
  const Tensor real =
      Subset(fold_.rows, {30, 35, 40, 45, 50, 55}).read(std::vector<int64_t>{0, 1, 2, 3, 4, 5}).x;
  const c10::AutoGradMode no_grad(false);
  Encoder& encoder = method_->encoder();
  EXPECT_NEAR(diversity, ratio_of_spreads(encoder.forward(made), encoder.forward(real)), 1e-4);
  EXPECT_GT(diversity, 0.2);
  EXPECT_TRUE(told_.empty());
}

TEST_F(WatchGeneratorTest, WarnsOnceOfPicturesThatAreAllTheSame) {
  {
    const c10::AutoGradMode no_grad(false);  // the last layer: the only one with three outputs
    for (const Tensor& weight : method_->generator()->parameters())
      if (weight.size(0) == 3) weight.zero_();
  }
  const Observer observer = watch({.samples = 6});
  EXPECT_NEAR(see(observer, 0).at("generator/diversity"), 0, 1e-6);
  see(observer, 1);
  ASSERT_EQ(told_.size(), 1U);
  EXPECT_NE(told_[0].find("mode collapse"), std::string::npos) << told_[0];
  EXPECT_TRUE(grid("0001.png").slice(1, 0, kEdge).slice(2, 0, kEdge).eq(128).all().item<bool>());
}

TEST_F(WatchGeneratorTest, FindsTheLargestSingularValueOfTheDiscriminator) {
  double largest = 0;
  for (const auto& [name, value] : weights(*method_))
    if (const std::string u = name.substr(0, name.rfind('.') + 1) + "u";
        name.ends_with(".weight") && weights(*method_).contains(u))
      largest = std::max(
          largest, at::mv(value.flatten(1).t(), weights(*method_).at(u)).norm().item<double>());
  EXPECT_GT(largest, 0);
  EXPECT_NEAR(see(watch({.samples = 2}), 0).at("discriminator/sigma"), largest, 1e-5 * largest);
}

TEST_F(WatchGeneratorTest, ScoresAsManyMadeAsRealPicturesOfTheValidationPart) {
  const std::string eyes = keep_eyes();
  const auto seen = see(watch({.samples = 4, .extractor = eyes, .scored = 1000}), 0);
  const Artifact artifact = Artifact::load(fs::path(eyes) / "artifact");
  const auto features = [&](const Tensor& pixels) {
    const c10::AutoGradMode no_grad(false);
    return artifact.encoder->forward(encode(artifact.preprocessing, pixels.to(at::kFloat)));
  };
  const Tensor z = draw_noise(30, 8, 0, Rng(1).stream("noise"));
  const Tensor real = prepared_.examples->read(prepared_.folds[0].validation).x;
  const GanScores scores =
      score_images(features(real), features(draw_images(*method_->generator(), z)), {},
                   Rng(1).stream("subsets"));
  EXPECT_NEAR(seen.at("generator/fid"), scores.frechet, 1e-3 * scores.frechet);
  EXPECT_NEAR(seen.at("generator/kid"), scores.kernel.mean, 1e-3 * std::abs(scores.kernel.mean));
  EXPECT_EQ(seen.at("generator/precision"), scores.manifold.precision);
  EXPECT_EQ(seen.at("generator/recall"), scores.manifold.recall);
}

TEST_F(WatchGeneratorTest, DependsOnNoTestPicture) {
  const GeneratorConfig config{.samples = 4, .extractor = keep_eyes()};
  const auto seen = see(watch(config), 0);
  const Prepared other = prepared_pictures(/*test=*/1);
  const Fold fold(Recipe{}, other, other.folds[0], Normalizer::between(0, 255, 3));
  EXPECT_EQ(see(watch_of(other, fold, config), 0), seen);
}

TEST_F(WatchGeneratorTest, RepeatsTheLastLook) {
  const Observer observer = watch({.every = 2, .samples = 4, .extractor = keep_eyes()});
  see(observer, 0);
  const auto second = see(observer, 1);
  EXPECT_EQ(second.size(), 6U);
  stir(*method_->generator());
  {
    const c10::AutoGradMode no_grad(false);
    for (const Tensor& weight : method_->parameters()) weight.mul_(1.1);
  }
  EXPECT_EQ(see(observer, 2), second);
  EXPECT_NE(see(observer, 3), second);
}

TEST_F(WatchGeneratorTest, GoesOnAfterAnInterruptionWithTheLastLook) {
  log_line({{"stage", "pretrain/ssgan"},
            {"epoch", 4},
            {"train", {{"generator/loss", 1}}},
            {"generator", {{"diversity", 0.1 + 0.2}, {"fid", nullptr}}},
            {"discriminator", {{"sigma", 3}}}});
  const GeneratorConfig config{.every = 10, .samples = 4};
  const auto seen = see(watch(config), 5);
  EXPECT_EQ(seen.at("generator/diversity"), 0.1 + 0.2);
  EXPECT_EQ(seen.at("discriminator/sigma"), 3);
  EXPECT_TRUE(std::isnan(seen.at("generator/fid")));
  EXPECT_EQ(seen.size(), 3U);
  EXPECT_FALSE(fs::exists(folder / "samples"));
  see(watch(config), 4);  // another epoch's line does not count
  EXPECT_EQ(grids(), (std::set<std::string>{"0005.png"}));
  log_line({{"stage", "pretrain/other"}, {"epoch", 4}, {"generator", {{"diversity", 1}}}});
  see(watch(config), 5);
  EXPECT_EQ(grids(), (std::set<std::string>{"0005.png", "0006.png"}));
}

TEST_F(WatchGeneratorTest, ShowsWhatItWrites) {
  std::vector<int64_t> seen;
  see(watch({.samples = 5}, 1,
            [&](int64_t epoch, const std::string& png, int64_t height, int64_t width) {
              seen = {epoch, height, width};
              EXPECT_EQ(png, read_file(folder / "samples" / "0002.png"));
            }),
      1);
  EXPECT_EQ(seen, (std::vector<int64_t>{1, 2 * kEdge + 2, 3 * kEdge + 4}));
}

TEST_F(WatchGeneratorTest, DrawsClassesInTurnWhereTheyAreTold) {
  const Rng rng(7);
  const auto told = find_method("ssgan").make(
      {{"conditional", "projection"}, {"generator", {{"width", 0.0625}, {"noise", 8}}}},
      {fold_.rows.spec(), small_discriminator(rng), rng, 2});
  stir(*told->generator());
  EpochEnd end{0, 0, 0, 0, 0, 0, 0, {}, *told};
  watch({.samples = 6})(end);
  told->eval();
  const Tensor z = draw_noise(6, 8, 0, Rng(1).stream("noise"));
  const Tensor y = at::tensor({0, 1, 0, 1, 0, 1}, at::kLong);
  EXPECT_TRUE(grid("0001.png").equal(image_grid(draw_images(*told->generator(), z, y), 2, 2)));
}

TEST_F(WatchGeneratorTest, SaysWhatAnExtractorNeeds) {
  EXPECT_THROW(watch({.extractor = (folder / "none").string()}), StateError);
  EXPECT_THROW(watch({.extractor = keep_eyes(48)}), ShapeError);
  Prepared few = prepared_pictures();
  few.folds[0].validation.resize(19);
  const Fold fold(Recipe{}, few, few.folds[0], Normalizer::between(0, 255, 3));
  EXPECT_NE(message_of<ConfigError>([&] {
              watch_of(few, fold, {.extractor = keep_eyes()});
            }).find("data.split.validation"),
            std::string::npos);
  EXPECT_NO_THROW(watch_of(few, fold, {}));
}

TEST_F(WatchGeneratorTest, GivesTrainingWhatItCanStopBy) {
  TrainConfig train;
  train.epochs = 3;
  train.batch_size = 3;
  train.stop_when = {.quantity = "generator/fid", .patience = 1};
  train.keep = Keep::best;
  std::vector<double> fid;
  Surroundings around;
  around.observers = {watch({.every = 2, .samples = 4, .extractor = keep_eyes()}),
                      [&](EpochEnd& end) { fid.push_back(end.quantities.at("generator/fid")); }};
  const SingleProcess world;
  const TrainResult result =
      Trainer(train, Rng(1), world).fit(*method_, Subset(fold_.rows, {0, 1, 2}), nullptr, around);
  // The second look is either no better, or repeated by the third epoch and so no better there.
  EXPECT_TRUE(result.stopped_early);
  ASSERT_EQ(fid.size(), fid.at(1) < fid.at(0) ? 3U : 2U);
  EXPECT_EQ(fid.back(), fid.at(1));
}

}  // namespace
}  // namespace tacit
