// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/video_resnet.h"

#include <ATen/TensorOperators.h>
#include <ATen/autocast_mode.h>
#include <ATen/ops/batch_norm.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/conv3d.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/group_norm.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "tacit/nn/group_norm.h"
#include "tacit/onnx/graph.h"

namespace tacit {
namespace {

constexpr double kMomentum = 0.1;  // of batch statistics, PyTorch's default
constexpr double kEpsilon = 1e-5;

struct ConvShape {
  int64_t inputs, outputs;
  int64_t frames, pixels;    ///< of the kernel
  int64_t time_hop, stride;  ///< in frames, in pixels
  int64_t groups;            ///< that are normalised; 0: the batch
  bool of_volumes;           ///< or of single frames
};

/// Frames [R F, C, H, W] or volumes [R, C, F, H, W] as volumes of F frames. Where a pixel's
/// channels lie side by side, both are the same memory.
Tensor as_volumes(const Tensor& h, int64_t rows) {
  if (h.dim() == 5) return h;
  return h.unflatten(0, {rows, h.size(0) / rows}).transpose(1, 2);
}
Tensor as_frames(const Tensor& h) { return h.dim() == 4 ? h : h.transpose(1, 2).flatten(0, 1); }

/// Such maps in a graph, which has to be told what sizes they have.
class EmittedMaps {
 public:
  /// `clips`: [batch, C, T, H, W], seen as frames; sizes: C, frames of a segment, H, W.
  EmittedMaps(onnx::Graph& graph, const onnx::Value& clips, const std::array<int64_t, 4>& sizes)
      : value(clips), graph_(graph), sizes_(sizes), volumes_(true) {
    see(/*volumes=*/false);
  }

  /// As frames [-1, C, H, W] or volumes [-1, C, F, H, W].
  void see(bool volumes) {
    if (volumes == volumes_) return;
    volumes_ = volumes;
    const auto [channels, time, height, width] = sizes_;
    if (volumes)
      value = graph_.add("Reshape", {value, onnx::Ints{-1, time, channels, height, width}});
    value = graph_.add("Transpose", {value}, {{"perm", onnx::Ints{0, 2, 1, 3, 4}}});
    if (!volumes) value = graph_.add("Reshape", {value, onnx::Ints{-1, channels, height, width}});
  }
  /// After a step to `channels` that moves on by so many frames and pixels.
  void hop(int64_t channels, int64_t frames, int64_t pixels) {
    const auto left = [](int64_t size, int64_t hop) { return (size + hop - 1) / hop; };
    sizes_ = {channels, left(sizes_[1], frames), left(sizes_[2], pixels), left(sizes_[3], pixels)};
  }

  onnx::Value value;

 private:
  onnx::Graph& graph_;
  std::array<int64_t, 4> sizes_;
  bool volumes_;
};

}  // namespace

class NormedVideoConv final : public torch::nn::Module {
 public:
  NormedVideoConv(const ConvShape& shape, const Rng& rng) : shape_(shape) {
    std::vector<int64_t> sizes{shape.outputs, shape.inputs, shape.pixels, shape.pixels};
    if (shape.of_volumes) sizes.insert(sizes.begin() + 2, shape.frames);
    weight_ = register_parameter("weight", at::empty(sizes));
    gain_ = register_parameter("gain", at::ones({shape.outputs}));
    shift_ = register_parameter("shift", at::zeros({shape.outputs}));
    if (shape.groups == 0) {
      running_mean_ = register_buffer("running_mean", at::zeros({shape.outputs}));
      running_var_ = register_buffer("running_var", at::ones({shape.outputs}));
    }
    const c10::AutoGradMode no_grad(false);
    const int64_t products = weight_.numel() / shape.inputs;  // that a value enters
    const double deviation = std::sqrt(2.0 / static_cast<double>(products));
    Rng draws = rng.stream("weight");
    auto* values = weight_.mutable_data_ptr<float>();
    for (int64_t i = 0; i < weight_.numel(); ++i)
      values[i] = static_cast<float>(draws.normal(0, deviation));
  }

