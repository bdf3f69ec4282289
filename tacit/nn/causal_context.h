// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <torch/nn/module.h>

#include <memory>
#include <string>
#include <vector>

#include "tacit/core/config.h"
#include "tacit/core/rng.h"
#include "tacit/core/spec.h"
#include "tacit/onnx/graph.h"

namespace tacit {

/// What sums up a sequence as far as it is known.
enum class ContextKind {
  gru,          ///< gated recurrent units
  convolution,  ///< dilated convolutions over the past
  transformer,  ///< self-attention to the past
};
inline std::vector<std::string> names(ContextKind) { return {"gru", "convolution", "transformer"}; }

struct CausalContextConfig {
  ContextKind context = ContextKind::gru;
  int64_t context_width = 256;  ///< H, numbers of a context
  int64_t context_layers = 0;   ///< 0: 1 of a GRU, 4 of convolutions, 2 of a transformer
  int64_t context_kernel = 3;   ///< taps of a convolution
  int64_t context_heads = 8;    ///< of attention
};
template <class Visitor>
void describe(Visitor& visit, CausalContextConfig& config) {
  visit("context", config.context, "what sums up the frames so far");
  visit("context_width", config.context_width, "numbers of a context", at_least(1));
  visit("context_layers", config.context_layers,
        "layers one on the other; 0: 1 of a GRU, 4 convolutions, 2 transformer blocks",
        between(0, 16));
  visit("context_kernel", config.context_kernel,
        "taps of each convolution, in layer i 2^(i-1) frames apart", between(2, 64));
  visit("context_heads", config.context_heads,
        "of a transformer's attention, which share its width", at_least(1));
}

/// The network g_ar of van den Oord, Li & Vinyals 2018, arXiv:1807.03748, figure 1, which turns a
/// sequence into contexts, each of what came until then. It normalises each frame by itself, never
/// over the batch or over time, where the future would shine through.
///
/// A GRU as Cho et al. 2014, arXiv:1406.1078, with the candidate's recurrent bias inside the reset
/// gate. Convolutions and transformer start with a dense layer where the widths differ; each of
/// their blocks is added to what came in, and the last sum is normalised. A block of convolution:
/// layer normalisation, the convolution over this and earlier frames, ReLU, dense. A block of the
/// transformer: attention and two dense layers, normalised before (tacit/nn/transformer.h), with
/// sinusoidal positions at the start.
class CausalContext : public torch::nn::Module {
 public:
  /// z: [N, S, D], 1 <= S <= the steps it was made for -> [N, S, H]; of each row, context t depends
  /// on the frames 1 … t alone. Throws ShapeError when there are more steps.
  virtual Tensor forward(const Tensor& z) const = 0;
  /// The parameters of the last layer.
  virtual std::vector<Tensor> last_block() const = 0;
  /// The same in a graph, for as many steps S as it was made for: [batch, S, D] -> [batch, S, H].
  virtual onnx::Value emit(onnx::Graph& graph, const onnx::Value& z) const = 0;
};

/// `width`: D; `steps`: the longest sequence that will come. Throws ConfigError unless a
/// transformer's heads divide its width.
std::shared_ptr<CausalContext> make_causal_context(const CausalContextConfig& config, int64_t width,
                                                   int64_t steps, const Rng& rng);

}  // namespace tacit
