// SPDX-License-Identifier: Apache-2.0
#include "tacit/evaluate/label_subsets.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <span>

#include "tacit/core/error.h"

namespace tacit {

LabelCount LabelCount::read(const Json& json, const std::string& where) {
  if (json.is_string()) {
    const std::string words = json.get<std::string>();
    if (words == "all") return {.all = true};
    double percent = 0;
    const char* const end = words.data() + words.size();
    const auto [rest, error] = std::from_chars(words.data(), end, percent);
    if (error == std::errc() && end - rest == 1 && *rest == '%' && percent > 0 && percent <= 100)
      return {.percent = percent};
  }
  require<ConfigError>(json.is_number_integer() && json.get<int64_t>() >= 1,
                       "{} must be {}, got {}", where, type_name(), json.dump());
  return {.count = json.get<int64_t>()};
}

Json LabelCount::write() const { return all || percent > 0 ? Json(print()) : Json(count); }

std::string LabelCount::print() const {
  if (all) return "all";
  return percent > 0 ? text("{}%", percent) : text("{}", count);
}

int64_t LabelCount::of(int64_t rows) const {
  if (all) return rows;
  if (percent > 0)
    return std::max<int64_t>(1, std::llround(percent / 100 * static_cast<double>(rows)));
  return std::min(count, rows);
}

LabelDraw draw_labels(const Tensor& y, LabelCount per_class, const Rng& rng) {
  require<ShapeError>(y.dim() == 1, "y must be [N] but has the shape {}", y.sizes());
  const Tensor classes = y.is_floating_point() ? y.isnan().to(at::kLong).neg() : y;
  const Tensor labels = classes.to(at::kCPU, at::kLong).contiguous();
  std::map<int64_t, std::vector<int64_t>> of_class;
  for (int64_t row = 0; row < labels.numel(); ++row)
    if (const int64_t label = labels.const_data_ptr<int64_t>()[row]; label >= 0)
      of_class[label].push_back(row);

  LabelDraw draw;
  for (auto& [label, rows] : of_class) {
    // One order a class, whatever is asked for: its prefixes are nested.
    rng.stream(static_cast<uint64_t>(label)).shuffle(std::span(rows));
    const auto size = static_cast<int64_t>(rows.size());
    const int64_t take = per_class.of(size);
    if (!per_class.all && per_class.percent == 0 && size < per_class.count)
      draw.short_classes.push_back({label, size});
    draw.rows.insert(draw.rows.end(), rows.begin(), rows.begin() + take);
  }
  std::ranges::sort(draw.rows);
  return draw;
}

}  // namespace tacit
