// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/images.h"

#include <ATen/ops/index_select.h>
#include <ATen/ops/tensor.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <set>

#include "tacit/core/error.h"

namespace tacit {
namespace {

float number_in(const ImageOrigin& origin) {
  if (origin.label.empty()) return std::numeric_limits<float>::quiet_NaN();
  double number = 0;
  const char* const end = origin.label.data() + origin.label.size();
  const auto [rest, failed] = std::from_chars(origin.label.data(), end, number);
  require<DataError>(failed == std::errc() && rest == end && std::isfinite(number),
                     "data.target = \"number\", but the label \"{}\" of {} is none", origin.label,
                     origin.name);
  return static_cast<float>(number);
}

/// Sorted names of the labels that count.
std::vector<std::string> classes_of(const std::vector<ImageOrigin>& origins,
                                    const std::vector<std::string>& kept) {
  std::set<std::string> seen;
  for (const ImageOrigin& origin : origins)
    if (!origin.label.empty()) seen.insert(origin.label);
  for (const std::string& name : kept)
    require<ConfigError>(seen.contains(name), "data.classes: no picture is labelled \"{}\"", name);
  if (kept.empty()) return {seen.begin(), seen.end()};
  std::vector<std::string> classes = kept;
  std::ranges::sort(classes);
  return classes;
}

}  // namespace

Images::Images(Tensor pixels, std::vector<ImageOrigin> origins, Target target,
               const std::vector<std::string>& kept, std::vector<std::string> notes)
    : pixels_(std::move(pixels)),
      origins_(std::move(origins)),
      target_(target),
      notes_(std::move(notes)) {
  require<ShapeError>(pixels_.dim() == 4 && pixels_.scalar_type() == at::kByte &&
                          (pixels_.size(1) == 1 || pixels_.size(1) == 3) &&
                          pixels_.size(0) == static_cast<int64_t>(origins_.size()),
                      "images: expected [{}, 1 or 3, H, W] of bytes, got {}", origins_.size(),
                      pixels_.sizes());
  const bool is_grey = pixels_.size(1) == 1;
  spec_ = {.modality = Modality::image,
           .shape = {pixels_.size(1), pixels_.size(2), pixels_.size(3)},
           .rate_hz = 0,
           .channels = is_grey ? std::vector<std::string>{"grey"}
                               : std::vector<std::string>{"red", "green", "blue"}};
  if (target == Target::number) {
    std::ranges::transform(origins_, std::back_inserter(numbers_), number_in);
    return;
  }
  classes_ = classes_of(origins_, kept);
  for (const ImageOrigin& origin : origins_) {
    const auto found = std::ranges::lower_bound(classes_, origin.label);
    const bool counts = found != classes_.end() && *found == origin.label;
    labels_.push_back(counts ? found - classes_.begin() : -1);
  }
}

Batch Images::read(std::span<const int64_t> rows) const {
  Batch batch = read_packed(rows);
  batch.x = unpack(batch.x);
  return batch;
}

Batch Images::read_packed(std::span<const int64_t> rows) const {
  for (const int64_t row : rows)
    require<ShapeError>(row >= 0 && row < size(),
                        "images: row {} is asked for, but rows are 0 … {}", row, size() - 1);
  const Tensor row = at::tensor(at::ArrayRef<int64_t>(rows.data(), rows.size()), at::kLong);
  return {.x = at::index_select(pixels_, 0, row), .y = labels_of(*this, rows), .row = row};
}

int64_t Images::label(int64_t row) const {
  return target_ == Target::category ? labels_.at(static_cast<size_t>(row)) : -1;
}

float Images::number(int64_t row) const {
  return target_ == Target::category ? Examples::number(row)
                                     : numbers_.at(static_cast<size_t>(row));
}

Origin Images::origin(int64_t row) const {
  const ImageOrigin& from = about(row);
  return {.subject = from.subject, .recording = from.recording, .piece = row, .begin = 0, .end = 1};
}

}  // namespace tacit
