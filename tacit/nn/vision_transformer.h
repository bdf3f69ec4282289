// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <vector>

#include "tacit/nn/pooling.h"
#include "tacit/nn/token_encoder.h"
#include "tacit/nn/transformer.h"

namespace tacit {

struct VisionTransformerShape {
  int64_t width, depth, heads, hidden;  ///< of a token; blocks; of attention; of dense layers
  Pooling pooling = Pooling::mean;
  int64_t cell_rows = 1, cell_columns = 1;  ///< parts of the picture that are pooled by themselves
};

/// What transformers on the patches of images and of clips have in common: all pixels of a patch
/// make a token by one linear map, fixed sines tell where it lies, pre-norm blocks and a last layer
/// normalisation follow, then pooling over tokens. Dosovitskiy et al. 2021, "An Image is Worth
/// 16x16 Words", arXiv:2010.11929, section 3.1, as the encoder of He et al. 2022, "Masked
/// Autoencoders Are Scalable Vision Learners", arXiv:2111.06377.
class VisionTransformer : public TokenEncoder {
 public:
  /// Throws ConfigError unless heads divide width and cells divide the lines and columns of
  /// patches; several cells take their mean.
  VisionTransformer(const VisionTransformerShape& shape, const PatchGrid& grid, int64_t channels,
                    const Rng& rng);
  Tensor embed(const Tensor& x) const override;
  Tensor encode(const Tensor& tokens) const override;
  /// With several cells of all tokens of a row only, in order.
  Tensor pool_tokens(const Tensor& tokens) const override;
  PatchGrid patches() const override { return grid_; }
  int64_t width() const override { return shape_.width; }
  int64_t features() const override {
    return shape_.width * statistics(shape_.pooling) * shape_.cell_rows * shape_.cell_columns;
  }
  std::vector<Tensor> last_block() override;
  onnx::Value emit(onnx::Graph& graph, const onnx::Value& x) const override;

 private:
  bool has_cells() const { return shape_.cell_rows * shape_.cell_columns > 1; }
  std::vector<int64_t> cells() const;  // of tokens: times, R, lines / R, C, columns / C, width

  VisionTransformerShape shape_;
  PatchGrid grid_;
  Tensor weight_, bias_;  // [D, C * numbers of a patch's channel], [D]
  Tensor positions_;      // [L, D]
  std::vector<std::shared_ptr<TransformerBlock>> blocks_;
  std::shared_ptr<LayerNorm> norm_;
};

}  // namespace tacit
