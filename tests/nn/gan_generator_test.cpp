// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/gan_generator.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include "tacit/export/onnx_runtime.h"
#include "tacit/onnx/model.h"
#include "tacit/onnx/operators.h"
#include "tests/core/folder.h"
#include "tests/nn/numbers.h"

namespace tacit {
namespace {

constexpr int64_t kNoise = 6, kClasses = 3;

Spec images(int64_t size) {
  return {Modality::image, {3, size, size}, 0, {"red", "green", "blue"}};
}

/// Four channels for 32 pixels.
GanGeneratorConfig small(GeneratorNormalization normalization) {
  return {.noise = kNoise,
          .width = 1.0 / 64,
          .normalization = normalization,
          .classes = kClasses,
          .hidden = 5};
}

int64_t count(const torch::nn::Module& module) {
  int64_t sum = 0;
  for (const Tensor& parameter : module.parameters()) sum += parameter.numel();
  return sum;
}

class EachGenerator : public testing::TestWithParam<GeneratorNormalization> {
 protected:
  const GanGeneratorConfig config_ = small(GetParam());
  const Tensor z_ = numbers({5, kNoise}, 1), y_ = at::tensor({2, 0, 1, 1, 0}, at::kLong);
};
INSTANTIATE_TEST_SUITE_P(Normalizations, EachGenerator,
                         testing::Values(GeneratorNormalization::batch,
                                         GeneratorNormalization::conditional,
                                         GeneratorNormalization::self_modulated),
                         [](const auto& each) { return enum_name(each.param); });

/// Twice as many rows or columns: each new one a quarter of the way from its old one to the next.
Tensor doubled(const Tensor& h, int64_t dim) {
  const int64_t n = h.size(dim);
  const Tensor before = at::cat({h.narrow(dim, 0, 1), h.narrow(dim, 0, n - 1)}, dim),
               after = at::cat({h.narrow(dim, 1, n - 1), h.narrow(dim, n - 1, 1)}, dim);
  return at::stack({h * 0.75 + before * 0.25, h * 0.75 + after * 0.25}, dim + 1)
      .flatten(dim, dim + 1);
}

/// The generator in the published order, from its weights.
class Plain {
 public:
  Plain(const GanGenerator& generator, GeneratorNormalization normalization)
      : w_(weights(generator)), normalization_(normalization), training_(generator.is_training()) {}

  Tensor operator()(const Tensor& z, const Tensor& y) const {
    Tensor h = (z.matmul(w_.at("dense_weight").t()) + w_.at("dense_bias")).view({-1, 4, 4, 4});
    for (const std::string block : {"block1.", "block2.", "block3."}) {
      Tensor changed = doubled(doubled(norm(h, block + "first_norm.", z, y).clamp_min(0), 2), 3);
      changed = conv(changed, block + "first_", 1);
      changed =
          conv(norm(changed, block + "second_norm.", z, y).clamp_min(0), block + "second_", 1);
      h = changed + conv(doubled(doubled(h, 2), 3), block + "shortcut_", 0);
    }
    return conv(norm(h, "norm.", z, y).clamp_min(0), "", 1).tanh();
  }

 private:
  Tensor conv(const Tensor& h, const std::string& name, int64_t edge) const {
    return at::conv2d(h, w_.at(name + "weight"), w_.at(name + "bias"), 1, edge);
  }
  Tensor norm(Tensor h, const std::string& name, const Tensor& z, const Tensor& y) const {
    const int64_t channels = h.size(1);
    const auto shaped = [&](const Tensor& row) { return row.reshape({-1, channels, 1, 1}); };
    const Tensor mean = training_ ? h.mean({0, 2, 3}) : w_.at(name + "running_mean"),
                 variance = training_ ? (h - shaped(mean)).square().mean({0, 2, 3})
                                      : w_.at(name + "running_var");
    h = (h - shaped(mean)) / (shaped(variance) + 1e-5).sqrt();
    if (w_.contains(name + "gain"))
      return h * shaped(w_.at(name + "gain")) + shaped(w_.at(name + "shift"));
    Tensor both;  // [N, 2 C]
    if (normalization_ == GeneratorNormalization::conditional) {
      both = at::one_hot(y, kClasses).to(at::kFloat).matmul(w_.at(name + "of_class"));
    } else {
      const Tensor hidden =
          (z.matmul(w_.at(name + "hidden_weight").t()) + w_.at(name + "hidden_bias")).clamp_min(0);
      both = hidden.matmul(w_.at(name + "weight").t()) + w_.at(name + "bias");
    }
    return h * shaped(both.slice(1, 0, channels)) + shaped(both.slice(1, channels));
  }

