// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tacit/core/config.h"
#include "tacit/nn/encoder.h"
#include "tacit/nn/image_resnet.h"

namespace tacit {

/// Over what a convolution's results are brought to mean 0 and deviation 1: each channel over all
/// rows, or within a row some channels together, or all of them.
enum class VideoNormalization { batch, group, layer };
/// Part of the file format; do not rename.
inline std::vector<std::string> names(VideoNormalization) { return {"batch", "group", "layer"}; }

struct VideoResnetConfig {
  ImageStem stem = ImageStem::large;
  std::vector<int64_t> filters{64, 128, 256, 256};  ///< channels of each stage
  std::vector<int64_t> blocks{2, 2, 2, 2};          ///< residual blocks of each stage
  std::vector<int64_t> time_kernels{1, 1, 3, 3};    ///< frames a convolution of each stage sees
  int64_t time_hop = 2;                             ///< of each stage that sees several frames
  VideoNormalization normalization = VideoNormalization::group;
  int64_t group_width = 16;  ///< channels of a group
  int64_t segment = 0;       ///< frames that are seen together; 0: all of a clip
  int64_t grid_rows = 1;     ///< cells of the picture whose means are features of their own
  int64_t grid_columns = 1;
};
template <class Visitor>
void describe(Visitor& visit, VideoResnetConfig& config) {
  visit("stem", config.stem,
        "first convolution of each frame: 3 x 3 pixels, or 7 x 7 with hop 2 and a maximum with hop "
        "2, for frames of 96 pixels and more");
  visit("filters", config.filters, "channels of each stage; the first is also the stem's",
        at_least(1));
  visit("blocks", config.blocks, "residual blocks of each stage", at_least(1));
  visit("time_kernels", config.time_kernels,
        "frames that a convolution of each stage sees, an odd number; 1: each frame by itself, "
        "which is cheaper",
        at_least(1));
  visit("time_hop", config.time_hop,
        "by how many frames convolutions move on where a stage that sees several begins",
        at_least(1));
  visit("normalization", config.normalization,
        "of what a convolution gives: batch, over all rows of a batch; group, of groups of "
        "channels, or layer, of all, within a row alone");
  visit("group_width", config.group_width,
        "channels of a group, which divide those of each stage that has more of them", at_least(1));
  visit("segment", config.segment,
        "frames that are seen together, a divisor of a clip's; features are the mean over "
        "segments; 0: all of a clip",
        at_least(0));
  visit("grid_rows", config.grid_rows,
        "cells that the picture is cut into from top to bottom, each with features of its own: for "
        "what depends on where something is; a divisor of the rows of the last maps",
        at_least(1));
  visit("grid_columns", config.grid_columns, "likewise from left to right", at_least(1));
}

/// A convolution over pixels, and perhaps time, that keeps sizes (over its hop), and its
/// normalisation.
class NormedVideoConv;

/// A residual network for clips whose first stages look at each frame by itself and whose last ones
/// look at time too, as encoder of Han, Xie & Zisserman 2019, "Video Representation Learning by
/// Dense Predictive Coding", arXiv:1909.04656, section 4, there called 2D3D-ResNet: a
/// convolution, stages of residual blocks of two convolutions, of 3 x 3 pixels times `time_kernels`
/// frames, each stage but the first beginning with a hop of 2 pixels and, where it sees several
/// frames, of `time_hop` frames; then ReLU and the mean over time and the pixels of each cell of
/// the grid, by default all. The default is the paper's ResNet-18, with 14,057,536 parameters for
/// three channels. Weights start as in He et al. 2015, arXiv:1502.01852: normal, of variance 2 over
/// the number of products that a value enters.
///
/// Stages that look at single frames normalise each frame by itself, those that look at time all
/// frames of a segment together. Clips may have any number of frames, and of pixels.
///
/// Differs from the paper: groups are normalised, not batches, so that neither another clip nor
/// another segment of a clip leaves traces in a row's features, and training and use do the same.
class VideoResnet final : public Encoder {
 public:
  /// Throws ConfigError when lists differ in length, an entry of time_kernels is even, groups do
  /// not divide channels or segments do not divide frames, or the grid the last maps, ShapeError
  /// when rows are not clips.
  VideoResnet(const VideoResnetConfig& config, const Spec& spec, const Rng& rng);
  /// What the last block gives, before its ReLU. x: [N, C, T, H, W] -> [N, channels(), T', H', W'],
  /// segments one after the other in T'. Throws ShapeError unless segments divide T.
  Tensor maps(const Tensor& x);
  int64_t channels() const { return config_.filters.back(); }
  /// x: [N, C, T, H, W] -> [N, features()], the mean over T' and each cell of ReLU of maps(x): of a
  /// channel all cells, row by row, then of the next. Throws ShapeError where the grid does not
  /// fit.
  Tensor forward(const Tensor& x) override;
  int64_t features() const override {
    return channels() * config_.grid_rows * config_.grid_columns;
  }
  const VideoResnetConfig& config() const { return config_; }
  std::vector<Tensor> last_block() override;
  onnx::Value emit(onnx::Graph& graph, const onnx::Value& x) const override;

 private:
  struct Block {
    std::shared_ptr<NormedVideoConv> first, second;
    std::shared_ptr<NormedVideoConv> shortcut;  // null where the shape stays
  };
  void require_fit(const Spec& spec) const;
  std::pair<int64_t, int64_t> map_size() const;  // H' and W' of the last maps of rows like row_
  int64_t groups_of(int64_t channels) const;
  void add_stage(size_t stage, const Rng& rng);

  VideoResnetConfig config_;
  std::vector<int64_t> row_;  // [C, T, H, W]
  std::shared_ptr<NormedVideoConv> stem_;
  std::vector<Block> blocks_;
};

}  // namespace tacit
