// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "tacit/core/config.h"
#include "tacit/kernels/conv_chain.h"
#include "tacit/nn/encoder.h"
#include "tacit/nn/pooling.h"

namespace tacit {

/// What is normalised between convolution and ReLU.
enum class LayerNormalization { none, batch };
inline std::vector<std::string> names(LayerNormalization) { return {"none", "batch"}; }

/// What lies around a window: nothing, or zeros so that a layer keeps its length.
enum class Padding { valid, same };
inline std::vector<std::string> names(Padding) { return {"valid", "same"}; }

/// Whose sequences are pooled into the feature vector.
enum class PooledLayers { last, all };
inline std::vector<std::string> names(PooledLayers) { return {"last", "all"}; }

struct TemporalConvConfig {
  std::vector<int64_t> filters{32, 64, 96};  ///< output channels of each layer
  std::vector<int64_t> kernels{24, 16, 8};   ///< widths in samples
  std::vector<int64_t> strides{1, 1, 1};     ///< hops in samples
  Padding padding = Padding::valid;
  std::vector<int64_t> pool_widths{};   ///< steps of each layer's maximum, 1 for none; empty: all 1
  std::vector<int64_t> pool_strides{};  ///< steps from one maximum to the next; empty: all 1
  double negative_slope = 0;            ///< of the leaky ReLU; 0: ReLU
  LayerNormalization normalization = LayerNormalization::none;
  double dropout = 0.1;            ///< after each layer, while training
  Pooling pooling = Pooling::max;  ///< over time
  PooledLayers pooled_layers = PooledLayers::last;
};
template <class Visitor>
void describe(Visitor& visit, TemporalConvConfig& config) {
  visit("filters", config.filters, "output channels of each layer", at_least(1));
  visit("kernels", config.kernels, "width of each layer's filters, in samples", at_least(1));
  visit("strides", config.strides, "hop of each layer, in samples", at_least(1));
  visit("padding", config.padding,
        "zeros around a window so that a layer of hop 1 keeps its length, or none");
  visit("pool_widths", config.pool_widths,
        "steps of the maximum after each layer, 1 for none; empty: none at all", between(1, 255));
  visit("pool_strides", config.pool_strides,
        "steps from one maximum to the next, of each layer; empty: 1", at_least(1));
  visit("negative_slope", config.negative_slope,
        "of the leaky ReLU after each layer; 0 is the plain ReLU", between(0, 1));
  visit("normalization", config.normalization, "between convolution and ReLU");
  visit("dropout", config.dropout, "share of activations dropped after each layer while training",
        between(0, 0.95));
  visit("pooling", config.pooling, "statistics over time that make up the features");
  visit("pooled_layers", config.pooled_layers,
        "pool the last layer only, or every layer side by side");
}

/// Temporal convolutions, each with (leaky) ReLU, dropout and maybe a maximum over neighbouring
/// steps, then pooling over time. The defaults are the trunk of Saeed, Ozcelebi & Lukkien 2019,
/// "Multi-task Self-Supervised Learning for Human Activity Detection", arXiv:1907.11879,
/// section 3.2: 84,416 parameters for three channels.
class TemporalConv final : public Encoder {
 public:
  /// Throws ConfigError when the lists differ in length, when same padding meets a stride, or when
  /// the layers need more samples than a row has.
  TemporalConv(const TemporalConvConfig& config, const Spec& spec, const Rng& rng);
  Tensor forward(const Tensor& x) override;
  int64_t features() const override;
  std::vector<Tensor> last_block() override;
  onnx::Value emit(onnx::Graph& graph, const onnx::Value& x) const override;

 private:
  struct Layer {
    Tensor weight, bias;                            // [O, C, k], [O]
    Tensor gain, shift, running_mean, running_var;  // [O] each, of batch normalisation
    kernels::ConvChainCache cache;                  // of the chain that begins here
  };
  kernels::ConvLayer layer(size_t index) const;
  Tensor chain(const Tensor& x, size_t first, size_t end, bool global_max);
  Tensor normalized(const Tensor& x, size_t index);

  TemporalConvConfig config_;
  std::vector<Layer> layers_;
};

}  // namespace tacit
