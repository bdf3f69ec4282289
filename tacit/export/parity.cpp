// SPDX-License-Identifier: Apache-2.0
#include "tacit/export/parity.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>

#include <algorithm>

#include "tacit/core/error.h"

namespace tacit {
namespace {

constexpr int64_t kRandomWindows = 64;  // of each kind
constexpr int64_t kFew = 7;

Tensor noise(int64_t rows, const Spec& spec, Rng rng) {
  Tensor x = at::empty({rows, spec.shape.at(0), spec.shape.at(1)});
  auto* values = x.mutable_data_ptr<float>();
  for (int64_t i = 0; i < x.numel(); ++i) values[i] = static_cast<float>(rng.normal());
  return x;
}

/// Largest difference within a row over the row's largest value, or over 1 if that is smaller; the
/// largest over rows. own, theirs: [N, *].
double difference(const Tensor& own, const Tensor& theirs) {
  const Tensor apart = (own - theirs).abs().flatten(1).amax(1);
  return (apart / own.abs().flatten(1).amax(1).clamp_min(1)).max().item<double>();
}

}  // namespace

std::vector<Trial> parity_trials(const Spec& spec, const Normalizer& normalizer) {
  const auto in_units = [&](const Tensor& x) {
    return x * normalizer.scale.view({1, -1, 1}) + normalizer.mean.view({1, -1, 1});
  };
  const auto constant = [&](double value) {
    return at::full({1, spec.shape.at(0), spec.shape.at(1)}, value);
  };
  const Rng rng(1);
  Tensor impulse = constant(0), step = constant(0), swinging = constant(1e3);
  impulse.select(2, 0).fill_(1);
  step.slice(2, spec.shape[1] / 2).fill_(1);
  swinging.slice(2, 0, std::nullopt, 2).fill_(-1e3);
  return {
      {"noise", in_units(noise(kRandomWindows, spec, rng.stream("noise")))},
      {"random walks", in_units(noise(kRandomWindows, spec, rng.stream("walks")).cumsum(2) / 8)},
      {"one window of noise", in_units(noise(1, spec, rng.stream("one")))},
      {"seven windows of noise", in_units(noise(kFew, spec, rng.stream("few")))},
      {"zeros", constant(0)},
      {"the sensors' means", in_units(constant(0))},
      {"ones", constant(1)},
      {"1000 throughout", constant(1e3)},
      {"-1000 throughout", constant(-1e3)},
      {"1000 and -1000 in turn", swinging},
      {"noise of size 1e-6", noise(1, spec, rng.stream("tiny")) * 1e-6},
      {"noise of size 1000", noise(1, spec, rng.stream("huge")) * 1e3},
      {"an impulse", impulse},
      {"a step", step}};
}

Parity require_parity(const Pipeline& pipeline, const std::string& model,
                      const OnnxRuntime& runtime) {
  const OnnxSession session(runtime, model);
  const std::vector<std::string> outputs = pipeline.outputs();
  Parity parity{.runtime = runtime.version()};
  for (const auto& [name, x] : parity_trials(pipeline.artifact.spec, pipeline.normalizer())) {
    const std::vector<Tensor> theirs = session.run(Pipeline::kInput, x, outputs);
    std::vector<Tensor> own = pipeline.forward(x);
    const bool fits = own[0].sizes() == theirs[0].sizes();
    if (own.size() > 1 && fits) own[1] = pipeline.probabilities(theirs[0]);
    for (size_t i = 0; i < outputs.size(); ++i) {
      require<StateError>(own[i].sizes() == theirs[i].sizes(),
                          "\"{}\" has shape {} in ONNX Runtime but {} in Tacit; nothing was kept",
                          outputs[i], theirs[i].sizes(), own[i].sizes());
      const double apart = difference(own[i], theirs[i]);
      require<StateError>(
          apart <= kParityTolerance,
          "\"{}\" in ONNX Runtime {} differs by {} from Tacit's own for {}; nothing was "
          "kept: please report it",
          outputs[i], parity.runtime, apart, name);
      parity.largest = std::max(parity.largest, apart);
    }
    parity.windows += x.size(0);
  }
  return parity;
}

}  // namespace tacit
