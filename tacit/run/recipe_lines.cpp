// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/recipe_lines.h"

#include <algorithm>

#include "tacit/core/error.h"

namespace tacit {
namespace {

constexpr size_t kWidth = 100, kShort = 50, kReasons = 36;

/// Lists with blanks, and tables as TOML writes them.
std::string toml(const Json& value) {
  if (!value.is_array()) return value.dump();
  std::vector<std::string> items;
  for (const Json& item : value) items.push_back(toml(item));
  return "[" + join(items) + "]";
}

/// Without what TOML forbids in comments.
std::string printable(std::string words) {
  for (char& c : words)
    if (static_cast<unsigned char>(c) < ' ' || c == 127) c = ' ';
  return words;
}

}  // namespace

void RecipeLines::comment(const std::string& raw) {
  const std::string words = printable(raw);
  std::string line = "#";
  for (size_t begin = 0; begin < words.size();) {
    const size_t end = std::min(words.find(' ', begin), words.size());
    if (line.size() > 1 && line.size() + 1 + end - begin > kWidth) {
      out_ += line + "\n";
      line = "#  ";
    }
    line += " " + words.substr(begin, end - begin);
    begin = end + 1;
  }
  out_ += line + "\n";
}

void RecipeLines::table(const std::string& name) { out_ += "\n[" + name + "]\n"; }

void RecipeLines::line(const std::string& key, const Json& value, const std::string& why) {
  std::string line = key + " = " + toml(value);
  if (!why.empty() && line.size() > kShort) comment(why);
  if (!why.empty() && line.size() <= kShort) {
    line.resize(std::max<size_t>(line.size() + 2, kReasons), ' ');
    line += "# " + printable(why);
  }
  out_ += line + "\n";
}

void RecipeLines::list(const std::string& key,
                       const std::vector<std::pair<std::string, std::string>>& texts_and_reasons) {
  if (texts_and_reasons.empty()) return;
  out_ += key + " = [\n";
  for (const auto& [item, why] : texts_and_reasons) {
    std::string line = "  " + Json(item).dump() + ",";
    if (!why.empty()) {
      line.resize(std::max<size_t>(line.size() + 2, kReasons), ' ');
      line += "# " + printable(why);
    }
    out_ += line + "\n";
  }
  out_ += "]\n";
}

}  // namespace tacit
