// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/generate.h"

#include <ATen/Functions.h>

#include <numbers>

#include "tacit/data/readers/images/png.h"
#include "tacit/report/png.h"
#include "tests/core/folder.h"
#include "tests/nn/numbers.h"
#include "tests/run/kept_generator.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;

/// [3, H, W] of a file.
Tensor decode(const fs::path& file) {
  const std::string bytes = read_file(file);
  Picture read =
      decode_png({reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()}, Colour::rgb);
  return at::from_blob(read.pixels.data(), {read.height, read.width, 3}, at::kByte)
      .permute({2, 0, 1})
      .clone();
}

double mean_of(const Tensor& x) { return x.to(at::kDouble).mean().item<double>(); }

/// A finished run whose generator makes images of 32 pixels of three classes.
class GenerateTest : public FolderTest {
 protected:
  void keep(GeneratorNormalization normalization) const {
    keep_generator(run_, normalization, stir);
  }
  GenerateTest() { keep(GeneratorNormalization::conditional); }

  /// The grid that the request gives.
  Tensor grid(GenerateRequest request) const {
    request.output = folder / "grid.png";
    run_generate(run_, request, {});
    return decode(request.output);
  }
  template <class E>
  std::string refusal(const GenerateRequest& request) const {
    return message_of<E>([&] { run_generate(run_, request, {}); });
  }

  const fs::path run_ = folder / "run";
};

TEST_F(GenerateTest, GivesTheSamePixelsForTheSameSeed) {
  const Tensor one = grid({.count = 5, .seed = 3});
  EXPECT_TRUE(grid({.count = 5, .seed = 3}).equal(one));
  EXPECT_FALSE(grid({.count = 5, .seed = 4}).equal(one));
  EXPECT_GT(one.to(at::kFloat).std().item<double>(), 10);
}

TEST_F(GenerateTest, MakesAGridOfWhatItWritesOneByOne) {
  for (const auto& [count, columns] : {std::pair(9, 3), {70, 3}, {2, 2}}) {
    const fs::path singles = folder / text("{}", count) / "";
    EXPECT_EQ(run_generate(run_, {.count = count, .output = singles}, {}), count);
    std::vector<Tensor> all;
    for (int64_t i = 0; i < count; ++i)
      all.push_back(decode(singles / text("00{}{}.png", i / 10, i % 10)));
    EXPECT_FALSE(all[0].equal(all[1]));
    EXPECT_TRUE(grid({.count = count}).equal(image_grid(at::stack(all), columns, 2)));
    EXPECT_EQ(std::distance(fs::directory_iterator(singles), {}), count);
  }
}

TEST_F(GenerateTest, MakesEachClassInTurnOrTheOneAskedFor) {
  const Gan gan = load_gan(run_);
  const Tensor z = draw_noise(5, kNoise, 0, Rng(1).stream("generate"));
  const auto drawn = [&](at::ArrayRef<int64_t> y, int64_t columns) {
    return image_grid(draw_images(*gan.generator.network, z, at::tensor(y, at::kLong)), columns, 2);
  };
  EXPECT_TRUE(grid({.count = 5}).equal(drawn({0, 1, 2, 0, 1}, 3)));  // a column each
  const Tensor horses = grid({.count = 5, .class_name = "horse"});
  EXPECT_TRUE(horses.equal(drawn({2, 2, 2, 2, 2}, 3)));
  EXPECT_FALSE(horses.equal(grid({.count = 5, .class_name = "cat"})));
}

TEST_F(GenerateTest, RefusesClassesItDoesNotKnow) {
  const GenerateRequest request{.class_name = "hrose", .output = folder / "x.png"};
  EXPECT_NE(refusal<ConfigError>(request).find("did you mean \"horse\""), std::string::npos);
  keep(GeneratorNormalization::batch);
  EXPECT_NE(refusal<ConfigError>(request).find("not told classes"), std::string::npos);
  EXPECT_EQ(grid({.count = 9}).size(1), 3 * 34 - 2);  // about a square without classes
  EXPECT_FALSE(fs::exists(request.output));
}

TEST_F(GenerateTest, GoesFromOneNoiseToTheNextInARow) {
  const Tensor ways = grid({.count = 15, .interpolate = 5});
  ASSERT_EQ(ways.sizes(), (at::IntArrayRef{3, 3 * 34 - 2, 5 * 34 - 2}));
  const Gan gan = load_gan(run_);
  const Tensor ends = draw_noise(4, kNoise, 0, Rng(1).stream("generate"));
  for (int64_t row = 0; row < 3; ++row) {  // of one class each
    const Tensor made = draw_images(*gan.generator.network, ends.slice(0, row, row + 2),
                                    at::full({2}, row, at::kLong));
    for (int64_t end = 0; end < 2; ++end) {
      const Tensor shown =
          ways.slice(1, 34 * row, 34 * row + 32).slice(2, 136 * end, 136 * end + 32);
      EXPECT_LE((shown.to(at::kInt) - made[end].to(at::kInt)).abs().max().item<int>(), 1);
    }
  }
}

TEST_F(GenerateTest, SaysWhichMethodsTrainAGenerator) {
  const GenerateRequest request{.output = folder / "x.png"};
  fs::remove(generator_file(run_ / "artifact"));
  const std::string sentence = refusal<StateError>(request);
  EXPECT_NE(sentence.find("pre-train on images with ssgan"), std::string::npos) << sentence;
  fs::remove_all(run_ / "artifact");
  EXPECT_NE(refusal<StateError>(request).find("finished"), std::string::npos);
  fs::remove_all(run_);
  EXPECT_NE(refusal<StateError>(request).find("run.json"), std::string::npos);
}

