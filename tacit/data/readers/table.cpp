// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/table.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

#include "tacit/core/error.h"
#include "tacit/data/readers/data_files.h"
#include "tacit/data/readers/rows.h"
#include "tacit/data/spool.h"

namespace tacit {
namespace {

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();
constexpr double kDay = 86400;

/// Texts in the order in which they were first seen; the place of each is its code.
class Dictionary {
 public:
  explicit Dictionary(const std::vector<std::string>& words = {}) {
    for (const std::string& word : words) code(word);
  }
  int64_t code(const std::string& word) {
    const auto [found, is_new] = codes_.emplace(word, static_cast<int64_t>(words_.size()));
    if (is_new) words_.push_back(word);
    return found->second;
  }
  const std::vector<std::string>& words() const { return words_; }

 private:
  std::unordered_map<std::string, int64_t> codes_;
  std::vector<std::string> words_;
};

void require_config(const TableConfig& config) {
  std::set<std::string> seen;
  for (const auto* list : {&config.numeric, &config.categorical, &config.datetime}) {
    for (const std::string& name : *list) {
      require<ConfigError>(seen.insert(name).second, "data.table: column \"{}\" is listed twice",
                           name);
    }
  }
  require<ConfigError>(!seen.empty(),
                       "data.table: no columns; list them in numeric, categorical or datetime");
  require<ConfigError>(config.group.empty() || !seen.contains(config.group),
                       "data.table.group: \"{}\" is also among the columns to learn from; take it "
                       "out of the list",
                       config.group);
  require<ConfigError>(!seen.contains(config.label),
                       "data.label: \"{}\" is also among the columns to learn from, so features "
                       "would know the answer; take it out of the list",
                       config.label);
}

std::vector<TableColumn> columns_of(const TableConfig& config) {
  std::vector<TableColumn> columns;
  for (const std::string& name : config.numeric) columns.push_back({name, ColumnKind::numeric});
  for (const std::string& name : config.categorical) {
    columns.push_back({name, ColumnKind::categorical});
  }
  for (const std::string& name : config.datetime) columns.push_back({name, ColumnKind::datetime});
  return columns;
}

/// The categories of the known columns go first.
void adopt(const std::vector<TableColumn>& known, std::vector<TableColumn>& columns) {
  const auto print = [](const std::vector<TableColumn>& all) {
    std::vector<std::string> lines;
    for (const TableColumn& column : all)
      lines.push_back(column.name + " " + enum_name(column.kind));
    return join(lines);
  };
  require<ConfigError>(known.empty() || print(known) == print(columns),
                       "data.table: the model was made for the columns {}, but here are {}",
                       print(known), print(columns));
  for (size_t i = 0; i < known.size(); ++i) columns[i].categories = known[i].categories;
}

/// Its column then follows the numeric ones.
bool has_number_label(const TableConfig& config) {
  return config.target == Target::number && !config.label.empty();
}

/// Cells on their way from blocks of a file to rows of a spool.
class Cells {
 public:
  Cells(const TableConfig& config, const std::vector<TableColumn>& columns, Spool& spool)
      : config_(config), width_(static_cast<size_t>(row_width(columns))), spool_(spool) {
    for (const TableColumn& column : columns)
      if (column.kind == ColumnKind::categorical) words_.emplace_back(column.categories);
  }

  void add(const RowBlock& block, const std::filesystem::path& file) {
    std::vector<float> rows(static_cast<size_t>(block.rows) * width_);
    const size_t numbers = config_.numeric.size(), categories = config_.categorical.size();
    const size_t instants = numbers + (has_number_label(config_) ? 1 : 0);
    for (size_t row = 0; row < static_cast<size_t>(block.rows); ++row) {
      float* to = rows.data() + row * width_;
      for (size_t i = 0; i < numbers; ++i) *to++ = finite(block, i, row, config_.numeric[i], file);
      for (size_t i = 0; i < categories; ++i) {
        const std::string& word = block.texts[i][row];
        *to++ = is_missing(word) ? kMissing : static_cast<float>(words_[i].code(word));
      }
      for (size_t i = 0; i < config_.datetime.size(); ++i) {
        const double seconds = block.numbers[instants + i][row];
        const double day = std::floor(seconds / kDay);
        *to++ = static_cast<float>(day);
        *to++ = static_cast<float>(seconds - day * kDay);
      }
      add_label(block, row, file);
      if (!config_.group.empty()) {
        const std::string& word = block.texts.back()[row];
        group_of_.push_back(groups_.code(
            is_missing(word) ? text("{}, row {}", file.filename().string(), block.number(row))
                             : word));
      }
    }
    spool_.append(rows);
  }

