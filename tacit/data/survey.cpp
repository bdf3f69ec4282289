// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/survey.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "tacit/core/error.h"
#include "tacit/data/readers/cells.h"

namespace tacit {
namespace {

/// Adds rows of one file after the other to profiles.
class Profiler {
 public:
  Profiler(std::vector<ColumnProfile>& columns, Decimal decimal)
      : columns_(columns), decimal_(decimal), last_(columns.size()) {}

  void begin_file() { last_.assign(columns_.size(), {}); }

  void add(const RowBlock& block, const Columns& asked) {
    for (size_t i = 0; i < columns_.size(); ++i) {
      ColumnProfile& column = columns_[i];
      const auto place = [&](const std::vector<std::string>& names) {
        const auto found = std::find(names.begin(), names.end(), column.name);
        return found == names.end() ? -1 : found - names.begin();
      };
      const auto text = place(asked.texts), number = place(asked.numbers),
                 instant = place(asked.instants);
      for (size_t row = 0; row < static_cast<size_t>(block.rows); ++row) {
        if (text >= 0)
          add_text(i, block.texts[static_cast<size_t>(text)][row]);
        else if (number >= 0)
          add_number(i, block.numbers[static_cast<size_t>(number)][row]);
        else if (instant >= 0)
          add_instant(i, block.numbers[asked.numbers.size() + static_cast<size_t>(instant)][row]);
      }
    }
  }

 private:
  struct Last {
    double value = std::numeric_limits<double>::quiet_NaN();
    std::string cell;
    bool any = false;
  };

  void add_text(size_t i, const std::string& cell) {
    ColumnProfile& column = columns_[i];
    ++column.rows;
    if (is_missing(cell)) {
      ++column.missing;
      return;
    }
    if (const auto number = number_in(cell, decimal_)) {
      ++column.numbers;
      follow(i, *number);
    } else if (const auto instant = instant_in(cell)) {
      ++column.instants;
      follow(i, *instant);
    }
    remember(i, cell);
  }

  void add_number(size_t i, double value) {
    ColumnProfile& column = columns_[i];
    ++column.rows;
    column.missing += std::isnan(value);
    if (std::isnan(value)) return;
    ++column.numbers;
    follow(i, value);
    remember(i, text("{}", value));
  }

  void add_instant(size_t i, double value) {
    ++columns_[i].rows;
    columns_[i].missing += std::isnan(value);
    if (std::isnan(value)) return;
    ++columns_[i].instants;
    follow(i, value);
    columns_[i].values.insert("");
    columns_[i].values.insert(" ");
  }

  void follow(size_t i, double value) {
    ColumnProfile& column = columns_[i];
    column.whole = column.whole && value == std::floor(value);
    if (column.numbers + column.instants == 1) column.lowest = column.highest = value;
    column.lowest = std::min(column.lowest, value);
    column.highest = std::max(column.highest, value);
    column.grows += value > last_[i].value;
    column.falls += value < last_[i].value;
    column.steps_of_one += value == last_[i].value + 1;
    last_[i].value = value;
  }

  void remember(size_t i, const std::string& cell) {
    ColumnProfile& column = columns_[i];
    if (last_[i].any && last_[i].cell == cell) return;
    column.changes += last_[i].any;
    last_[i].cell = cell;
    last_[i].any = true;
    if (column.values.size() < ColumnProfile::kMostValues) column.values.insert(cell);
  }

  std::vector<ColumnProfile>& columns_;
  Decimal decimal_;
  std::vector<Last> last_;
};

std::vector<std::string> sorted_names(const std::vector<ColumnInfo>& columns) {
  std::vector<std::string> names;
  for (const ColumnInfo& column : columns) names.push_back(column.name);
  std::sort(names.begin(), names.end());
  return names;
}

bool is_text_file(const DataFile& file) { return format_of(file.path) == RowFormat::delimited; }

}  // namespace

bool ColumnProfile::is_clock() const {
  return (is_number() || is_instant()) && grows >= 9 * (filled() - 1) / 10 && filled() > 1;
}
bool ColumnProfile::is_counter() const {
  return is_number() && whole && steps_of_one >= 9 * grows / 10 && is_clock();
}
bool ColumnProfile::is_group() const {
  return values.size() < kMostValues && 10 * changes <= filled() && (whole || !is_number()) &&
         !is_instant();
}

const ColumnProfile& Survey::column(const std::string& name) const {
  std::vector<std::string> names;
  for (const ColumnProfile& each : columns) {
    if (each.name == name) return each;
    names.push_back(each.name);
  }
  throw ConfigError(unknown_name("column", name, names));
}

std::vector<ColumnInfo> columns_of(const std::vector<DataFile>& files, const Dialect& dialect) {
  std::vector<ColumnInfo> columns = columns_in(files.front().path, dialect);
  const std::vector<std::string> names = sorted_names(columns);
  for (const DataFile& file : files) {
    const std::vector<std::string> others = sorted_names(columns_in(file.path, dialect));
    require<DataError>(names == others,
                       "{} has the columns {}, but {} has {}; keep files of one kind in a folder, "
                       "or choose some with data.path_pattern",
                       file.path.string(), join(others), files.front().path.string(), join(names));
  }
  for (ColumnInfo& column : columns)
    if (std::ranges::count(columns, column.name, &ColumnInfo::name) > 1)
      column = {column.name, CellKind::other, ""};
  return columns;
}

Survey survey(const std::filesystem::path& path, const std::string& pattern, int64_t rows) {
  Survey survey{.files = data_files(path, pattern), .text = {}, .columns = {}};
  const DataFile& first = survey.files.front();
  if (is_text_file(first)) survey.text = guess_dialect(first.path);
  Columns asked;
  for (const ColumnInfo& column : columns_of(survey.files, survey.text)) {
    if (column.name.empty() || column.kind == CellKind::other) continue;
    survey.columns.push_back({.name = column.name, .kind = column.kind, .values = {}});
    (column.kind == CellKind::number    ? asked.numbers
     : column.kind == CellKind::instant ? asked.instants
                                        : asked.texts)
        .push_back(column.name);
  }
  const int64_t rows_of_file =
      std::max(rows / 100, rows / static_cast<int64_t>(survey.files.size()));
  Profiler profiler(survey.columns, survey.text.decimal);
  for (const DataFile& file : survey.files) {
    profiler.begin_file();
    const auto stream = open_rows(file.path, asked, survey.text);
    for (int64_t seen = 0; seen < rows_of_file;) {
      const auto block = stream->next();
      if (!block) break;
      profiler.add(*block, asked);
      seen += block->rows;
      survey.rows += block->rows;
    }
  }
  require<DataError>(survey.rows > 0, "{} has no rows", first.path.string());
  return survey;
}

}  // namespace tacit
