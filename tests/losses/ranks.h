// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <barrier>
#include <cmath>
#include <functional>
#include <thread>
#include <vector>

#include "tacit/core/rng.h"
#include "tacit/dist/communicator.h"

/// What the tests of losses share.
namespace tacit {

/// Ranks that are threads of one process. Results of collectives stay connected to the graphs of
/// all ranks, so the gradient of the mean of all ranks' losses is the one a collective's adjoint
/// must give.
class Ranks {
 public:
  explicit Ranks(int64_t size) : given_(static_cast<size_t>(size)), barrier_(size) {}

  /// The mean over ranks of what `loss(rank, world)` returns; one thread a rank.
  at::Tensor mean_loss(const std::function<at::Tensor(int64_t, const Communicator&)>& loss) {
    std::vector<at::Tensor> losses(given_.size());
    std::vector<std::jthread> threads;
    for (size_t rank = 0; rank < given_.size(); ++rank)
      threads.emplace_back([&, rank] {
        const Member member(*this, static_cast<int64_t>(rank));
        losses[rank] = loss(static_cast<int64_t>(rank), member);
      });
    threads.clear();
    return at::stack(losses).mean();
  }

 private:
  class Member final : public Communicator {
   public:
    Member(Ranks& ranks, int64_t rank) : ranks_(ranks), rank_(rank) {}
    int64_t rank() const override { return rank_; }
    int64_t size() const override { return static_cast<int64_t>(ranks_.given_.size()); }
    at::Tensor mean(const at::Tensor& x) const override { return at::stack(exchange(x)).mean(0); }
    at::Tensor gather(const at::Tensor& x) const override { return at::cat(exchange(x)); }

   private:
    std::vector<at::Tensor> exchange(const at::Tensor& x) const {
      ranks_.given_[static_cast<size_t>(rank_)] = x;
      ranks_.barrier_.arrive_and_wait();
      const std::vector<at::Tensor> all = ranks_.given_;
      ranks_.barrier_.arrive_and_wait();
      return all;
    }
    Ranks& ranks_;
    int64_t rank_;
  };

  std::vector<at::Tensor> given_;
  std::barrier<> barrier_;
};

/// Standard normal numbers in double precision.
inline at::Tensor normal_numbers(at::IntArrayRef shape, uint64_t seed) {
  Rng rng(seed);
  const at::Tensor x = at::zeros(shape, at::kDouble);
  for (int64_t i = 0; i < x.numel(); ++i) x.mutable_data_ptr<double>()[i] = rng.normal();
  return x;
}

/// The largest difference between the gradient of `f` at x and central differences.
inline double gradient_error(const std::function<at::Tensor(const at::Tensor&)>& f,
                             const at::Tensor& at) {
  const at::Tensor x = at.clone().set_requires_grad(true);
  f(x).backward();
  constexpr double kStep = 1e-5;
  double error = 0;
  for (int64_t i = 0; i < at.numel(); ++i) {
    const auto value = [&](double step) {
      const at::Tensor moved = at.clone();
      moved.mutable_data_ptr<double>()[i] += step;
      return f(moved).item<double>();
    };
    const double slope = (value(kStep) - value(-kStep)) / (2 * kStep);
    error = std::max(error, std::abs(slope - x.grad().flatten()[i].item<double>()));
  }
  return error;
}

}  // namespace tacit
