// SPDX-License-Identifier: Apache-2.0
#include "tacit/evaluate/features.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/full.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>
#include <torch/nn/modules/batchnorm.h>
#include <torch/nn/modules/linear.h>

#include <cmath>

#include "tacit/core/error.h"
#include "tacit/onnx/graph.h"

namespace tacit {
namespace {

/// Row r is [r, r², 1] of class r % 3; its number in the source is r + 100.
class Parabola final : public Dataset {
 public:
  explicit Parabola(int64_t size) : size_(size) {}
  const Spec& spec() const override { return spec_; }
  int64_t size() const override { return size_; }
  Batch read(std::span<const int64_t> rows) const override {
    std::vector<Tensor> x;
    std::vector<int64_t> y, row;
    for (const int64_t r : rows) {
      const auto value = static_cast<float>(r);
      x.push_back(at::tensor({value, value * value, 1.0f}));
      y.push_back(r % 3);
      row.push_back(r + 100);
    }
    return {at::stack(x), at::tensor(y), at::tensor(row)};
  }

 private:
  int64_t size_;
  Spec spec_{Modality::signal, {3}, 0, {}};
};

/// Batch norm, then a linear layer; optionally announces a width it does not have.
class SmallEncoder final : public Encoder {
 public:
  explicit SmallEncoder(int64_t announced = 2) : announced_(announced) {
    norm_ = register_module("norm", torch::nn::BatchNorm1d(3));
    linear_ = register_module("linear", torch::nn::Linear(3, 2));
    const at::NoGradGuard no_gradients;
    norm_->running_mean.fill_(1);
    norm_->running_var.fill_(4);
    linear_->weight.fill_(0.5);
    linear_->bias.fill_(-1);
  }
  Tensor forward(const Tensor& x) override { return linear_(norm_(x)); }
  int64_t features() const override { return announced_; }
  std::vector<Tensor> last_block() override { return linear_->parameters(); }
  onnx::Value emit(onnx::Graph&, const onnx::Value& x) const override { return x; }

  torch::nn::BatchNorm1d norm_{nullptr};
  torch::nn::Linear linear_{nullptr};

 private:
  int64_t announced_;
};

TEST(Features, KeepRowsLabelsAndOrderAtAnyBatchSize) {
  SmallEncoder encoder;
  const Parabola data(7);
  const Features whole = extract(encoder, data, 7);
  for (const int64_t batch_size : {1, 2, 3, 100}) {
    const Features got = extract(encoder, data, batch_size);
    EXPECT_TRUE(got.x.allclose(whole.x, 1e-6, 1e-6));
    EXPECT_TRUE(got.y.equal(at::tensor({0, 1, 2, 0, 1, 2, 0}, at::kLong)));
    EXPECT_TRUE(got.row.equal(at::tensor({100, 101, 102, 103, 104, 105, 106}, at::kLong)));
  }
  // By hand for row 2: ((2 - 1) + (4 - 1) + (1 - 1)) / sqrt(4 + 1e-5) / 2 - 1.
  EXPECT_NEAR(whole.x.select(0, 2).select(0, 0).item<double>(), 0, 1e-5);
  EXPECT_EQ(whole.size(), 7);
}

TEST(Features, DoNotMoveRunningStatistics) {
  SmallEncoder encoder;
  encoder.train();
  extract(encoder, Parabola(16), 4);
  EXPECT_TRUE(encoder.norm_->running_mean.equal(at::full({3}, 1.0f)));
  EXPECT_TRUE(encoder.norm_->running_var.equal(at::full({3}, 4.0f)));
  EXPECT_EQ(encoder.norm_->num_batches_tracked.item<int64_t>(), 0);
}

TEST(Features, RestoreTheModeOfEachModule) {
  SmallEncoder encoder;
  encoder.train();
  encoder.norm_->eval();  // a frozen part
  extract(encoder, Parabola(4), 4);
  EXPECT_TRUE(encoder.is_training());
  EXPECT_FALSE(encoder.norm_->is_training());
  EXPECT_TRUE(encoder.linear_->is_training());
}

TEST(Features, RestoreTheModeAfterAnException) {
  SmallEncoder encoder(/*announced=*/5);
  encoder.train();
  EXPECT_THROW(extract(encoder, Parabola(4), 4), ShapeError);
  EXPECT_TRUE(encoder.is_training() && encoder.norm_->is_training());
}

TEST(Features, CarryNoGradient) {
  SmallEncoder encoder;
  EXPECT_FALSE(extract(encoder, Parabola(4), 4).x.requires_grad());
}

TEST(Features, OfNoRowsAreEmpty) {
  SmallEncoder encoder;
  EXPECT_EQ(extract(encoder, Parabola(0), 4).x.sizes(), (std::vector<int64_t>{0, 2}));
}

TEST(Features, RefuseABatchOfNoRows) {
  SmallEncoder encoder;
  EXPECT_THROW(extract(encoder, Parabola(4), 0), ConfigError);
}

/// Row r has the number r / 2, or none where r is odd.
class Halves final : public Dataset {
 public:
  const Spec& spec() const override { return parabola_.spec(); }
  int64_t size() const override { return parabola_.size(); }
  Batch read(std::span<const int64_t> rows) const override {
    Batch batch = parabola_.read(rows);
    const Tensor r = batch.row - 100;
    batch.y = (r.to(at::kFloat) / 2).masked_fill(r.remainder(2).eq(1), std::nan(""));
    return batch;
  }

 private:
  Parabola parabola_{5};
};

TEST(Features, KeepNumbersAndThatThereIsNone) {
  SmallEncoder encoder;
  const Tensor y = extract(encoder, Halves(), 2).y;
  EXPECT_EQ(y.scalar_type(), at::kFloat);
  EXPECT_TRUE(y.nan_to_num(9).equal(at::tensor({0.0f, 9.0f, 1.0f, 9.0f, 2.0f})));
}

}  // namespace
}  // namespace tacit
