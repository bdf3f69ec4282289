// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <torch/nn/module.h>

#include <cstdint>

#include "tacit/core/config.h"
#include "tacit/core/spec.h"
#include "tacit/onnx/graph.h"

namespace tacit {

struct MelSpectrumConfig {
  int64_t bands = 0;     ///< 0: samples as they are
  int64_t window = 200;  ///< samples that a spectrum is of
  int64_t hop = 80;      ///< samples from one to the next
  double floor = 1e-3;   ///< added to each band's power before its logarithm
};
template <class Visitor>
void describe(Visitor& visit, MelSpectrumConfig& config) {
  visit("bands", config.bands,
        "of the mel scale, whose logarithms the first convolution sees in place of samples; 0: "
        "samples as they are",
        between(0, 512));
  visit("window", config.window, "samples that a spectrum is of", at_least(2));
  visit("hop", config.hop, "samples from one spectrum to the next", at_least(1));
  visit("floor", config.floor,
        "added to the power of a band before its logarithm, so that silence has one", above(0));
}

/// Logarithms of the power in bands that are equally wide to the ear: short spectra under a Hamming
/// window, summed by triangles whose corners lie equally far apart on the mel scale,
/// 2595 log10(1 + f / 700), from 0 to half the rate. Davis & Mermelstein 1980, IEEE Transactions on
/// Acoustics, Speech and Signal Processing 28, 357; nothing of it is learned. Power is in the
/// signal's units squared, the mean over a window; a band's weights sum to 1.
class MelSpectrum final : public torch::nn::Module {
 public:
  /// Throws ConfigError for no bands, or a signal without a rate.
  MelSpectrum(const MelSpectrumConfig& config, const Spec& spec);

  /// x: [N, C, T] -> [N, C * bands, S], channel by channel; S = (T - window) / hop + 1.
  Tensor forward(const Tensor& x) const;
  onnx::Value emit(onnx::Graph& graph, const onnx::Value& x) const;

  int64_t channels() const { return channels_ * config_.bands; }
  /// How many spectra so many samples make, 0 when they are too few, and what so many need.
  int64_t frame_count(int64_t samples) const {
    return samples < config_.window ? 0 : (samples - config_.window) / config_.hop + 1;
  }
  int64_t sample_count(int64_t frames) const { return (frames - 1) * config_.hop + config_.window; }

 private:
  MelSpectrumConfig config_;
  int64_t channels_, samples_;  // C and T, of a row
  Tensor waves_;                // [2 B, 1, window]: cosines, then sines, of B frequencies
  Tensor triangles_;            // [bands, 2 B]
};

}  // namespace tacit
