// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/gan_generator.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/batch_norm.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/embedding.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/tanh.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/upsample_bilinear2d.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "tacit/nn/initialize.h"
#include "tacit/onnx/graph.h"
#include "tacit/onnx/operators.h"

namespace tacit {
namespace {

constexpr double kMomentum = 0.1;  // of batch statistics, PyTorch's default
constexpr double kEpsilon = 1e-5;
constexpr double kScaleDeviation = 0.02;  // of a class's first scales

/// The first map's edge in pixels, its channels and those after each block.
struct Layout {
  int64_t edge;
  std::vector<int64_t> channels;
};

/// Throws ConfigError for another size.
Layout layout_of(const Spec& spec, double width) {
  Layout layout{};
  const std::vector<int64_t>& shape = spec.shape;
  const int64_t size = shape.size() == 3 && shape[1] == shape[2] ? shape[1] : 0;
  if (size == 32) layout = {4, {256, 256, 256, 256}};
  if (size == 48) layout = {6, {512, 256, 128, 64}};
  if (size == 64) layout = {4, {1024, 512, 256, 128, 64}};
  require<ConfigError>(layout.edge > 0,
                       "the generator makes images of 32 x 32, 48 x 48 or 64 x 64 pixels, but here "
                       "rows are {}; scale them to one of these",
                       c10::IntArrayRef(shape));
  for (int64_t& channels : layout.channels)
    channels = std::max<int64_t>(1, std::llround(static_cast<double>(channels) * width));
  return layout;
}

/// h: [batch, C, H, W], both operands [C, 1, 1] or [batch, C, 1, 1] -> h by the first, plus the
/// second.
onnx::Value scale_and_shift(onnx::Graph& graph, const onnx::Value& h,
                            const std::pair<onnx::Operand, onnx::Operand>& by) {
  return graph.add("Add", {graph.add("Mul", {h, by.first}), by.second});
}

/// What at::conv2d does with padding that keeps the size.
onnx::Value convolve(onnx::Graph& graph, const onnx::Value& h, const Tensor& weight,
                     const Tensor& bias) {
  const int64_t edge = weight.size(2) / 2;
  return graph.add("Conv", {h, weight, bias}, {{"pads", onnx::Ints{edge, edge, edge, edge}}});
}

/// What at::upsample_bilinear2d without aligned corners does: [batch, C, H, W] -> [batch, C, 2 H,
/// 2 W].
onnx::Value twice_as_large(onnx::Graph& graph, const onnx::Value& h) {
  const Tensor scales = at::tensor({1.0F, 1.0F, 2.0F, 2.0F});
  return graph.add("Resize", {h, onnx::Value{}, scales},
                   {{"mode", "linear"}, {"coordinate_transformation_mode", "half_pixel"}});
}

}  // namespace

class ModulatedNorm final : public torch::nn::Module {
 public:
  ModulatedNorm(int64_t channels, GeneratorNormalization normalization,
                const GanGeneratorConfig& config, const Rng& rng)
      : normalization_(normalization) {
    running_mean_ = register_buffer("running_mean", at::zeros({channels}));
    running_var_ = register_buffer("running_var", at::ones({channels}));
    const c10::AutoGradMode no_grad(false);
    switch (normalization) {
      case GeneratorNormalization::batch:
        gain_ = register_parameter("gain", at::ones({channels}));
        shift_ = register_parameter("shift", at::zeros({channels}));
        return;
      case GeneratorNormalization::conditional: {
        of_class_ = register_parameter("of_class", at::zeros({config.classes, 2 * channels}));
        Rng draws = rng.stream("of_class");
        auto* values = of_class_.mutable_data_ptr<float>();
        for (int64_t k = 0; k < config.classes; ++k)
          for (int64_t c = 0; c < channels; ++c)
            values[2 * channels * k + c] = static_cast<float>(draws.normal(1, kScaleDeviation));
        return;
      }
      case GeneratorNormalization::self_modulated:
        hidden_weight_ =
            register_parameter("hidden_weight", at::empty({config.hidden, config.noise}));
        hidden_bias_ = register_parameter("hidden_bias", at::zeros({config.hidden}));
        weight_ = register_parameter("weight", at::empty({2 * channels, config.hidden}));
        bias_ = register_parameter("bias", at::zeros({2 * channels}));
        glorot_uniform(hidden_weight_, config.noise, config.hidden, rng.stream("hidden_weight"));
        glorot_uniform(weight_, config.hidden, channels, rng.stream("weight"));
        bias_.slice(0, 0, channels).fill_(1);
        return;
    }
    throw ConfigError("unknown normalization");
  }

