// SPDX-License-Identifier: Apache-2.0
#include "tacit/core/error.h"

#include <algorithm>
#include <numeric>

namespace tacit {
namespace {

/// Levenshtein distance.
size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string join(const std::vector<std::string>& words, std::string_view separator) {
  std::string joined;
  for (size_t i = 0; i < words.size(); ++i) {
    if (i > 0) joined += separator;
    joined += words[i];
  }
  return joined;
}

std::string unknown_name(std::string_view kind, std::string_view name,
                         const std::vector<std::string>& available) {
  std::string message = text("unknown {} \"{}\"", kind, name);
  const auto nearest = std::min_element(available.begin(), available.end(),
                                        [&](const std::string& a, const std::string& b) {
                                          return edit_distance(name, a) < edit_distance(name, b);
                                        });
  const size_t close = std::min(std::max<size_t>(2, name.size() / 3), name.size() / 2);
  if (nearest != available.end() && edit_distance(name, *nearest) <= close)
    message += text("; did you mean \"{}\"?", *nearest);
  else
    message += ";";
  return message + " available: " + (available.empty() ? "none" : join(available));
}

}  // namespace tacit
