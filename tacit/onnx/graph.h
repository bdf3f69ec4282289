// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <ATen/core/Tensor.h>

#include <map>
#include <string>
#include <variant>
#include <vector>

/// ONNX graphs, built node by node and written as one file (model.h). Knows no network: blocks of
/// tacit/nn describe themselves with it.
///
///     Graph graph("activity");
///     const Value x = graph.input("signal", {3, 400});                    // [batch, 3, 400]
///     Value h = graph.add("Conv", {x, weight, bias}, {{"strides", Ints{2}}});
///     h = graph.add("LayerNormalization", {h, gain, shift}, {{"axis", -1}, {"epsilon", 1e-5}});
///     h = graph.add("Reshape", {graph.add("Mul", {h, 0.5}), Ints{0, -1}});  // 0: as it was
///     graph.output("features", h, {6336});
///
/// Operators, their inputs and attributes are those of https://onnx.ai/onnx/operators, opset 17
/// (there ReduceMax and ReduceMean take their axes as an attribute, ReduceSum as an input).
namespace tacit::onnx {

using at::Tensor;
using Ints = std::vector<int64_t>;

/// The graph's name for what a node gives. An empty name stands for an optional input left out.
struct Value {
  std::string name;
};

/// What a node takes: a value of the graph or a constant. Constants are stored as float32, if they
/// are whole numbers as int64, and as float64 only when float64() makes them; a number alone has
/// shape [], Ints shape [n].
class Operand {
 public:
  Operand(Value value) : value_(std::move(value)) {}
  Operand(const Tensor& constant);
  Operand(double constant);
  Operand(const Ints& constant);
  /// A constant of twice the digits, for the few values that are cast to float64.
  static Operand float64(const Tensor& constant);
  static Operand float64(double constant);
  const Value& value() const { return value_; }
  /// Undefined for a value.
  const Tensor& constant() const { return constant_; }

 private:
  Value value_;
  Tensor constant_;
};

using Attribute = std::variant<int64_t, double, std::string, Ints>;
using Attributes = std::map<std::string, Attribute>;

struct Node {
  std::string name, op;
  std::vector<std::string> inputs;
  std::string output;
  Attributes attributes;
};

/// Where values enter or leave: of shape [batch, *row], batch being any number.
struct Port {
  std::string name;
  Ints row;
  at::ScalarType type = at::kFloat;
};

/// Nodes in the order in which they were added, which is one in which they can be computed.
class Graph {
 public:
  explicit Graph(std::string name) : name_(std::move(name)) {}

  /// Values of float32, or of int64 if `type` says so.
  Value input(const std::string& name, const Ints& row, at::ScalarType type = at::kFloat);
  /// Adds a node of one output and returns it. Node and output are named after the operator, and a
  /// constant after the node that takes it.
  Value add(const std::string& op, const std::vector<Operand>& operands,
            const Attributes& attributes = {});
  /// Gives `value`, of float32, a name by which it leaves.
  void output(const std::string& name, const Value& value, const Ints& row);
  /// A text that travels with the file.
  void describe(const std::string& key, const std::string& value) { metadata_[key] = value; }

  const std::string& name() const { return name_; }
  const std::vector<Node>& nodes() const { return nodes_; }
  const std::map<std::string, Tensor>& constants() const { return constants_; }
  const std::vector<Port>& inputs() const { return inputs_; }
  const std::vector<Port>& outputs() const { return outputs_; }
  const std::map<std::string, std::string>& metadata() const { return metadata_; }

 private:
  std::string name_;
  std::vector<Node> nodes_;
  std::map<std::string, Tensor> constants_;  // contiguous, on the CPU
  std::vector<Port> inputs_, outputs_;
  std::map<std::string, std::string> metadata_;
};

}  // namespace tacit::onnx