  const std::vector<std::string>& groups() const { return groups_.words(); }
  const std::vector<int64_t>& group_of() const { return group_of_; }
  const std::vector<float>& label_numbers() const { return label_numbers_; }

  /// Of each categorical column.
  const std::vector<std::string>& categories(size_t column) const { return words_[column].words(); }

  /// The classes sorted, and the labels as places among them.
  std::pair<std::vector<std::string>, std::vector<int64_t>> classes() const {
    std::vector<std::string> sorted = classes_.words();
    std::ranges::sort(sorted);
    std::vector<int64_t> place;
    for (const std::string& word : classes_.words()) {
      place.push_back(std::ranges::lower_bound(sorted, word) - sorted.begin());
    }
    std::vector<int64_t> labels;
    labels.reserve(labels_.size());
    for (const int64_t label : labels_) {
      labels.push_back(label < 0 ? -1 : place[static_cast<size_t>(label)]);
    }
    return {std::move(sorted), std::move(labels)};
  }

 private:
  void add_label(const RowBlock& block, size_t row, const std::filesystem::path& file) {
    const std::string& name = config_.label;
    if (config_.target == Target::number) {
      const size_t column = config_.numeric.size();
      label_numbers_.push_back(name.empty() ? kMissing : finite(block, column, row, name, file));
    } else {
      const std::string& word = name.empty() ? name : block.texts[config_.categorical.size()][row];
      labels_.push_back(is_missing(word) ? -1 : classes_.code(word));
    }
  }

  static float finite(const RowBlock& block, size_t column, size_t row, const std::string& name,
                      const std::filesystem::path& file) {
    const auto value = static_cast<float>(block.numbers[column][row]);
    require<DataError>(
        !std::isinf(value),
        "{}: row {}, column \"{}\" is infinite or beyond 3.4e38; leave such cells empty",
        file.string(), block.number(row), name);
    return value;
  }

  bool is_missing(const std::string& word) const {
    return word.empty() || std::ranges::find(config_.missing, word) != config_.missing.end();
  }

  const TableConfig& config_;
  size_t width_;
  std::vector<Dictionary> words_;
  Dictionary classes_, groups_;
  std::vector<int64_t> labels_, group_of_;
  std::vector<float> label_numbers_;
  Spool& spool_;
};

}  // namespace

Table read_table(const TableConfig& config, const std::string& folder,
                 const std::vector<TableColumn>& known) {
  require_config(config);
  std::vector<TableColumn> columns = columns_of(config);
  adopt(known, columns);
  Columns wanted{config.numeric, config.categorical, config.datetime};
  if (has_number_label(config))
    wanted.numbers.push_back(config.label);
  else if (!config.label.empty())
    wanted.texts.push_back(config.label);
  if (!config.group.empty()) wanted.texts.push_back(config.group);
  Spool spool(folder, row_width(columns));
  Cells cells(config, columns, spool);
  TableSources sources;
  for (const DataFile& file : data_files(config.path, config.path_pattern)) {
    sources.files.push_back({file.name, spool.rows()});
    const auto stream = open_rows(file.path, wanted, config.text);
    while (const std::optional<RowBlock> block = stream->next()) cells.add(*block, file.path);
  }
  require<DataError>(spool.rows() > 0, "{}: there are no rows", config.path);
  spool.finish();
  for (size_t i = 0; i < config.categorical.size(); ++i) {
    columns[config.numeric.size() + i].categories = cells.categories(i);
  }
  sources.groups = cells.groups();
  sources.group_of = cells.group_of();
  Tensor rows = spool.view(0, spool.rows()).t();
  if (config.target == Target::number)
    return Table::of_numbers(std::move(columns), std::move(rows), cells.label_numbers(),
                             std::move(sources));
  auto [classes, labels] = cells.classes();
  return {std::move(columns), std::move(rows), std::move(labels), std::move(classes),
          std::move(sources)};
}

}  // namespace tacit
