// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>

namespace tacit {

/// The processes that train together. Collectives are called by all of them in the same order.
class Communicator {
 public:
  virtual ~Communicator() = default;
  virtual int64_t rank() const = 0;  ///< 0 … size()-1
  virtual int64_t size() const = 0;
  /// The mean over processes of a tensor of the same shape everywhere; differentiable.
  virtual at::Tensor mean(const at::Tensor&) const = 0;
  /// [N, *] -> [N * size(), *], by rank; differentiable.
  virtual at::Tensor gather(const at::Tensor&) const = 0;
};

/// One process: every collective is the identity.
class SingleProcess final : public Communicator {
 public:
  int64_t rank() const override { return 0; }
  int64_t size() const override { return 1; }
  at::Tensor mean(const at::Tensor& x) const override { return x; }
  at::Tensor gather(const at::Tensor& x) const override { return x; }
};

}  // namespace tacit
