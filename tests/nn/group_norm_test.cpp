// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/group_norm.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include "tacit/export/onnx_runtime.h"
#include "tacit/onnx/model.h"
#include "tests/nn/numbers.h"

namespace tacit {
namespace {

TEST(EmitGroupNorm, DoesInOnnxRuntimeWhatPyTorchDoes) {
  const Tensor gain = numbers({6}, 1), shift = numbers({6}, 2);
  for (const int64_t groups : {1, 2, 6})
    for (const std::vector<int64_t>& row : {std::vector<int64_t>{6, 7}, {6, 4, 5}, {6, 2, 3, 4}}) {
      onnx::Graph graph("norm");
      const auto dimensions = static_cast<int64_t>(row.size()) + 1;
      graph.output("y",
                   emit_group_norm(graph, graph.input("x", row), gain, shift,
                                   {.groups = groups, .dimensions = dimensions, .epsilon = 1e-3}),
                   row);
      const OnnxSession session(OnnxRuntime(), onnx::write_model(graph));
      std::vector<int64_t> shape{3};
      shape.insert(shape.end(), row.begin(), row.end());
      const Tensor x = 2 + 3 * numbers(shape, 3);
      const Tensor wanted = at::group_norm(x, groups, gain, shift, 1e-3);
      EXPECT_TRUE(session.run("x", x, {"y"}).at(0).allclose(wanted, 1e-4, 1e-5))
          << groups << " of " << x.sizes();
    }
}

}  // namespace
}  // namespace tacit
