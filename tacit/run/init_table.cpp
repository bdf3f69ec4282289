// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/init_table.h"

#include <algorithm>
#include <set>

#include "tacit/core/error.h"
#include "tacit/data/column_kinds.h"
#include "tacit/data/name_words.h"
#include "tacit/data/readers/npy_windows.h"
#include "tacit/data/roles.h"
#include "tacit/data/table_overview.h"
#include "tacit/data/table_roles.h"
#include "tacit/data/target_leak.h"
#include "tacit/data/triads.h"
#include "tacit/run/decide_reading.h"

namespace tacit {
namespace {

constexpr int64_t kRowsToDecide = 50'000;
constexpr int64_t kFewRows = 20;  // too few to tell whether labels repeat

/// Columns that are called as sensors are.
bool has_sensor(const std::vector<std::string>& names) {
  return !find_triads(names).empty() || std::ranges::any_of(names, [](const std::string& name) {
    return has_any(words_of(name), {"acc", "accel", "accelerometer", "acceleration", "gyro", "gyr",
                                    "gyroscope", "magnetometer", "imu", "ecg", "ekg", "emg", "eeg",
                                    "eog", "eda", "gsr", "ppg", "bvp"});
  });
}

/// Texts that no signal explains.
bool has_other_texts(const Survey& survey, const Roles& roles) {
  return std::ranges::any_of(survey.columns, [&](const ColumnProfile& column) {
    const bool known = column.name == roles.label || column.name == roles.subject ||
                       column.name == roles.time ||
                       std::ranges::find(roles.recording, column.name) != roles.recording.end();
    return !known && !column.is_instant() && !column.is_constant() &&
           2 * column.numbers < column.filled();
  });
}

bool are_signals(const Survey& survey, const Json& given) {
  if (survey.columns.size() < 2) return true;
  std::vector<std::string> numbers;
  for (const ColumnProfile& column : survey.columns)
    if (column.is_number()) numbers.push_back(column.name);
  Roles roles;
  try {
    roles = guess_roles(survey, given);
  } catch (const DataError&) {  // no channels, or two clocks
    return has_sensor(numbers);
  }
  const bool timed = !roles.time.empty(), texts = has_other_texts(survey, roles);
  return has_sensor(roles.channels) ? timed || !texts : timed && !texts;
}

/// What stands in `given` and means nothing for tables.
bool asks_for_signals(const Json& given) {
  static const std::set<std::string> of_both{"path",       "path_pattern", "delimiter", "decimal",
                                             "skip_lines", "columns",      "label",     "target",
                                             "spool",      "split"};
  for (const auto& [key, value] : given.items())
    if (!of_both.contains(key)) return true;
  return false;
}

/// Decides for one table.
class TableDecision {
 public:
  TableDecision(const std::filesystem::path& path, const Json& given) : given_(given) {
    data_.source = Source::table;
    data_.file.path = path.string();
    data_.file.label.clear();
    read_config(data_, given, "data");
    const std::vector<DataFile> files = data_files(path, data_.file.path_pattern);
    if (format_of(files.front().path) == RowFormat::delimited)
      data_.file.text = guess_dialect(files.front().path);
    read_config(data_, given, "data");
    kinds_ = guess_kinds(files, data_.file.text);
    require<DataError>(kinds_.rows > 0, "{} has no rows", files.front().path.string());
    found_.table.emplace();
    given_lists_ = given.contains("table") ? given["table"] : Json::object();
  }

  Findings run() {
    label();
    group();
    lists();
    leaks();
    split();
    found_.data = data_;
    read_config(found_.data, given_, "data");
    found_.data.source = Source::table;
    look_at_all_rows();
    return std::move(found_);
  }

 private:
  bool is_learnt_from(const ColumnGuess& column) const {
    return column.name != data_.file.label && column.name != data_.table.group;
  }
  std::string first_file() const { return kinds_.files.front().path.string(); }
  void fact(std::string sentence) { found_.facts.push_back(std::move(sentence)); }
  void assume(std::string sentence) { found_.assumptions.push_back(std::move(sentence)); }
  void warn(std::string sentence) { found_.warnings.push_back(std::move(sentence)); }

