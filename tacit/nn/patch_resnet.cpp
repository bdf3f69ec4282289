// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/patch_resnet.h"

#include <ATen/ops/arange.h>

#include <algorithm>

#include "tacit/onnx/graph.h"

namespace tacit {

PatchResnet::PatchResnet(const PatchResnetConfig& config, const Spec& spec, const Rng& rng)
    : config_(config), row_(spec.shape) {
  require<ShapeError>(row_.size() == 3,
                      "patch_resnet: rows must be images [C, H, W], but here they are {}",
                      c10::IntArrayRef(row_));
  require<ConfigError>(config.patch <= std::min(row_[1], row_[2]),
                       "encoder.patch = {} is larger than images of {} x {} pixels", config.patch,
                       row_[1], row_[2]);
  Spec patch = spec;
  patch.shape = {row_[0], config.patch, config.patch};
  const ImageResnetConfig network{.filters = config.filters,
                                  .blocks = config.blocks,
                                  .normalization = ImageNormalization::layer};
  network_ = register_module("network",
                             std::make_shared<ImageResnet>(network, patch, rng.stream("network")));
}

Tensor PatchResnet::cut(const Tensor& x) const {
  const auto [patch, hop] = std::pair(config_.patch, config_.hop);
  const auto along = [&](const Tensor& whole, int64_t dimension) {
    const int64_t seen = (count(whole.size(dimension)) - 1) * hop + patch;
    return whole.narrow(dimension, (whole.size(dimension) - seen) / 2, seen)
        .unfold(dimension, patch, hop);
  };
  return along(along(x, 2), 3).permute({0, 2, 3, 1, 4, 5});
}

Tensor PatchResnet::forward(const Tensor& x) {
  const Tensor patches = cut(x).flatten(1, 2);  // [N, R K, C, p, p]
  return pool(encode(patches.flatten(0, 1)).unflatten(0, {x.size(0), -1}), config_.pooling);
}

onnx::Value PatchResnet::emit(onnx::Graph& graph, const onnx::Value& x) const {
  const int64_t pixels = row_[0] * row_[1] * row_[2];
  const Tensor which = cut(at::arange(pixels, at::kLong).view({1, row_[0], row_[1], row_[2]}));
  const onnx::Value flat = graph.add("Reshape", {x, onnx::Ints{-1, pixels}});
  const onnx::Value seen = graph.add("Gather", {flat, which.contiguous().flatten()}, {{"axis", 1}});
  const onnx::Value patches =
      graph.add("Reshape", {seen, onnx::Ints{-1, row_[0], config_.patch, config_.patch}});
  const onnx::Value all = graph.add(
      "Reshape", {network_->emit(graph, patches), onnx::Ints{-1, rows() * columns(), width()}});
  std::vector<onnx::Operand> pooled;
  emit_pool(graph, graph.add("Transpose", {all}, {{"perm", onnx::Ints{0, 2, 1}}}), config_.pooling,
            pooled);
  return graph.add("Concat", pooled, {{"axis", 1}});
}

}  // namespace tacit
