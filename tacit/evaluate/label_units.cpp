// SPDX-License-Identifier: Apache-2.0
#include "tacit/evaluate/label_units.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

#include <map>
#include <utility>

#include "tacit/core/error.h"

namespace tacit {

LabelUnits::LabelUnits(LabelUnit unit, const Examples& examples, std::span<const int64_t> rows)
    : unit_(unit) {
  const Tensor all = labels_of(examples, rows);
  if (unit == LabelUnit::row) {
    units_ = static_cast<int64_t>(rows.size());
    labels_ = all;
    return;
  }
  std::map<std::pair<std::string, std::string>, int64_t> seen;
  std::vector<int64_t> unit_of, first;
  for (const int64_t row : rows) {
    const Origin origin = examples.origin(row);
    const auto [found, is_new] = seen.emplace(
        std::pair(std::string(origin.subject), std::string(origin.recording)), seen.size());
    if (is_new) first.push_back(static_cast<int64_t>(unit_of.size()));
    unit_of.push_back(found->second);
  }
  units_ = static_cast<int64_t>(first.size());
  unit_of_ = at::tensor(unit_of, at::kLong);
  labels_ = all.index_select(0, at::tensor(first, at::kLong));
  const Tensor other = all != labels_.index_select(0, unit_of_);
  if (!other.any().item<bool>()) return;
  const int64_t where = other.nonzero()[0].item<int64_t>();
  throw DataError(
      text("recording \"{}\" holds windows of different labels; set curve.unit = \"row\"",
           examples.origin(rows[static_cast<size_t>(where)]).recording));
}

std::vector<int64_t> LabelUnits::rows_of(std::span<const int64_t> units) const {
  std::vector<int64_t> rows(units.begin(), units.end());
  if (unit_ == LabelUnit::row) return rows;
  std::vector<std::vector<int64_t>> of(static_cast<size_t>(units_));
  const int64_t* const unit_of = unit_of_.const_data_ptr<int64_t>();
  for (int64_t row = 0; row < unit_of_.numel(); ++row)
    of[static_cast<size_t>(unit_of[row])].push_back(row);
  rows.clear();
  for (const int64_t unit : units)
    rows.insert(rows.end(), of[static_cast<size_t>(unit)].begin(),
                of[static_cast<size_t>(unit)].end());
  return rows;
}

Tensor LabelUnits::pool(const Tensor& x) const {
  if (unit_ == LabelUnit::row) return x;
  const Tensor center = mean(x);
  const Tensor apart = x - center.index_select(0, unit_of_);
  return at::cat({center, mean(apart.square()).sqrt()}, 1);
}

Tensor LabelUnits::mean(const Tensor& told) const {
  if (unit_ == LabelUnit::row) return told;
  std::vector<int64_t> shape = told.sizes().vec();
  shape[0] = units_;
  const Tensor sums = at::zeros(shape, told.options()).index_add(0, unit_of_, told);
  const Tensor rows = at::zeros({units_}, told.options())
                          .index_add(0, unit_of_, at::ones_like(unit_of_, told.options()));
  shape.assign(shape.size(), 1);
  shape[0] = units_;
  return sums / rows.view(shape);
}

}  // namespace tacit
