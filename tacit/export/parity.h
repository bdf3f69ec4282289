// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "tacit/export/onnx_runtime.h"
#include "tacit/export/pipeline.h"

namespace tacit {

/// How far two programs may differ: 1e-4 where no value of a row's output is larger than 1, and
/// 1e-4 of the largest beyond, because float32 itself resolves no more of sums of large numbers; a
/// number that a head tells counts as large as the features it is a sum of.
constexpr double kParityTolerance = 1e-4;

/// What was compared.
struct Parity {
  int64_t windows = 0;  ///< or rows of a table, or images
  double largest = 0;   ///< difference, at most kParityTolerance
  std::string runtime;  ///< version of ONNX Runtime
};

/// Runs the bytes of an ONNX file in ONNX Runtime on all parity_trials() and compares each output
/// with the pipeline's own: features with features, and what the head tells with what the
/// pipeline's own head tells of the features of ONNX Runtime. (From the signal on, two classes that
/// are nearly tied at logits of thousands would turn a rounding error of the features into one of
/// the probabilities.) Throws StateError naming output and trial when one differs by more than
/// kParityTolerance or has another shape, and when ONNX Runtime refuses the file.
Parity require_parity(const Pipeline& pipeline, const std::string& model,
                      const OnnxRuntime& runtime);

/// The same of a generator, on all generator_trials(): each pixel must be Tacit's own to
/// kParityTolerance of white, 255. Where noise is huge float32 does not resolve the sums that
/// pixels are tanh of, so a pixel may be any that its sum makes when it is off by a trial's slack
/// of the row's largest; and rows whose sums exceed float32 are left out. Throws as above.
Parity require_parity(const GeneratorPipeline& pipeline, const std::string& model,
                      const OnnxRuntime& runtime);

}  // namespace tacit
