// SPDX-License-Identifier: Apache-2.0
#include "tacit/evaluate/cells.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full_like.h>
#include <ATen/ops/searchsorted.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/sort.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/where.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "tacit/core/error.h"
#include "tacit/data/column_encoders.h"

namespace tacit {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

/// Fields first … last-1 of a column.
struct Stretch {
  int64_t first, last;
};

std::vector<Stretch> columns_of(const std::vector<Field>& fields) {
  std::vector<Stretch> columns;
  const std::vector<int64_t> column = column_of(fields);
  for (size_t i = 0; i < column.size(); ++i) {
    if (i == 0 || column[i] != column[i - 1])
      columns.push_back({static_cast<int64_t>(i), static_cast<int64_t>(i)});
    ++columns.back().last;
  }
  return columns;
}

Tensor hide(const Tensor& x, const std::vector<Field>& fields, const Stretch& column) {
  Tensor hidden = x.clone();
  for (int64_t field = column.first; field < column.last; ++field)
    hidden.select(1, field).fill_(fields[static_cast<size_t>(field)].codes > 0
                                      ? static_cast<double>(ColumnEncoders::kMissingCode)
                                      : kNone);
  return hidden;
}

}  // namespace

Tensor CellModel::outputs(const Tensor& x) const {
  const at::NoGradGuard no_gradients;
  return decoder->forward(encoder->code(x));
}

Tensor hidden_losses(const CellModel& model, const Dataset& rows, int64_t batch_size) {
  require<ConfigError>(batch_size >= 1, "batch_size must be at least 1, got {}", batch_size);
  const std::vector<Field>& fields = model.layout.fields();
  const std::vector<Stretch> columns = columns_of(fields);
  const Tensor losses = at::empty({rows.size(), static_cast<int64_t>(columns.size())}, at::kDouble);
  std::vector<int64_t> some;
  for (int64_t begin = 0; begin < rows.size(); begin += batch_size) {
    some.resize(static_cast<size_t>(std::min(batch_size, rows.size() - begin)));
    std::iota(some.begin(), some.end(), begin);
    const Tensor x = rows.read(some).x;
    for (size_t i = 0; i < columns.size(); ++i) {
      const auto [first, last] = columns[i];
      const Tensor told = field_losses(model.layout, model.outputs(hide(x, fields, columns[i])), x)
                              .slice(1, first, last)
                              .mean(1);
      losses.narrow(0, begin, x.size(0)).select(1, static_cast<int64_t>(i)).copy_(told);
    }
  }
  return losses;
}

void calibrate(CellDecoder& decoder, const Tensor& losses) {
  require<DataError>(losses.size(0) > 0, "there are no rows to tell what is usual from");
  decoder.mean = losses.mean(0);
  const Tensor deviation = losses.std(0, /*unbiased=*/false);
  decoder.deviation = at::where(deviation.gt(0), deviation, deviation + 1);
  decoder.scores = std::get<0>(at::sort(row_scores(standardize(decoder, losses))));
}

Tensor standardize(const CellDecoder& decoder, const Tensor& losses) {
  return (losses - decoder.mean) / decoder.deviation;
}

Tensor row_scores(const Tensor& standardized) { return standardized.mean(1); }

Tensor p_values(const CellDecoder& decoder, const Tensor& scores) {
  const auto usual = static_cast<double>(decoder.scores.size(0));
  const Tensor below = at::searchsorted(decoder.scores, scores.contiguous()).to(at::kDouble);
  return (usual - below + 1) / (usual + 1);
}

double threshold(const CellDecoder& decoder, double false_alarms) {
  const int64_t usual = decoder.scores.size(0);
  // The p-value of a score above all but `allowed` usual rows is (allowed + 1) / (usual + 1).
  const auto allowed =
      static_cast<int64_t>(std::floor(false_alarms * static_cast<double>(usual + 1))) - 1;
  if (allowed < 0) return std::numeric_limits<double>::infinity();
  if (allowed >= usual) return -std::numeric_limits<double>::infinity();
  return std::nextafter(decoder.scores[usual - 1 - allowed].item<double>(),
                        std::numeric_limits<double>::infinity());
}

Expected expect(const CellModel& model, const Tensor& x) {
  const std::vector<Field>& fields = model.layout.fields();
  const Tensor outputs = model.outputs(x);
  std::vector<Tensor> values, shares;
  for (size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].codes <= ColumnEncoders::kFirstCode) {  // a number, or a column of no category
      const Tensor one = outputs.select(1, model.layout.start(i));
      values.push_back(fields[i].codes == 0 ? one
                                            : at::full_like(one, ColumnEncoders::kUnseenCode));
      shares.push_back(at::full_like(one, kNone));
      continue;
    }
    const Tensor known = at::softmax(outputs.narrow(1, model.layout.start(i), fields[i].codes)
                                         .slice(1, ColumnEncoders::kFirstCode),
                                     1);
    const auto [share, code] = known.max(1);
    values.push_back((code + ColumnEncoders::kFirstCode).to(at::kFloat));
    shares.push_back(share);
  }
  return {at::stack(values, 1), at::stack(shares, 1)};
}

}  // namespace tacit
