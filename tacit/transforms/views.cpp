// SPDX-License-Identifier: Apache-2.0
#include "tacit/transforms/views.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/zeros.h>

#include "tacit/transforms/transformations.h"

namespace tacit {

TwoViews::TwoViews(const TwoViewsConfig& config, const Spec& spec)
    : first_(some_of(spec.modality, config, config.first, config.probability, "method.first")),
      second_(some_of(spec.modality, config, config.second, config.probability, "method.second")) {
  Rng trial(0);  // says now what cannot be done, not at the first step
  std::vector<int64_t> one{1};
  one.insert(one.end(), spec.shape.begin(), spec.shape.end());
  (*this)(at::zeros(one), trial);
}

Tensor TwoViews::operator()(const Tensor& x, Rng& rng) const {
  const Tensor first = first_(x, rng);  // the order of draws is part of what a seed means
  return at::cat({first, second_(x, rng)});
}

}  // namespace tacit
