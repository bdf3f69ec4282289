// SPDX-License-Identifier: Apache-2.0
#include "apps/cli/overrides.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "tacit/core/error.h"

namespace tacit::cli {
namespace {

bool is_one_of(const std::string& word, const std::vector<std::string>& all) {
  return std::find(all.begin(), all.end(), word) != all.end();
}

/// Options of the program itself: those that take a value, then flags.
constexpr std::array<std::string_view, 11> kWithValue{
    "-o",       "--output",       "--labels", "--subject", "--threads", "--head",
    "--layers", "--false-alarms", "--format", "--hop",     "--rate"};
constexpr std::array<std::string_view, 6> kFlags{"--overwrite", "--unchecked", "--follow",
                                                 "--help",      "-h",          "--version"};

bool takes_value(const std::string& option) {
  return std::find(kWithValue.begin(), kWithValue.end(), option) != kWithValue.end();
}

bool is_own(const std::string& option) {
  return takes_value(option) || std::find(kFlags.begin(), kFlags.end(), option) != kFlags.end();
}

bool is_assignment(const std::string& word) {
  const size_t equals = word.find('=');
  if (equals == std::string::npos || equals == 0) return false;
  return std::all_of(word.begin(), word.begin() + static_cast<std::ptrdiff_t>(equals), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '.';
  });
}

void require_known(const std::string& option, const std::vector<std::string>& keys) {
  if (is_own(option)) return;
  std::vector<std::string> all(kWithValue.begin(), kWithValue.end());
  all.insert(all.end(), kFlags.begin(), kFlags.end());
  for (const std::string& key : keys) all.push_back("--" + key);
  throw ConfigError(unknown_name("option", option, all));
}

}  // namespace

Words split_overrides(const std::vector<std::string>& words, const std::vector<std::string>& keys) {
  Words result;
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word.starts_with("--")) {
      const size_t equals = word.find('=');
      const std::string option = word.substr(0, equals), key = option.substr(2);
      if (!is_own(option) && (key.find('.') != std::string::npos || is_one_of(key, keys))) {
        require<ConfigError>(equals != std::string::npos || i + 1 < words.size(),
                             "{} needs a value", option);
        result.overrides.push_back(
            key + (equals == std::string::npos ? "=" + words[++i] : word.substr(equals)));
        continue;
      }
      require_known(option, keys);
    } else if (is_assignment(word)) {
      result.overrides.push_back(word);
      continue;
    }
    result.plain.push_back(word);
    if (takes_value(word) && i + 1 < words.size()) result.plain.push_back(words[++i]);
  }
  return result;
}

}  // namespace tacit::cli
