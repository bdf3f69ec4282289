// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/column_encoders.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <ATen/ops/full_like.h>
#include <ATen/ops/searchsorted.h>
#include <ATen/ops/sort.h>
#include <ATen/ops/special_ndtri.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <map>
#include <numbers>

#include "tacit/core/error.h"

namespace tacit {
namespace {

constexpr int64_t kSampleRows = 200000;  // whose numbers statistics are of
constexpr int64_t kChunk = 1 << 16;      // rows read at a time
constexpr int64_t kMostKnots = 1000;     // of rank_gauss
constexpr double kDay = 86400;
constexpr int64_t kMomentFields = ColumnEncoders::kMomentFields;
constexpr const char* kMomentParts[] = {"",           "/day sin",  "/day cos",
                                        "/week sin",  "/week cos", "/month sin",
                                        "/month cos", "/year sin", "/year cos"};

Tensor missing_like(const Tensor& x) {
  return at::full_like(x, std::numeric_limits<double>::quiet_NaN());
}

/// The line through (from[i], to[i]) at x, level beyond its ends, NaN at NaN. from ascends.
Tensor interpolate(const Tensor& x, const Tensor& from, const Tensor& to) {
  const int64_t knots = from.size(0);
  if (knots == 1) return at::where(x.isnan(), missing_like(x), at::full_like(x, to[0].item()));
  const Tensor right = at::searchsorted(from, x.contiguous()).clamp(1, knots - 1);
  const Tensor left = right - 1;
  const Tensor share = ((x - from.take(left)) / (from.take(right) - from.take(left))).clamp(0, 1);
  return to.take(left) + share * (to.take(right) - to.take(left));
}

/// Days since 1970, as a float64 number, of moments [N, 2].
Tensor days_of(const Tensor& moment) {
  return moment.select(1, 0).to(at::kDouble) + moment.select(1, 1).to(at::kDouble) / kDay;
}

/// Sine and cosine of where each moment of [N, 2] stands in day, week, month and year: [N, 8].
Tensor cycles_of(const Tensor& moment) {
  const Tensor from = moment.to(at::kDouble).contiguous();
  const Tensor to = missing_like(at::empty({moment.size(0), kMomentFields - 1}, at::kDouble));
  for (int64_t row = 0; row < moment.size(0); ++row) {
    const double day = from.const_data_ptr<double>()[2 * row];
    const double second = from.const_data_ptr<double>()[2 * row + 1];
    if (std::isnan(day) || std::isnan(second)) continue;
    const std::chrono::sys_days days{std::chrono::days(static_cast<int64_t>(day))};
    const std::chrono::year_month_day date{days};
    const double of_week = static_cast<double>(std::chrono::weekday(days).c_encoding());
    const double of_month = static_cast<double>(static_cast<unsigned>(date.day())) - 1;
    const double of_year = static_cast<double>(
        (days - std::chrono::sys_days(date.year() / std::chrono::January / 1)).count());
    double* cycle = to.mutable_data_ptr<double>() + row * (kMomentFields - 1);
    for (const double turns : {second / kDay, of_week / 7, of_month / 31, of_year / 365.25}) {
      *cycle++ = std::sin(2 * std::numbers::pi * turns);
      *cycle++ = std::cos(2 * std::numbers::pi * turns);
    }
  }
  return to;
}

/// At most kSampleRows of the rows, evenly spread.
std::vector<int64_t> sample_of(std::span<const int64_t> rows) {
  const auto count = static_cast<int64_t>(rows.size());
  const int64_t kept = std::min(count, kSampleRows);
  std::vector<int64_t> sample;
  for (int64_t i = 0; i < kept; ++i) sample.push_back(rows[static_cast<size_t>(i * count / kept)]);
  return sample;
}

/// Sorted values without the missing ones.
Tensor present(const Tensor& column) {
  const Tensor values = column.to(at::kDouble);
  return std::get<0>(at::sort(values.masked_select(~values.isnan())));
}

double median_of(const Tensor& sorted) {
  const int64_t count = sorted.size(0);
  return (sorted[(count - 1) / 2].item<double>() + sorted[count / 2].item<double>()) / 2;
}

double or_one(double scale) { return scale > 0 && std::isfinite(scale) ? scale : 1; }

/// How often each code of the categorical column at `cell` comes.
std::vector<int64_t> count_codes(const Table& table, std::span<const int64_t> rows, int64_t cell,
                                 size_t codes) {
  std::vector<int64_t> counts(codes);
  for (size_t begin = 0; begin < rows.size(); begin += kChunk) {
    const auto some = rows.subspan(begin, std::min<size_t>(kChunk, rows.size() - begin));
    const Tensor column = table.read(some).x.select(1, cell).contiguous();
    for (int64_t row = 0; row < column.size(0); ++row) {
      const float code = column.const_data_ptr<float>()[row];
      if (!std::isnan(code)) ++counts[static_cast<size_t>(code)];
    }
  }
  return counts;
}

}  // namespace

Tensor ColumnEncoders::Scale::apply(const Tensor& x) const {
  return values.defined() ? interpolate(x, values, normals) : (x - shift) / scale;
}

Tensor ColumnEncoders::Scale::invert(const Tensor& z) const {
  return values.defined() ? interpolate(z, normals, values) : z * scale + shift;
}

ColumnEncoders::Scale ColumnEncoders::fit_scale(Scaling scaling, const Tensor& sample) {
  const Tensor sorted = present(sample);
  const int64_t count = sorted.size(0);
  if (count == 0 || scaling == Scaling::none) return {};
  if (scaling == Scaling::standard) {
    return {.shift = sorted.mean().item<double>(),
            .scale = or_one(sorted.std(/*unbiased=*/false).item<double>())};
  }
  if (scaling == Scaling::robust) {
    const double median = median_of(sorted);
    const Tensor distance = (sorted - median).abs();
    const double middle = 1.4826 * median_of(std::get<0>(at::sort(distance)));
    // Where more than half the rows are equal, the mean distance says how far the others are.
    return {.shift = median,
            .scale = middle > 0 ? middle : or_one(1.2533 * distance.mean().item<double>())};
  }
  // Each different value at the middle of the ranks of its rows.
  std::vector<double> values, ranks;
  const double* const value = sorted.const_data_ptr<double>();
  for (int64_t first = 0, last = 0; first < count; first = last) {
    while (last < count && value[last] == value[first]) ++last;
    values.push_back(value[first]);
    ranks.push_back(static_cast<double>(first + last) / static_cast<double>(2 * count));
  }
  const auto different = static_cast<int64_t>(values.size());
  const int64_t knots = std::min(different, kMostKnots);
  std::vector<int64_t> kept;
  for (int64_t i = 0; i < knots; ++i) {
    kept.push_back(knots == 1 ? 0 : i * (different - 1) / (knots - 1));
  }
  const Tensor at_knots = at::tensor(kept, at::kLong);
  return {.values = at::tensor(values, at::kDouble).take(at_knots),
          .normals = at::special_ndtri(at::tensor(ranks, at::kDouble)).take(at_knots)};
}

ColumnEncoders ColumnEncoders::fit(const ColumnEncodersConfig& config, const Table& table,
                                   std::span<const int64_t> rows) {
  require<DataError>(!rows.empty(), "column encoders: there are no training rows");
  std::map<std::string, Scaling> other;
  for (const auto& [names, scaling] :
       {std::pair(&config.standard, Scaling::standard), std::pair(&config.robust, Scaling::robust),
        std::pair(&config.unscaled, Scaling::none)}) {
    for (const std::string& name : *names) {
      const bool known =
          std::ranges::find(table.columns(), name, &TableColumn::name) != table.columns().end();
      require<ConfigError>(known, "data.encode: {}",
                           unknown_name("column", name, table.spec().channels));
      other[name] = scaling;
    }
  }
  ColumnEncoders made;
  made.columns_ = table.columns();
  const Tensor sample = table.read(sample_of(rows)).x;
  int64_t cell = 0;
  for (const TableColumn& column : made.columns_) {
    const auto found = other.find(column.name);
    const Scaling scaling = found == other.end() ? config.scaling : found->second;
    made.scales_.emplace_back();
    made.kept_.emplace_back();
    switch (column.kind) {
      case ColumnKind::numeric:
        made.scales_.back() = fit_scale(scaling, sample.select(1, cell));
        break;
      case ColumnKind::datetime:
        made.scales_.back() = fit_scale(scaling, days_of(sample.slice(1, cell, cell + 2)));
        break;
      case ColumnKind::categorical: {
        const auto counts = count_codes(table, rows, cell, column.categories.size());
        for (size_t code = 0; code < counts.size(); ++code) {
          if (counts[code] >= config.min_count) {
            made.kept_.back().push_back(static_cast<int64_t>(code));
          }
        }
        break;
      }
    }
    cell += column.width();
  }
  return made;
}

std::vector<Field> ColumnEncoders::fields() const {
  std::vector<Field> all;
  for (size_t i = 0; i < columns_.size(); ++i) {
    const TableColumn& column = columns_[i];
    if (column.kind == ColumnKind::datetime) {
      for (const char* part : kMomentParts) all.push_back({column.name + part, column.name});
    } else if (column.kind == ColumnKind::categorical) {
      all.push_back({column.name, column.name, kFirstCode + static_cast<int64_t>(kept_[i].size())});
    } else {
      all.push_back({column.name, column.name});
    }
  }
  return all;
}

Tensor ColumnEncoders::codes(size_t column) const {
  const std::vector<int64_t>& kept = kept_.at(column);
  Tensor code = at::full({static_cast<int64_t>(columns_[column].categories.size()) + 1},
                         static_cast<double>(kUnseenCode), at::kDouble);
  for (size_t i = 0; i < kept.size(); ++i) {
    code[kept[i]] = static_cast<double>(kFirstCode) + static_cast<double>(i);
  }
  return code;
}

Tensor ColumnEncoders::apply(const Tensor& x) const {
  require<ShapeError>(x.dim() == 2 && x.size(1) == row_width(columns_),
                      "column encoders: rows must be [N, {}] but are {}", row_width(columns_),
                      x.sizes());
  std::vector<Tensor> encoded;
  int64_t cell = 0;
  for (size_t i = 0; i < columns_.size(); ++i) {
    const TableColumn& column = columns_[i];
    const Tensor own = x.slice(1, cell, cell + column.width()).to(at::kDouble);
    cell += column.width();
    if (column.kind == ColumnKind::numeric) {
      encoded.push_back(scales_[i].apply(own));
    } else if (column.kind == ColumnKind::datetime) {
      encoded.push_back(scales_[i].apply(days_of(own)).unsqueeze(1));
      encoded.push_back(cycles_of(own));
    } else {
      const auto other = static_cast<int64_t>(column.categories.size());
      const Tensor known = own.nan_to_num(0).to(at::kLong).clamp_max(other);
      encoded.push_back(
          at::where(own.isnan(), at::full_like(own, kMissingCode), codes(i).take(known)));
    }
  }
  return at::cat(encoded, 1).to(at::kFloat);
}

Tensor ColumnEncoders::invert(const Tensor& encoded) const {
  const auto width = static_cast<int64_t>(fields().size());
  require<ShapeError>(encoded.dim() == 2 && encoded.size(1) == width,
                      "column encoders: encoded rows must be [N, {}] but are {}", width,
                      encoded.sizes());
  std::vector<Tensor> raw;
  int64_t field = 0;
  for (size_t i = 0; i < columns_.size(); ++i) {
    const Tensor own = encoded.select(1, field).to(at::kDouble);
    field += columns_[i].kind == ColumnKind::datetime ? kMomentFields : 1;
    if (columns_[i].kind == ColumnKind::numeric) {
      raw.push_back(scales_[i].invert(own));
    } else if (columns_[i].kind == ColumnKind::datetime) {
      const Tensor days = scales_[i].invert(own);
      raw.push_back(days.floor());
      raw.push_back(((days - days.floor()) * kDay).round());
    } else {
      Tensor category = at::full({kFirstCode + static_cast<int64_t>(kept_[i].size())},
                                 std::numeric_limits<double>::quiet_NaN(), at::kDouble);
      for (size_t kept = 0; kept < kept_[i].size(); ++kept) {
        category[kFirstCode + static_cast<int64_t>(kept)] = static_cast<double>(kept_[i][kept]);
      }
      raw.push_back(category.take(own.to(at::kLong)));
    }
  }
  return at::stack(raw, 1).to(at::kFloat);
}

Json ColumnEncoders::describe(std::map<std::string, Tensor>& tensors) const {
  Json all = Json::array();
  for (size_t i = 0; i < columns_.size(); ++i) {
    Json one{{"name", columns_[i].name}, {"kind", enum_name(columns_[i].kind)}};
    if (columns_[i].kind == ColumnKind::categorical) {
      one["categories"] = columns_[i].categories;
      one["kept"] = kept_[i];
    } else if (scales_[i].values.defined()) {
      tensors[text("columns.{}.values", i)] = scales_[i].values;
      tensors[text("columns.{}.normals", i)] = scales_[i].normals;
    } else {
      one["shift"] = scales_[i].shift;
      one["scale"] = scales_[i].scale;
    }
    all.push_back(std::move(one));
  }
  return all;
}

ColumnEncoders ColumnEncoders::load(const Json& described,
                                    const std::map<std::string, Tensor>& tensors) {
  ColumnEncoders loaded;
  for (const Json& one : described) {
    const size_t i = loaded.columns_.size();
    TableColumn column{one.at("name"),
                       enum_value<ColumnKind>(one.at("kind").get<std::string>(), "columns.kind"),
                       one.value("categories", std::vector<std::string>())};
    Scale scale;
    std::vector<int64_t> kept;
    if (column.kind == ColumnKind::categorical) {
      one.at("kept").get_to(kept);
      for (const int64_t code : kept) column.categories.at(static_cast<size_t>(code));
    } else if (one.contains("scale")) {
      one.at("shift").get_to(scale.shift);
      one.at("scale").get_to(scale.scale);
    } else {
      scale.values = tensors.at(text("columns.{}.values", i));
      scale.normals = tensors.at(text("columns.{}.normals", i));
    }
    loaded.columns_.push_back(std::move(column));
    loaded.scales_.push_back(std::move(scale));
    loaded.kept_.push_back(std::move(kept));
  }
  return loaded;
}

}  // namespace tacit
