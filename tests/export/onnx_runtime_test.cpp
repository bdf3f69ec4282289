// SPDX-License-Identifier: Apache-2.0
#include "tacit/export/onnx_runtime.h"

#include <ATen/Functions.h>

#include "tacit/core/error.h"
#include "tacit/onnx/model.h"
#include "tests/core/folder.h"

namespace tacit {
namespace {

/// sum = x + 1, twice = 2 x.
std::string arithmetic() {
  onnx::Graph graph("arithmetic");
  const onnx::Value x = graph.input("x", {2, 3});
  graph.output("sum", graph.add("Add", {x, 1.0}), {2, 3});
  graph.output("twice", graph.add("Mul", {x, 2.0}), {2, 3});
  return onnx::write_model(graph);
}

TEST(OnnxRuntimeTest, RunsAModelOnAnyNumberOfRows) {
  const OnnxRuntime runtime;
  EXPECT_NE(runtime.version().find('.'), std::string::npos);
  const OnnxSession session(runtime, arithmetic());
  for (const int64_t rows : {1, 7, 0}) {
    const at::Tensor x = at::arange(rows * 6, at::kFloat).view({rows, 2, 3});
    const auto results =
        session.run("x", x.transpose(1, 2).contiguous().transpose(1, 2), {"twice", "sum"});
    ASSERT_EQ(results.size(), 2u);
    EXPECT_TRUE(results[0].equal(x * 2));
    EXPECT_TRUE(results[1].equal(x + 1));
  }
}

TEST(OnnxRuntimeTest, FeedsSeveralInputsByTheirNames) {
  onnx::Graph graph("choice");
  const onnx::Value x = graph.input("x", {2}), which = graph.input("which", {}, at::kLong);
  const at::Tensor table = at::tensor({10.F, 20.F, 30.F});
  const onnx::Value chosen = graph.add("Gather", {table.unsqueeze(1), which}, {{"axis", 0}});
  graph.output("sum", graph.add("Add", {x, chosen}), {2});
  const OnnxSession session(OnnxRuntime(), onnx::write_model(graph));
  const at::Tensor rows = at::arange(6, at::kFloat).view({3, 2});
  for (const at::ScalarType type : {at::kLong, at::kInt}) {
    const at::Tensor at_rows = at::tensor({2, 0, 1}, type);
    const auto sums = session.run({{"which", at_rows}, {"x", rows}}, {"sum"});
    EXPECT_TRUE(sums.at(0).equal(rows + at::tensor({30.F, 10.F, 20.F}).unsqueeze(1)));
  }
  EXPECT_THROW(session.run({{"x", rows}}, {"sum"}), Error);
  EXPECT_THROW(session.run({{"x", rows}, {"which", rows.select(1, 0)}}, {"sum"}), Error);
  EXPECT_THROW(session.run({{"x", rows}, {"which", at::tensor({3, 0, 0}, at::kLong)}}, {"sum"}),
               Error);
}

TEST(OnnxRuntimeTest, RefusesWhatIsNotAModel) {
  const OnnxRuntime runtime;
  const std::string whole = arithmetic();
  for (const std::string& bytes : {std::string("nonsense"), whole.substr(0, whole.size() / 2)})
    EXPECT_NE(message_of<StateError>([&] { OnnxSession(runtime, bytes); }).find("ONNX Runtime"),
              std::string::npos);
}

TEST(OnnxRuntimeTest, RefusesOtherShapesAndUnknownNames) {
  const OnnxSession session(OnnxRuntime(), arithmetic());
  EXPECT_THROW(session.run("x", at::ones({2, 3, 3}), {"sum"}), ShapeError);
  EXPECT_THROW(session.run("x", at::ones({1, 2, 3}), {"product"}), Error);
}

TEST(OnnxRuntimeTest, SaysWhatToInstallWhenThereIsNoLibrary) {
  for (const char* name : {"", "/nowhere/libonnxruntime.so", "libm.so.6"})
    EXPECT_NE(
        message_of<StateError>([&] { OnnxRuntime runtime(name); }).find("pip install onnxruntime"),
        std::string::npos)
        << name;
}

TEST(OnnxRuntimeTest, TakesTheLibraryThatTheEnvironmentNames) {
  const auto usual = onnx_runtime_library();
  ::setenv("TACIT_ONNXRUNTIME", "/elsewhere/libonnxruntime.so", 1);
  EXPECT_EQ(onnx_runtime_library(), "/elsewhere/libonnxruntime.so");
  ::unsetenv("TACIT_ONNXRUNTIME");
  EXPECT_EQ(onnx_runtime_library(), usual);
}

}  // namespace
}  // namespace tacit
