// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/table_overview.h"

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <limits>
#include <sstream>

namespace tacit {
namespace {

constexpr int64_t kChunkRows = 1 << 16;

/// Calls visit(value) for the first float of a column in every row.
template <class Visit>
void each_cell(const Table& table, int64_t cell, const Visit& visit) {
  for (int64_t begin = 0; begin < table.size(); begin += kChunkRows) {
    const Tensor chunk = table.cells()
                             .narrow(0, begin, std::min(kChunkRows, table.size() - begin))
                             .select(1, cell)
                             .contiguous();
    for (int64_t row = 0; row < chunk.size(0); ++row) visit(chunk.const_data_ptr<float>()[row]);
  }
}

/// each(visit) calls visit(number), NaN where there is none.
template <class Each>
void measure_numbers(const Each& each, TableOverview::Column& column) {
  column.lowest = std::numeric_limits<double>::infinity();
  column.highest = -column.lowest;
  double count = 0, squares = 0;  // Welford 1962
  each([&](double value) {
    if (std::isnan(value)) {
      ++column.missing;
      return;
    }
    const double from_mean = value - column.mean;
    column.mean += from_mean / ++count;
    squares += from_mean * (value - column.mean);
    column.lowest = std::min(column.lowest, value);
    column.highest = std::max(column.highest, value);
  });
  column.deviation = std::sqrt(squares / std::max(1.0, count));
}

void count_categories(const Table& table, int64_t cell, const TableColumn& source,
                      TableOverview::Column& column) {
  std::vector<int64_t> rows(source.categories.size());
  each_cell(table, cell, [&](float code) {
    ++(std::isnan(code) ? column.missing : rows[static_cast<size_t>(code)]);
  });
  column.categories = std::ranges::count_if(rows, [](int64_t n) { return n > 0; });
  if (const auto most = std::ranges::max_element(rows); most != rows.end()) {
    column.most_common = source.categories[static_cast<size_t>(most - rows.begin())];
    column.most_common_rows = *most;
  }
}

int widest(const auto& rows) {
  size_t width = 0;
  for (const auto& row : rows) width = std::max(width, row.name.size());
  return static_cast<int>(width);
}

}  // namespace

TableOverview overview(const Table& table) {
  TableOverview out{.rows = table.size(),
                    .files = static_cast<int64_t>(table.sources().files.size()),
                    .groups = static_cast<int64_t>(table.sources().groups.size()),
                    .classes = {},
                    .columns = {}};
  for (const std::string& name : table.classes()) out.classes.push_back({.name = name});
  out.classes.push_back({.name = "(unlabelled)"});
  for (const int64_t label : table.labels())
    ++out.classes[label < 0 ? out.classes.size() - 1 : static_cast<size_t>(label)].rows;
  if (out.classes.back().rows == 0) out.classes.pop_back();
  if (table.target() == Target::number) {
    out.label.emplace().name = "(label)";
    measure_numbers([&](const auto& visit) { std::ranges::for_each(table.numbers(), visit); },
                    *out.label);
    out.classes.clear();
  }
  int64_t cell = 0;
  for (const TableColumn& source : table.columns()) {
    TableOverview::Column& column = out.columns.emplace_back();
    column.name = source.name;
    column.kind = source.kind;
    if (source.kind == ColumnKind::categorical)
      count_categories(table, cell, source, column);
    else
      measure_numbers([&](const auto& visit) { each_cell(table, cell, visit); }, column);
    cell += source.width();
  }
  return out;
}

std::string TableOverview::print() const {
  std::ostringstream out;
  out << rows << " rows";
  if (files > 1) out << " in " << files << " files";
  if (groups > 0) out << " of " << groups << " groups";
  out << "\n\n";
  std::vector<Column> all = columns;
  if (label) all.insert(all.begin(), *label);
  const int class_width = widest(classes), column_width = widest(all);
  for (const Class& row : classes)
    out << "  " << std::left << std::setw(class_width) << row.name << std::right << std::setw(10)
        << row.rows << " rows\n";
  if (!classes.empty()) out << "\n";
  out << std::setprecision(4);
  for (const Column& row : all) {
    out << "  " << std::left << std::setw(column_width) << row.name << "  " << std::setw(12)
        << enum_name(row.kind);
    if (row.missing == rows)
      out << "nothing but missing cells";
    else if (row.kind == ColumnKind::categorical)
      out << row.categories << " categories, most often \"" << row.most_common << "\" ("
          << row.most_common_rows << ")";
    else if (row.kind == ColumnKind::numeric)
      out << row.lowest << " … " << row.highest << ", mean " << row.mean << ", deviation "
          << row.deviation;
    else
      out << "over " << row.highest - row.lowest + 1 << " days";
    if (row.missing > 0 && row.missing < rows) out << "; " << row.missing << " missing";
    out << "\n";
  }
  return out.str();
}

}  // namespace tacit
