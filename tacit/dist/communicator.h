// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>

#include <cstdint>

namespace tacit {

/// The processes that train together. Collectives are called by all of them in the same order, on
/// tensors of the same type. They wait for each other; when one has died they throw StateError.
///
/// The gradient of a collective adds up what all processes send back: whatever processes compute
/// with its result, each gets the derivative of the sum of their losses.
class Communicator {
 public:
  virtual ~Communicator() = default;
  virtual int64_t rank() const = 0;  ///< 0 … size()-1
  virtual int64_t size() const = 0;
  /// Which of the processes on its own machine it is, from 0.
  virtual int64_t local_rank() const { return rank(); }
  /// The mean over processes of a tensor of the same shape everywhere; differentiable.
  virtual at::Tensor mean(const at::Tensor&) const = 0;
  /// [N, *] -> [the sum of all N, *], by rank; differentiable. N may differ between processes.
  virtual at::Tensor gather(const at::Tensor&) const = 0;
  /// The sum over processes of a tensor of the same shape everywhere, the same bits on each;
  /// differentiable.
  virtual at::Tensor sum(const at::Tensor& x) const { return mean(x) * size(); }
  /// Process 0's value of a tensor of the same shape everywhere; without gradient.
  virtual at::Tensor broadcast(const at::Tensor& x) const {
    return gather(x.detach().unsqueeze(0)).select(0, 0);
  }
};

/// One process: every collective is the identity.
class SingleProcess final : public Communicator {
 public:
  int64_t rank() const override { return 0; }
  int64_t size() const override { return 1; }
  at::Tensor mean(const at::Tensor& x) const override { return x; }
  at::Tensor gather(const at::Tensor& x) const override { return x; }
  at::Tensor sum(const at::Tensor& x) const override { return x; }
  at::Tensor broadcast(const at::Tensor& x) const override { return x; }
};

}  // namespace tacit
