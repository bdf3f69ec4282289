// SPDX-License-Identifier: Apache-2.0
#include "tacit/losses/vicreg.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/relu.h>

#include "tacit/core/error.h"
#include "tacit/dist/rows.h"

namespace tacit {
namespace {

constexpr double kGamma = 1;       // the deviation that is enough
constexpr double kEpsilon = 1e-4;  // keeps the gradient of a deviation of 0 finite

/// [N, D] -> [D, D], over the rows of all processes, divided by their number less one.
Tensor covariance_of(const Tensor& x, const Communicator& world) {
  const Tensor centred = x - mean_over_rows(x, world);
  const Tensor freedom = (count_rows(x, world) - 1).clamp_min(1);  // a row alone varies by 0
  return world.sum(at::matmul(centred.t(), centred)) / freedom;
}

Tensor lack_of_variance(const Tensor& covariance) {
  return at::relu(kGamma - (covariance.diagonal() + kEpsilon).sqrt()).mean();
}

Tensor redundancy(const Tensor& covariance) {
  const Tensor squares = covariance.square();
  return (squares.sum() - squares.diagonal().sum()) / static_cast<double>(covariance.size(0));
}

}  // namespace

Loss vicreg(const Tensor& a, const Tensor& b, const VicregWeights& weights,
            const Communicator& world) {
  require<ShapeError>(a.dim() == 2 && a.sizes() == b.sizes(),
                      "vicreg: the views must be matrices [N, D] of one shape, not {} and {}",
                      a.sizes(), b.sizes());
  const Tensor of_a = covariance_of(a, world), of_b = covariance_of(b, world);
  const Tensor invariance = mean_over_rows((a - b).square(), world).mean();
  const Tensor variance = (lack_of_variance(of_a) + lack_of_variance(of_b)) / 2;
  const Tensor covariance = redundancy(of_a) + redundancy(of_b);
  return {invariance * weights.invariance + variance * weights.variance +
              covariance * weights.covariance,
          {{"invariance", invariance}, {"variance", variance}, {"covariance", covariance}}};
}

}  // namespace tacit
