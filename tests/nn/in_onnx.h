// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <gtest/gtest.h>

#include "tacit/export/onnx_runtime.h"
#include "tacit/nn/encoder.h"
#include "tacit/onnx/model.h"
#include "tests/nn/numbers.h"

namespace tacit {

/// That ONNX Runtime gives an encoder's features of one row and of several, whatever its weights.
/// row: its shape. Changes the weights.
inline void expect_same_in_onnx(Encoder& encoder, at::IntArrayRef row) {
  stir(encoder);
  encoder.eval();
  onnx::Graph graph("encoder");
  graph.output("features", encoder.emit(graph, graph.input("x", row.vec())), {encoder.features()});
  const OnnxSession session(OnnxRuntime(), onnx::write_model(graph));
  for (const int64_t rows : {1, 5}) {
    std::vector<int64_t> shape{rows};
    shape.insert(shape.end(), row.begin(), row.end());
    const Tensor x = numbers(shape, 1), own = encoder.forward(x);
    const Tensor theirs = session.run("x", x, {"features"}).at(0);
    ASSERT_EQ(theirs.sizes(), own.sizes());
    EXPECT_LT((theirs - own).abs().max().item<double>(), 3e-5 * own.abs().max().item<double>())
        << rows << " rows";
  }
}

}  // namespace tacit
