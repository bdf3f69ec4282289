// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/mat_item.h"

#include "tacit/core/error.h"

namespace tacit {

int64_t MatItem::count() const {
  int64_t count = 1;
  for (const int64_t extent : shape) count *= extent;
  return count;
}

std::string MatItem::extents() const {
  std::vector<std::string> words;
  for (const int64_t extent : shape) words.push_back(std::to_string(extent));
  return join(words, " x ");
}

std::string MatItem::words() const {
  const bool has_vowel = type.starts_with('o') || type.starts_with('i') || type.starts_with('e');
  return text("{} {} array of {}", has_vowel ? "an" : "a", type, extents());
}

}  // namespace tacit
