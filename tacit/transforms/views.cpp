// SPDX-License-Identifier: Apache-2.0
#include "tacit/transforms/views.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/zeros.h>

#include <utility>

#include "tacit/transforms/transformations.h"

namespace tacit {
namespace {

Transform view(const TwoViewsConfig& config, Modality modality,
               const std::vector<std::string>& names, const std::string& where) {
  std::vector<Transform> steps;
  for (NamedTransform& one : choose(transformations_of(modality, config, where), names, where))
    steps.push_back(sometimes(config.probability, std::move(one.apply)));
  return chain(std::move(steps));
}

}  // namespace

TwoViews::TwoViews(const TwoViewsConfig& config, const Spec& spec)
    : first_(view(config, spec.modality, config.first, "method.first")),
      second_(view(config, spec.modality, config.second, "method.second")) {
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
