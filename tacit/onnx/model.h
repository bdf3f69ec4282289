// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "tacit/onnx/graph.h"

namespace tacit::onnx {

/// The bytes of an ONNX file that holds the graph and all its constants: IR version 8, opset 17, no
/// external data. Throws StateError when they would exceed the 2 GiB that the format allows.
/// Format: https://github.com/onnx/onnx, onnx/onnx.proto.
std::string write_model(const Graph& graph);

}  // namespace tacit::onnx
