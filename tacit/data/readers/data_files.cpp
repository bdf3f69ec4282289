// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/data_files.h"

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <regex>
#include <string_view>

#include "tacit/core/error.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;

/// Found without being named; each but the last also with .gz.
constexpr std::array kUsual{".csv", ".tsv", ".jsonl", ".ndjson", ".parquet"};

/// Files of one sort.
struct Sort {
  std::function<std::string(const std::string&)> ending;  ///< of a name, if it is of the sort; ""
  std::function<bool(const std::string&)> is_usual;       ///< found without being named
  std::string words;                                      ///< what a folder should hold
};

/// Literals and holes in turn: the first and the last are literals, possibly empty.
struct Parts {
  std::vector<std::string> literals, holes;
};

Parts parts_of(const std::string& pattern) {
  Parts parts;
  size_t at = 0;
  for (;;) {
    const size_t open = pattern.find('{', at), stray = pattern.find('}', at);
    require<ConfigError>(stray >= open, "data.path_pattern: \"{}\" has a } without its {", pattern);
    parts.literals.push_back(pattern.substr(at, open - at));
    require<ConfigError>(!parts.literals.back().empty() || open == std::string::npos || at == 0,
                         "data.path_pattern: in \"{}\" two holes stand side by side; put what "
                         "separates them between",
                         pattern);
    if (open == std::string::npos) return parts;
    const size_t close = pattern.find('}', open);
    require<ConfigError>(close != std::string::npos,
                         "data.path_pattern: \"{}\" has a { without its }", pattern);
    parts.holes.push_back(pattern.substr(open + 1, close - open - 1));
    at = close + 1;
  }
}

/// Matches whole paths.
class Pattern {
 public:
  explicit Pattern(const std::string& pattern) : parts_(parts_of(pattern)) {
    static const std::regex special(R"([.^$|()\[\]{}*+?\\])");
    std::string expression;
    for (size_t i = 0; i < parts_.literals.size(); ++i) {
      if (i > 0) expression += "([^/]+?)";
      expression += std::regex_replace(parts_.literals[i], special, R"(\$&)");
    }
    expression_ = expression;
  }

  std::optional<std::map<std::string, std::string>> match(const std::string& path) const {
    std::smatch found;
    if (!std::regex_match(path, found, expression_)) return std::nullopt;
    std::map<std::string, std::string> words;
    for (size_t i = 0; i < parts_.holes.size(); ++i)
      if (!parts_.holes[i].empty()) words[parts_.holes[i]] = found[i + 1];
    return words;
  }

 private:
  Parts parts_;
  std::regex expression_;
};

/// Paths below a folder, by name; nothing hidden.
std::vector<std::string> below(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code problem;
  for (fs::recursive_directory_iterator at(folder, problem), end; !problem && at != end;
       at.increment(problem)) {
    const bool hidden = at->path().filename().string().starts_with('.');
    if (hidden && at->is_directory()) at.disable_recursion_pending();
    if (!hidden && at->is_regular_file())
      names.push_back(at->path().lexically_relative(folder).generic_string());
  }
  require<DataError>(!problem, "{}: {}", folder.string(), problem.message());
  std::sort(names.begin(), names.end());
  return names;
}

bool is_usual(const std::string& name) {
  const std::string ending = ending_of(name);
  return std::ranges::any_of(kUsual, [&](const char* usual) { return ending.starts_with(usual); });
}

}  // namespace

std::string ending_of(const std::string& name) {
  constexpr std::string_view kPacked = ".gz";
  if (name.ends_with(".parquet")) return ".parquet";
  const size_t packed = name.ends_with(kPacked) ? kPacked.size() : 0;
  const std::string_view plain = std::string_view(name).substr(0, name.size() - packed);
  for (const std::string_view end : {".csv", ".tsv", ".txt", ".dat", ".jsonl", ".ndjson"})
    if (plain.ends_with(end)) return name.substr(plain.size() - end.size());
  return "";
}

std::vector<std::string> holes_of(const std::string& pattern) {
  std::vector<std::string> names;
  for (const std::string& hole : parts_of(pattern).holes) {
    if (hole.empty()) continue;
    require<ConfigError>(std::find(names.begin(), names.end(), hole) == names.end(),
                         "data.path_pattern: \"{}\" has the hole \"{}\" twice", pattern, hole);
    names.push_back(hole);
  }
  return names;
}

namespace {

std::vector<DataFile> find_files(const fs::path& path, const std::string& pattern,
                                 const Sort& sort) {
  const bool folder = fs::is_directory(path);
  const std::vector<std::string> names =
      folder ? below(path) : std::vector<std::string>{path.filename().string()};
  const bool with_ending = !sort.ending(pattern).empty();
  const Pattern wanted(pattern);
  std::vector<DataFile> files;
  for (const std::string& name : names) {
    if (folder && !with_ending && !sort.is_usual(name)) continue;
    const std::string stem = name.substr(0, name.size() - sort.ending(name).size());
    DataFile file{folder ? path / name : path, stem, {}};
    if (!pattern.empty()) {
      auto words = wanted.match(with_ending ? name : stem);
      if (!words) continue;
      file.words = std::move(*words);
    }
    files.push_back(std::move(file));
  }
  require<DataError>(!files.empty() || !pattern.empty(), "{} holds no {} file", path.string(),
                     sort.words);
  require<DataError>(!files.empty(), "{}: no file of {} is like data.path_pattern \"{}\"",
                     path.string(), names.size(), pattern);
  return files;
}

}  // namespace

std::vector<DataFile> data_files(const fs::path& path, const std::string& pattern) {
  return find_files(
      path, pattern,
      {ending_of, is_usual, ".csv, .tsv, .jsonl, .ndjson (or one of them with .gz) or .parquet"});
}

std::vector<DataFile> data_files(const fs::path& path, const std::string& pattern,
                                 const std::vector<std::string>& endings) {
  const auto ending = [&](const std::string& name) {
    for (const std::string& end : endings)
      if (name.ends_with(end)) return end;
    return std::string();
  };
  return find_files(path, pattern,
                    {ending, [&](const std::string& name) { return !ending(name).empty(); },
                     join(endings, ", ")});
}

}  // namespace tacit