  const ConvShape& shape() const { return shape_; }

  /// Frames [M, C, H, W] -> [M, O, H', W'], or volumes [R, C, F, H, W] -> [R, O, F', H', W'].
  Tensor forward(const Tensor& x) const {
    const int64_t before = shape_.frames / 2, edge = shape_.pixels / 2, stride = shape_.stride;
    // In bfloat16 on a CPU, LibTorch 2.13 gives wrong gradients of weights where channels lie side
    // by side and are fewer than 16.
    const bool reorders = x.is_cpu() && at::autocast::is_autocast_enabled(at::kCPU);
    const Tensor seen = reorders ? x.contiguous() : x;
    const Tensor h =
        shape_.of_volumes
            ? at::conv3d(seen, weight_, {}, {shape_.time_hop, stride, stride}, {before, edge, edge})
            : at::conv2d(x, weight_, {}, stride, edge);
    if (shape_.groups > 0) return at::group_norm(h, shape_.groups, gain_, shift_, kEpsilon);
    return at::batch_norm(h, gain_, shift_, running_mean_, running_var_, is_training(), kMomentum,
                          kEpsilon, /*cudnn_enabled=*/true);
  }

  onnx::Value emit(onnx::Graph& graph, const onnx::Value& x) const {
    const int64_t before = shape_.frames / 2, edge = shape_.pixels / 2, stride = shape_.stride;
    onnx::Ints hops{stride, stride}, edges{edge, edge, edge, edge};
    if (shape_.of_volumes) {
      hops.insert(hops.begin(), shape_.time_hop);
      edges = {before, edge, edge, before, edge, edge};
    }
    const onnx::Value h = graph.add("Conv", {x, weight_}, {{"strides", hops}, {"pads", edges}});
    if (shape_.groups == 0)
      return graph.add("BatchNormalization", {h, gain_, shift_, running_mean_, running_var_},
                       {{"epsilon", kEpsilon}});
    return emit_group_norm(
        graph, h, gain_, shift_,
        {.groups = shape_.groups, .dimensions = weight_.dim(), .epsilon = kEpsilon});
  }

