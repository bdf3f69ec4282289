// SPDX-License-Identifier: Apache-2.0
#include "tacit/losses/field_losses.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/xlogy.h>

#include <algorithm>

#include "tacit/dist/rows.h"

namespace tacit {

FieldOutputs::FieldOutputs(std::vector<Field> fields)
    : fields_(std::move(fields)), start_(fields_.size()) {
  for (size_t i = 0; i < fields_.size(); ++i)
    if (fields_[i].codes == 0) start_[i] = numbers_++;
  size_ = numbers_;
  for (size_t i = 0; i < fields_.size(); ++i)
    if (fields_[i].codes > 0) {
      start_[i] = size_;
      size_ += fields_[i].codes;
    }
}

Tensor field_losses(const FieldOutputs& layout, const Tensor& outputs, const Tensor& x) {
  const std::vector<Field>& fields = layout.fields();
  std::vector<Tensor> losses;  // [N, 1] each
  for (size_t i = 0; i < fields.size(); ++i) {
    const Tensor truth = x.narrow(1, static_cast<int64_t>(i), 1);
    if (fields[i].codes == 0) {
      const Tensor told = outputs.narrow(1, layout.start(i), 1);
      const Tensor known = truth.isnan().logical_not();
      losses.push_back((told - truth.nan_to_num(0)).square() * known);
    } else {
      const Tensor told = at::log_softmax(outputs.narrow(1, layout.start(i), fields[i].codes), 1);
      losses.push_back(-told.gather(1, truth.to(at::kLong)));
    }
  }
  return at::cat(losses, 1);
}

Tensor cells_that_count(const FieldOutputs& layout, const Tensor& x) {
  return layout.numbers() == 0 ? at::ones_like(x) : x.isnan().logical_not().to(x.scalar_type());
}

Tensor column_losses(const FieldOutputs& layout, const Tensor& losses, const Tensor& x,
                     const Communicator& world) {
  const Tensor counts = world.sum(cells_that_count(layout, x).sum(0));
  const Tensor each = world.sum(losses.sum(0)) / counts.clamp_min(1);  // [F]
  const std::vector<int64_t> column = column_of(layout.fields());
  std::vector<Tensor> means;
  for (size_t first = 0, last = 0; first < column.size(); first = last) {
    while (last < column.size() && column[last] == column[first]) ++last;
    means.push_back(each.slice(0, static_cast<int64_t>(first), static_cast<int64_t>(last)).mean());
  }
  return at::stack(means);
}

Tensor identity_losses(const FieldOutputs& layout, const Tensor& noisy, const Tensor& x,
                       const Communicator& world) {
  const std::vector<Field>& fields = layout.fields();
  std::vector<Tensor> losses;
  for (size_t i = 0; i < fields.size(); ++i) {
    const auto place = static_cast<int64_t>(i);
    const Tensor truth = x.narrow(1, place, 1), seen = noisy.narrow(1, place, 1);
    if (fields[i].codes == 0) {
      // A hidden number is told by the mean, which scaling puts near 0.
      const Tensor known = truth.isnan().logical_not();
      losses.push_back((seen.nan_to_num(0) - truth.nan_to_num(0)).square() * known);
    } else {
      const Tensor same = seen.eq(truth).to(x.scalar_type());
      const Tensor kept = mean_over_rows(same, world), changed = 1 - kept;  // [1]
      const double others = static_cast<double>(std::max<int64_t>(fields[i].codes - 1, 1));
      const Tensor mean = -(at::xlogy(kept, kept) + at::xlogy(changed, changed / others));
      losses.push_back(mean.expand_as(truth));
    }
  }
  return column_losses(layout, at::cat(losses, 1), x, world);
}

}  // namespace tacit
