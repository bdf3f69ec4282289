// SPDX-License-Identifier: Apache-2.0
#include "tacit/transforms/image_colour.h"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <ATen/ops/reflection_pad2d.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <array>
#include <functional>

#include "tacit/core/error.h"
#include "tests/transforms/images.h"

namespace tacit {
namespace {

using Colour = std::array<double, 3>;

Tensor image_of(const Colour& colour) {
  return at::tensor({colour[0], colour[1], colour[2]}, at::kDouble)
      .to(at::kFloat)
      .view({1, 3, 1, 1});
}

Colour colour_of(const Tensor& x, int64_t row, int64_t y = 0, int64_t column = 0) {
  const Tensor pixel = x[row].select(1, y).select(1, column);
  return {pixel[0].item<double>(), pixel[1].item<double>(), pixel[2].item<double>()};
}

double luma_of(const Colour& c) { return 0.299 * c[0] + 0.587 * c[1] + 0.114 * c[2]; }

/// Hue in turns, 0 … 1, by the textbook's cases.
double hue_of(const Colour& c) {
  const double largest = std::max({c[0], c[1], c[2]}), least = std::min({c[0], c[1], c[2]});
  if (largest == least) return 0;
  double sixth = 0;
  if (largest == c[0])
    sixth = (c[1] - c[2]) / (largest - least);
  else if (largest == c[1])
    sixth = 2 + (c[2] - c[0]) / (largest - least);
  else
    sixth = 4 + (c[0] - c[1]) / (largest - least);
  return sixth < 0 ? sixth / 6 + 1 : sixth / 6;
}

/// From HSV with another hue, by the six sectors.
Colour with_hue(const Colour& c, double hue) {
  const double v = std::max({c[0], c[1], c[2]});
  const double s = v == 0 ? 0 : (v - std::min({c[0], c[1], c[2]})) / v;
  hue -= std::floor(hue);
  const int sector = static_cast<int>(hue * 6) % 6;
  const double f = hue * 6 - std::floor(hue * 6);
  const double p = v * (1 - s), q = v * (1 - s * f), t = v * (1 - s * (1 - f));
  switch (sector) {
    case 0: return {v, t, p};
    case 1: return {q, v, p};
    case 2: return {p, v, t};
    case 3: return {p, q, v};
    case 4: return {t, p, v};
    default: return {v, p, q};
  }
}

/// The four factors of each row, drawn as colour_jitter() says: [rows][4], the last one in turns.
std::vector<std::array<double, 4>> replay(const ColourJitterConfig& config, int64_t rows,
                                          uint64_t seed) {
  std::vector<std::array<double, 4>> all;
  Rng rng(seed);
  const Rng base = rng.split();
  for (int64_t row = 0; row < rows; ++row) {
    Rng stream = base.row(row);
    stream.uniform();  // whether at all
    std::array<double, 4> factors{};
    const std::array<double, 3> reach{config.brightness, config.contrast, config.saturation};
    for (size_t i = 0; i < 3; ++i) {
      const double low = std::max(0.0, 1 - config.strength * reach[i]);
      factors[i] = low + (1 + config.strength * reach[i] - low) * stream.uniform();
    }
    factors[3] = config.strength * config.hue * (2 * stream.uniform() - 1);
    all.push_back(factors);
  }
  return all;
}

/// The jitter of one image of values in 0 … 1, pixel by pixel.
std::vector<Colour> jittered(std::vector<Colour> pixels, const std::array<double, 4>& factors) {
  const auto every = [&](const std::function<double(const Colour&, double)>& change) {
    for (Colour& pixel : pixels) {
      const Colour old = pixel;
      for (double& value : pixel) value = std::clamp(change(old, value), 0.0, 1.0);
    }
  };
  every([&](const Colour&, double value) { return factors[0] * value; });
  double mean = 0;
  for (const Colour& pixel : pixels) mean += luma_of(pixel) / static_cast<double>(pixels.size());
  every([&](const Colour&, double value) { return mean + factors[1] * (value - mean); });
  every([&](const Colour& old, double value) {
    return luma_of(old) + factors[2] * (value - luma_of(old));
  });
  for (Colour& pixel : pixels) pixel = with_hue(pixel, hue_of(pixel) + factors[3]);
  return pixels;
}

TEST(ColourJitter, IsTheReferencePixelByPixelInItsOrder) {
  const ColourJitterConfig config{.probability = 1};
  const Tensor x = random_images(40, 3, 5, 4);
  const Tensor y = run(colour_jitter(config), x);
  const auto factors = replay(config, 40, 1);
  for (int64_t row = 0; row < 40; ++row) {
    std::vector<Colour> pixels;
    for (int64_t i = 0; i < 20; ++i) pixels.push_back(colour_of(x, row, i / 4, i % 4));
    pixels = jittered(pixels, factors[static_cast<size_t>(row)]);
    for (int64_t i = 0; i < 20; ++i)
      for (size_t c = 0; c < 3; ++c)
        EXPECT_NEAR(colour_of(y, row, i / 4, i % 4)[c], pixels[static_cast<size_t>(i)][c], 1e-5)
            << row << " " << i << " " << c;
  }
}

TEST(ColourJitter, DoesToGreyImagesWhatItDoesToGreyColours) {
  const Tensor x = random_images(30, 1, 6, 6);
  const Tensor y = run(colour_jitter({.probability = 1}), x);
  const Tensor coloured = run(colour_jitter({.probability = 1}), x.expand({30, 3, 6, 6}));
  EXPECT_LT(largest_difference(coloured, y.expand_as(coloured)), 1e-5);
}

TEST(ColourJitter, CommutesWithAffineRanges) {
  const Tensor x = random_images(30, 3, 6, 6);
  const Tensor y = run(colour_jitter({.probability = 1, .low = -2, .high = 3}), 5 * x - 2);
  EXPECT_LT(largest_difference(y, 5 * run(colour_jitter({.probability = 1}), x) - 2), 1e-4);
  EXPECT_GE(y.min().item<double>(), -2);
  EXPECT_LE(y.max().item<double>(), 3);
}

TEST(ColourJitter, ChangesNothingAtStrengthZero) {
  const Tensor x = random_images(9, 3, 8, 8);
  EXPECT_TRUE(at::equal(run(colour_jitter({.strength = 0, .probability = 1}), x), x));
  EXPECT_TRUE(at::equal(run(colour_jitter({.probability = 0}), x), x));
  // An angle too small to tell: what the detour over HSV costs.
  const ColourJitterConfig tiny{
      .brightness = 0, .contrast = 0, .saturation = 0, .hue = 1e-9, .probability = 1};
  EXPECT_LT(largest_difference(run(colour_jitter(tiny), x), x), 1e-6);
}

TEST(ColourJitter, FactorsAreUniformBetweenTheirEnds) {
  const Tensor x = at::full({3000, 3, 2, 2}, 0.25F);
  const auto found = [&](const Tensor& y, double scale) {
    std::vector<double> values;
    for (int64_t row = 0; row < y.size(0); ++row)
      values.push_back(y[row].max().item<double>() / scale);
    return values;
  };
  const ColourJitterConfig still{
      .brightness = 0, .contrast = 0, .saturation = 0, .hue = 0, .probability = 1};
  ColourJitterConfig brightness = still;
  brightness.brightness = 0.6;
  EXPECT_TRUE(looks_uniform(found(run(colour_jitter(brightness), x), 0.25), 0.399999, 1.600001));
  brightness.strength = 0.5;
  EXPECT_TRUE(looks_uniform(found(run(colour_jitter(brightness), x), 0.25), 0.699999, 1.300001));
  brightness = still;
  brightness.brightness = 3;  // the factor does not become negative
  EXPECT_TRUE(looks_uniform(found(run(colour_jitter(brightness), x), 0.25), 0, 4.000001));
  // Contrast: half of the image is mid-grey less 0.1, half more.
  Tensor stripes = at::full({3000, 3, 2, 2}, 0.6F);
  stripes.select(3, 0).fill_(0.4F);
  ColourJitterConfig contrast = still;
  contrast.contrast = 0.5;
  EXPECT_TRUE(
      looks_uniform(found(run(colour_jitter(contrast), stripes) - 0.5F, 0.1), 0.49999, 1.50001));
}

TEST(ColourJitter, ShiftsTheHueByAUniformAngle) {
  const ColourJitterConfig config{.brightness = 0,
                                  .contrast = 0,
                                  .saturation = 0,
                                  .hue = 0.25,
                                  .strength = 0.8,
                                  .probability = 1};
  const Tensor y = run(colour_jitter(config), image_of({0.9, 0.1, 0.1}).expand({3000, 3, 1, 1}));
  std::vector<double> shifts;
  for (int64_t row = 0; row < 3000; ++row) {
    const double hue = hue_of(colour_of(y, row));
    shifts.push_back(hue > 0.5 ? hue - 1 : hue);
  }
  EXPECT_TRUE(looks_uniform(shifts, -0.200001, 0.200001));
}

TEST(ColourJitter, LeavesGreysAlone) {
  const ColourJitterConfig config{.brightness = 0, .contrast = 0, .probability = 1};
  const Tensor x = random_images(30, 1, 6, 6).expand({30, 3, 6, 6});
  EXPECT_LT(largest_difference(run(colour_jitter(config), x), x), 1e-6);
}

TEST(ColourJitter, AveragesAnImageAlikeOnAnyNumberOfThreads) {
  const ColourJitterConfig config{.brightness = 0, .probability = 1};
  const int before = at::get_num_threads();
  const Tensor x = random_images(16, 1, 200, 200);
  for (int64_t row = 0; row < 16; ++row) {  // LibTorch shares out a sum with one result
    at::set_num_threads(1);
    const Tensor alone = run(colour_jitter(config), x.narrow(0, row, 1));
    at::set_num_threads(2);
    const Tensor shared = run(colour_jitter(config), x.narrow(0, row, 1));
    at::set_num_threads(before);
    EXPECT_TRUE(at::equal(alone, shared)) << row;
  }
}

TEST(ColourJitter, RefusesOtherNumbersOfChannels) {
  EXPECT_THROW(run(colour_jitter(), random_images(2, 2, 4, 4)), ShapeError);
  EXPECT_THROW(run(grey(), random_images(2, 4, 4, 4)), ShapeError);
}

TEST(Grey, IsTheLumaInEachChannel) {
  const Tensor y = run(grey({.probability = 1}), image_of({0.1, 0.5, 0.9}));
  for (const double value : colour_of(y, 0)) EXPECT_NEAR(value, 0.4260, 1e-6);
}

TEST(Grey, IsIdempotentAndLeavesOneChannelAlone) {
  const Tensor x = random_images(10, 3, 5, 5);
  const Tensor once = run(grey({.probability = 1}), x);
  EXPECT_LT(largest_difference(run(grey({.probability = 1}), once), once), 1e-6);
  EXPECT_TRUE(at::equal(run(grey({.probability = 1}), x.narrow(1, 0, 1)), x.narrow(1, 0, 1)));
}

TEST(ColourDrop, LeavesOneChannelInPlaceOfAll) {
  const Tensor x = random_images(300, 3, 4, 5);
  Rng rng(1);
  const Tensor y = colour_drop({.probability = 1})(x, rng);
  std::array<int, 3> left{};
  for (int64_t row = 0; row < 300; ++row)
    for (int64_t channel = 0; channel < 3; ++channel)
      if (y[row].equal(x[row][channel].expand_as(x[row]))) ++left.at(static_cast<size_t>(channel));
  EXPECT_EQ(left[0] + left[1] + left[2], 300);
  for (const int times : left) EXPECT_NEAR(times, 100, 30);
}

TEST(GaussianBlur, AnswersAnImpulseWithABell) {
  const int64_t middle = 15, radius = 6;  // of 31 pixels; 0.4 * 31 / 2, rounded down
  const Tensor x = at::zeros({1, 1, 31, 31});
  x[0][0][middle][middle] = 1;
  const double sigma = 1.7;
  const Tensor y = run(
      gaussian_blur({.sigma_low = sigma, .sigma_high = sigma, .kernel = 0.4, .probability = 1}), x);
  double sum = 0;
  for (int64_t i = -radius; i <= radius; ++i)
    sum += std::exp(-static_cast<double>(i * i) / (2 * sigma * sigma));
  for (int64_t i = 0; i < 31; ++i)
    for (int64_t j = 0; j < 31; ++j) {
      const int64_t down = i - middle, across = j - middle;
      const bool reached = std::abs(down) <= radius && std::abs(across) <= radius;
      const double bell =
          std::exp(-static_cast<double>(down * down + across * across) / (2 * sigma * sigma)) /
          (sum * sum);
      EXPECT_NEAR(y[0][0][i][j].item<double>(), reached ? bell : 0, 1e-6) << i << " " << j;
    }
}

/// The width of each row's bell in pixels, from what an impulse gives to its neighbour: [rows].
std::vector<double> widths(const GaussianBlurConfig& config, int64_t rows) {
  const Tensor x = at::zeros({rows, 1, 5, 5});
  x.select(2, 2).select(2, 2).fill_(1);
  const Tensor y = run(gaussian_blur(config), x).select(2, 2);
  std::vector<double> found;
  for (int64_t row = 0; row < rows; ++row)
    found.push_back(
        1 / std::sqrt(2 * std::log(y[row][0][2].item<double>() / y[row][0][3].item<double>())));
  return found;
}

TEST(GaussianBlur, WidthsAreUniform) {
  EXPECT_TRUE(looks_uniform(widths({.sigma_low = 0.5, .sigma_high = 2.5, .probability = 1}, 3000),
                            0.4999, 2.5001));
}

TEST(GaussianBlur, IsAConvolutionOfTheMirroredImage) {
  for (const auto& [height, width] :
       {std::pair<int64_t, int64_t>{12, 17}, {9, 4}, {8, 8}, {2, 2}}) {
    const double sigma = 1.3;
    const GaussianBlurConfig config{
        .sigma_low = sigma, .sigma_high = sigma, .kernel = 1, .probability = 1};
    const int64_t radius = std::min(height, width) / 2;
    const Tensor x = random_images(4, 3, height, width);
    Tensor line = at::zeros({2 * radius + 1}, at::kDouble);
    for (int64_t i = 0; i <= 2 * radius; ++i)
      line[i] = std::exp(-static_cast<double>((i - radius) * (i - radius)) / (2 * sigma * sigma));
    const Tensor square = line.outer(line);
    const Tensor kernel = (square / square.sum()).expand({3, 1, 2 * radius + 1, 2 * radius + 1});
    const Tensor padded = at::reflection_pad2d(x.to(at::kDouble), {radius, radius, radius, radius});
    const Tensor expected = at::conv2d(padded, kernel, {}, 1, at::IntArrayRef{0, 0}, 1, 3);
    EXPECT_LT(largest_difference(run(gaussian_blur(config), x), expected), 1e-6) << height << width;
  }
}

TEST(GaussianBlur, KeepsConstants) {
  const Tensor x = at::full({20, 3, 16, 24}, -1.75F);
  EXPECT_LT(largest_difference(run(gaussian_blur({.kernel = 0.9, .probability = 1}), x), x), 1e-6);
}

TEST(GaussianBlur, ReachesAsFarAsTheKernelAndAPixelAtLeast) {
  const Tensor x = at::zeros({1, 1, 32, 32});
  x[0][0][16][16] = 1;
  const auto reached = [&](double kernel) {
    const Tensor y = run(gaussian_blur({.sigma_low = 2, .kernel = kernel, .probability = 1}), x);
    return (y[0][0][16] > 0).sum().item<int64_t>();
  };
  EXPECT_EQ(reached(0.1), 3);  // SimCLR's, at this size
  EXPECT_EQ(reached(0), 3);
  EXPECT_EQ(reached(0.25), 9);
}

TEST(GaussianBlur, OfANarrowBellChangesNothing) {
  const Tensor x = random_images(3, 3, 8, 8);
  EXPECT_LT(
      largest_difference(
          run(gaussian_blur({.sigma_low = 0.01, .sigma_high = 0.01, .probability = 1}), x), x),
      1e-7);
}

TEST(Solarise, InvertsFromTheThresholdOn) {
  const Tensor x = at::tensor({-0.5F, 0.0F, 0.25F, 0.5F, 0.75F, 1.0F, 2.0F}).view({1, 1, 1, 7});
  const Tensor expected =
      at::tensor({0.0F, 0.0F, 0.25F, 0.5F, 0.25F, 0.0F, 0.0F}).view({1, 1, 1, 7});
  EXPECT_TRUE(at::equal(run(solarise({.probability = 1}), x), expected));
  const Tensor sooner = at::tensor({0.0F, 0.0F, 0.75F, 0.5F, 0.25F, 0.0F, 0.0F}).view({1, 1, 1, 7});
  EXPECT_TRUE(at::equal(run(solarise({.threshold = 0.25, .probability = 1}), x), sooner));
}

TEST(Solarise, TakesItsRangeFromTheConfig) {
  const Tensor x = at::tensor({-3.0F, -2.0F, -1.5F, 1.0F, 2.0F, 4.0F}).view({1, 1, 2, 3});
  const Tensor expected = at::tensor({-2.0F, -2.0F, -1.5F, 1.0F, 0.0F, -2.0F}).view({1, 1, 2, 3});
  EXPECT_TRUE(at::equal(run(solarise({.probability = 1, .low = -2, .high = 4}), x), expected));
}

}  // namespace
}  // namespace tacit
