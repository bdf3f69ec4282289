// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>

#include "tacit/methods/method.h"
#include "tacit/nn/heads.h"

namespace tacit {

struct AutoencoderConfig {
  int64_t hidden = 256;  ///< width of the decoder's hidden layer; 0: a linear decoder
};
template <class Visitor>
void describe(Visitor& visit, AutoencoderConfig& config) {
  visit("hidden", config.hidden, "width of the decoder's hidden layer; 0: a linear decoder",
        at_least(0));
}

/// Reconstruction of the window from its features by mean squared error: the unsupervised baseline
/// of Saeed et al. 2019, arXiv:1907.11879, section 4.
///
/// Differs from the paper: the decoder is dense (its layers are not given there); what is compared
/// is the encoder, which is the same.
class Autoencoder final : public Method {
 public:
  static constexpr const char* kName = "autoencoder";
  static constexpr const char* kTitle = "Autoencoder";
  static constexpr const char* kPaper = "baseline of Saeed et al. 2019, arXiv:1907.11879";
  using Config = AutoencoderConfig;

  Autoencoder(const Config& config, const Ingredients& ingredients);
  Loss loss(const Batch& batch, Step& step) override;
  Encoder& encoder() override { return *encoder_; }

 private:
  std::shared_ptr<Encoder> encoder_;
  std::shared_ptr<MlpHead> decoder_;
};

}  // namespace tacit
