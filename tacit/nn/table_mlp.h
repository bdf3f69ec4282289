// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "tacit/core/config.h"
#include "tacit/nn/field_embedding.h"
#include "tacit/nn/table_encoder.h"

namespace tacit {

/// What follows a dense layer.
enum class Activation { relu, leaky_relu, elu, selu, gelu, silu, tanh, sigmoid };
inline std::vector<std::string> names(Activation) {
  return {"relu", "leaky_relu", "elu", "selu", "gelu", "silu", "tanh", "sigmoid"};
}
Tensor activate(Activation activation, const Tensor& x);
/// activate() as ONNX operators.
onnx::Value emit_activation(Activation activation, onnx::Graph& graph, const onnx::Value& x);

struct TableMlpConfig {
  std::vector<int64_t> widths{256, 256, 256};
  Activation activation = Activation::relu;
  int64_t bins = 24;   ///< ramps for each number; 0: its value alone
  double dropout = 0;  ///< share of each layer's numbers dropped while training
  FeatureLayers features = FeatureLayers::all;
};
template <class Visitor>
void describe(Visitor& visit, TableMlpConfig& config) {
  visit("widths", config.widths, "of each dense layer", at_least(1));
  visit("activation", config.activation, "after each dense layer");
  visit("bins", config.bins, "ramps for each number, beside its value; 0: none", between(0, 1000));
  visit("dropout", config.dropout, "share of each layer's numbers dropped while training",
        between(0, 0.95));
  visit("features", config.features,
        "the last layer, or the row as the first layer sees it and all layers, side by side");
}

/// Dense layers on the numbers of a row and learned vectors of its categories: the network of
/// Jahrer's denoising autoencoder (Porto Seguro, 2017) and of dfencoder.
///
/// Differs from them: a missing number is marked beside its value instead of being filled in, a
/// number is also given as ramps (FieldEmbedding), a category is a learned vector instead of a
/// one-hot (Jahrer), and the features of all layers begin with what the first of them sees.
class TableMlp final : public TableEncoder {
 public:
  /// Throws ConfigError when there are no layers or the rows are not of an encoded table.
  TableMlp(const TableMlpConfig& config, const Spec& spec, const Rng& rng);
  Tensor forward(const Tensor& x) override;
  std::vector<Tensor> layers(const Tensor& x) override;
  int64_t code_width() const override { return config_.widths.back(); }
  int64_t features() const override;
  std::vector<Tensor> last_block() override { return {weights_.back(), biases_.back()}; }
  onnx::Value emit(onnx::Graph& graph, const onnx::Value& x) const override;

 private:
  TableMlpConfig config_;
  std::shared_ptr<FieldEmbedding> embedding_;
  std::vector<Tensor> weights_, biases_;  // [out, in], [out]
};

}  // namespace tacit
