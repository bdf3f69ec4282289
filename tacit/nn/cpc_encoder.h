// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "tacit/core/config.h"
#include "tacit/kernels/conv_chain.h"
#include "tacit/nn/causal_context.h"
#include "tacit/nn/encoder.h"
#include "tacit/nn/mel_spectrum.h"
#include "tacit/nn/transformer.h"

namespace tacit {

/// Which sequences make up the features of a row.
enum class PooledSequences { context, frames, both };
inline std::vector<std::string> names(PooledSequences) { return {"context", "frames", "both"}; }

/// How a sequence becomes one vector: statistics over time, side by side, or what it ends with.
enum class SequencePooling { mean, max, max_mean, max_mean_std, last };
inline std::vector<std::string> names(SequencePooling) {
  return {"mean", "max", "max_mean", "max_mean_std", "last"};
}

struct CpcEncoderConfig {
  MelSpectrumConfig mel{};
  std::vector<int64_t> filters{256, 256, 256, 256, 256};  ///< output channels of each layer
  std::vector<int64_t> kernels{10, 8, 4, 4, 4};           ///< widths in samples
  std::vector<int64_t> strides{5, 4, 2, 2, 2};            ///< hops in samples
  CausalContextConfig context{};
  PooledSequences pooled = PooledSequences::context;
  SequencePooling pooling = SequencePooling::mean;
};
template <class Visitor>
void describe(Visitor& visit, CpcEncoderConfig& config) {
  visit("mel", config.mel,
        "spectra in place of samples, for sound of which there is too little to learn them; "
        "kernels and strides then count spectra");
  visit("filters", config.filters, "output channels of each convolution; the last make up a frame",
        at_least(1));
  visit("kernels", config.kernels, "width of each convolution's filters, in samples", at_least(1));
  visit("strides", config.strides, "hop of each convolution, in samples", at_least(1));
  describe(visit, config.context);
  visit("pooled", config.pooled, "which sequences make up the features of a row");
  visit("pooling", config.pooling, "statistics over time that make up the features, or the end");
}

/// Convolutions with strides, which turn a signal into a sequence of frames, and a causal network
/// that sums up the frames so far: van den Oord, Li & Vinyals 2018, "Representation Learning with
/// Contrastive Predictive Coding", arXiv:1807.03748, section 3.1. Kernels and strides are theirs
/// for speech: a frame sees 465 samples, one every 160.
///
/// Differs from the paper as Rivière, Joulin, Mazaré & Dupoux 2020, arXiv:2002.02848: 256 channels
/// instead of 512, and each frame is normalised over its channels between convolution and ReLU.
/// Nothing is normalised over the batch or over time, and no zeros surround a row, so a frame sees
/// its own samples alone; S = 1 + (T - 465) / 160 frames, rounded down, by default. With mel.bands
/// above 0 the convolutions see a MelSpectrum instead of samples.
class CpcEncoder final : public Encoder {
 public:
  /// Throws ConfigError when the lists differ in length, when a row is too short for one frame, or
  /// when the context cannot be made.
  CpcEncoder(const CpcEncoderConfig& config, const Spec& spec, const Rng& rng);

  /// x: [N, C, T], up to the length of the rows it was made for -> frames z, [N, S, D].
  Tensor frames(const Tensor& x);
  /// z: [N, S, D] -> contexts c, [N, S, H]; context t depends on the frames 1 … t alone.
  Tensor contexts(const Tensor& z) const { return context_->forward(z); }
  Tensor forward(const Tensor& x) override;

  int64_t frame_width() const { return config_.filters.back(); }           ///< D
  int64_t context_width() const { return config_.context.context_width; }  ///< H
  /// How many frames so many samples make; 0 when they are too few.
  int64_t frame_count(int64_t samples) const;
  /// How many samples so many frames need, at least one.
  int64_t sample_count(int64_t frames) const;

  int64_t features() const override;
  std::vector<Tensor> last_block() override;
  onnx::Value emit(onnx::Graph& graph, const onnx::Value& x) const override;

 private:
  struct Layer {
    Tensor weight, bias;  // [O, C, k], [O]
    std::shared_ptr<LayerNorm> norm;
    kernels::ConvChainCache cache{};
  };
  bool pools_context() const { return config_.pooled != PooledSequences::frames; }
  bool pools_frames() const { return config_.pooled != PooledSequences::context; }

  CpcEncoderConfig config_;
  int64_t samples_;                   // of a row
  std::shared_ptr<MelSpectrum> mel_;  // or null
  std::vector<Layer> layers_;
  std::shared_ptr<CausalContext> context_;
};

}  // namespace tacit
