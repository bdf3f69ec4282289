// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/dialect.h"

#include <algorithm>
#include <map>
#include <optional>

#include "tacit/core/error.h"
#include "tacit/data/readers/cells.h"
#include "tacit/data/readers/rows.h"

namespace tacit {
namespace {

constexpr size_t kHead = size_t{64} << 10;

char character(Delimiter delimiter) {
  switch (delimiter) {
    case Delimiter::comma: return ',';
    case Delimiter::semicolon: return ';';
    case Delimiter::tab: return '\t';
    case Delimiter::pipe: return '|';
    case Delimiter::space: return ' ';
  }
  return ',';
}

/// Whole lines of the beginning, without their ends.
std::vector<std::string> lines_of(const std::filesystem::path& file) {
  std::string head = head_of(file, kHead);
  require<DataError>(!head.empty(), "{}: the file is empty", file.string());
  require<DataError>(head.find('\0') == std::string::npos,
                     "{}: this is no UTF-8 text; save it as CSV in UTF-8", file.string());
  if (head.starts_with("\xEF\xBB\xBF")) head.erase(0, 3);
  const bool cut = head.size() >= kHead - 3;
  std::vector<std::string> lines;
  for (size_t begin = 0; begin < head.size();) {
    size_t end = head.find('\n', begin);
    if (end == std::string::npos && cut && !lines.empty()) break;  // a line that was cut short
    end = std::min(end, head.size());
    std::string line = head.substr(begin, end - begin);
    if (line.ends_with('\r')) line.pop_back();
    lines.push_back(std::move(line));
    begin = end + 1;
  }
  return lines;
}

/// How many cells most lines have, and how many lines those are.
struct Shape {
  size_t cells = 0, lines = 0;
};

Shape shape(const std::vector<std::string>& lines, Delimiter delimiter) {
  std::map<size_t, size_t> counts;
  for (const std::string& line : lines)
    if (!line.empty()) ++counts[split_cells(line, delimiter).size()];
  Shape most;
  for (const auto& [cells, count] : counts)
    if (cells >= 2 && count > most.lines) most = {cells, count};
  return most;
}

bool is_value(std::string_view cell, Decimal decimal) {
  return number_in(cell, decimal) || instant_in(cell);
}

size_t values_in(const std::vector<std::string>& cells, Decimal decimal) {
  size_t values = 0;
  for (const std::string& cell : cells) values += is_value(cell, decimal);
  return values;
}

/// The decimal mark that makes more cells numbers.
Decimal guess_decimal(const std::vector<std::string>& lines, Delimiter delimiter) {
  size_t point = 0, comma = 0;
  for (const std::string& line : lines) {
    const auto cells = split_cells(line, delimiter);
    point += values_in(cells, Decimal::point);
    comma += values_in(cells, Decimal::comma);
  }
  return comma > point ? Decimal::comma : Decimal::point;
}

/// Prefers the delimiter that cuts most lines alike, then the one with more numbers between: in
/// "0,5;0,7" both comma and semicolon cut alike.
std::optional<Delimiter> guess_delimiter(const std::vector<std::string>& lines) {
  std::optional<Delimiter> best;
  double best_score = 0;
  for (const Delimiter delimiter : {Delimiter::comma, Delimiter::semicolon, Delimiter::tab,
                                    Delimiter::pipe, Delimiter::space}) {
    const Shape found = shape(lines, delimiter);
    if (found.lines == 0 || 2 * found.lines < lines.size()) continue;
    const Decimal decimal = guess_decimal(lines, delimiter);
    size_t values = 0, cells = 0;
    for (const std::string& line : lines) {
      const auto parts = split_cells(line, delimiter);
      values += values_in(parts, decimal);
      cells += parts.size();
    }
    const double score =
        static_cast<double>(found.lines) / static_cast<double>(lines.size()) +
        static_cast<double>(values) / static_cast<double>(std::max<size_t>(1, cells));
    if (score > best_score + 1e-9) best_score = score, best = delimiter;
  }
  return best;
}

/// Most lines are a number each.
bool is_one_column(const std::vector<std::string>& lines) {
  const auto numbers = std::count_if(lines.begin(), lines.end(), [](const std::string& line) {
    return number_in(trimmed(line), Decimal::point).has_value();
  });
  return 10 * static_cast<size_t>(numbers) > 9 * lines.size();
}

std::vector<std::string> numbered(size_t count) {
  std::vector<std::string> columns;
  for (size_t i = 1; i <= count; ++i) columns.push_back(text("c{}", i));
  return columns;
}

/// A comment that names as many columns as there are, e.g. "# t, ax, ay".
std::optional<std::vector<std::string>> named_in_comment(std::string line, const Dialect& dialect,
                                                         size_t count) {
  if (count == 1 || (!line.starts_with('#') && !line.starts_with('%'))) return std::nullopt;
  line.erase(0, line.find_first_not_of("#% \t"));
  std::vector<std::string> names = split_cells(line, dialect.delimiter);
  if (names.size() != count || values_in(names, dialect.decimal) > 0) return std::nullopt;
  for (const std::string& name : names)
    if (name.empty()) return std::nullopt;
  return names;
}

}  // namespace

std::vector<std::string> split_cells(std::string_view line, Delimiter delimiter) {
  const char mark = character(delimiter);
  const bool blanks = delimiter == Delimiter::space;
  std::vector<std::string> cells(1);
  bool quoted = false, between = true;
  for (const char c : line) {
    if (c == '"') {
      quoted = !quoted;
      between = false;
    } else if (!quoted && blanks && (c == ' ' || c == '\t')) {
      if (!between) cells.emplace_back();
      between = true;
    } else if (!quoted && !blanks && c == mark) {
      cells.emplace_back();
    } else {
      cells.back() += c;
      between = false;
    }
  }
  if (blanks && cells.size() > 1 && cells.back().empty()) cells.pop_back();
  for (std::string& cell : cells) cell = trimmed(cell);
  return cells;
}

Dialect guess_dialect(const std::filesystem::path& file) {
  const std::vector<std::string> lines = lines_of(file);
  std::optional<Delimiter> delimiter = guess_delimiter(lines);
  if (!delimiter && is_one_column(lines)) delimiter = Delimiter::comma;
  require<DataError>(delimiter.has_value(),
                     "{}: no comma, semicolon, tab, pipe or space cuts its lines into the same "
                     "number of columns; the first is \"{}\"",
                     file.string(), lines.front().substr(0, 60));
  Dialect dialect{.delimiter = *delimiter, .decimal = guess_decimal(lines, *delimiter)};
  const size_t count = std::max<size_t>(1, shape(lines, *delimiter).cells);
  const auto is_comment = [](const std::string& line) {
    return line.starts_with('#') || line.starts_with('%');
  };
  const auto is_row = [&](const std::string& line) {
    return split_cells(line, *delimiter).size() == count && !is_comment(line);
  };
  const auto has_values = [&](const std::string& line) {
    return is_row(line) && values_in(split_cells(line, *delimiter), dialect.decimal) > 0;
  };
  // The heading is the row above the first with values: titles above it may have as many cells.
  const auto data = std::find_if(lines.begin(), lines.end(), has_values);
  auto top = data == lines.end() ? std::find_if(lines.begin(), lines.end(), is_row) : data;
  require<DataError>(top != lines.end(), "{}: it has comments and no table", file.string());
  const bool above = top == data && top != lines.begin() && is_row(*(top - 1));
  if (above) --top;
  dialect.skip_lines = top - lines.begin();
  if (above || top != data) return dialect;
  const auto named =
      top == lines.begin() ? std::nullopt : named_in_comment(*(top - 1), dialect, count);
  dialect.columns = named ? *named : numbered(count);
  return dialect;
}

}  // namespace tacit
