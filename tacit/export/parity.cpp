// SPDX-License-Identifier: Apache-2.0
#include "tacit/export/parity.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/maximum.h>

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
      require<StateError>(own[i].sizes() == theirs[i].sizes(),
                          "\"{}\" has shape {} in ONNX Runtime but {} in Tacit; nothing was kept",
                          outputs[i], theirs[i].sizes(), own[i].sizes());
      const double apart = difference(own[i], theirs[i], size_of(pipeline, own, i));
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
