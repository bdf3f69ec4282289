// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tacit/core/spec.h"
#include "tacit/onnx/graph.h"

namespace tacit {

/// In a graph, what at::group_norm() does: groups of neighbouring channels of each row brought to
/// mean 0 and deviation 1, then each channel times its gain plus its shift. Wu & He 2018, "Group
/// Normalization", arXiv:1803.08494; one group of all channels: Ba, Kiros & Hinton 2016, "Layer
/// Normalization", arXiv:1607.06450.
/// h: [batch, C, *] of `dimensions` dimensions; gain, shift: [C], which `groups` divides.
struct EmittedGroupNorm {
  int64_t groups;
  int64_t dimensions;
  double epsilon;  ///< added to the variance
};
onnx::Value emit_group_norm(onnx::Graph& graph, const onnx::Value& h, const Tensor& gain,
                            const Tensor& shift, const EmittedGroupNorm& norm);

}  // namespace tacit
