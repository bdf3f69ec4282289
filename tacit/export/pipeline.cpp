// SPDX-License-Identifier: Apache-2.0
#include "tacit/export/pipeline.h"

#include <c10/core/GradMode.h>

#include "tacit/export/emit_columns.h"
#include "tacit/version.h"

namespace tacit {
namespace {

constexpr const char* kFeatures = "features";
constexpr const char* kProbabilities = "probabilities";
constexpr const char* kNumber = "number";

/// What encode() does. x: [batch, *shape of rows as they are read].
onnx::Value emit(const Artifact& artifact, onnx::Graph& graph, const onnx::Value& x) {
  if (const auto* encoders = std::get_if<ColumnEncoders>(&artifact.preprocessing))
    return emit_columns(*encoders, graph, x);
  const auto& normalizer = std::get<Normalizer>(artifact.preprocessing);
  std::vector<int64_t> shape(artifact.spec.shape.size(), 1);  // [C, 1, …]
  shape[0] = -1;
  const onnx::Value centred = graph.add("Sub", {x, normalizer.mean.view(shape)});
  return graph.add("Div", {centred, normalizer.scale.view(shape)});
}

/// Columns in the order of their cells, with what a program must know to fill these.
Json described(const std::vector<TableColumn>& columns) {
  Json all = Json::array();
  for (const TableColumn& column : columns) {
    Json one{{"name", column.name}, {"kind", enum_name(column.kind)}};
    if (column.kind == ColumnKind::categorical) one["categories"] = column.categories;
    all.push_back(std::move(one));
  }
  return all;
}

void describe_origin(const Artifact& artifact, onnx::Graph& graph) {
  graph.describe("tacit_version", kVersion);
  graph.describe("tacit_commit", kCommit);
  graph.describe("method", artifact.manifest.method);
}

void describe(const Artifact& artifact, onnx::Graph& graph) {
  const Spec& spec = artifact.spec;
  describe_origin(artifact, graph);
  graph.describe("encoder", artifact.encoder_name);
  if (spec.modality == Modality::table) {
    graph.describe("columns", described(known_columns(artifact.preprocessing)).dump());
    return;
  }
  graph.describe("channels", Json(spec.channels).dump());
  if (spec.modality == Modality::image) return;
  graph.describe("rate_hz", Json(spec.rate_hz).dump());
  if (spec.modality == Modality::video) return;
  for (const char* key : {"high_pass", "scale_people"}) {  // done to whole recordings, not inside
    const Json::json_pointer place(text("/data/{}", key));
    if (artifact.manifest.recipe.contains(place))
      graph.describe(key, artifact.manifest.recipe.at(place).dump());
  }
  graph.describe("window_length", Json(spec.shape.back()).dump());
}

}  // namespace

const char* Pipeline::input() const {
  if (artifact.spec.modality == Modality::image) return kImageInput;
  if (artifact.spec.modality == Modality::video) return kVideoInput;
  return artifact.spec.modality == Modality::table ? kTableInput : kInput;
}

std::vector<std::string> Pipeline::outputs() const {
  if (head == nullptr) return {kFeatures};
  return {kFeatures, head->tells_number() ? kNumber : kProbabilities};
}

std::vector<Tensor> Pipeline::forward(const Tensor& x) const {
  const c10::AutoGradMode no_grad(false);
  const Tensor features = artifact.encoder->forward(encode(artifact.preprocessing, x));
  if (head == nullptr) return {features};
  return {features, told(features)};
}

Tensor Pipeline::told(const Tensor& features) const {
  const c10::AutoGradMode no_grad(false);
  const Tensor out = head->forward(features);
  return head->tells_number() ? out : out.softmax(1);
}

onnx::Graph Pipeline::graph() const {
  onnx::Graph graph(artifact.manifest.method);
  describe(artifact, graph);
  const onnx::Value x = graph.input(input(), artifact.spec.shape);
  const onnx::Value features = artifact.encoder->emit(graph, emit(artifact, graph, x));
  graph.output(kFeatures, features, {artifact.encoder->features()});
  if (head == nullptr) return graph;
  const onnx::Value out = head->emit(graph, features);
  if (head->tells_number()) {
    graph.output(kNumber, out, {1});
    return graph;
  }
  const std::vector<std::string>& classes = artifact.manifest.classes;
  graph.describe("classes", Json(classes).dump());
  graph.output(kProbabilities, graph.add("Softmax", {out}, {{"axis", 1}}),
               {static_cast<int64_t>(classes.size())});
  return graph;
}

std::vector<std::string> GeneratorPipeline::inputs() const {
  if (generator.classes.empty()) return {kNoise};
  return {kNoise, kClass};
}

onnx::Graph GeneratorPipeline::graph() const {
  onnx::Graph graph(artifact.manifest.method);
  describe_origin(artifact, graph);
  graph.describe("generator", "gan_generator");
  graph.describe("channels", Json(artifact.spec.channels).dump());
  graph.describe("noise", "standard normal");
  graph.describe("pixels", Json{0, 255}.dump());
  const onnx::Value z = graph.input(kNoise, {generator.config.noise});
  onnx::Value y;
  if (!generator.classes.empty()) {
    graph.describe("classes", Json(generator.classes).dump());
    y = graph.input(kClass, {}, at::kLong);
  }
  const onnx::Value x = generator.network->emit(graph, z, y);  // in -1 … 1
  const onnx::Value pixels = graph.add("Mul", {graph.add("Add", {x, 1.0}), 127.5});
  graph.output(kImages, pixels, artifact.spec.shape);
  return graph;
}

}  // namespace tacit
