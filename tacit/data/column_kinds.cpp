// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/column_kinds.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <string_view>

#include "tacit/core/error.h"
#include "tacit/data/name_words.h"
#include "tacit/data/readers/cells.h"
#include "tacit/data/readers/rows.h"
#include "tacit/data/readers/table.h"
#include "tacit/data/survey.h"

namespace tacit {
namespace {

constexpr int64_t kMostRows = 200'000, kMostCells = 10'000'000, kLeastRowsOfFile = 1'000;
constexpr int64_t kMostOrdinals = 20;     // values of an ordinal
constexpr int64_t kMostOddities = 1'000;  // values of a category in which texts and numbers mix
constexpr size_t kExamples = 3;
constexpr double kSentence = 30;  // letters that names rarely have

bool is_called_id(const std::set<std::string>& words) {
  return has_any(words, {"id", "ids", "uuid", "guid", "key", "index", "idx", "unnamed", "row",
                         "rowid", "nr", "number", "serial", "name", "names", "email"});
}
bool is_called_code(const std::set<std::string>& words) {
  return has_any(words, {"id", "ids", "code", "codes", "zip", "zipcode", "postcode", "postal",
                         "plz", "key", "category", "type"});
}

uint64_t key_of(double value) { return std::bit_cast<uint64_t>(value == 0 ? 0.0 : value); }

/// Among the NaNs, so that no text is taken for a number.
uint64_t key_of(std::string_view text) {
  constexpr uint64_t kNan = ColumnGuess::kMissing;
  return std::hash<std::string_view>{}(text) | kNan | 1;
}

/// Whether a category called so is none; see TableConfig.
bool is_no_category(std::string_view cell) {
  static const TableConfig config{};
  return cell.empty() || std::ranges::find(config.missing, cell) != config.missing.end();
}

/// At most `bytes`, cut between letters of UTF-8, on one line.
std::string shortened(std::string_view cell, size_t bytes) {
  std::string words(cell);
  if (words.size() > bytes) {
    while (bytes > 0 && (static_cast<unsigned char>(words[bytes]) & 0xC0) == 0x80) --bytes;
    words.resize(bytes);
    words += "…";
  }
  for (char& c : words)
    if (static_cast<unsigned char>(c) < ' ' || c == 127) c = ' ';
  return words;
}

/// What the cells of one column look like, row by row.
class Tally {
 public:
  Tally(const ColumnInfo& info, Decimal decimal) : info_(info), decimal_(decimal) {}

  /// `place`: file and row, of which the first cell that is no number is kept.
  template <class Place>
  void add_text(std::string_view cell, const Place& place) {
    if (is_no_category(cell)) return guess_.cells.push_back(ColumnGuess::kMissing);
    ++filled_;
    const auto words = [&] { return cell; };
    if (is_missing(cell)) {  // a category may be called so, a number not
      ++dashes_;
      dash_words_.insert(std::string(cell));
      return remember(key_of(cell), words);
    }
    letters_ += static_cast<int64_t>(cell.size());
    const auto number = number_in(cell, decimal_);
    if (number && std::isfinite(*number)) {
      follow(*number);
      return remember(key_of(*number), words);
    }
    const auto moment = moment_in(cell);
    moments_ += moment.has_value();
    if (odd_.empty()) odd_ = text("\"{}\" in {}", shortened(cell, 40), place());
    remember(moment ? key_of(*moment) : key_of(cell), words);
  }

  void add_number(double value) {
    if (std::isnan(value)) return guess_.cells.push_back(ColumnGuess::kMissing);
    ++filled_;
    infinite_ += std::isinf(value);
    if (info_.kind == CellKind::instant)
      ++moments_;
    else
      follow(value);
    remember(key_of(value), [&] { return text("{}", value); });
  }

  /// `files`: that the rows come from; a counter may start again in each.
  ColumnGuess finish(int64_t files) {
    files_ = files;
    guess_.name = info_.name;
    guess_.filled = filled_;
    guess_.distinct = distinct();
    judge();
    const auto rows = static_cast<int64_t>(guess_.cells.size());
    if (guess_.kind && guess_.filled < rows)
      guess_.reason += text("; {} of {} cells missing", rows - guess_.filled, rows);
    return std::move(guess_);
  }

 private:
  void follow(double value) {
    ++numbers_;
    guess_.whole = (numbers_ == 1 || guess_.whole) && value == std::floor(value);
    lowest_ = numbers_ == 1 ? value : std::min(lowest_, value);
    highest_ = numbers_ == 1 ? value : std::max(highest_, value);
    steps_of_one_ += value == last_ + 1;
    last_ = value;
  }

