// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <torch/nn/module.h>

#include <memory>
#include <string>
#include <vector>

#include "tacit/core/config.h"
#include "tacit/core/rng.h"
#include "tacit/core/spec.h"

namespace tacit {
namespace onnx {
class Graph;
struct Value;
}  // namespace onnx

/// What scales and shifts normalised channels: learned numbers, numbers of each class (conditional
/// batch normalisation: de Vries et al. 2017, arXiv:1707.00683), or what two dense layers make of
/// the noise (self-modulation: Chen et al. 2019, "On Self Modulation for Generative Adversarial
/// Networks", arXiv:1810.01365).
enum class GeneratorNormalization { batch, conditional, self_modulated };
inline std::vector<std::string> names(GeneratorNormalization) {
  return {"batch", "conditional", "self_modulated"};
}

struct GanGeneratorConfig {
  int64_t noise = 128;  ///< numbers that an image is made of
  double width = 1;     ///< times the paper's channels
  GeneratorNormalization normalization = GeneratorNormalization::batch;
  int64_t classes = 0;  ///< K, for conditional normalisation
  int64_t hidden = 32;  ///< units between the dense layers of self-modulation
};
template <class Visitor>
void describe(Visitor& visit, GanGeneratorConfig& config) {
  visit("noise", config.noise, "numbers that an image is made of", at_least(1));
  visit("width", config.width, "by which the channels of all layers are multiplied", above(0));
  visit("normalization", config.normalization,
        "what scales and shifts normalised channels: learned numbers, the class, or the noise");
  visit("classes", config.classes, "number of classes, for normalization = \"conditional\"",
        at_least(0));
  visit("hidden", config.hidden,
        "units between the two dense layers, for normalization = \"self_modulated\"", at_least(1));
}

/// Batch normalisation, scaled and shifted by what the config says.
class ModulatedNorm;
/// Normalise, ReLU, double height and width, convolve, and the same again without doubling; plus
/// what goes past them.
class GeneratorBlock;

/// The residual generator of Miyato et al. 2018, "Spectral Normalization for Generative Adversarial
/// Networks", arXiv:1802.05957, appendix B, for images of 32 or 48 pixels, and with one more block
/// for 64: a dense layer, blocks that double height and width, normalisation, ReLU, a convolution
/// and tanh. 4,276,739 parameters for 32 pixels. Class and noise modulate the blocks'
/// normalisations, noise the last one as well.
///
/// Details, and the network for 64 pixels, are those of Lee & Town 2020, "Mimicry: Towards the
/// Reproducibility of GAN Research", arXiv:2005.02494: doubling is bilinear, weights start
/// Glorot-uniform, times sqrt 2 in the blocks' convolutions, and a class's scales as N(1, 0.02^2).
///
/// Differs from them: biases start at 0, and shortcuts convolve before they double, which is the
/// same and four times less work.
class GanGenerator final : public torch::nn::Module {
 public:
  /// Throws ConfigError for images of another size, or conditional normalisation without classes.
  GanGenerator(const GanGeneratorConfig& config, const Spec& spec, const Rng& rng);
  /// z: [N, noise()] standard normal; y: [N] int64 class, needed for conditional normalisation ->
  /// [N, C, H, W] in -1 … 1. Throws ShapeError.
  Tensor forward(const Tensor& z, const Tensor& y = {}) const;
  /// The same before its last step: what forward() is tanh of.
  Tensor before_tanh(const Tensor& z, const Tensor& y = {}) const;
  /// Adds to `graph` what forward() does in eval mode, with batch statistics folded into what
  /// scales and shifts. z: [batch, noise()], y: [batch] int64, read only for conditional
  /// normalisation -> [batch, C, H, W] in -1 … 1.
  onnx::Value emit(onnx::Graph& graph, const onnx::Value& z, const onnx::Value& y) const;
  int64_t noise() const { return config_.noise; }
  const GanGeneratorConfig& config() const { return config_; }

 private:
  GanGeneratorConfig config_;
  int64_t edge_ = 0;                  // pixels of the first map
  Tensor dense_weight_, dense_bias_;  // [C edge², noise], [C edge²]
  std::vector<std::shared_ptr<GeneratorBlock>> blocks_;
  std::shared_ptr<ModulatedNorm> norm_;
  Tensor weight_, bias_;  // [C, last channels, 3, 3], [C]
};

}  // namespace tacit
