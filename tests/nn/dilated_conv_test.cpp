// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/dilated_conv.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include "tests/core/folder.h"
#include "tests/nn/numbers.h"

namespace tacit {
namespace {

const Spec kSpec{Modality::signal, {3, 50}, 50, {"x", "y", "z"}};

DilatedConvConfig small() {
  return {.width = 6, .depth = 2, .outputs = 4, .kernel = 3, .dropout = 0};
}

/// The sum over taps of the weight times the signal moved by the tap. h: [N, C, T].
Tensor taps(const Tensor& h, const Tensor& weight, const Tensor& bias, int64_t gap) {
  Tensor sum = bias.view({1, -1, 1}).expand({h.size(0), -1, h.size(2)}).clone();
  for (int64_t tap = 0; tap < weight.size(2); ++tap) {
    const int64_t ahead = (tap - weight.size(2) / 2) * gap;
    for (int64_t t = 0; t < h.size(2); ++t)
      if (t + ahead >= 0 && t + ahead < h.size(2))
        sum.select(2, t) += at::matmul(h.select(2, t + ahead), weight.select(2, tap).t());
  }
  return sum;
}

Tensor bent(const Tensor& h) { return h * 0.5 * (1 + at::erf(h / std::sqrt(2.0))); }

/// The network from its taps: [N, T, D].
Tensor plain(const DilatedConvConfig& config, std::map<std::string, Tensor> w, const Tensor& x,
             const Tensor& seen) {
  Tensor h = taps(x, w.at("input_weight"), w.at("input_bias"), 1) * seen.unsqueeze(1);
  for (int64_t index = 0; index <= config.depth; ++index) {
    const std::string block = text("block{}.", index + 1);
    const auto conv = [&](const Tensor& in, const std::string& name) {
      return taps(in, w.at(block + name + "_weight"), w.at(block + name + "_bias"),
                  int64_t{1} << index);
    };
    const Tensor changed = conv(bent(conv(bent(h), "first")), "second");
    const bool changes_width = w.contains(block + "shortcut_weight");
    h = changed + (changes_width ? conv(h, "shortcut") : h);
  }
  return h.transpose(1, 2);
}

Tensor some_seen(int64_t rows, int64_t steps) { return numbers({rows, steps}, 9) > 0; }

TEST(DilatedConv, IsItsTapsWrittenOut) {
  const Tensor x = numbers({4, 3, 21}, 1);
  for (const int64_t kernel : {1, 3, 5})
    for (const int64_t outputs : {4, 6}) {  // with and without a shortcut
      SCOPED_TRACE(text("kernel {}, outputs {}", kernel, outputs));
      DilatedConvConfig config = small();
      config.kernel = kernel, config.outputs = outputs;
      DilatedConv encoder(config, kSpec, Rng(1));
      stir(encoder);
      const Tensor all = at::ones({4, 21}, at::kBool), some = some_seen(4, 21);
      const auto w = weights(encoder);
      EXPECT_TRUE(encoder.encode_steps(x, {}).allclose(plain(config, w, x, all), 1e-4, 1e-5));
      EXPECT_TRUE(encoder.encode_steps(x, some).allclose(plain(config, w, x, some), 1e-4, 1e-5));
    }
}

TEST(DilatedConv, ForwardPoolsTheSteps) {
  for (const Pooling pooling : {Pooling::max, Pooling::max_mean_std}) {
    DilatedConvConfig config = small();
    config.pooling = pooling;
    DilatedConv encoder(config, kSpec, Rng(1));
    const Tensor x = numbers({4, 3, 50}, 1), steps = encoder.encode_steps(x, {});
    EXPECT_EQ(steps.sizes(), (std::vector<int64_t>{4, 50, 4}));
    EXPECT_TRUE(encoder.forward(x).equal(pool(steps, pooling)));
    EXPECT_EQ(encoder.features(), 4 * statistics(pooling));
  }
}

TEST(DilatedConv, DoesNotLookAtHiddenSteps) {
  DilatedConv encoder(small(), kSpec, Rng(1));
  stir(encoder);
  const Tensor seen = some_seen(4, 50), x = numbers({4, 3, 50}, 1);
  const Tensor changed = at::where(seen.unsqueeze(1), x, numbers({4, 3, 50}, 2) * 9);
  EXPECT_TRUE(encoder.encode_steps(changed, seen).equal(encoder.encode_steps(x, seen)));
  EXPECT_FALSE(encoder.encode_steps(changed, {}).allclose(encoder.encode_steps(x, {})));
}

TEST(DilatedConv, SeesAsFarAsItSays) {
  const Spec spec{Modality::signal, {3, 120}, 50, {"x", "y", "z"}};
  DilatedConv encoder(small(), spec, Rng(1));  // 2 (3 - 1) (2^3 - 1) + 1 = 29 samples: 14 each way
  Tensor x = numbers({2, 3, 120}, 1);
  const Tensor before = encoder.encode_steps(x, {});
  x.select(2, 60).fill_(9);
  const Tensor moved = (encoder.encode_steps(x, {}) != before).any(2).any(0);  // [T]
  EXPECT_EQ(moved.sum().item<int64_t>(), 29);
  EXPECT_TRUE(moved.slice(0, 46, 75).all().item<bool>());
}

TEST(DilatedConv, TakesWindowsOfAnyLength) {
  DilatedConv encoder({}, kSpec, Rng(1));
  encoder.eval();
  for (const int64_t length : {1, 2, 3, 17, 400}) {
    const Tensor steps = encoder.encode_steps(numbers({2, 3, length}, 1), {});
    EXPECT_EQ(steps.sizes(), (std::vector<int64_t>{2, length, 320}));
    EXPECT_TRUE(steps.isfinite().all().item<bool>()) << length;
  }
}

TEST(DilatedConv, HasThePublishedSizes) {
  int64_t count = 0;
  for (const Tensor& parameter : DilatedConv({}, kSpec, Rng(1)).parameters())
    count += parameter.numel();
  EXPECT_EQ(count, 637'376);
}

TEST(DilatedConv, DropsNumbersOfStepsOnlyWhileTraining) {
  DilatedConvConfig config = small();
  config.dropout = 0.5;
  DilatedConv encoder(config, kSpec, Rng(1));
  const Tensor x = numbers({8, 3, 50}, 1);
  EXPECT_NEAR((encoder.encode_steps(x, {}) == 0).to(at::kFloat).mean().item<double>(), 0.5, 0.1);
  encoder.eval();
  EXPECT_EQ((encoder.encode_steps(x, {}) == 0).sum().item<int64_t>(), 0);
}

TEST(DilatedConv, LastBlockIsTheLastResidualBlock) {
  DilatedConv encoder(small(), kSpec, Rng(1));
  std::vector<Tensor> wanted;
  for (const auto& item : encoder.named_parameters())
    if (item.key().starts_with("block3.")) wanted.push_back(item.value());
  const std::vector<Tensor> got = encoder.last_block();
  ASSERT_EQ(got.size(), 6);
  ASSERT_EQ(got.size(), wanted.size());
  for (size_t i = 0; i < got.size(); ++i) EXPECT_TRUE(got[i].is_same(wanted[i])) << i;
}

TEST(DilatedConv, RefusesAnEvenKernel) {
  DilatedConvConfig config = small();
  config.kernel = 4;
  EXPECT_NE(message_of<ConfigError>([&] {
              DilatedConv(config, kSpec, Rng(1));
            }).find("encoder.kernel must be odd"),
            std::string::npos);
}

}  // namespace
}  // namespace tacit
