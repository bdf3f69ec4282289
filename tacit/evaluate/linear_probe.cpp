// SPDX-License-Identifier: Apache-2.0
#include "tacit/evaluate/linear_probe.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/bincount.h>
#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>

#include "tacit/evaluate/labelled.h"
#include "tacit/evaluate/lbfgs.h"

namespace tacit {
namespace {

constexpr double kNever = -1e30;  // finite, so that files and exported graphs stay finite

/// The loss of fit_linear_probe in weights and biases laid out as [K, D + 1]. share: [N, 1], sums
/// to 1.
Evaluation evaluate(const Tensor& parameters, const Tensor& z, const Tensor& one_hot,
                    const Tensor& share, double penalty) {
  const int64_t d = z.size(1), k = one_hot.size(1);
  const Tensor table = parameters.view({k, d + 1});
  const Tensor weight = table.narrow(1, 0, d), bias = table.select(1, d);
  const Tensor log_p = at::addmm(bias, z, weight.t()).log_softmax(1);  // [N, K]
  const Tensor error = (log_p.exp() - one_hot) * share;                // [N, K]
  Tensor gradient = at::zeros_like(table);
  gradient.narrow(1, 0, d).copy_(error.t().mm(z) + penalty * weight);
  gradient.select(1, d).copy_(error.sum(0));
  const double loss = -(log_p * one_hot * share).sum().item<double>();
  return {loss + penalty / 2 * weight.square().sum().item<double>(), gradient.view({-1})};
}

Tensor class_values(const LinearClassifier& classifier, const Tensor& x) {
  require<ShapeError>(x.dim() == 2 && x.size(1) == classifier.weight.size(1),
                      "the classifier takes [N, {}] but x is {}", classifier.weight.size(1),
                      x.sizes());
  return at::addmm(classifier.bias, x.to(at::kDouble), classifier.weight.t());
}

}  // namespace

std::pair<Tensor, Tensor> standardisation(const Tensor& x, const LinearProbeConfig& config) {
  const Tensor zero = at::zeros({x.size(1)}, x.options());
  if (!config.standardize) return {zero, zero + 1};
  const Tensor mean = x.mean(0), scale = x.std(0, /*unbiased=*/false);  // [D], [D]
  // A constant has a deviation of rounding errors only.
  return {mean, at::where(scale.gt(1e-14 * mean.abs()), scale, zero + 1)};
}

Tensor LinearClassifier::predict(const Tensor& x) const { return class_values(*this, x).argmax(1); }

Tensor LinearClassifier::probabilities(const Tensor& x) const {
  return class_values(*this, x).softmax(1);
}

LinearFit fit_linear_probe(const Tensor& x, const Tensor& y, int64_t classes,
                           const LinearProbeConfig& config, const Tensor& row_weight) {
  require_labelled(x, y, classes, "a linear probe");
  require<ShapeError>(!row_weight.defined() || row_weight.sizes() == y.sizes(),
                      "row_weight has shape {}, the labels {}", row_weight.sizes(), y.sizes());
  const Tensor counts = at::bincount(y, {}, classes);
  const Tensor present = counts.nonzero().view({-1});  // [P] the classes that have rows
  require<DataError>(present.numel() >= 2,
                     "a linear probe needs rows of at least two classes, all {} rows are of class "
                     "{}; label rows of another class",
                     y.numel(), present.select(0, 0).item<int64_t>());

  const Tensor wide = x.to(at::kDouble);  // [N, D]
  const auto [mean, scale] = standardisation(wide, config);
  const Tensor z = (wide - mean) / scale;                             // [N, D]
  const Tensor one_hot = y.unsqueeze(1).eq(present).to(at::kDouble);  // [N, P]
  const int64_t n = z.size(0), d = z.size(1), p = present.numel();
  const double penalty = 1 / (config.c * static_cast<double>(n));
  const Tensor weigh =
      row_weight.defined() ? row_weight.to(at::kDouble) : at::ones({n}, at::kDouble);
  const Tensor share = (weigh / weigh.sum()).unsqueeze(1);  // [N, 1]
  const Minimum minimum = minimize(
      [&](const Tensor& parameters) { return evaluate(parameters, z, one_hot, share, penalty); },
      at::zeros({p * (d + 1)}, z.options()),
      {.max_iterations = config.max_iterations, .tolerance = config.tolerance});

  const Tensor table = minimum.place.view({p, d + 1});
  const Tensor weight = table.narrow(1, 0, d) / scale;       // [P, D]
  const Tensor bias = table.select(1, d) - weight.mv(mean);  // [P]
  LinearClassifier classifier{at::zeros({classes, d}, z.options()),
                              at::full({classes}, kNever, z.options())};
  classifier.weight.index_copy_(0, present, weight);
  classifier.bias.index_copy_(0, present, bias);
  return {std::move(classifier), minimum.iterations, minimum.gradient};
}

}  // namespace tacit