TEST_F(GenerateTest, RefusesOutputsThatItCannotWrite) {
  for (const char* name : {"x.jpg", "x", ""})
    EXPECT_NE(refusal<ConfigError>({.output = name}).find(".png"), std::string::npos) << name;
  EXPECT_NE(refusal<ConfigError>({.count = 100'000, .output = folder / "x.png"}).find("fewer"),
            std::string::npos);
  EXPECT_THROW(run_generate(run_, {.output = folder / "none" / "x.png"}, {}), StateError);
  EXPECT_THROW(run_generate(run_, {.count = 0, .output = folder / "x.png"}, {}), ConfigError);
  EXPECT_THROW(run_generate(run_, {.interpolate = 1, .output = folder / "x.png"}, {}), ConfigError);
}

TEST_F(GenerateTest, LeavesNoOlderPicturesBetweenItsOwn) {
  const fs::path singles = folder / "singles";
  fs::create_directory(singles);  // a folder by what it is, not by its name
  write_file(singles / "notes.txt", {"mine"});
  run_generate(run_, {.count = 4, .output = singles}, {});
  run_generate(run_, {.count = 5, .seed = 2, .output = singles}, {});
  EXPECT_NE(refusal<StateError>({.count = 4, .output = singles}).find("0004.png"),
            std::string::npos);
  EXPECT_TRUE(fs::exists(singles / "notes.txt"));
}

TEST_F(GenerateTest, StopsWhenItIsTold) {
  const std::atomic<bool> stop = true;
  Caller caller;
  caller.stop = &stop;
  EXPECT_THROW(run_generate(run_, {.output = folder / "x.png"}, caller), Interrupted);
  EXPECT_FALSE(fs::exists(folder / "x.png"));
}

TEST(DrawNoise, IsStandardNormalAndBeginsAlikeWhateverTheCount) {
  const Tensor noise = draw_noise(2000, kNoise, 0, Rng(5));
  EXPECT_NEAR(mean_of(noise), 0, 0.03);
  EXPECT_NEAR(mean_of(noise.square()), 1, 0.05);
  EXPECT_TRUE(draw_noise(7, kNoise, 0, Rng(5)).equal(noise.slice(0, 0, 7)));
  EXPECT_FALSE(draw_noise(7, kNoise, 0, Rng(6)).equal(noise.slice(0, 0, 7)));
  EXPECT_FALSE(noise[0].equal(noise[1]));
}

TEST(DrawNoise, IsThatOfATruncatedNormalDistribution) {
  for (const double limit : {0.5, 1.0, 2.0}) {
    const Tensor noise = draw_noise(4000, kNoise, limit, Rng(5));
    EXPECT_LE(noise.abs().max().item<double>(), limit);
    const double density = std::exp(-limit * limit / 2) / std::sqrt(2 * std::numbers::pi);
    const double variance = 1 - 2 * limit * density / std::erf(limit / std::numbers::sqrt2);
    EXPECT_NEAR(mean_of(noise), 0, 0.03);
    EXPECT_NEAR(mean_of(noise.square()), variance, 0.03 * variance);
  }
  EXPECT_THROW(draw_noise(1, kNoise, 0.001, Rng(5)), ConfigError);
  EXPECT_THROW(draw_noise(1, kNoise, -1, Rng(5)), ConfigError);
}

TEST(InterpolateNoise, FollowsAGreatCircleInEvenAngles) {
  Tensor ends = numbers({3, kNoise}, 4);
  ends = ends / ends.norm(2, {1}, true);
  const Tensor ways = interpolate_noise(ends, 5).view({2, 5, kNoise});
  for (int64_t way = 0; way < 2; ++way) {
    EXPECT_TRUE(ways[way][0].allclose(ends[way], 1e-5, 1e-6));
    EXPECT_TRUE(ways[way][4].allclose(ends[way + 1], 1e-5, 1e-6));
    const double whole = std::acos(ends[way].dot(ends[way + 1]).item<double>());
    for (int64_t i = 0; i < 5; ++i) EXPECT_NEAR(ways[way][i].norm().item<double>(), 1, 1e-5);
    for (int64_t i = 1; i < 5; ++i)
      EXPECT_NEAR(std::acos(ways[way][i].dot(ways[way][i - 1]).item<double>()), whole / 4, 1e-3);
  }
}

TEST(InterpolateNoise, GoesStraightWhereThereIsNoCircle) {
  const Tensor end = numbers({1, kNoise}, 4);
  const Tensor ways = interpolate_noise(at::cat({end, end * 3}), 3);
  EXPECT_TRUE(ways[1].allclose(end[0] * 2, 1e-5, 1e-6));
  EXPECT_TRUE(interpolate_noise(at::zeros({2, 4}), 2).equal(at::zeros({2, 4})));
  EXPECT_TRUE(interpolate_noise(at::ones({2, 4}), 3).equal(at::ones({3, 4})));
  EXPECT_TRUE(interpolate_noise(at::cat({end, -end}), 3)[1].equal(at::zeros({kNoise})));
  EXPECT_THROW(interpolate_noise(end, 3), ShapeError);
  EXPECT_THROW(interpolate_noise(at::cat({end, end}), 1), ShapeError);
}

}  // namespace
}  // namespace tacit
