// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/json_lines.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "tacit/core/error.h"
#include "tacit/core/json.h"
#include "tacit/data/readers/bytes.h"
#include "tacit/data/readers/cells.h"

namespace tacit {
namespace {

constexpr size_t kBlockBytes = size_t{16} << 20;   // of lines, so that a block's cells are bounded
constexpr size_t kMostKeyBytes = size_t{8} << 20;  // of different keys

/// What stands under a key.
struct Value {
  enum class Kind { null, word, list, object };
  Kind kind = Kind::null;
  std::string_view word{};  ///< a text, or a number or boolean as the file writes it
};

/// From "[json.exception…] parse error at …: syntax error while parsing value - REASON; last read:
/// …", the reason alone, or what stands behind the bracket.
std::string reason_in(std::string_view words) {
  for (const char* before : {"] ", " - "})
    if (const size_t at = words.find(before); at != std::string_view::npos)
      words.remove_prefix(at + std::string_view(before).size());
  return std::string(words.substr(0, std::min<size_t>(words.find("; last read"), 100)));
}

/// The beginning, on one line.
std::string shown(std::string_view words) {
  std::string out(words.substr(0, 60));
  std::ranges::replace_if(
      out, [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
  return out;
}

/// Takes an object apart into its keys and their values.
class ObjectParser final : public nlohmann::json_sax<Json> {
 public:
  using Take = std::function<void(const std::string& key, const Value& value)>;

  /// Why the line is no object; "" when it is one.
  std::string parse(std::string_view line, const Take& take) {
    // The parser takes it for the end.
    if (line.find('\0') != std::string_view::npos) return "it holds a byte that is 0";
    take_ = &take;
    depth_ = 0;
    problem_.clear();
    Json::sax_parse(line.begin(), line.end(), this);
    return problem_;
  }

  bool null() override { return put({}); }
  bool boolean(bool value) override { return put_word(value ? "true" : "false"); }
  bool number_integer(int64_t value) override { return put_word(std::to_string(value)); }
  bool number_unsigned(uint64_t value) override { return put_word(std::to_string(value)); }
  bool number_float(double, const std::string& written) override { return put_word(written); }
  bool string(std::string& value) override { return put_word(value); }
  bool binary(Json::binary_t&) override { return refuse("it is no text"); }
  bool key(std::string& name) override {
    key_ = trimmed(name);
    return true;
  }
  bool start_object(size_t) override {
    if (depth_ > 0 && !put({.kind = Value::Kind::object})) return false;
    ++depth_;
    return true;
  }
  bool end_object() override { return --depth_, true; }
  bool start_array(size_t) override {
    if (!put({.kind = Value::Kind::list})) return false;
    ++depth_;
    return true;
  }
  bool end_array() override { return --depth_, true; }
  bool parse_error(size_t at, const std::string&, const Json::exception& problem) override {
    return refuse(text("{} (at byte {})", reason_in(problem.what()), at));
  }

 private:
  bool refuse(std::string problem) {
    problem_ = std::move(problem);
    return false;
  }
  bool put_word(std::string_view word) { return put({.kind = Value::Kind::word, .word = word}); }
  bool put(const Value& value) {
    if (depth_ == 0) return refuse("it starts with no {");
    if (depth_ == 1) (*take_)(key_, value);
    return true;
  }

  const Take* take_ = nullptr;
  int64_t depth_ = 0;
  std::string key_, problem_;
};

/// The objects of a file, and all keys that they have.
class Objects {
 public:
  using Take = std::function<void(size_t key, const Value& value)>;

  explicit Objects(const std::filesystem::path& file) : file_(file), lines_(file) {}

  /// Gives `take` what the next one holds; false at the end of the file.
  bool next(const Take& take) {
    const auto line = lines_.next();
    require<DataError>(line || count_ > 0,
                       "{}: it holds no object; JSON lines are objects, one on each line",
                       file_.string());
    if (!line) return false;
    ++count_;
    bytes_ = line->size();
    const std::string problem = parser_.parse(
        *line, [&](const std::string& key, const Value& value) { take(place_of(key), value); });
    require<DataError>(problem.empty(), "{}: line {} is no JSON object on a line of its own: {}",
                       file_.string(), number(), problem);
    return true;
  }

  int64_t number() const { return lines_.number(); }
  size_t bytes() const { return bytes_; }
  const std::vector<std::string>& keys() const { return keys_; }

 private:
  /// Among keys_.
  size_t place_of(const std::string& key) {
    const auto [found, is_new] = places_.emplace(key, keys_.size());
    if (is_new) {
      key_bytes_ += key.size() + sizeof key;
      require<DataError>(key_bytes_ <= kMostKeyBytes,
                         "{}: up to line {} there are {} different keys; what differs from line to "
                         "line belongs in values",
                         file_.string(), number(), keys_.size());
      keys_.push_back(key);
      line_of_.push_back(0);
    }
    int64_t& line = line_of_[found->second];
    require<DataError>(line != number(), "{}: line {} has the key \"{}\" twice", file_.string(),
                       number(), shown(key));
    line = number();
    return found->second;
  }

  std::filesystem::path file_;
  TextLines lines_;
  ObjectParser parser_;
  int64_t count_ = 0;
  size_t bytes_ = 0, key_bytes_ = 0;
  std::vector<std::string> keys_;
  std::vector<int64_t> line_of_;  // where each key was seen last
  std::unordered_map<std::string, size_t> places_;
};

class JsonLinesRows final : public RowStream {
 public:
  JsonLinesRows(const std::filesystem::path& file, Columns columns)
      : file_(file),
        columns_(std::move(columns)),
        objects_(file),
        numbers_(columns_.numbers.size() + columns_.instants.size()),
        texts_(columns_.texts.size()),
        first_(read()) {}

  std::optional<RowBlock> next() override {
    return first_ ? std::exchange(first_, std::nullopt) : read();
  }

 private:
  enum class Wanted { number, instant, text };
  /// A cell of a row that waits for the value of a key.
  struct Target {
    Wanted wanted;
    size_t column;  ///< among numbers_ or texts_
  };

  std::optional<RowBlock> read() {
    RowBlock block;
    block.numbers.resize(numbers_.size());
    block.texts.resize(texts_.size());
    std::vector<int64_t> lines;
    size_t bytes = 0;
    while (block.rows < kBlockRows && bytes < kBlockBytes) {
      std::ranges::fill(numbers_, std::numeric_limits<double>::quiet_NaN());
      std::ranges::fill(texts_, "");
      if (!objects_.next([this](size_t key, const Value& value) { put(key, value); })) {
        require_columns(file_, columns_, objects_.keys());
        break;
      }
      for (size_t i = 0; i < numbers_.size(); ++i) block.numbers[i].push_back(numbers_[i]);
      for (size_t i = 0; i < texts_.size(); ++i) block.texts[i].push_back(std::move(texts_[i]));
      lines.push_back(objects_.number());
      bytes += objects_.bytes();
      ++block.rows;
    }
    if (block.rows == 0) return std::nullopt;
    block.first_row = lines.front();
    if (lines.back() - lines.front() >= block.rows) block.moved_from = std::move(lines);
    return block;
  }

  void put(size_t key, const Value& value) {
    while (targets_.size() <= key) targets_.push_back(targets_of(objects_.keys()[targets_.size()]));
    for (const Target& target : targets_[key]) put(key, value, target);
  }

  std::vector<Target> targets_of(const std::string& key) const {
    std::vector<Target> targets;
    const auto add = [&](const std::vector<std::string>& names, Wanted wanted, size_t first) {
      for (size_t i = 0; i < names.size(); ++i)
        if (names[i] == key) targets.push_back({wanted, first + i});
    };
    add(columns_.numbers, Wanted::number, 0);
    add(columns_.instants, Wanted::instant, columns_.numbers.size());
    add(columns_.texts, Wanted::text, 0);
    return targets;
  }

  void put(size_t key, const Value& value, const Target& target) {
    const bool nested = value.kind == Value::Kind::list || value.kind == Value::Kind::object;
    require<DataError>(!nested, "{}: line {}, key \"{}\": {} stands where one value belongs",
                       file_.string(), objects_.number(), shown(objects_.keys()[key]),
                       value.kind == Value::Kind::list ? "a list" : "an object");
    const std::string_view cell = trimmed(value.word);
    if (target.wanted == Wanted::text)
      texts_[target.column] = cell;
    else if (!is_missing(cell))
      numbers_[target.column] = number_of(key, cell, target.wanted);
  }

  double number_of(size_t key, std::string_view cell, Wanted wanted) const {
    const bool number = wanted == Wanted::number;
    const auto value = number ? number_in(cell, Decimal::point) : moment_in(cell);
    require<DataError>(value.has_value(), "{}: line {}, key \"{}\": \"{}\" is not {}",
                       file_.string(), objects_.number(), shown(objects_.keys()[key]), shown(cell),
                       number ? "a number" : "a date and time such as 2024-05-01T10:00:00.02");
    return *value;
  }

  std::filesystem::path file_;
  Columns columns_;
  Objects objects_;
  std::vector<std::vector<Target>> targets_;  // of each key
  std::vector<double> numbers_;               // of the row at hand
  std::vector<std::string> texts_;
  std::optional<RowBlock> first_;
};

}  // namespace

std::unique_ptr<RowStream> open_json_lines(const std::filesystem::path& file, Columns columns) {
  return std::make_unique<JsonLinesRows>(file, std::move(columns));
}

std::vector<ColumnInfo> json_lines_columns(const std::filesystem::path& file) {
  Objects objects(file);
  std::vector<ColumnInfo> columns;
  const auto take = [&](size_t key, const Value& value) {
    if (key == columns.size()) columns.push_back({.name = objects.keys()[key]});
    if (value.kind == Value::Kind::list) columns[key].type = "list";
    if (value.kind == Value::Kind::object) columns[key].type = "object";
    if (!columns[key].type.empty()) columns[key].kind = CellKind::other;
  };
  for (int64_t line = 0; line < kLinesForColumns && objects.next(take); ++line) continue;
  return columns;
}

}  // namespace tacit
