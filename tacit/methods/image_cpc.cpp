// SPDX-License-Identifier: Apache-2.0
#include "tacit/methods/image_cpc.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/linear.h>

#include <algorithm>
#include <array>

#include "tacit/nn/initialize.h"

namespace tacit {
namespace {

constexpr std::array<const char*, 4> kDirections{"down", "up", "right", "left"};

/// A grid [N, R, K, D] as it is seen by one who goes through it in that direction, from its first
/// row on.
Tensor seen_along(const Tensor& grid, size_t direction) {
  const Tensor turned = direction < 2 ? grid : grid.transpose(1, 2);
  return direction % 2 == 0 ? turned : turned.flip(1);
}

/// The sum of what is added, of which the mean is wanted.
void add_to(Tensor& sum, const Tensor& value) { sum = sum.defined() ? sum + value : value; }

}  // namespace

ImageCpc::ImageCpc(const Config& config, const Ingredients& ingredients)
    : config_(config),
      augment_(
          image_augmentation(config.image, config.augment, "method.augment", ingredients.spec)) {
  encoder_ = std::dynamic_pointer_cast<PatchResnet>(ingredients.encoder);
  require<ConfigError>(encoder_ != nullptr,
                       "image_cpc predicts patches of images, which this encoder does not give; "
                       "use encoder.name = \"patch_resnet\"");
  register_module("encoder", encoder_);
  Spec patch = ingredients.spec;
  patch.shape[1] = patch.shape[2] = encoder_->config().patch;
  augment_patches_ =
      image_augmentation(config.patch, config.augment_patches, "method.augment_patches", patch);
  const Rng& rng = ingredients.rng;
  if (config.target_width > 0) {
    target_weight_ =
        register_parameter("target_weight", at::empty({config.target_width, encoder_->width()}));
    glorot_uniform(target_weight_, encoder_->width(), config.target_width,
                   rng.stream("target_weight"));
  }
  const size_t count = config.directions == CpcDirections::down ? 1 : kDirections.size();
  for (size_t index = 0; index < count; ++index)
    add_direction(kDirections[index], index < 2 ? encoder_->rows() : encoder_->columns(), rng);
}

int64_t ImageCpc::nearest() const {
  const auto [patch, hop] = std::pair(encoder_->config().patch, encoder_->config().hop);
  return config_.nearest > 0 ? config_.nearest : (patch + hop - 1) / hop;
}

void ImageCpc::add_direction(const std::string& name, int64_t rows, const Rng& rng) {
  require<ConfigError>(nearest() < rows && nearest() <= config_.farthest,
                       "patches {} rows ahead are the nearest that are predicted, but the grid has "
                       "{} rows and method.farthest = {}; lower encoder.patch or encoder.hop, or "
                       "set method.nearest",
                       nearest(), rows, config_.farthest);
  const int64_t width = encoder_->width();
  Direction direction;
  direction.context = register_module(
      name, std::make_shared<GridContext>(
                GridContextShape{width, config_.context_width, config_.context_layers},
                rng.stream(name)));
  for (int64_t ahead = nearest(); ahead <= std::min(config_.farthest, rows - 1); ++ahead) {
    const std::string weight = text("{}_weight{}", name, ahead);
    const int64_t outputs = config_.target_width > 0 ? config_.target_width : width;
    direction.weights.push_back(register_parameter(weight, at::empty({outputs, width})));
    glorot_uniform(direction.weights.back(), width, outputs, rng.stream(weight));
  }
  directions_.push_back(std::move(direction));
}

Loss ImageCpc::loss(const Batch& batch, Step& step) {
  const Tensor x = is_training() ? augment_(batch.x, step.rng) : batch.x;
  const Tensor patches = encoder_->cut(x);  // [N, R, K, C, p, p]
  const Tensor each = patches.flatten(0, 2);
  const Tensor z = encoder_->encode(is_training() ? augment_patches_(each, step.rng) : each)
                       .unflatten(0, patches.sizes().slice(0, 3));  // [N, R, K, D]
  const Tensor wanted = target_weight_.defined() ? at::linear(z, target_weight_) : z;
  Tensor total, accuracy, chance, by_colour;
  double terms = 0;
  for (size_t index = 0; index < directions_.size(); ++index) {
    const auto along = [&](const Tensor& grid) { return seen_along(grid, index); };
    const Tensor context = directions_[index].context->forward(along(z));
    const Tensor targets = along(wanted).flatten(1, 2);
    const Tensor colours = is_training() ? Tensor() : along(patches.mean({4, 5}));
    const int64_t rows = context.size(1), columns = context.size(2);
    const Tensor places = at::arange(rows * columns, at::kLong);
    int64_t ahead = nearest();
    for (const Tensor& weight : directions_[index].weights) {
      const auto before = [&](const Tensor& grid) {  // what the patches ahead are foretold from
        return grid.narrow(1, 0, rows - ahead);
      };
      const Tensor own = places.narrow(0, ahead * columns, (rows - ahead) * columns);
      const Loss found = info_nce(at::linear(before(context), weight).flatten(1, 2), targets, own,
                                  config_.nce, step.rng);
      add_to(total, found.total);
      add_to(accuracy, found.parts[0].second);
      add_to(chance, found.parts[1].second);
      if (colours.defined())
        add_to(by_colour, nearest_accuracy(before(colours).flatten(1, 2), colours.flatten(1, 2),
                                           own, config_.nce, step.rng));
      ++ahead, ++terms;
    }
  }
  Loss loss{total / terms, {{"nce/accuracy", accuracy / terms}, {"nce/chance", chance / terms}}};
  if (by_colour.defined()) loss.parts.emplace_back("nce/colour_accuracy", by_colour / terms);
  return loss;
}

}  // namespace tacit
