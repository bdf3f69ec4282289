// SPDX-License-Identifier: Apache-2.0
#include "tacit/export/emit_columns.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <bit>
#include <limits>
#include <numbers>

#include "tacit/onnx/operators.h"

namespace tacit {
namespace {

using onnx::cast;
using onnx::Graph;
using onnx::Ints;
using onnx::Operand;
using onnx::Value;

constexpr double kDaySeconds = 86400;
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

/// Where a column stands in a row as it was read and in an encoded one.
struct Place {
  size_t column;
  int64_t cell, field;
};

/// Some fields of encoded rows, float32 [batch, fields], not yet in their order.
struct Part {
  Value value;
  Ints fields;
};

std::vector<Place> places(const ColumnEncoders& encoders, ColumnKind kind) {
  std::vector<Place> found;
  int64_t cell = 0, field = 0;
  for (size_t i = 0; i < encoders.columns().size(); ++i) {
    const TableColumn& column = encoders.columns()[i];
    if (column.kind == kind) found.push_back({i, cell, field});
    cell += column.width();
    field += column.kind == ColumnKind::datetime ? ColumnEncoders::kMomentFields : 1;
  }
  return found;
}

/// The cell of each place, or the one `after` it.
Ints cells(const std::vector<Place>& places, int64_t after = 0) {
  Ints all;
  for (const Place& place : places) all.push_back(place.cell + after);
  return all;
}

/// Columns of a matrix, in that order.
Value pick(Graph& graph, const Value& x, const Ints& which) {
  return graph.add("Gather", {x, which}, {{"axis", 1}});
}

Tensor doubles(const std::vector<double>& values) { return at::tensor(values, at::kDouble); }

/// Lines from knot to knot, a block of `stride` segments for each column and inf where there are
/// no more: [columns * stride] float64 each.
struct Segments {
  int64_t stride;
  Tensor from, width, to, rise;
};

Segments segments_of(const std::vector<ColumnEncoders::Scale>& scales) {
  int64_t most = 1;
  for (const auto& scale : scales) most = std::max(most, scale.values.size(0) - 1);
  const auto stride = static_cast<int64_t>(std::bit_ceil(static_cast<uint64_t>(most)));
  const Ints shape{static_cast<int64_t>(scales.size()), stride};
  const Segments made{stride, at::full(shape, std::numeric_limits<double>::infinity(), at::kDouble),
                      at::ones(shape, at::kDouble), at::zeros(shape, at::kDouble),
                      at::zeros(shape, at::kDouble)};
  for (int64_t i = 0; i < shape[0]; ++i) {
    const Tensor& values = scales[static_cast<size_t>(i)].values;
    const Tensor& normals = scales[static_cast<size_t>(i)].normals;
    const int64_t count = std::max<int64_t>(1, values.size(0) - 1);  // one knot: a level segment
    made.from[i].slice(0, 0, count).copy_(values.slice(0, 0, count));
    made.to[i].slice(0, 0, count).copy_(normals.slice(0, 0, count));
    if (values.size(0) == 1) continue;
    made.width[i].slice(0, 0, count).copy_(values.slice(0, 1) - values.slice(0, 0, count));
    made.rise[i].slice(0, 0, count).copy_(normals.slice(0, 1) - normals.slice(0, 0, count));
  }
  return {stride, made.from.flatten(), made.width.flatten(), made.to.flatten(),
          made.rise.flatten()};
}

/// x: float64 [batch, columns] -> the last segment of each column that begins below it, else the
/// first: [batch, columns] int64. All columns are halved at once.
Value find_segments(Graph& graph, const Value& x, const Value& from, int64_t columns,
                    int64_t stride) {
  Ints first;
  for (int64_t i = 0; i < columns; ++i) first.push_back(i * stride);
  Value segment = graph.add("Identity", {first});
  for (int64_t step = stride / 2; step > 0; step /= 2) {
    const Value further = graph.add("Add", {segment, Ints{step}});
    const Value begin = graph.add("Gather", {from, further}, {{"axis", 0}});
    segment = graph.add("Where", {graph.add("Less", {begin, x}), further, segment});
  }
  return segment;
}

/// rank_gauss, x: float64 [batch, columns] -> the same shape.
Value emit_lines(Graph& graph, const Value& x, const std::vector<ColumnEncoders::Scale>& scales) {
  const Segments segments = segments_of(scales);
  const Value from = graph.add("Identity", {Operand::float64(segments.from)});
  const Value segment =
      find_segments(graph, x, from, static_cast<int64_t>(scales.size()), segments.stride);
  const auto of_segment = [&](const Operand& list) {
    return graph.add("Gather", {list, segment}, {{"axis", 0}});
  };
  const Value along = graph.add("Div", {graph.add("Sub", {x, of_segment(from)}),
                                        of_segment(Operand::float64(segments.width))});
  const Value share = graph.add("Clip", {along, Operand::float64(0.0), Operand::float64(1.0)});
  const Value rise = graph.add("Mul", {share, of_segment(Operand::float64(segments.rise))});
  return graph.add("Add", {of_segment(Operand::float64(segments.to)), rise});
}

/// x: float64 [batch, places] -> parts with each number scaled.
void emit_scales(const ColumnEncoders& encoders, const std::vector<Place>& places, Graph& graph,
                 const Value& x, std::vector<Part>& parts) {
  std::vector<double> shift, scale;
  std::vector<ColumnEncoders::Scale> lines;
  Ints of_scaled, of_lines, scaled_fields, line_fields;
  for (size_t i = 0; i < places.size(); ++i) {
    const ColumnEncoders::Scale& own = encoders.scales()[places[i].column];
    if (own.values.defined()) {
      lines.push_back(own);
      of_lines.push_back(static_cast<int64_t>(i));
      line_fields.push_back(places[i].field);
    } else {
      shift.push_back(own.shift);
      scale.push_back(own.scale);
      of_scaled.push_back(static_cast<int64_t>(i));
      scaled_fields.push_back(places[i].field);
    }
  }
  if (!of_scaled.empty()) {
    const Value centred =
        graph.add("Sub", {pick(graph, x, of_scaled), Operand::float64(doubles(shift))});
    const Value scaled = graph.add("Div", {centred, Operand::float64(doubles(scale))});
    parts.push_back({cast(graph, scaled, at::kFloat), scaled_fields});
  }
  if (!lines.empty()) {
    const Value on_lines = emit_lines(graph, pick(graph, x, of_lines), lines);
    parts.push_back({cast(graph, on_lines, at::kFloat), line_fields});
  }
}

/// Whole days since the year began, where a year began `before` days before 1970-01-01 and each
/// 400th from it on ends with a leap day; int64, any shape. After H. Hinnant, "chrono-Compatible
/// Low-Level Date Algorithms".
Value day_of_year(Graph& graph, const Value& day, int64_t before) {
  const auto over = [&](const Value& x, int64_t by) { return graph.add("Div", {x, Ints{by}}); };
  const Value of_400 = graph.add("Mod", {graph.add("Add", {day, Ints{before}}), Ints{146097}});
  Value even = graph.add("Sub", {of_400, over(of_400, 1460)});  // without the leap days
  even = graph.add("Add", {even, over(of_400, 36524)});
  even = graph.add("Sub", {even, over(of_400, 146096)});
  const Value year = over(even, 365);  // of 400
  const Value leaps = graph.add("Sub", {over(year, 4), over(year, 100)});
  const Value first = graph.add("Add", {graph.add("Mul", {year, Ints{365}}), leaps});
  return graph.add("Sub", {of_400, first});
}

/// Days since the month began, from the day since 1970-01-01, int64.
Value day_of_month(Graph& graph, const Value& day) {
  // From March on, months have 31, 30, 31, 30, 31 days over and over, until the year ends.
  const Value of_year = day_of_year(graph, day, 719468);  // since 0000-03-01
  const auto line = [&](const Value& x, int64_t slope, int64_t over) {
    const Value scaled = graph.add("Add", {graph.add("Mul", {x, Ints{slope}}), Ints{2}});
    return graph.add("Div", {scaled, Ints{over}});
  };
  const Value month = line(of_year, 5, 153);
  return graph.add("Sub", {of_year, line(month, 153, 5)});
}

/// day, second: float64 [batch, moments] -> parts with sines and cosines.
void emit_cycles(const std::vector<Place>& moments, Graph& graph, const Value& day,
                 const Value& second, std::vector<Part>& parts) {
  const Value whole = cast(graph, day, at::kLong);
  const auto turns = [&](const Value& days, double of) {
    return graph.add("Div", {cast(graph, days, at::kDouble), Operand::float64(of)});
  };
  const Value of_week = graph.add("Mod", {graph.add("Add", {whole, Ints{4}}), Ints{7}});
  const Value all =
      graph.add("Concat",
                {graph.add("Div", {second, Operand::float64(kDaySeconds)}), turns(of_week, 7),
                 turns(day_of_month(graph, whole), 31),
                 turns(day_of_year(graph, whole, 719162), 365.25)},  // since 0001-01-01
                {{"axis", 1}});
  const Value angles =
      cast(graph, graph.add("Mul", {all, Operand::float64(2 * std::numbers::pi)}), at::kFloat);
  Part sines{graph.add("Sin", {angles}), {}}, cosines{graph.add("Cos", {angles}), {}};
  for (int64_t cycle = 0; cycle < (ColumnEncoders::kMomentFields - 1) / 2; ++cycle) {
    for (const Place& moment : moments) {
      sines.fields.push_back(moment.field + 1 + 2 * cycle);
      cosines.fields.push_back(moment.field + 2 + 2 * cycle);
    }
  }
  parts.push_back(std::move(sines));
  parts.push_back(std::move(cosines));
}

/// x: rows as they were read, without NaN.
void emit_numbers(const ColumnEncoders& encoders, Graph& graph, const Value& x,
                  std::vector<Part>& parts) {
  std::vector<Place> numbers = places(encoders, ColumnKind::numeric);
  const std::vector<Place> moments = places(encoders, ColumnKind::datetime);
  const auto read = [&](const Ints& which) {
    return cast(graph, pick(graph, x, which), at::kDouble);
  };
  std::vector<Operand> values;
  if (!numbers.empty()) values.emplace_back(read(cells(numbers)));
  if (!moments.empty()) {
    const Value day = read(cells(moments)), second = read(cells(moments, 1));
    values.emplace_back(
        graph.add("Add", {day, graph.add("Div", {second, Operand::float64(kDaySeconds)})}));
    emit_cycles(moments, graph, day, second, parts);
    numbers.insert(numbers.end(), moments.begin(), moments.end());
  }
  if (values.empty()) return;
  emit_scales(encoders, numbers, graph, graph.add("Concat", values, {{"axis", 1}}), parts);
}

/// x: rows as they were read, without NaN.
void emit_codes(const ColumnEncoders& encoders, Graph& graph, const Value& x,
                std::vector<Part>& parts) {
  const std::vector<Place> places = tacit::places(encoders, ColumnKind::categorical);
  if (places.empty()) return;
  std::vector<Tensor> codes;  // of each column, with that of new categories before and after
  std::vector<double> other;
  Ints first, fields;
  int64_t size = 0;
  for (const Place& place : places) {
    const Tensor own = encoders.codes(place.column);
    codes.push_back(own.slice(0, -1));
    codes.push_back(own);
    first.push_back(size + 1);
    other.push_back(static_cast<double>(own.size(0) - 1));
    fields.push_back(place.field);
    size += own.size(0) + 1;
  }
  Value known = graph.add("Min", {pick(graph, x, cells(places)), doubles(other)});
  known = cast(graph, graph.add("Max", {known, -1.0}), at::kLong);
  const Value code =
      graph.add("Gather", {at::cat(codes), graph.add("Add", {known, first})}, {{"axis", 0}});
  parts.push_back({code, fields});
}

/// Puts what a missing cell becomes where one is.
Value mask_missing(const ColumnEncoders& encoders, Graph& graph, const Value& encoded,
                   const Value& is_missing) {
  Ints first, last;  // cell of each field
  std::vector<float> instead;
  int64_t cell = 0;
  for (const TableColumn& column : encoders.columns()) {
    const int64_t fields = column.kind == ColumnKind::datetime ? ColumnEncoders::kMomentFields : 1;
    first.insert(first.end(), static_cast<size_t>(fields), cell);
    cell += column.width();
    last.insert(last.end(), static_cast<size_t>(fields), cell - 1);
    instead.insert(
        instead.end(), static_cast<size_t>(fields),
        column.kind == ColumnKind::categorical ? float{ColumnEncoders::kMissingCode} : kNan);
  }
  const Value missing =
      graph.add("Or", {pick(graph, is_missing, first), pick(graph, is_missing, last)});
  return graph.add("Where", {missing, at::tensor(instead), encoded});
}

}  // namespace

onnx::Value emit_columns(const ColumnEncoders& encoders, Graph& graph, const Value& x) {
  const Value is_missing = graph.add("IsNaN", {x});
  const Value filled = graph.add("Where", {is_missing, 0.0, x});
  std::vector<Part> parts;
  emit_numbers(encoders, graph, filled, parts);
  emit_codes(encoders, graph, filled, parts);
  std::vector<Operand> values;
  Ints order(encoders.fields().size());  // of each field, where it stands among the parts
  int64_t place = 0;
  for (const Part& part : parts) {
    values.emplace_back(part.value);
    for (const int64_t field : part.fields) order.at(static_cast<size_t>(field)) = place++;
  }
  const Value all = graph.add("Concat", values, {{"axis", 1}});
  return mask_missing(encoders, graph, pick(graph, all, order), is_missing);
}

}  // namespace tacit
