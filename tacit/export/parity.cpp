// SPDX-License-Identifier: Apache-2.0
#include "tacit/export/parity.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/maximum.h>
#include <c10/core/GradMode.h>

#include <algorithm>

#include "tacit/core/error.h"
#include "tacit/export/trials.h"

namespace tacit {
namespace {

/// The largest value of each row, or 1 if that is smaller. x: [N, *] -> [N].
Tensor largest(const Tensor& x) { return x.abs().flatten(1).amax(1).clamp_min(1); }

/// Largest difference within a row over what the row is measured by; the largest over rows.
/// own, theirs: [N, *]; size: [N].
double difference(const Tensor& own, const Tensor& theirs, const Tensor& size) {
  return ((own - theirs).abs().flatten(1).amax(1) / size).max().item<double>();
}

/// What the rows of an output are measured by: their own largest value. A number is a sum whose
/// terms are as large as features and may cancel out, so it is measured by the features too.
Tensor size_of(const Pipeline& pipeline, const std::vector<Tensor>& own, size_t output) {
  const Tensor size = largest(own[output]);
  if (output == 0 || !pipeline.head->tells_number()) return size;
  return at::maximum(size, largest(own[0]) * pipeline.head->deviation().abs());
}

void require_shape(const Tensor& own, const Tensor& theirs, const std::string& output) {
  require<StateError>(own.sizes() == theirs.sizes(),
                      "\"{}\" has shape {} in ONNX Runtime but {} in Tacit; nothing was kept",
                      output, theirs.sizes(), own.sizes());
}

/// Takes a difference into account. Throws StateError when it is too large, or NaN.
void add_difference(Parity& parity, double apart, const std::string& output,
                    const std::string& trial) {
  require<StateError>(
      apart <= kParityTolerance,
      "\"{}\" in ONNX Runtime {} differs by {} from Tacit's own for {}; nothing was "
      "kept: please report it",
      output, parity.runtime, apart, trial);
  parity.largest = std::max(parity.largest, apart);
}

/// How far pixels are from those that their sums make, each sum being off by at most `slack` of its
/// row's largest; the largest over pixels, by white. sums, pixels: [N, C, H, W].
double pixel_difference(const Tensor& sums, const Tensor& pixels, double slack) {
  const Tensor off = largest(sums).view({-1, 1, 1, 1}) * slack;
  const Tensor x = pixels / 127.5 - 1;
  const Tensor beyond = at::maximum((sums - off).tanh() - x, x - (sums + off).tanh());
  return beyond.clamp_min(0).max().item<double>() / 2;
}

}  // namespace

Parity require_parity(const Pipeline& pipeline, const std::string& model,
                      const OnnxRuntime& runtime) {
  const OnnxSession session(runtime, model);
  const std::vector<std::string> outputs = pipeline.outputs();
  Parity parity{.runtime = runtime.version()};
  for (const auto& [name, x] :
       parity_trials(pipeline.artifact.spec, pipeline.artifact.preprocessing)) {
    const std::vector<Tensor> theirs = session.run(pipeline.input(), x, outputs);
    std::vector<Tensor> own = pipeline.forward(x);
    const bool fits = own[0].sizes() == theirs[0].sizes();
    if (own.size() > 1 && fits) own[1] = pipeline.told(theirs[0]);
    for (size_t i = 0; i < outputs.size(); ++i) {
      require_shape(own[i], theirs[i], outputs[i]);
      add_difference(parity, difference(own[i], theirs[i], size_of(pipeline, own, i)), outputs[i],
                     name);
    }
    parity.windows += x.size(0);
  }
  return parity;
}

Parity require_parity(const GeneratorPipeline& pipeline, const std::string& model,
                      const OnnxRuntime& runtime) {
  const c10::AutoGradMode no_grad(false);
  const OnnxSession session(runtime, model);
  const std::string output = GeneratorPipeline::kImages;
  Parity parity{.runtime = runtime.version()};
  for (const auto& [name, z, y, slack] : generator_trials(pipeline.generator.config)) {
    std::vector<OnnxInput> inputs{{GeneratorPipeline::kNoise, z}};
    if (y.defined()) inputs.push_back({GeneratorPipeline::kClass, y});
    Tensor theirs = session.run(inputs, {output})[0].to(at::kDouble);
    Tensor sums = pipeline.generator.network->before_tanh(z, y).to(at::kDouble);
    require_shape(sums, theirs, output);
    if (slack > 0) {
      const Tensor resolved = sums.isfinite().flatten(1).all(1);  // [N]
      sums = sums.index({resolved});
      theirs = theirs.index({resolved});
    }
    if (sums.size(0) == 0) continue;
    add_difference(parity, pixel_difference(sums, theirs, slack), output, name);
    parity.windows += sums.size(0);
  }
  return parity;
}

}  // namespace tacit
