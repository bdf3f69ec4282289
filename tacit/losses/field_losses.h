// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <vector>

#include "tacit/core/spec.h"
#include "tacit/dist/communicator.h"

/// Telling the cells of an encoded table row: one output for a number, one a code for a category.
namespace tacit {

/// How the outputs of a decoder lie side by side: first those of numbers, in order, then those of
/// each category.
class FieldOutputs {
 public:
  explicit FieldOutputs(std::vector<Field> fields);
  const std::vector<Field>& fields() const { return fields_; }
  int64_t size() const { return size_; }
  int64_t numbers() const { return numbers_; }
  /// First output of a field.
  int64_t start(size_t field) const { return start_[field]; }

 private:
  std::vector<Field> fields_;
  std::vector<int64_t> start_;
  int64_t size_ = 0, numbers_ = 0;
};

/// How wrong each cell is told: squared error of a number, cross-entropy of a category (its missing
/// and unseen codes are codes like others), and 0 for a number that is missing. outputs: [N,
/// layout.size()]; x: [N, F] encoded rows -> [N, F].
Tensor field_losses(const FieldOutputs& layout, const Tensor& outputs, const Tensor& x);

/// Which cells count: all but missing numbers, [N, F] float 0 or 1.
Tensor cells_that_count(const FieldOutputs& layout, const Tensor& x);

/// Means of what field_losses gave, over the cells that count in the rows of all processes and then
/// over the fields of a column: [columns].
Tensor column_losses(const FieldOutputs& layout, const Tensor& losses, const Tensor& x,
                     const Communicator& world);

/// What telling the noisy rows themselves would cost, as column_losses: the squared error of a
/// number; for a category the cross-entropy of the best distribution that knows only its noisy code
/// and how often codes were changed. noisy, x: [N, F].
Tensor identity_losses(const FieldOutputs& layout, const Tensor& noisy, const Tensor& x,
                       const Communicator& world);

}  // namespace tacit