  void label() {
    std::string& label = data_.file.label;
    const bool is_target_given = given_.contains("target");
    if (!given_.contains("label")) {
      const TableRole role = guess_label(kinds_, data_.table.group);
      if (role.column == nullptr)
        return warn("no column looks like a label: say data.label=COLUMN if there is one");
      label = role.column->name;
      assume(
          text("column \"{}\" was taken for the label, because {}; another: data.label=COLUMN, "
               "none: data.label=",
               label, role.reason));
      found_.table->label_reason = text(
          "Taken for the label, because {}. For another, name it here and move columns "
          "between the lists below; \"\" without labels.",
          role.reason);
    }
    if (label.empty()) return;
    const ColumnGuess& column = kinds_.column(label);
    if (!is_target_given && is_number_label(column)) {
      data_.target = Target::number;
      assume(
          text("\"{}\" was taken for a number to be told, because it has {} different values; for "
               "classes: data.target=class",
               label, column.distinct));
    }
    require<ConfigError>(data_.target == Target::number || 2 * column.distinct <= column.filled ||
                             column.filled < kFewRows,
                         "data.label: {} of {} cells of column \"{}\" are different, which are no "
                         "classes; cut its values into few ranges first, in a column of its own",
                         column.distinct, column.filled, label);
    if (given_.contains("label")) found_.table->label_reason = "the label that was asked for";
  }

  /// Rows that belong together.
  void group() {
    if (given_lists_.contains("group")) return;
    const TableRole role = guess_group(kinds_, data_.file.label);
    if (role.column == nullptr) return;
    data_.table.group = role.column->name;
    assume(
        text("rows of the same \"{}\" were taken to belong together, because {}: none of them "
             "is trained on while another is tested",
             data_.table.group, role.reason));
  }

  std::set<std::string> names_in_given_lists() const {
    std::set<std::string> names;
    for (const char* const key : {"numeric", "categorical", "datetime"})
      if (given_lists_.contains(key))
        for (const Json& name : given_lists_[key]) names.insert(name.get<std::string>());
    return names;
  }

  /// Every column into the list of its kind, unless a person has said what is in it.
  void lists() {
    const std::set<std::string> known = names_in_given_lists();
    std::vector<std::string> others;
    for (const ColumnGuess& column : kinds_.columns) {
      if (!is_learnt_from(column) || known.contains(column.name)) continue;
      if (column.doubtful) warn(text("column \"{}\": {}", column.name, column.reason));
      if (column.kind && !given_lists_.contains(enum_name(*column.kind))) {
        (column.kind == ColumnKind::numeric       ? data_.table.numeric
         : column.kind == ColumnKind::categorical ? data_.table.categorical
                                                  : data_.table.datetime)
            .push_back(column.name);
        found_.table->reasons[column.name] = column.reason;
        continue;
      }
      const std::string why = column.kind ? "not in the list that was given" : column.reason;
      others.push_back(text("\"{}\" ({})", column.name, why));
      if (!column.doubtful) fact(text("left out column \"{}\": {}", column.name, why));
    }
    const TableConfig& table = data_.table;
    require<DataError>(table.numeric.size() + table.categorical.size() + table.datetime.size() > 0,
                       "{}: no column holds a signal, and as a table there is nothing to learn "
                       "from: {}",
                       first_file(), others.empty() ? "it has the label alone" : join(others));
  }

  void leaks() {
    if (data_.file.label.empty()) return;
    const ColumnGuess& label = kinds_.column(data_.file.label);
    for (const auto* list : {&data_.table.numeric, &data_.table.categorical, &data_.table.datetime})
      for (const std::string& name : *list) {
        if (!tells_label(kinds_.column(name), label)) continue;
        std::string& reason = found_.table->reasons[name];
        reason = "LOOK: tells the label exactly; " + reason;
        warn(
            text("column \"{}\" tells the label \"{}\" exactly: it looks like a leak; take it out "
                 "of data.table unless it is known before the label is",
                 name, label.name));
      }
  }

  /// Groups, else the files that are called test, else rows.
  void split() {
    SplitConfig& split = data_.split;
    split.by = data_.table.group.empty() ? SplitBy::row : SplitBy::subject;
    split.test = 0.25;
    split.validation = 0.2;
    found_.table->split_reason = "held out; also a list of names, or {folds = 5}";
    if (split.by == SplitBy::subject) {
      const int64_t groups = kinds_.column(data_.table.group).distinct;
      if (groups == 2) split.validation = 0.0;
      if (groups < 5)
        warn(text("there are only {} groups in \"{}\": scores on new ones will be uncertain",
                  groups, data_.table.group));
      return;
    }
    Json tests = Json::array();
    bool train = false;
    for (const DataFile& file : kinds_.files) {
      const auto words = words_of(file.name);
      const bool test = has_any(words, {"test", "testing"});
      if (test) tests.push_back(file.name);
      train = train || (!test && has_any(words, {"train", "training"}));
    }
    if (tests.empty() || !train) return;
    split.test = tests;
    split.validation = 0.1;
    found_.table->split_reason = "the rows of the files that are called so";
  }