  std::map<std::string, Tensor> w_;
  GeneratorNormalization normalization_;
  bool training_;
};

TEST_P(EachGenerator, AgreesWithThePublishedOrderOfPlainOperations) {
  for (const bool training : {false, true}) {
    GanGenerator generator(config_, images(32), Rng(1));
    stir(generator);
    {
      const c10::AutoGradMode no_grad(false);
      generator.named_parameters()["weight"].mul_(0.1);  // off the flat ends of tanh
    }
    generator.train(training);
    const Tensor wanted = Plain(generator, GetParam())(z_, y_), got = generator.forward(z_, y_);
    EXPECT_EQ(got.sizes(), (at::IntArrayRef{5, 3, 32, 32}));
    EXPECT_TRUE(got.is_contiguous());
    EXPECT_LT(wanted.abs().median().item<double>(), 0.9);
    EXPECT_TRUE(got.allclose(wanted, 1e-3, 1e-4)) << (got - wanted).abs().max().item<double>();
  }
}

/// A generator in eval mode of which no weight or statistic is a default, off the flat ends of
/// tanh.
GanGenerator evaluated(const GanGeneratorConfig& config, int64_t size) {
  GanGenerator generator(config, images(size), Rng(1));
  stir(generator);
  generator.eval();
  const c10::AutoGradMode no_grad(false);
  auto parameters = generator.named_parameters();
  const Tensor sums =
      generator.before_tanh(numbers({9, kNoise}, 3), at::arange(9, at::kLong) % kClasses);
  const Tensor usual = sums.abs().median();
  for (const char* name : {"weight", "bias"}) parameters[name].div_(usual);
  return generator;
}

TEST_P(EachGenerator, DoesTheSameInOnnxRuntime) {
  const Tensor all = at::cat({z_, y_.unsqueeze(1).to(at::kFloat)}, 1);  // [5, noise + 1]
  for (const int64_t size : {32, 48, 64}) {
    const GanGenerator generator = evaluated(config_, size);
    onnx::Graph graph("images");
    const onnx::Value both = graph.input("both", {kNoise + 1});
    const onnx::Value z = graph.add("Gather", {both, at::arange(kNoise, at::kLong)}, {{"axis", 1}});
    const onnx::Value y =
        graph.add("Gather", {both, at::scalar_tensor(kNoise, at::kLong)}, {{"axis", 1}});
    graph.output("x", generator.emit(graph, z, onnx::cast(graph, y, at::kLong)), {3, size, size});
    const OnnxSession session(OnnxRuntime(), onnx::write_model(graph));
    for (const int64_t rows : {1, 5}) {
      const Tensor sums = generator.before_tanh(z_.slice(0, 0, rows), y_.slice(0, 0, rows));
      const Tensor theirs = session.run("both", all.slice(0, 0, rows), {"x"}).at(0);
      ASSERT_EQ(theirs.sizes(), sums.sizes());
      EXPECT_LT((theirs - sums.tanh()).abs().max().item<double>(),
                1e-6 * sums.abs().max().item<double>())
          << size;
      EXPECT_GT(theirs.abs().median().item<double>(), 0.1) << size;
      EXPECT_GT((theirs.abs() < 0.9).to(at::kFloat).mean().item<double>(), 0.1) << size;
    }
  }
}

TEST_P(EachGenerator, TellsWhatItsImagesAreTanhOf) {
  const GanGenerator generator = evaluated(config_, 32);
  const Tensor sums = generator.before_tanh(z_, y_);
  EXPECT_GT(sums.abs().max().item<double>(), 1);
  EXPECT_TRUE(generator.forward(z_, y_).equal(sums.tanh()));
}

TEST_P(EachGenerator, MakesImagesOfEachSizeBetweenMinusOneAndOne) {
  for (const int64_t size : {32, 48, 64}) {
    GanGenerator generator(config_, images(size), Rng(1));
    const Tensor x = generator.forward(z_, y_);
    EXPECT_EQ(x.sizes(), (at::IntArrayRef{5, 3, size, size}));
    EXPECT_LE(x.abs().max().item<double>(), 1);
    EXPECT_GT(x.std().item<double>(), 0.01);
  }
  const GanGenerator grey(config_, {Modality::image, {1, 32, 32}, 0, {"grey"}}, Rng(1));
  EXPECT_EQ(grey.forward(z_, y_).sizes(), (at::IntArrayRef{5, 1, 32, 32}));
}

TEST_P(EachGenerator, LooksAtEachRowByItselfInEvalMode) {
  GanGenerator generator(config_, images(32), Rng(1));
  stir(generator);
  generator.eval();
  const Tensor together = generator.forward(z_, y_);
  EXPECT_TRUE(generator.forward(z_, y_).equal(together));
  for (int64_t row = 0; row < 5; ++row)
    EXPECT_TRUE(generator.forward(z_.slice(0, row, row + 1), y_.slice(0, row, row + 1))[0].allclose(
        together[row], 1e-4, 1e-5));
}

TEST_P(EachGenerator, GivesNoiseAndEveryParameterAGradient) {
  GanGenerator generator(config_, images(48), Rng(1));
  const Tensor z = z_.clone().set_requires_grad(true);
  (generator.forward(z, y_) * numbers({5, 3, 48, 48}, 2)).sum().backward();
  EXPECT_GT(z.grad().abs().min().item<double>(), 0);
  for (const auto& item : generator.named_parameters())
    EXPECT_TRUE(item.value().grad().defined() && item.value().grad().abs().max().item<double>() > 0)
        << item.key();
}

TEST_P(EachGenerator, IsTheSameForTheSameSeed) {
  const GanGenerator one(config_, images(32), Rng(1)), same(config_, images(32), Rng(1)),
      other(config_, images(32), Rng(2));
  EXPECT_TRUE(one.forward(z_, y_).equal(same.forward(z_, y_)));
  EXPECT_FALSE(one.forward(z_, y_).equal(other.forward(z_, y_)));
}

TEST_P(EachGenerator, UsesTheClassOnlyWhenConditional) {
  GanGenerator generator(config_, images(32), Rng(1));
  stir(generator);
  generator.eval();
  const Tensor z = z_.slice(0, 0, 1).expand({2, kNoise});
  const Tensor x = generator.forward(z, at::tensor({0, 1}, at::kLong));
  EXPECT_EQ(x[0].allclose(x[1], 1e-3, 1e-3), GetParam() != GeneratorNormalization::conditional);
  if (GetParam() == GeneratorNormalization::conditional)
    EXPECT_THROW(generator.forward(z), ShapeError);
  else
    EXPECT_TRUE(generator.forward(z).equal(x));
}

TEST_P(EachGenerator, UsesNoiseBeyondTheDenseLayerOnlyWhenSelfModulated) {
  GanGenerator generator(config_, images(32), Rng(1));
  stir(generator);
  generator.eval();
  const c10::AutoGradMode no_grad(false);
  generator.named_parameters()["dense_weight"].zero_();
  const Tensor x = generator.forward(z_, at::zeros({5}, at::kLong));
  EXPECT_EQ(x[0].allclose(x[1], 1e-3, 1e-3), GetParam() != GeneratorNormalization::self_modulated);
}

/// Parameters by layers: a dense one, convolutions with biases, and what normalisation learns.
int64_t formula(int64_t edge, const std::vector<int64_t>& channels,
                const std::function<int64_t(int64_t)>& in_blocks,
                const std::function<int64_t(int64_t)>& last) {
  int64_t sum = (128 + 1) * edge * edge * channels[0];
  for (size_t i = 1; i < channels.size(); ++i) {
    const int64_t from = channels[i - 1], to = channels[i];
    sum +=
        (9 * from + 1) * to + (9 * to + 1) * to + (from + 1) * to + in_blocks(from) + in_blocks(to);
  }
  return sum + last(channels.back()) + (9 * channels.back() + 1) * 3;
}

TEST(GanGenerator, HasAsManyParametersAsPublished) {
  const auto plain = [](int64_t channels) { return 2 * channels; };
  const auto of_classes = [](int64_t channels) { return 10 * 2 * channels; };
  const auto of_noise = [](int64_t channels) { return 129 * 32 + 33 * 2 * channels; };
  const auto numel = [](int64_t size, GeneratorNormalization normalization) {
    return count(
        GanGenerator({.normalization = normalization, .classes = 10}, images(size), Rng(1)));
  };
  EXPECT_EQ(numel(32, GeneratorNormalization::batch), 4'276'739);
  EXPECT_EQ(formula(4, {256, 256, 256, 256}, plain, plain), 4'276'739);
  EXPECT_EQ(numel(32, GeneratorNormalization::conditional),
            formula(4, {256, 256, 256, 256}, of_classes, plain));
  EXPECT_EQ(numel(32, GeneratorNormalization::self_modulated),
            formula(4, {256, 256, 256, 256}, of_noise, of_noise));
  EXPECT_EQ(numel(48, GeneratorNormalization::batch),
            formula(6, {512, 256, 128, 64}, plain, plain));
  EXPECT_EQ(numel(64, GeneratorNormalization::batch),
            formula(4, {1024, 512, 256, 128, 64}, plain, plain));
}

TEST(GanGenerator, MultipliesChannelsByItsWidth) {
  const auto plain = [](int64_t channels) { return 2 * channels; };
  EXPECT_EQ(count(GanGenerator({.width = 0.3}, images(48), Rng(1))),
            formula(6, {154, 77, 38, 19}, plain, plain));
  EXPECT_EQ(count(GanGenerator({.width = 1e-3}, images(48), Rng(1))),
            formula(6, {1, 1, 1, 1}, plain, plain));
}

TEST(GanGenerator, StartsWithTheGainsOfItsLayers) {
  const GanGenerator generator({.width = 0.125}, images(32), Rng(1));  // 32 channels
  const auto w = weights(generator);
  const auto reach = [&](const std::string& name, int64_t in, int64_t out) {
    return w.at(name).abs().max().item<double>() / std::sqrt(6.0 / static_cast<double>(in + out));
  };
  for (const std::string block : {"block1.", "block3."}) {
    EXPECT_NEAR(reach(block + "first_weight", 9 * 32, 9 * 32), std::sqrt(2), 0.01);
    EXPECT_NEAR(reach(block + "second_weight", 9 * 32, 9 * 32), std::sqrt(2), 0.01);
    EXPECT_NEAR(reach(block + "shortcut_weight", 32, 32), 1, 0.01);
  }
  EXPECT_NEAR(reach("dense_weight", 128, 16 * 32), 1, 0.01);
  EXPECT_NEAR(reach("weight", 9 * 32, 9 * 3), 1, 0.01);
  EXPECT_FALSE(w.at("block1.first_weight").equal(w.at("block2.first_weight")));
}

TEST(GanGenerator, StartsModulationNearOneAndZero) {
  const auto conditional = weights(GanGenerator(
      {.normalization = GeneratorNormalization::conditional, .classes = 40}, images(32), Rng(1)));
  const Tensor of_class = conditional.at("block2.first_norm.of_class");
  EXPECT_NEAR(of_class.slice(1, 0, 256).mean().item<double>(), 1, 1e-3);
  EXPECT_NEAR(of_class.slice(1, 0, 256).std().item<double>(), 0.02, 1e-3);
  EXPECT_EQ(of_class.slice(1, 256).abs().max().item<double>(), 0);
  const auto modulated = weights(
      GanGenerator({.normalization = GeneratorNormalization::self_modulated}, images(32), Rng(1)));
  const Tensor bias = modulated.at("norm.bias");
  EXPECT_TRUE(bias.equal(at::cat({at::ones({256}), at::zeros({256})})));
}

TEST(GanGenerator, RefusesWhatItCannotMake) {
  for (const std::vector<int64_t>& shape :
       {std::vector<int64_t>{3, 28, 28}, {3, 32, 48}, {3, 32}, {1, 3, 32, 32}})
    EXPECT_NE(message_of<ConfigError>([&] {
                GanGenerator({}, {Modality::image, shape, 0, {}}, Rng(1));
              }).find("64 x 64"),
              std::string::npos);
  EXPECT_NE(message_of<ConfigError>([] {
              GanGenerator({.normalization = GeneratorNormalization::conditional}, images(32),
                           Rng(1));
            }).find("classes"),
            std::string::npos);
  const GanGenerator generator({.width = 0.01}, images(32), Rng(1));
  EXPECT_NE(message_of<ShapeError>([&] {
              generator.forward(at::zeros({2, 127}));
            }).find("128"),
            std::string::npos);
}

}  // namespace
}  // namespace tacit