  /// h: [N, C, H, W] -> the same shape. z, y: as the generator takes them.
  Tensor forward(const Tensor& h, const Tensor& z, const Tensor& y) const {
    const Tensor normal = at::batch_norm(h, gain_, shift_, running_mean_, running_var_,
                                         is_training(), kMomentum, kEpsilon, /*cudnn=*/true);
    if (normalization_ == GeneratorNormalization::batch) return normal;
    const Tensor both = normalization_ == GeneratorNormalization::conditional
                            ? at::embedding(of_class_, y)
                            : at::linear(at::relu(at::linear(z, hidden_weight_, hidden_bias_)),
                                         weight_, bias_);  // [N, 2 C]
    const std::vector<Tensor> halves = both.unsqueeze(-1).unsqueeze(-1).chunk(2, 1);
    return normal * halves[0] + halves[1];
  }

  /// What forward() does in eval mode, as one scale and one shift of each channel.
  onnx::Value emit(onnx::Graph& graph, const onnx::Value& h, const onnx::Value& z,
                   const onnx::Value& y) const {
    switch (normalization_) {
      case GeneratorNormalization::batch: {
        const auto [scale, shift] = folded(at::cat({gain_, shift_}));
        return scale_and_shift(graph, h, {scale.view({-1, 1, 1}), shift.view({-1, 1, 1})});
      }
      case GeneratorNormalization::conditional: {
        const auto of_class = [&](const Tensor& table) {  // [K, C] -> [batch, C, 1, 1]
          return graph.add("Gather", {table.unsqueeze(-1).unsqueeze(-1), y}, {{"axis", 0}});
        };
        const auto [scale, shift] = folded(of_class_);
        return scale_and_shift(graph, h, {of_class(scale), of_class(shift)});
      }
      case GeneratorNormalization::self_modulated: {
        const onnx::Value hidden =
            graph.add("Relu", {onnx::linear(graph, z, hidden_weight_, hidden_bias_)});
        const auto of_noise = [&](const Tensor& weight, const Tensor& bias) {  // [H, C], [C]
          const onnx::Value made = onnx::linear(graph, hidden, weight.t(), bias);
          return graph.add("Unsqueeze", {made, onnx::Ints{2, 3}});  // [batch, C, 1, 1]
        };
        const auto [scale_weight, shift_weight] = folded(weight_.t());
        const auto [scale_bias, shift_bias] = folded(bias_);
        return scale_and_shift(
            graph, h, {of_noise(scale_weight, scale_bias), of_noise(shift_weight, shift_bias)});
      }
    }
    throw ConfigError("unknown normalization");
  }

 private:
  /// (h - mean) / deviation * gain + shift = h * scale + (shift - mean * scale), where scale = gain
  /// / deviation. Both are linear in gain and shift, so what these are made of is folded alike.
  /// both: [*, 2 C], gains before shifts -> scales and shifts, [*, C] each.
  std::pair<Tensor, Tensor> folded(const Tensor& both) const {
    const c10::AutoGradMode no_grad(false);
    const std::vector<Tensor> halves = both.to(at::kDouble).chunk(2, -1);
    const Tensor scale = halves[0] / (running_var_.to(at::kDouble) + kEpsilon).sqrt();
    return {scale, halves[1] - running_mean_.to(at::kDouble) * scale};
  }

  GeneratorNormalization normalization_;
  Tensor running_mean_, running_var_;                   // [C]
  Tensor gain_, shift_;                                 // [C], or undefined
  Tensor of_class_;                                     // [K, 2 C], or undefined
  Tensor hidden_weight_, hidden_bias_, weight_, bias_;  // [H, noise], [H], [2 C, H], [2 C]
};

class GeneratorBlock final : public torch::nn::Module {
 public:
  GeneratorBlock(int64_t inputs, int64_t outputs, const GanGeneratorConfig& config,
                 const Rng& rng) {
    const auto conv = [&](const std::string& name, int64_t from, int64_t kernel, double gain) {
      Conv made{register_parameter(name + "_weight", at::empty({outputs, from, kernel, kernel})),
                register_parameter(name + "_bias", at::zeros({outputs}))};
      const c10::AutoGradMode no_grad(false);
      glorot_uniform(made.weight, from * kernel * kernel, outputs * kernel * kernel,
                     rng.stream(name));
      made.weight.mul_(gain);
      return made;
    };
    const auto norm = [&](const std::string& name, int64_t channels) {
      return register_module(name, std::make_shared<ModulatedNorm>(channels, config.normalization,
                                                                   config, rng.stream(name)));
    };
    first_norm_ = norm("first_norm", inputs);
    first_ = conv("first", inputs, 3, std::numbers::sqrt2);
    second_norm_ = norm("second_norm", outputs);
    second_ = conv("second", outputs, 3, std::numbers::sqrt2);
    shortcut_ = conv("shortcut", inputs, 1, 1);
  }