  void min_count(int64_t rows) {
    int64_t& least = found_.data.encode.min_count;
    const bool is_given = given_.contains("encode") && given_["encode"].contains("min_count");
    if (!is_given && rows < 1'000) least = rows < 300 ? 2 : 5;
    found_.table->min_count_reason = text("rows of a category; rarer ones count as unseen{}",
                                          rows < 1'000 ? "; few, because there are few rows" : "");
  }

  /// Reads the whole table as decided.
  void look_at_all_rows() {
    const auto examples = load_examples(found_.data);
    const auto& table = dynamic_cast<const Table&>(*examples);
    TableFindings& about = *found_.table;
    about.rows = table.size();
    min_count(about.rows);
    const Split split = make_splits(found_.data.split, table, Rng(1).stream("split")).front();
    if (table.target() == Target::number)
      count_numbers(table, split);
    else if (!table.classes().empty())
      count_classes(table, split);
    found_.labelled = !about.class_rows.empty();
    const TableConfig& lists = found_.data.table;
    found_.facts.insert(
        found_.facts.begin(),
        text("{} rows in {}; columns to learn from: {} numeric, {} categorical, {} datetime",
             about.rows,
             kinds_.files.size() == 1 ? "1 file" : text("{} files", kinds_.files.size()),
             lists.numeric.size(), lists.categorical.size(), lists.datetime.size()));
    if (!kinds_.all_rows)
      assume(text("kinds of columns were told from the first {} rows", kinds_.rows));
    found_.overview = overview(table).print();
  }

  void count_numbers(const Table& table, const Split& split) {
    const auto labelled = [&](const std::vector<int64_t>& rows) {
      return std::ranges::count_if(rows, [&](int64_t row) { return has_label(table, row); });
    };
    const int64_t trained = labelled(split.train), tested = labelled(split.test);
    fact(text("the label is a number; of the rows with one, {} are trained on and {} tested",
              trained, tested));
    if (tested == 0) warn("no row with a label is tested");
    if (trained > 0) found_.table->class_rows = {trained};
  }

  void count_classes(const Table& table, const Split& split) {
    const size_t classes = table.classes().size();
    std::vector<int64_t> trained(classes), tested(classes), all(classes);
    for (const int64_t label : table.labels())
      if (label >= 0) ++all[static_cast<size_t>(label)];
    const auto count = [&](const std::vector<int64_t>& rows, std::vector<int64_t>& counts) {
      for (const int64_t row : rows)
        if (const int64_t label = table.label(row); label >= 0)
          ++counts[static_cast<size_t>(label)];
    };
    count(split.train, trained);
    count(split.test, tested);
    std::vector<std::string> parts, alone;
    for (size_t i = 0; i < classes; ++i) {
      parts.push_back(text("{} {}", table.classes()[i], all[i]));
      if (trained[i] == 0 || tested[i] == 0) alone.push_back(table.classes()[i]);
    }
    const auto [fewest, most] = std::ranges::minmax(all);
    fact(text(
        "rows of each class: {}{}", join(parts),
        most > 5 * std::max<int64_t>(1, fewest) ? "; the classes are of very different size" : ""));
    if (!alone.empty())
      warn(text("of these classes no rows are trained on, or none tested: {}", join(alone)));
    std::ranges::sort(trained);
    found_.table->class_rows = std::move(trained);
    if (classes == 1) warn(text("the label has one class only, \"{}\"", table.classes().front()));
  }

  const Json& given_;
  DataConfig data_;
  ColumnKinds kinds_;
  Json given_lists_;
  Findings found_;
};

}  // namespace

bool holds_table(const std::filesystem::path& path, const Json& given) {
  if (given.contains("source")) return given["source"] == enum_name(Source::table);
  if (given.contains("table") || given.contains("encode")) return true;
  if (asks_for_signals(given) || has_window_files(path) || published_at(path)) return false;
  const bool chosen = given.contains("path_pattern") && given["path_pattern"].is_string();
  const Survey seen =
      survey(path, chosen ? given["path_pattern"].get<std::string>() : "", kRowsToDecide);
  return !are_signals(seen, given);
}

Findings look_at_table(const std::filesystem::path& path, const Json& given) {
  return TableDecision(path, given).run();
}

}  // namespace tacit
