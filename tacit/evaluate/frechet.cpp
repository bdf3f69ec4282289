// SPDX-License-Identifier: Apache-2.0
#include "tacit/evaluate/frechet.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/addr.h>
#include <ATen/ops/aminmax.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/linalg_eigh.h>
#include <ATen/ops/linalg_svdvals.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>

#include <algorithm>
#include <limits>

#include "tacit/core/error.h"

namespace tacit {
namespace {

constexpr int64_t kChunk = 4096;  // rows widened to double at a time

/// `first`: the number of x's first row in the message.
void require_finite(const Tensor& x, const char* name, int64_t first) {
  const auto [low, high] = at::aminmax(x, 1);  // [N], [N]; both are NaN where one feature is
  const Tensor finite = at::isfinite(low).logical_and(at::isfinite(high));
  if (finite.all().item<bool>()) return;
  throw DataError(text("row {} of the {} features has one that is not finite",
                       first + finite.logical_not().nonzero().select(0, 0).item<int64_t>(), name));
}

void require_moments(const FeatureMoments& moments, const char* name) {
  const Tensor &mean = moments.mean, &covariance = moments.covariance;
  require<ShapeError>(mean.dim() == 1 && mean.size(0) >= 1 && covariance.dim() == 2 &&
                          covariance.size(0) == mean.size(0) && covariance.size(1) == mean.size(0),
                      "the moments of the {} features must be [D] and [D, D] but are {} and {}",
                      name, mean.sizes(), covariance.sizes());
  require<DataError>(
      at::isfinite(mean).all().item<bool>() && at::isfinite(covariance).all().item<bool>(),
      "the moments of the {} features are not finite", name);
}

/// A with A Aᵀ = covariance: [D, D] double.
Tensor factor(const Tensor& covariance) {
  const auto [value, vector] = at::linalg_eigh(covariance);  // [D] ascending, [D, D]
  // The root of what is only rounding, ε of the largest, would be √ε of it: far from rounding.
  const double rounding = static_cast<double>(value.size(0)) *
                          std::numeric_limits<double>::epsilon() * value.max().item<double>();
  return vector * at::where(value.gt(rounding), value, 0).clamp_min(0).sqrt();
}

}  // namespace

void require_feature_sets(const Tensor& real, const Tensor& generated) {
  require<ShapeError>(real.dim() == 2 && generated.dim() == 2 && real.size(1) >= 1 &&
                          real.size(1) == generated.size(1),
                      "real and generated features must be [N, D] and [M, D] but are {} and {}",
                      real.sizes(), generated.sizes());
  require<ShapeError>(real.size(0) >= 2 && generated.size(0) >= 2,
                      "sets of features need 2 rows at least, these have {} real and {} generated",
                      real.size(0), generated.size(0));
  require_finite(real, "real", 0);
  require_finite(generated, "generated", 0);
}

void RunningMoments::add(const Tensor& x) {
  require<ShapeError>(x.dim() == 2 && x.size(1) >= 1, "features must be [N, D] but are {}",
                      x.sizes());
  require<ShapeError>(rows_ == 0 || x.size(1) == mean_.size(0),
                      "these features are {} but those before have D = {}", x.sizes(),
                      rows_ == 0 ? 0 : mean_.size(0));
  if (x.size(0) == 0) return;
  require_finite(x, "added", rows_);
  const Tensor given = x.detach().to(at::kCPU, at::kDouble);  // [n, D]
  // New tensors each time: copies of these moments share none that changes.
  if (rows_ == 0) {
    origin_ = given.mean(0);
    mean_ = at::zeros_like(origin_);
    scatter_ = at::zeros({x.size(1), x.size(1)}, at::kDouble);
  }
  const auto before = static_cast<double>(rows_), now = static_cast<double>(x.size(0));
  const Tensor wide = given - origin_, mean = wide.mean(0);  // [n, D], [D]
  const Tensor centred = wide - mean, shift = mean - mean_;  // [n, D], [D]
  scatter_ = at::addmm(scatter_, centred.t(), centred);
  scatter_ = at::addr(scatter_, shift, shift, 1, before * now / (before + now));
  mean_ = mean_ + shift * (now / (before + now));
  rows_ += x.size(0);
}

FeatureMoments RunningMoments::moments() const {
  require<ShapeError>(rows_ >= 2, "a covariance needs 2 rows of features at least, there are {}",
                      rows_);
  return {origin_ + mean_, scatter_ / static_cast<double>(rows_ - 1)};
}

FeatureMoments feature_moments(const Tensor& x) {
  require<ShapeError>(x.dim() == 2, "features must be [N, D] but are {}", x.sizes());
  RunningMoments running;
  for (int64_t begin = 0; begin < x.size(0); begin += kChunk)
    running.add(x.narrow(0, begin, std::min(kChunk, x.size(0) - begin)));
  return running.moments();
}

double frechet_distance(const FeatureMoments& real, const FeatureMoments& generated) {
  require_moments(real, "real");
  require_moments(generated, "generated");
  require<ShapeError>(real.mean.size(0) == generated.mean.size(0),
                      "the real features have D = {} but the generated ones D = {}",
                      real.mean.size(0), generated.mean.size(0));
  const Tensor shift = real.mean - generated.mean;                                     // [D]
  const Tensor common = factor(real.covariance).t().mm(factor(generated.covariance));  // [D, D]
  const double spread = real.covariance.trace().item<double>() +
                        generated.covariance.trace().item<double>() -
                        2 * at::linalg_svdvals(common).sum().item<double>();
  return shift.square().sum().item<double>() + std::max(0.0, spread);
}

double frechet_distance(const Tensor& real, const Tensor& generated) {
  require_feature_sets(real, generated);
  return frechet_distance(feature_moments(real), feature_moments(generated));
}

}  // namespace tacit