 private:
  ConvShape shape_;
  Tensor weight_;                      // [O, C, k, k] or [O, C, t, k, k]
  Tensor gain_, shift_;                // [O]
  Tensor running_mean_, running_var_;  // [O], of batches
};

void VideoResnet::require_fit(const Spec& spec) const {
  const size_t stages = config_.filters.size();
  require<ConfigError>(
      stages > 0 && config_.blocks.size() == stages && config_.time_kernels.size() == stages,
      "encoder.filters, encoder.blocks and encoder.time_kernels must list the same number of "
      "stages, not {}, {} and {}",
      stages, config_.blocks.size(), config_.time_kernels.size());
  for (const int64_t kernel : config_.time_kernels)
    require<ConfigError>(kernel % 2 == 1, "encoder.time_kernels must be odd numbers, but one is {}",
                         kernel);
  for (const int64_t channels : config_.filters)
    require<ConfigError>(config_.normalization != VideoNormalization::group ||
                             channels <= config_.group_width || channels % config_.group_width == 0,
                         "encoder.group_width = {} must divide the {} channels of a stage",
                         config_.group_width, channels);
  require<ShapeError>(spec.shape.size() == 4,
                      "video_resnet: rows must be clips [C, T, H, W], but here they are {}",
                      c10::IntArrayRef(spec.shape));
  require<ConfigError>(config_.segment == 0 || spec.shape[1] % config_.segment == 0,
                       "encoder.segment = {} must divide the {} frames of a clip", config_.segment,
                       spec.shape[1]);
  const auto [height, width] = map_size();
  require<ConfigError>(
      height % config_.grid_rows == 0 && width % config_.grid_columns == 0,
      "encoder.grid_rows = {} and encoder.grid_columns = {} must divide the last maps of {} x {}",
      config_.grid_rows, config_.grid_columns, height, width);
}

std::pair<int64_t, int64_t> VideoResnet::map_size() const {
  const int64_t halvings =
      std::ssize(config_.filters) - 1 + (config_.stem == ImageStem::large ? 2 : 0);
  int64_t height = row_[2], width = row_[3];
  for (int64_t i = 0; i < halvings; ++i) height = (height + 1) / 2, width = (width + 1) / 2;
  return {height, width};
}

VideoResnet::VideoResnet(const VideoResnetConfig& config, const Spec& spec, const Rng& rng)
    : config_(config), row_(spec.shape) {
  require_fit(spec);
  const bool large = config.stem == ImageStem::large;
  stem_ = register_module(
      "stem", std::make_shared<NormedVideoConv>(ConvShape{.inputs = spec.shape[0],
                                                          .outputs = config.filters[0],
                                                          .frames = 1,
                                                          .pixels = large ? 7 : 3,
                                                          .time_hop = 1,
                                                          .stride = large ? 2 : 1,
                                                          .groups = groups_of(config.filters[0]),
                                                          .of_volumes = false},
                                                rng.stream("stem")));
  for (size_t stage = 0; stage < config.filters.size(); ++stage) add_stage(stage, rng);
}

int64_t VideoResnet::groups_of(int64_t channels) const {
  if (config_.normalization == VideoNormalization::batch) return 0;
  if (config_.normalization == VideoNormalization::layer) return 1;
  return std::max<int64_t>(1, channels / config_.group_width);
}

void VideoResnet::add_stage(size_t stage, const Rng& rng) {
  const int64_t filters = config_.filters[stage], frames = config_.time_kernels[stage];
  for (int64_t index = 0; index < config_.blocks[stage]; ++index) {
    const bool hops = stage > 0 && index == 0;
    const int64_t channels = hops ? config_.filters[stage - 1] : filters;
    const int64_t stride = hops ? 2 : 1, time_hop = hops && frames > 1 ? config_.time_hop : 1;
    const auto conv = [&](const std::string& part, const ConvShape& shape) {
      const std::string name = text("block{}_{}", blocks_.size() + 1, part);
      return register_module(name, std::make_shared<NormedVideoConv>(shape, rng.stream(name)));
    };
    const int64_t groups = groups_of(filters);
    const bool volumes = frames > 1;
    Block block{conv("first", {channels, filters, frames, 3, time_hop, stride, groups, volumes}),
                conv("second", {filters, filters, frames, 3, 1, 1, groups, volumes}), nullptr};
    if (hops)
      block.shortcut =
          conv("shortcut", {channels, filters, 1, 1, time_hop, stride, groups, volumes});
    blocks_.push_back(block);
  }
}

Tensor VideoResnet::maps(const Tensor& x) {
  const int64_t clips = x.size(0), time = x.size(2);
  const int64_t segment = config_.segment == 0 ? time : config_.segment;
  require<ShapeError>(time % segment == 0,
                      "video_resnet: segments of {} frames do not divide a clip of {}", segment,
                      time);
  const int64_t segments = time / segment, rows = clips * segments;
  // With a pixel's channels side by side, convolutions and normalisation need no reordering, nor
  // does it take any to see frames as volumes.
  Tensor h = x.permute({0, 2, 3, 4, 1}).contiguous().flatten(0, 1).permute({0, 3, 1, 2});
  h = stem_->forward(h);  // [N T, D, H, W]
  if (config_.stem == ImageStem::large) h = at::max_pool2d(h, 3, 2, 1);
  for (const Block& block : blocks_) {
    h = at::relu(block.first->shape().of_volumes ? as_volumes(h, rows) : as_frames(h));
    const Tensor changed = block.second->forward(at::relu(block.first->forward(h)));
    h = changed + (block.shortcut ? block.shortcut->forward(h) : h);
  }
  h = as_volumes(h, rows);  // [N S, D, F', H', W']
  if (segments == 1) return h;
  return h.unflatten(0, {clips, segments}).transpose(1, 2).flatten(2, 3);
}

Tensor VideoResnet::forward(const Tensor& x) {
  const Tensor seen = at::relu(maps(x));
  const int64_t rows = config_.grid_rows, columns = config_.grid_columns;
  if (rows == 1 && columns == 1) return seen.mean({2, 3, 4});
  require<ShapeError>(seen.size(3) % rows == 0 && seen.size(4) % columns == 0,
                      "video_resnet: a grid of {} x {} does not divide maps of {} x {}", rows,
                      columns, seen.size(3), seen.size(4));
  const Tensor cells = seen.unflatten(4, {columns, -1}).unflatten(3, {rows, -1});
  return cells.mean({2, 4, 6}).flatten(1);  // of [N, D, T', R, H'/R, C, W'/C]
}

onnx::Value VideoResnet::emit(onnx::Graph& graph, const onnx::Value& x) const {
  const int64_t segment = config_.segment == 0 ? row_[1] : config_.segment;
  EmittedMaps h(graph, x, {row_[0], segment, row_[2], row_[3]});
  const auto add = [&](const std::string& op, const onnx::Attributes& attributes = {}) {
    h.value = graph.add(op, {h.value}, attributes);
  };
  const ConvShape& stem = stem_->shape();
  h.value = stem_->emit(graph, h.value);
  h.hop(stem.outputs, 1, stem.stride);
  if (config_.stem == ImageStem::large) {
    add("MaxPool", {{"kernel_shape", onnx::Ints{3, 3}},
                    {"strides", onnx::Ints{2, 2}},
                    {"pads", onnx::Ints{1, 1, 1, 1}}});
    h.hop(stem.outputs, 1, 2);
  }
  for (const Block& block : blocks_) {
    const ConvShape& shape = block.first->shape();
    h.see(shape.of_volumes);
    add("Relu");
    const onnx::Value kept = block.shortcut ? block.shortcut->emit(graph, h.value) : h.value;
    const onnx::Value first = graph.add("Relu", {block.first->emit(graph, h.value)});
    h.value = graph.add("Add", {block.second->emit(graph, first), kept});
    h.hop(shape.outputs, shape.time_hop, shape.stride);
  }
  add("Relu");
  h.see(/*volumes=*/true);
  onnx::Value each;  // [N S, features()]
  if (config_.grid_rows == 1 && config_.grid_columns == 1) {
    each = graph.add("ReduceMean", {h.value}, {{"axes", onnx::Ints{2, 3, 4}}, {"keepdims", 0}});
  } else {
    const auto [height, width] = map_size();
    const onnx::Value still =
        graph.add("ReduceMean", {h.value}, {{"axes", onnx::Ints{2}}, {"keepdims", 0}});
    const onnx::Value cells = graph.add(
        "Reshape", {still, onnx::Ints{-1, channels(), config_.grid_rows, height / config_.grid_rows,
                                      config_.grid_columns, width / config_.grid_columns}});
    const onnx::Value means =
        graph.add("ReduceMean", {cells}, {{"axes", onnx::Ints{3, 5}}, {"keepdims", 0}});
    each = graph.add("Reshape", {means, onnx::Ints{-1, features()}});
  }
  if (segment == row_[1]) return each;
  const onnx::Value segments =
      graph.add("Reshape", {each, onnx::Ints{-1, row_[1] / segment, features()}});
  return graph.add("ReduceMean", {segments}, {{"axes", onnx::Ints{1}}, {"keepdims", 0}});
}

std::vector<Tensor> VideoResnet::last_block() {
  std::vector<Tensor> last;
  for (const auto& conv : {blocks_.back().first, blocks_.back().second, blocks_.back().shortcut})
    if (conv)
      for (const Tensor& parameter : conv->parameters()) last.push_back(parameter);
  return last;
}

}  // namespace tacit
