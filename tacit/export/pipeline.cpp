// SPDX-License-Identifier: Apache-2.0
#include "tacit/export/pipeline.h"

#include <c10/core/GradMode.h>

#include "tacit/version.h"

namespace tacit {
namespace {

constexpr const char* kFeatures = "features";
constexpr const char* kProbabilities = "probabilities";

/// (x - mean) / scale for each channel of x [batch, C, T], as Normalizer::apply does it.
onnx::Value emit(const Normalizer& normalizer, onnx::Graph& graph, const onnx::Value& x) {
  const onnx::Value centred = graph.add("Sub", {x, normalizer.mean.unsqueeze(1)});
  return graph.add("Div", {centred, normalizer.scale.unsqueeze(1)});
}

void describe(const Artifact& artifact, onnx::Graph& graph) {
  const Spec& spec = artifact.spec;
  graph.describe("tacit_version", kVersion);
  graph.describe("tacit_commit", kCommit);
  graph.describe("method", artifact.manifest.method);
  graph.describe("encoder", artifact.encoder_name);
  graph.describe("rate_hz", Json(spec.rate_hz).dump());
  graph.describe("channels", Json(spec.channels).dump());
  graph.describe("window_length", Json(spec.shape.back()).dump());
}

}  // namespace

std::vector<std::string> Pipeline::outputs() const {
  if (head == nullptr) return {kFeatures};
  return {kFeatures, kProbabilities};
}

std::vector<Tensor> Pipeline::forward(const Tensor& x) const {
  const c10::AutoGradMode no_grad(false);
  const Tensor features = artifact.encoder->forward(normalizer().apply(x));
  if (head == nullptr) return {features};
  return {features, probabilities(features)};
}

Tensor Pipeline::probabilities(const Tensor& features) const {
  const c10::AutoGradMode no_grad(false);
  return head->forward(features).softmax(1);
}

const Normalizer& Pipeline::normalizer() const {
  const auto* fitted = std::get_if<Normalizer>(&artifact.preprocessing);
  require<ConfigError>(
      fitted != nullptr,
      "tacit export writes models of signals; this one is of a table, whose column "
      "encoders have no ONNX form yet. Use tacit embed");
  return *fitted;
}

onnx::Graph Pipeline::graph() const {
  onnx::Graph graph(artifact.manifest.method);
  describe(artifact, graph);
  const onnx::Value x = graph.input(kInput, artifact.spec.shape);
  const onnx::Value features = artifact.encoder->emit(graph, emit(normalizer(), graph, x));
  graph.output(kFeatures, features, {artifact.encoder->features()});
  if (head == nullptr) return graph;
  const std::vector<std::string>& classes = artifact.manifest.classes;
  graph.describe("classes", Json(classes).dump());
  graph.output(kProbabilities, graph.add("Softmax", {head->emit(graph, features)}, {{"axis", 1}}),
               {static_cast<int64_t>(classes.size())});
  return graph;
}

}  // namespace tacit
