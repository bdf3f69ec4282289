// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <ATen/TensorOperators.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tacit/core/weights.h"
#include "tacit/methods/method.h"
#include "tacit/nn/table_encoder.h"
#include "tacit/onnx/graph.h"

/// What the tests of methods of tables share.
namespace tacit {

/// An encoder whose code is the row itself, a missing number as 0, and that keeps a record of the
/// rows it was shown.
class MirrorRows final : public TableEncoder {
 public:
  explicit MirrorRows(int64_t fields) : fields_(fields) {}
  std::vector<Tensor> layers(const Tensor& x) override {
    seen = x;
    return {x.nan_to_num(0)};
  }
  Tensor forward(const Tensor& x) override { return code(x); }
  int64_t code_width() const override { return fields_; }
  int64_t features() const override { return fields_; }
  std::vector<Tensor> last_block() override { return {}; }
  onnx::Value emit(onnx::Graph&, const onnx::Value& x) const override { return x; }

  Tensor seen;

 private:
  int64_t fields_;
};

/// Two columns of numbers and a category of five codes.
inline Spec three_columns() {
  return {Modality::table, {3}, 0, {"a", "b", "c"}, {{"a", "a"}, {"b", "b"}, {"c", "c", 5}}};
}

/// `count` columns of numbers.
inline Spec number_columns(int64_t count) {
  Spec spec{Modality::table, {count}, 0, {}};
  for (int64_t i = 0; i < count; ++i) {
    spec.channels.push_back("n" + std::to_string(i));
    spec.fields.push_back({spec.channels.back(), spec.channels.back()});
  }
  return spec;
}

/// x: [N, F] -> the rows without labels.
inline Batch unlabelled(const Tensor& x) { return {x, {}, {}}; }

inline double part(const Loss& loss, const std::string& name) {
  for (const auto& [each, value] : loss.parts)
    if (each == name) return value.item<double>();
  ADD_FAILURE() << "no part " << name;
  return 0;
}

/// The head says `bias` in each output, whatever it is shown.
inline void silence(Method& method, const std::string& head, double bias = 0) {
  auto all = weights(method);
  all.at(head + ".weight").zero_();
  all.at(head + ".bias").fill_(bias);
  set_weights(method, all);
}

inline void expect_finite_gradients(Method& method) {
  for (const auto& item : method.named_parameters()) {
    ASSERT_TRUE(item.value().grad().defined()) << item.key();
    EXPECT_TRUE(item.value().grad().isfinite().all().item<bool>()) << item.key();
  }
}

}  // namespace tacit
