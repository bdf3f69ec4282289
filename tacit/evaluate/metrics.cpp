// SPDX-License-Identifier: Apache-2.0
#include "tacit/evaluate/metrics.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/bincount.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/sort.h>

#include <cmath>

#include "tacit/core/error.h"

namespace tacit {
namespace {

double ratio(double part, double whole) { return whole > 0 ? part / whole : 0; }

void require_square(const Tensor& confusion) {
  require<ShapeError>(confusion.dim() == 2 && confusion.size(0) == confusion.size(1),
                      "a confusion matrix is square, this one has the shape {}", confusion.sizes());
}

void require_classes(const Tensor& labels, const char* name, int64_t classes) {
  require<ShapeError>(labels.dim() == 1, "{} must be [N] but has the shape {}", name,
                      labels.sizes());
  if (labels.numel() == 0) return;
  const int64_t low = labels.min().item<int64_t>(), high = labels.max().item<int64_t>();
  require<ShapeError>(low >= 0 && high < classes,
                      "{} holds class {}, outside 0 … {}; leave out unlabelled rows", name,
                      low < 0 ? low : high, classes - 1);
}

}  // namespace

Tensor confusion_matrix(const Tensor& truth, const Tensor& predicted, int64_t classes) {
  require_classes(truth, "truth", classes);
  require_classes(predicted, "predicted", classes);
  require<ShapeError>(truth.numel() == predicted.numel(), "truth has {} rows but predicted has {}",
                      truth.numel(), predicted.numel());
  const Tensor cell = truth.to(at::kLong) * classes + predicted.to(at::kLong);  // [N]
  return at::bincount(cell, {}, classes * classes).view({classes, classes});
}

std::vector<ClassScores> class_scores(const Tensor& confusion) {
  require_square(confusion);
  const Tensor counts = confusion.to(at::kCPU, at::kDouble).contiguous();  // [K, K]
  const Tensor rows = counts.sum(1), columns = counts.sum(0);              // [K], [K]
  std::vector<ClassScores> result;
  for (int64_t k = 0; k < counts.size(0); ++k) {
    const double right = counts.select(0, k).select(0, k).item<double>();
    const double actual = rows.select(0, k).item<double>();
    const double called = columns.select(0, k).item<double>();
    result.push_back({ratio(right, called), ratio(right, actual), ratio(2 * right, called + actual),
                      static_cast<int64_t>(actual)});
  }
  return result;
}

Scores scores(const Tensor& confusion) {
  const std::vector<ClassScores> classes = class_scores(confusion);
  const Tensor counts = confusion.to(at::kCPU, at::kDouble);    // [K, K]
  const Tensor actual = counts.sum(1), called = counts.sum(0);  // [K], [K]
  const double total = counts.sum().item<double>();
  require<DataError>(total > 0, "there are no rows to score; is the test part empty?");

  Scores result;
  result.accuracy = counts.trace().item<double>() / total;
  const double chance = (actual * called).sum().item<double>() / (total * total);
  result.kappa = ratio(result.accuracy - chance, 1 - chance);
  const auto occurs = (actual + called).gt(0).sum().item<double>();
  for (const ClassScores& one : classes) {
    result.macro_f1 += one.f1 / occurs;
    result.weighted_f1 += one.f1 * static_cast<double>(one.support) / total;
  }
  return result;
}

void to_json(Json& json, const Scores& value) {
  json = Json{{"accuracy", value.accuracy},
              {"macro_f1", value.macro_f1},
              {"weighted_f1", value.weighted_f1},
              {"kappa", value.kappa}};
}

void to_json(Json& json, const NumberScores& value) {
  json = Json{{"rmse", value.rmse},
              {"mae", value.mae},
              {"r2", value.r2},
              {"correlation", value.correlation}};
}

NumberScores number_scores(const Tensor& truth, const Tensor& told) {
  require<ShapeError>(truth.dim() == 1 && truth.sizes() == told.sizes(),
                      "truth and told must be [N] both but are {} and {}", truth.sizes(),
                      told.sizes());
  require<DataError>(truth.numel() > 0, "there are no rows to score; is the test part empty?");
  require<DataError>(at::isfinite(truth).all().item<bool>(),
                     "a row to score has no label; leave out unlabelled rows");
  const Tensor right = truth.to(at::kCPU, at::kDouble);
  const Tensor answer = told.to(at::kCPU, at::kDouble);
  const Tensor error = answer - right;
  const double squared = error.square().mean().item<double>();
  const Tensor from_mean = right - right.mean(), told_from_mean = answer - answer.mean();
  const double variance = from_mean.square().mean().item<double>();
  const double told_variance = told_from_mean.square().mean().item<double>();
  const double together = (from_mean * told_from_mean).mean().item<double>();
  return {.rmse = std::sqrt(squared),
          .mae = error.abs().mean().item<double>(),
          .r2 = variance > 0 ? 1 - squared / variance : std::nan(""),
          .correlation = variance > 0 && told_variance > 0
                             ? together / std::sqrt(variance * told_variance)
                             : std::nan("")};
}

double auroc_of(const Tensor& positive, const Tensor& score) {
  if (score.isnan().any().item<bool>()) return std::nan("");
  const auto [sorted, order] = at::sort(score.to(at::kDouble));
  const Tensor hit = positive.to(at::kCPU, at::kBool).take(order).contiguous();
  const double* const value = sorted.const_data_ptr<double>();
  const bool* const is_hit = hit.const_data_ptr<bool>();
  double hits = 0, misses = 0, won = 0;
  for (int64_t first = 0, last = 0; first < sorted.numel(); first = last) {  // equal scores
    double here = 0;
    for (; last < sorted.numel() && value[last] == value[first]; ++last) here += is_hit[last];
    const double others = static_cast<double>(last - first) - here;
    won += here * (misses + others / 2);
    hits += here, misses += others;
  }
  return hits > 0 && misses > 0 ? won / (hits * misses) : std::nan("");
}

double auroc(const Tensor& truth, const Tensor& probabilities) {
  require<ShapeError>(probabilities.dim() == 2 && probabilities.size(0) == truth.size(0),
                      "probabilities must be [{}, K] but are {}", truth.size(0),
                      probabilities.sizes());
  const int64_t classes = probabilities.size(1);
  require_classes(truth, "truth", classes);
  if (classes == 2) return auroc_of(truth.eq(1), probabilities.select(1, 1));
  double sum = 0;
  int64_t occurring = 0;
  for (int64_t k = 0; k < classes; ++k) {
    const Tensor positive = truth.eq(k);
    if (!positive.any().item<bool>()) continue;
    sum += auroc_of(positive, probabilities.select(1, k));
    ++occurring;
  }
  return occurring > 1 ? sum / static_cast<double>(occurring) : std::nan("");
}

}  // namespace tacit
