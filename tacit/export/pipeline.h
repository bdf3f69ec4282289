// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "tacit/artifact/artifact.h"
#include "tacit/artifact/generator.h"
#include "tacit/nn/heads.h"
#include "tacit/onnx/graph.h"

namespace tacit {

/// What an exported file does: preprocessing, encoder and, if there is one, head, in eval mode,
/// from windows in the units of the sensors, rows of a table as they are read, or pixels from 0 to
/// 255, to features and what the head tells: probabilities of classes, or a number in the label's
/// units.
struct Pipeline {
  static constexpr const char* kInput = "signal";
  static constexpr const char* kTableInput = "rows";
  static constexpr const char* kImageInput = "image";
  static constexpr const char* kVideoInput = "clip";

  Artifact artifact;
  std::shared_ptr<ClassifierHead> head{};  ///< none: features only

  /// kInput, of a table kTableInput, of images kImageInput, of clips kVideoInput.
  const char* input() const;
  /// "features", and with a head "probabilities" or "number".
  std::vector<std::string> outputs() const;
  /// x: [N, *artifact.spec.shape] -> a tensor for each of outputs(): [N, D], and [N, K] or [N, 1].
  std::vector<Tensor> forward(const Tensor& x) const;
  /// The head's part of it: features [N, D] -> probabilities [N, K], or numbers [N, 1].
  Tensor told(const Tensor& features) const;
  /// The same as a graph, with what its user must know as metadata (docs/formats/onnx.md).
  onnx::Graph graph() const;
};

/// What the exported file of a generator does, in eval mode: from standard normal noise, and a
/// class where the generator is told one, to pixels from 0 to 255, not rounded, as the file of an
/// encoder of images takes them.
struct GeneratorPipeline {
  static constexpr const char* kNoise = "noise";
  static constexpr const char* kClass = "class";
  static constexpr const char* kImages = "images";

  Artifact artifact;  ///< of the discriminator beside it
  KeptGenerator generator;

  /// "noise", and of a conditional generator "class".
  std::vector<std::string> inputs() const;
  /// Noise [batch, noise] float32 and class [batch] int64 -> images [batch, C, H, W] float32, with
  /// what its user must know as metadata (docs/formats/onnx.md).
  onnx::Graph graph() const;
};

}  // namespace tacit
