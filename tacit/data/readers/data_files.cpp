// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/data_files.h"

#include <algorithm>
#include <optional>
#include <regex>

#include "tacit/core/error.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;

const std::vector<std::string>& usual_endings() {
  static const std::vector<std::string> all{".csv", ".csv.gz", ".tsv", ".parquet"};
  return all;
}

/// The ending that a name has among those known, or "".
std::string ending_of(const std::string& name) {
  for (const char* const end : {".csv.gz", ".csv", ".tsv", ".parquet", ".txt", ".dat"})
    if (name.ends_with(end)) return end;
  return "";
}

std::string without_ending(const std::string& name) {
  return name.substr(0, name.size() - ending_of(name).size());
}

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
  const auto& all = usual_endings();
  return std::find(all.begin(), all.end(), ending_of(name)) != all.end();
}

}  // namespace

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

std::vector<DataFile> data_files(const fs::path& path, const std::string& pattern) {
  const bool folder = fs::is_directory(path);
  const std::vector<std::string> names =
      folder ? below(path) : std::vector<std::string>{path.filename().string()};
  const bool with_ending = !ending_of(pattern).empty();
  const Pattern wanted(pattern);
  std::vector<DataFile> files;
  for (const std::string& name : names) {
    if (folder && !with_ending && !is_usual(name)) continue;
    DataFile file{folder ? path / name : path, without_ending(name), {}};
    if (!pattern.empty()) {
      auto words = wanted.match(with_ending ? name : file.name);
      if (!words) continue;
      file.words = std::move(*words);
    }
    files.push_back(std::move(file));
  }
  require<DataError>(!files.empty() || !pattern.empty(), "{} holds no {} file", path.string(),
                     join(usual_endings(), ", "));
  require<DataError>(!files.empty(), "{}: no file of {} is like data.path_pattern \"{}\"",
                     path.string(), names.size(), pattern);
  return files;
}

}  // namespace tacit
