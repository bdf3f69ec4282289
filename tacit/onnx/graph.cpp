// SPDX-License-Identifier: Apache-2.0
#include "tacit/onnx/graph.h"

#include <ATen/ops/scalar_tensor.h>
#include <ATen/ops/tensor.h>

#include "tacit/core/error.h"

namespace tacit::onnx {

Operand::Operand(const Tensor& constant)
    : constant_(constant.detach()
                    .to(at::kCPU, constant.is_floating_point() ? at::kFloat : at::kLong)
                    .contiguous()) {}
Operand::Operand(double constant) : constant_(at::scalar_tensor(constant, at::kFloat)) {}
Operand::Operand(const Ints& constant) : constant_(at::tensor(constant, at::kLong)) {}

Operand Operand::float64(const Tensor& constant) {
  Operand made{Value{}};
  made.constant_ = constant.detach().to(at::kCPU, at::kDouble).contiguous();
  return made;
}
Operand Operand::float64(double constant) {
  return float64(at::scalar_tensor(constant, at::kDouble));
}

Value Graph::input(const std::string& name, const Ints& row, at::ScalarType type) {
  inputs_.push_back({name, row, type});
  return {name};
}

Value Graph::add(const std::string& op, const std::vector<Operand>& operands,
                 const Attributes& attributes) {
  const std::string name = text("{}_{}", op, nodes_.size() + 1);
  Node node{name, op, {}, name, attributes};
  for (const Operand& operand : operands) {
    std::string input = operand.value().name;
    if (operand.constant().defined()) {
      input = text("{}.{}", name, node.inputs.size());
      constants_[input] = operand.constant();
    }
    node.inputs.push_back(std::move(input));
  }
  nodes_.push_back(std::move(node));
  return {name};
}

void Graph::output(const std::string& name, const Value& value, const Ints& row) {
  nodes_.push_back({name, "Identity", {value.name}, name, {}});
  outputs_.push_back({name, row});
}

}  // namespace tacit::onnx
