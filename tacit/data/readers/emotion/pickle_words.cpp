// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/emotion/pickle_words.h"

namespace tacit {
namespace {

constexpr size_t kLongestLine = 1024;

char letter_of(FileCursor& bytes) { return static_cast<char>(bytes.byte()); }

int hex_digit(FileCursor& bytes) {
  const char digit = letter_of(bytes);
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  bytes.fail("a text has an escape that Python does not write");
}

/// What stands behind a backslash.
char escaped(FileCursor& bytes) {
  switch (const char letter = letter_of(bytes)) {
    case '\\':
    case '\'':
    case '"': return letter;
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    case 'x': {
      const int high = hex_digit(bytes), low = hex_digit(bytes);
      return static_cast<char>(high * 16 + low);
    }
    default: bytes.fail("a text has an escape that Python does not write");
  }
}

}  // namespace

std::string pickled_line(FileCursor& bytes) {
  std::string line;
  for (char letter = letter_of(bytes); letter != '\n'; letter = letter_of(bytes)) {
    if (line.size() == kLongestLine) bytes.fail("a line is longer than a kilobyte");
    line += letter;
  }
  return line;
}

std::string pickled_quote(FileCursor& bytes) {
  const char quote = letter_of(bytes);
  if (quote != '\'' && quote != '"') bytes.fail("a text does not begin with a quote");
  std::string words;
  for (char letter = letter_of(bytes); letter != quote; letter = letter_of(bytes)) {
    if (letter == '\n') bytes.fail("a text ends without its quote");
    words += letter == '\\' ? escaped(bytes) : letter;
  }
  if (letter_of(bytes) != '\n') bytes.fail("a text goes on behind its quote");
  return words;
}

std::string pickled_bytes(std::string_view letters, FileCursor& bytes) {
  std::string out;
  out.reserve(letters.size());
  for (size_t i = 0; i < letters.size(); ++i) {
    const auto first = static_cast<uint8_t>(letters[i]);
    if (first < 0x80) {
      out += letters[i];
      continue;
    }
    const auto second = static_cast<uint8_t>(i + 1 < letters.size() ? letters[i + 1] : '\0');
    if ((first != 0xC2 && first != 0xC3) || second >> 6 != 2)
      bytes.fail("a text that stands for bytes has a letter above U+00FF");
    out += static_cast<char>((first & 3) << 6 | (second & 0x3F));
    ++i;
  }
  return out;
}

}  // namespace tacit
