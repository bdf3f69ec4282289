// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <vector>

#include "tacit/nn/image_resnet.h"
#include "tacit/nn/pooling.h"

namespace tacit {

struct PatchResnetConfig {
  int64_t patch = 16;                          ///< pixels of a patch's side
  int64_t hop = 8;                             ///< pixels from one patch to the next
  std::vector<int64_t> filters{64, 128, 256};  ///< channels of each stage
  std::vector<int64_t> blocks{2, 2, 2};        ///< residual blocks of each stage
  Pooling pooling = Pooling::mean;             ///< over patches
};
template <class Visitor>
void describe(Visitor& visit, PatchResnetConfig& config) {
  visit("patch", config.patch, "pixels of the side of a patch", at_least(1));
  visit("hop", config.hop,
        "pixels from one patch to the next, across and down; half of a patch makes them overlap by "
        "half",
        at_least(1));
  visit("filters", config.filters, "channels of each stage; the first is also the first layer's",
        at_least(1));
  visit("blocks", config.blocks, "residual blocks of each stage", at_least(1));
  visit("pooling", config.pooling, "statistics over patches that make up the features");
}

/// A grid of overlapping patches of an image, each seen by itself by an ImageResnet, and their mean
/// or other statistics: the encoder of van den Oord, Li & Vinyals 2018, "Representation Learning
/// with Contrastive Predictive Coding", arXiv:1807.03748, section 3.3, with layer normalisation as
/// in Hénaff et al. 2020, "Data-Efficient Image Recognition with Contrastive Predictive Coding",
/// arXiv:1905.09272, section 3. Nothing of a patch is known to another, so what one tells of
/// another was learned.
///
/// The patches lie in the middle of the image; at its edges up to hop - 1 pixels are not seen.
class PatchResnet final : public Encoder {
 public:
  /// Throws ConfigError when lists differ in length or a patch is larger than the image, ShapeError
  /// when rows are not images.
  PatchResnet(const PatchResnetConfig& config, const Spec& spec, const Rng& rng);
  /// x: [N, C, H, W] -> patches, [N, R, K, C, p, p], of R rows and K columns of the grid.
  Tensor cut(const Tensor& x) const;
  /// patches: [M, C, p, p] -> [M, width()], each by itself.
  Tensor encode(const Tensor& patches) { return network_->forward(patches); }
  /// x: [N, C, H, W] -> [N, features()].
  Tensor forward(const Tensor& x) override;

  const PatchResnetConfig& config() const { return config_; }
  int64_t rows() const { return count(row_[1]); }     ///< R
  int64_t columns() const { return count(row_[2]); }  ///< K

  int64_t width() const { return network_->features(); }  ///< numbers of a patch

  int64_t features() const override { return width() * statistics(config_.pooling); }
  std::vector<Tensor> last_block() override { return network_->last_block(); }
  onnx::Value emit(onnx::Graph& graph, const onnx::Value& x) const override;

 private:
  int64_t count(int64_t pixels) const { return (pixels - config_.patch) / config_.hop + 1; }

  PatchResnetConfig config_;
  std::vector<int64_t> row_;  // C, H, W
  std::shared_ptr<ImageResnet> network_;
};

}  // namespace tacit
