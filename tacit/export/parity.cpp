// SPDX-License-Identifier: Apache-2.0
#include "tacit/export/parity.h"

#include <ATen/TensorOperators.h>

#include <algorithm>

#include "tacit/core/error.h"
#include "tacit/export/trials.h"

namespace tacit {
namespace {

/// Largest difference within a row over the row's largest value, or over 1 if that is smaller; the
/// largest over rows. own, theirs: [N, *].
double difference(const Tensor& own, const Tensor& theirs) {
  const Tensor apart = (own - theirs).abs().flatten(1).amax(1);
  return (apart / own.abs().flatten(1).amax(1).clamp_min(1)).max().item<double>();
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