  /// x: [N, C, H, W] -> [N, O, 2 H, 2 W].
  Tensor forward(const Tensor& x, const Tensor& z, const Tensor& y) const {
    const auto doubled = [&](const Tensor& h) {
      return at::upsample_bilinear2d(h, {2 * x.size(2), 2 * x.size(3)}, /*align_corners=*/false);
    };
    Tensor h = doubled(at::relu(first_norm_->forward(x, z, y)));
    h = at::conv2d(h, first_.weight, first_.bias, /*stride=*/1, /*padding=*/1);
    h = at::relu(second_norm_->forward(h, z, y));
    h = at::conv2d(h, second_.weight, second_.bias, /*stride=*/1, /*padding=*/1);
    // Each new pixel is a mean of old ones, so it does not matter which comes first.
    return h + doubled(at::conv2d(x, shortcut_.weight, shortcut_.bias));
  }

  /// What forward() does in eval mode.
  onnx::Value emit(onnx::Graph& graph, const onnx::Value& x, const onnx::Value& z,
                   const onnx::Value& y) const {
    onnx::Value h = twice_as_large(graph, graph.add("Relu", {first_norm_->emit(graph, x, z, y)}));
    h = convolve(graph, h, first_.weight, first_.bias);
    h = graph.add("Relu", {second_norm_->emit(graph, h, z, y)});
    h = convolve(graph, h, second_.weight, second_.bias);
    const onnx::Value past = convolve(graph, x, shortcut_.weight, shortcut_.bias);
    return graph.add("Add", {h, twice_as_large(graph, past)});
  }

 private:
  struct Conv {
    Tensor weight, bias;  // [O, C, k, k], [O]
  };

  std::shared_ptr<ModulatedNorm> first_norm_, second_norm_;
  Conv first_, second_, shortcut_;
};

GanGenerator::GanGenerator(const GanGeneratorConfig& config, const Spec& spec, const Rng& rng)
    : config_(config) {
  const bool conditional = config.normalization == GeneratorNormalization::conditional;
  require<ConfigError>(!conditional || config.classes > 0,
                       "normalization = \"conditional\" needs the number of classes");
  const auto [edge, channels] = layout_of(spec, config.width);
  const int64_t last = channels.back(), colours = spec.shape[0];
  edge_ = edge;
  dense_weight_ =
      register_parameter("dense_weight", at::empty({channels[0] * edge * edge, config.noise}));
  dense_bias_ = register_parameter("dense_bias", at::zeros({channels[0] * edge * edge}));
  for (size_t i = 1; i < channels.size(); ++i) {
    const std::string name = text("block{}", i);
    blocks_.push_back(register_module(
        name,
        std::make_shared<GeneratorBlock>(channels[i - 1], channels[i], config, rng.stream(name))));
  }
  norm_ = register_module(
      "norm", std::make_shared<ModulatedNorm>(
                  last, conditional ? GeneratorNormalization::batch : config.normalization, config,
                  rng.stream("norm")));
  weight_ = register_parameter("weight", at::empty({colours, last, 3, 3}));
  bias_ = register_parameter("bias", at::zeros({colours}));
  const c10::AutoGradMode no_grad(false);
  glorot_uniform(dense_weight_, config.noise, dense_weight_.size(0), rng.stream("dense_weight"));
  glorot_uniform(weight_, 9 * last, 9 * colours, rng.stream("weight"));
}

Tensor GanGenerator::forward(const Tensor& z, const Tensor& y) const {
  return at::tanh(before_tanh(z, y)).contiguous();
}

Tensor GanGenerator::before_tanh(const Tensor& z, const Tensor& y) const {
  require<ShapeError>(z.dim() == 2 && z.size(1) == config_.noise,
                      "the generator takes noise of shape [N, {}], not {}", config_.noise,
                      z.sizes());
  if (config_.normalization == GeneratorNormalization::conditional)
    require<ShapeError>(y.defined() && y.dim() == 1 && y.size(0) == z.size(0),
                        "a conditional generator needs a class for each of {} rows", z.size(0));
  Tensor h = at::linear(z, dense_weight_, dense_bias_).view({z.size(0), -1, edge_, edge_});
  h = h.contiguous(at::MemoryFormat::ChannelsLast);
  for (const auto& block : blocks_) h = block->forward(h, z, y);
  h = at::relu(norm_->forward(h, z, y));
  return at::conv2d(h, weight_, bias_, /*stride=*/1, /*padding=*/1);
}

onnx::Value GanGenerator::emit(onnx::Graph& graph, const onnx::Value& z,
                               const onnx::Value& y) const {
  onnx::Value h = graph.add("Reshape", {onnx::linear(graph, z, dense_weight_, dense_bias_),
                                        onnx::Ints{0, -1, edge_, edge_}});
  for (const auto& block : blocks_) h = block->emit(graph, h, z, y);
  h = graph.add("Relu", {norm_->emit(graph, h, z, y)});
  return graph.add("Tanh", {convolve(graph, h, weight_, bias_)});
}

}  // namespace tacit
