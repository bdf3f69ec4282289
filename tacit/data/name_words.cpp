// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/name_words.h"

#include <algorithm>
#include <cctype>

namespace tacit {
namespace {

char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

}  // namespace

std::string lower_case(std::string word) {
  for (char& c : word) c = lower(c);
  return word;
}

std::set<std::string> words_of(const std::string& name) {
  std::set<std::string> words;
  std::string word;
  const auto end_word = [&] {
    if (!word.empty()) words.insert(word);
    word.clear();
  };
  for (size_t i = 0; i < name.size(); ++i) {
    const auto c = static_cast<unsigned char>(name[i]);
    const bool hump =
        i > 0 && std::isupper(c) && std::islower(static_cast<unsigned char>(name[i - 1]));
    const bool letter = std::isalnum(c) || c >= 128;  // also of UTF-8
    if (hump || !letter) end_word();
    if (letter) word += lower(name[i]);
  }
  end_word();
  return words;
}

bool has_any(const std::set<std::string>& words, std::initializer_list<const char*> wanted) {
  return std::any_of(wanted.begin(), wanted.end(),
                     [&](const char* word) { return words.contains(word); });
}

}  // namespace tacit
