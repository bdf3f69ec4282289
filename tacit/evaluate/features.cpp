// SPDX-License-Identifier: Apache-2.0
#include "tacit/evaluate/features.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>

#include <algorithm>
#include <memory>
#include <numeric>
#include <utility>
#include <vector>

#include "tacit/core/error.h"

namespace tacit {
namespace {

/// Eval mode for as long as it lives. Modules are restored one by one, because a frozen part of an
/// encoder may stay in eval mode while the rest trains.
class EvalMode {
 public:
  explicit EvalMode(torch::nn::Module& module)
      : module_(module), was_training_(module.is_training()) {
    for (auto& inner : module.modules(/*include_self=*/false))
      inner_.emplace_back(inner, inner->is_training());
    module.eval();
  }
  ~EvalMode() {
    module_.train(was_training_);
    for (auto& [inner, was_training] : inner_) inner->train(was_training);  // parents come first
  }
  EvalMode(const EvalMode&) = delete;
  EvalMode& operator=(const EvalMode&) = delete;

 private:
  torch::nn::Module& module_;
  bool was_training_;
  std::vector<std::pair<std::shared_ptr<torch::nn::Module>, bool>> inner_;
};

at::Device device_of(const torch::nn::Module& module) {
  const std::vector<Tensor> parameters = module.parameters();
  return parameters.empty() ? at::Device(at::kCPU) : parameters.front().device();
}

}  // namespace

Features extract(Encoder& encoder, const Dataset& data, int64_t batch_size) {
  require<ConfigError>(batch_size >= 1, "batch_size must be at least 1, got {}", batch_size);
  const at::NoGradGuard no_gradients;
  const EvalMode eval(encoder);
  const at::Device device = device_of(encoder);
  const int64_t n = data.size(), width = encoder.features();
  Features result{at::empty({n, width}, at::kFloat), at::empty({n}, at::kLong),
                  at::empty({n}, at::kLong)};
  std::vector<int64_t> rows;
  for (int64_t begin = 0; begin < n; begin += batch_size) {
    const int64_t count = std::min(batch_size, n - begin);
    rows.resize(static_cast<size_t>(count));
    std::iota(rows.begin(), rows.end(), begin);
    const Batch batch = data.read(rows);
    const Tensor x = encoder.forward(batch.x.to(device));  // [count, D]
    require<ShapeError>(x.dim() == 2 && x.size(0) == count && x.size(1) == width,
                        "the encoder made {} of {} rows, expected [{}, {}]", x.sizes(), count,
                        count, width);
    if (begin == 0) result.y = at::empty({n}, batch.y.scalar_type());
    result.x.narrow(0, begin, count).copy_(x);
    result.y.narrow(0, begin, count).copy_(batch.y);
    result.row.narrow(0, begin, count).copy_(batch.row);
  }
  return result;
}

}  // namespace tacit
