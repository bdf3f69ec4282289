// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "tacit/methods/method.h"
#include "tacit/nn/patch_decoder.h"
#include "tacit/nn/token_encoder.h"

namespace tacit {

/// What is to be rebuilt of a hidden patch.
enum class PatchTarget {
  values,      ///< its samples or pixels
  normalized,  ///< these to mean 0 and deviation 1: of a signal each channel of the patch by
               ///< itself, of an image or a clip all together
};
inline std::vector<std::string> names(PatchTarget) { return {"values", "normalized"}; }

struct MaskedAutoencoderConfig {
  double mask = 0.5;  ///< share of patches that are hidden; He et al.: 0.75 of an image's
  PatchTarget target = PatchTarget::values;
  PatchDecoderConfig decoder{};
};
template <class Visitor>
void describe(Visitor& visit, MaskedAutoencoderConfig& config) {
  visit("mask", config.mask,
        "share of patches that are hidden, at least one and never all; of images 0.75 is usual, of "
        "clips 0.9",
        between(0, 1));
  visit("target", config.target,
        "what to rebuild: the samples or pixels, or these with each patch normalised");
  visit("decoder", config.decoder, "what rebuilds the hidden patches");
}

/// Masked autoencoder: He et al. 2022, "Masked Autoencoders Are Scalable Vision Learners",
/// arXiv:2111.06377, section 3. For time series: Nie et al. 2023, arXiv:2211.14730, section 3.2.
///
/// The encoder sees a random share of the patches of a window, an image or a clip; a light decoder
/// gets their codes and one learned token for each hidden patch, and must rebuild the hidden
/// patches. The loss is the mean squared error there. Needs an encoder on tokens.
///
/// Differs from He et al.: half of the patches are hidden by default instead of 75%, because a
/// window has few, and the decoder is smaller; both are options. By default the samples are rebuilt
/// as they are, because in motion a patch's level and strength mean something (posture, vigour).
/// There is no class token, and images are not cropped or mirrored before.
///
/// Of clips the same squares are hidden at all times, for a hidden one could else be copied from
/// the next frames: Tong et al. 2022, "VideoMAE", arXiv:2203.12602, section 3.3, where 0.9 are
/// hidden.
class MaskedAutoencoder final : public Method {
 public:
  static constexpr const char* kName = "masked_autoencoder";
  static constexpr const char* kTitle = "Masked autoencoder on patches";
  static constexpr const char* kPaper = "He et al. 2022, arXiv:2111.06377";
  using Config = MaskedAutoencoderConfig;

  /// Throws ConfigError when the encoder has no tokens, its patches overlap (a hidden sample could
  /// then be seen) or a row has fewer than two.
  MaskedAutoencoder(const Config& config, const Ingredients& ingredients);
  Loss loss(const Batch& batch, Step& step) override;
  Encoder& encoder() override { return *encoder_; }

 private:
  PatchTarget target_;
  int64_t visible_;  // patches of a moment that the encoder sees
  std::shared_ptr<TokenEncoder> encoder_;
  std::shared_ptr<PatchDecoder> decoder_;
};

}  // namespace tacit
