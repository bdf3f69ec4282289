// SPDX-License-Identifier: Apache-2.0
#include "tacit/methods/spectrum_prediction.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/mse_loss.h>
#include <ATen/ops/zeros.h>

#include "tacit/dsp/spectrum.h"
#include "tacit/methods/known_features.h"

namespace tacit {
namespace {

/// Rotation needs sensors with three axes each; a largest angle of 0 leaves it out.
Transform disturbance(const SpectrumPredictionConfig& config) {
  std::vector<Transform> steps{scale(config.scale), jitter(config.jitter),
                               mask_stretch(config.mask)};
  if (config.rotation.max_angle > 0) steps.insert(steps.begin(), rotate(config.rotation));
  return chain(std::move(steps));
}

}  // namespace

SpectrumPrediction::SpectrumPrediction(const Config& config, const Ingredients& ingredients)
    : config_(config), rate_hz_(ingredients.spec.rate_hz), disturb_(disturbance(config)) {
  const Tensor window = at::zeros({1, ingredients.spec.shape.at(0), ingredients.spec.shape.at(1)});
  Rng trial(0);  // says now what cannot be done, not at the first step
  const int64_t targets =
      log_band_spectrum(disturb_(window, trial), rate_hz_, config.bands, config.max_hz).size(1);
  encoder_ = register_module("encoder", ingredients.encoder);
  head_ =
      register_module("head", std::make_shared<MlpHead>(encoder_->features(), config.hidden,
                                                        targets, ingredients.rng.stream("head")));
}

Loss SpectrumPrediction::loss(const Batch& batch, Step& step) {
  const Tensor target = standardize_over_rows(
      log_band_spectrum(batch.x, rate_hz_, config_.bands, config_.max_hz), step.world);
  const Tensor predicted = head_->forward(encoder_->forward(disturb_(batch.x, step.rng)));
  return {at::mse_loss(predicted, target), {}};
}

}  // namespace tacit
