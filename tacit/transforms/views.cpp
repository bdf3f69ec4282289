// SPDX-License-Identifier: Apache-2.0
#include "tacit/transforms/views.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/zeros.h>

#include <utility>

namespace tacit {
namespace {

Transform view(const TwoViewsConfig& config, const std::vector<std::string>& names,
               const std::string& where) {
  std::vector<Transform> steps;
  for (SignalTransformation& one : choose_transformations(config.transformations, names, where))
    steps.push_back(sometimes(config.probability, std::move(one.apply)));
  return chain(std::move(steps));
}

}  // namespace

TwoViews::TwoViews(const TwoViewsConfig& config, const Spec& spec)
    : first_(view(config, config.first, "method.first")),
      second_(view(config, config.second, "method.second")) {
  Rng trial(0);  // says now what cannot be done, not at the first step
  (*this)(at::zeros({1, spec.shape.at(0), spec.shape.at(1)}), trial);
}

Tensor TwoViews::operator()(const Tensor& x, Rng& rng) const {
  const Tensor first = first_(x, rng);  // the order of draws is part of what a seed means
  return at::cat({first, second_(x, rng)});
}

}  // namespace tacit
