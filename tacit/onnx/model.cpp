// SPDX-License-Identifier: Apache-2.0
#include "tacit/onnx/model.h"

#include <bit>
#include <protozero/pbf_writer.hpp>

#include "tacit/core/error.h"
#include "tacit/onnx/operators.h"
#include "tacit/version.h"

namespace tacit::onnx {
namespace {

using protozero::pbf_writer;

static_assert(std::endian::native == std::endian::little, "raw data are little endian");

constexpr int64_t kIrVersion = 8, kOpset = 17;
constexpr size_t kRoomForTheRest = size_t{1} << 26;  // of 2 GiB, beside the constants

// Field numbers and enum values of the messages of onnx.proto.
namespace model {
constexpr int kIr = 1, kProducer = 2, kProducerVersion = 3, kGraph = 7, kOpsets = 8, kMetadata = 14;
}
namespace opset {
constexpr int kDomain = 1, kVersion = 2;
}
namespace entry {
constexpr int kKey = 1, kValue = 2;
}
namespace graph_field {
constexpr int kNode = 1, kName = 2, kConstant = 5, kInput = 11, kOutput = 12;
}
namespace node_field {
constexpr int kInput = 1, kOutput = 2, kName = 3, kOp = 4, kAttribute = 5;
}
namespace attribute_field {
constexpr int kName = 1, kFloat = 2, kInt = 3, kString = 4, kInts = 8, kType = 20;
constexpr int kTypeFloat = 1, kTypeInt = 2, kTypeString = 3, kTypeInts = 7;
}  // namespace attribute_field
namespace tensor {
constexpr int kDims = 1, kType = 2, kName = 8, kRaw = 9;
}  // namespace tensor
namespace port_field {
constexpr int kName = 1, kType = 2, kTensor = 1, kElement = 1, kShape = 2, kDim = 1;
constexpr int kSize = 1, kSymbol = 2;
}  // namespace port_field

/// One overload for each kind of value an attribute may hold.
struct AttributeWriter {
  pbf_writer& out;

  void operator()(int64_t value) {
    out.add_int64(attribute_field::kInt, value);
    out.add_enum(attribute_field::kType, attribute_field::kTypeInt);
  }
  void operator()(double value) {
    out.add_float(attribute_field::kFloat, static_cast<float>(value));
    out.add_enum(attribute_field::kType, attribute_field::kTypeFloat);
  }
  void operator()(const std::string& value) {
    out.add_bytes(attribute_field::kString, value);
    out.add_enum(attribute_field::kType, attribute_field::kTypeString);
  }
  void operator()(const Ints& values) {
    for (const int64_t value : values) out.add_int64(attribute_field::kInts, value);
    out.add_enum(attribute_field::kType, attribute_field::kTypeInts);
  }
};

void write_node(pbf_writer& graph, const Node& node) {
  pbf_writer out(graph, graph_field::kNode);
  for (const std::string& input : node.inputs) out.add_string(node_field::kInput, input);
  out.add_string(node_field::kOutput, node.output);
  out.add_string(node_field::kName, node.name);
  out.add_string(node_field::kOp, node.op);
  for (const auto& [name, value] : node.attributes) {
    pbf_writer attribute(out, node_field::kAttribute);
    attribute.add_string(attribute_field::kName, name);
    std::visit(AttributeWriter{attribute}, value);
  }
}

void write_constant(pbf_writer& graph, const std::string& name, const Tensor& value) {
  pbf_writer out(graph, graph_field::kConstant);
  for (const int64_t size : value.sizes()) out.add_int64(tensor::kDims, size);
  out.add_enum(tensor::kType, static_cast<int32_t>(element_type(value.scalar_type())));
  out.add_string(tensor::kName, name);
  out.add_bytes(tensor::kRaw, static_cast<const char*>(value.const_data_ptr()), value.nbytes());
}

void write_port(pbf_writer& graph, int field, const Port& port) {
  pbf_writer out(graph, static_cast<protozero::pbf_tag_type>(field));
  out.add_string(port_field::kName, port.name);
  pbf_writer type(out, port_field::kType);
  pbf_writer of_tensor(type, port_field::kTensor);
  of_tensor.add_enum(port_field::kElement, static_cast<int32_t>(element_type(port.type)));
  pbf_writer shape(of_tensor, port_field::kShape);
  pbf_writer(shape, port_field::kDim).add_string(port_field::kSymbol, "batch");
  for (const int64_t size : port.row)
    pbf_writer(shape, port_field::kDim).add_int64(port_field::kSize, size);
}

void write_graph(pbf_writer& model, const Graph& graph) {
  pbf_writer out(model, model::kGraph);
  for (const Node& node : graph.nodes()) write_node(out, node);
  out.add_string(graph_field::kName, graph.name());
  for (const auto& [name, value] : graph.constants()) write_constant(out, name, value);
  for (const Port& port : graph.inputs()) write_port(out, graph_field::kInput, port);
  for (const Port& port : graph.outputs()) write_port(out, graph_field::kOutput, port);
}

}  // namespace

std::string write_model(const Graph& graph) {
  size_t size = kRoomForTheRest;
  for (const auto& [name, value] : graph.constants()) size += value.nbytes();
  require<StateError>(
      size < (size_t{1} << 31),
      "an ONNX file holds at most 2 GiB, too little for the {} MiB of weights here; "
      "export a smaller encoder",
      size >> 20);
  std::string bytes;
  pbf_writer out(bytes);
  out.add_int64(model::kIr, kIrVersion);
  out.add_string(model::kProducer, "tacit");
  out.add_string(model::kProducerVersion, kVersion);
  write_graph(out, graph);
  {
    pbf_writer opset(out, model::kOpsets);
    opset.add_string(opset::kDomain, "");
    opset.add_int64(opset::kVersion, kOpset);
  }
  for (const auto& [key, value] : graph.metadata()) {
    pbf_writer pair(out, model::kMetadata);
    pair.add_string(entry::kKey, key);
    pair.add_string(entry::kValue, value);
  }
  return bytes;
}

}  // namespace tacit::onnx