  template <class Words>
  void remember(uint64_t key, const Words& words) {
    guess_.cells.push_back(key);
    if (examples_.size() == kExamples || std::ranges::find(seen_, key) != seen_.end()) return;
    seen_.push_back(key);
    examples_.push_back(shortened(words(), 30));
  }

  int64_t distinct() const {
    std::vector<uint64_t> sorted = guess_.cells;
    std::ranges::sort(sorted);
    const auto repeated = std::ranges::unique(sorted);
    const auto count = repeated.begin() - sorted.begin();
    return count - (filled_ < static_cast<int64_t>(guess_.cells.size()));
  }

  void judge() {
    const bool only_numbers = filled_ > 0 && numbers_ == filled_ - dashes_;
    if (only_numbers) {
      guess_.filled -= dashes_;
      guess_.distinct -= static_cast<int64_t>(dash_words_.size());
    }
    guess_.whole = guess_.whole && only_numbers;
    if (info_.name.empty()) return leave_out("it has no name");
    if (info_.kind == CellKind::other && info_.type.empty())
      return leave_out("several columns are called so; give each a name of its own");
    if (info_.kind == CellKind::other)
      return leave_out(text("of type {}, which cannot be read", info_.type));
    if (filled_ == dashes_) return leave_out("empty: no cell has a value");
    if (infinite_ > 0) {
      guess_.doubtful = true;
      return leave_out(text("{} of its numbers are infinite", infinite_));
    }
    if (guess_.distinct == 1) return judge_constant();
    if (only_numbers) return judge_numbers();
    if (moments_ == filled_ - dashes_) {
      guess_.filled = moments_;
      return take(ColumnKind::datetime, text("moments, {} different", guess_.distinct));
    }
    judge_texts();
  }

  /// A cell that is filled or not says something, too.
  void judge_constant() {
    const auto rows = static_cast<double>(guess_.cells.size());
    const double share = static_cast<double>(guess_.filled) / rows;
    if (share < 0.01 || share > 0.99 || info_.kind != CellKind::text)
      return leave_out(text("constant: every value is \"{}\"", examples_.front()));
    take(ColumnKind::categorical, text("binary: \"{}\" or missing", examples_.front()));
  }

  void judge_numbers() {
    const auto words = words_of(guess_.name);
    const int64_t different = guess_.distinct;
    const std::string count = text("{} different", different);
    if (!guess_.whole)
      return take(ColumnKind::numeric, text("numbers {} … {}, {}", lowest_, highest_, count));
    if (different * files_ >= numbers_ && 10 * steps_of_one_ >= 9 * (numbers_ - files_) &&
        different > 2)
      return leave_out("an identifier: it counts rows");
    if (different == 2 && lowest_ == 0 && highest_ == 1)
      return take(ColumnKind::numeric, "binary: 0 or 1");
    if (different == 2)
      return take(ColumnKind::categorical, text("binary: {} or {}", lowest_, highest_));
    if (is_called_id(words) &&
        (10 * different >= 9 * numbers_ || (is_called_code(words) && 2 * different > numbers_)))
      return leave_out(text("an identifier by its name: {} cells, {}", numbers_, count));
    if (is_called_code(words) && 2 * different <= numbers_)
      return take(ColumnKind::categorical,
                  text("whole numbers, but codes by the column's name; {}", count));
    if (different <= kMostOrdinals)
      return take(ColumnKind::numeric, text("ordinal: whole numbers {} … {}, {}; categorical if "
                                            "they are codes without an order",
                                            lowest_, highest_, count));
    take(ColumnKind::numeric, text("whole numbers {} … {}, {}", lowest_, highest_, count));
  }

  void judge_texts() {
    const int64_t different = guess_.distinct, values = filled_ - dashes_;
    const double mean_letters = static_cast<double>(letters_) / static_cast<double>(values);
    const bool repeat = 2 * different <= filled_;
    if (2 * numbers_ > values || 2 * moments_ > values) {
      guess_.doubtful = true;
      const std::string what =
          text("{}, but {}", 2 * numbers_ > values ? "numbers" : "moments", odd());
      if (repeat && different <= kMostOddities)
        return take(ColumnKind::categorical, text("{}; {} different", what, different));
      return leave_out(what + "; leave such cells empty to learn from it");
    }
    const std::string count = text("{} cells, {} different", filled_, different);
    if (!repeat && mean_letters > kSentence) return leave_out("free text: " + count);
    if (!repeat) return leave_out("an identifier, or names that rarely repeat: " + count);
    if (mean_letters > 2 * kSentence && different > kMostOddities)
      return leave_out("free text: " + count);
    if (different == 2)
      return take(ColumnKind::categorical,
                  text("binary: \"{}\" or \"{}\"{}", examples_[0], examples_[1], dashes()));
    take(ColumnKind::categorical,
         text("texts, {} different, as \"{}\"{}", different, join(examples_, "\", \""), dashes()));
  }

  std::string dashes() const {
    if (dashes_ == 0) return "";
    return text("; \"{}\" counts as one: add it to missing if it means none", *dash_words_.begin());
  }

  /// The first cell that is unlike the others.
  std::string odd() const {
    if (2 * numbers_ > filled_ - dashes_) return odd_;
    return text("{} of {} cells are none", filled_ - dashes_ - moments_, filled_);
  }

  void take(ColumnKind kind, std::string reason) {
    guess_.kind = kind;
    guess_.reason = std::move(reason);
  }
  void leave_out(std::string reason) { guess_.reason = std::move(reason); }

  ColumnInfo info_;
  Decimal decimal_;
  ColumnGuess guess_{};
  int64_t files_ = 1, filled_ = 0, dashes_ = 0, numbers_ = 0, moments_ = 0, infinite_ = 0;
  int64_t steps_of_one_ = 0, letters_ = 0;
  double lowest_ = 0, highest_ = 0, last_ = std::numeric_limits<double>::quiet_NaN();
  std::set<std::string> dash_words_;
  std::string odd_;
  std::vector<std::string> examples_;
  std::vector<uint64_t> seen_;  // as examples
};

/// Which columns are asked for, and where each stands in a block.
struct Asked {
  Columns columns{};
  std::vector<size_t> texts, numbers, instants;  ///< places among all columns
};

Asked ask(const std::vector<ColumnInfo>& infos) {
  Asked asked;
  for (size_t i = 0; i < infos.size(); ++i) {
    const ColumnInfo& info = infos[i];
    if (info.name.empty() || info.kind == CellKind::other) continue;
    const bool number = info.kind == CellKind::number, instant = info.kind == CellKind::instant;
    (number    ? asked.columns.numbers
     : instant ? asked.columns.instants
               : asked.columns.texts)
        .push_back(info.name);
    (number ? asked.numbers : instant ? asked.instants : asked.texts).push_back(i);
  }
  return asked;
}

void add(const RowBlock& block, const Asked& asked, const DataFile& file, int64_t rows,
         std::vector<Tally>& tallies) {
  const auto count = static_cast<size_t>(rows);
  for (size_t i = 0; i < asked.texts.size(); ++i)
    for (size_t row = 0; row < count; ++row)
      tallies[asked.texts[i]].add_text(block.texts[i][row], [&] {
        return text("row {} of {}", block.number(row), file.path.filename().string());
      });
  for (size_t i = 0; i < asked.numbers.size() + asked.instants.size(); ++i) {
    const bool number = i < asked.numbers.size();
    Tally& tally = tallies[number ? asked.numbers[i] : asked.instants[i - asked.numbers.size()]];
    for (size_t row = 0; row < count; ++row) tally.add_number(block.numbers[i][row]);
  }
}

}  // namespace

const ColumnGuess& ColumnKinds::column(const std::string& name) const {
  std::vector<std::string> names;
  for (const ColumnGuess& each : columns) {
    if (each.name == name) return each;
    names.push_back(each.name);
  }
  throw ConfigError(unknown_name("column", name, names));
}

ColumnKinds guess_kinds(const std::vector<DataFile>& files, const Dialect& dialect) {
  const std::vector<ColumnInfo> infos = columns_of(files, dialect);
  const Asked asked = ask(infos);
  std::vector<Tally> tallies;
  for (const ColumnInfo& info : infos) tallies.emplace_back(info, dialect.decimal);
  const int64_t most =
      std::min(kMostRows, kMostCells / static_cast<int64_t>(std::max<size_t>(1, infos.size())));
  const int64_t of_file = std::max(kLeastRowsOfFile, most / static_cast<int64_t>(files.size()));
  ColumnKinds kinds{.files = files, .columns = {}, .rows = 0, .all_rows = true};
  for (const DataFile& file : files) {
    const auto stream = open_rows(file.path, asked.columns, dialect);
    for (int64_t seen = 0;;) {
      const auto block = stream->next();
      if (!block) break;
      const int64_t rows = std::min(block->rows, of_file - seen);
      add(*block, asked, file, rows, tallies);
      seen += rows;
      kinds.rows += rows;
      kinds.all_rows = kinds.all_rows && rows == block->rows;
      if (rows < block->rows) break;
    }
  }
  for (Tally& tally : tallies)
    kinds.columns.push_back(tally.finish(static_cast<int64_t>(files.size())));
  return kinds;
}

}  // namespace tacit
