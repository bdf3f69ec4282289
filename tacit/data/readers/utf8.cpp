// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/utf8.h"

#include <arrow/util/utf8.h>

namespace tacit {

void append_utf8(std::string& out, uint32_t code) {
  const auto put = [&](uint32_t byte) { out += static_cast<char>(byte); };
  const auto put_tail = [&](uint32_t shift) { put(0x80 | (code >> shift & 63)); };
  if (code < 0x80) return put(code);
  if (code < 0x800) return put(0xC0 | code >> 6), put_tail(0);
  if (code < 0x10000) return put(0xE0 | code >> 12), put_tail(6), put_tail(0);
  put(0xF0 | code >> 18), put_tail(12), put_tail(6), put_tail(0);
}

std::string utf8_or_latin1(std::string_view words) {
  arrow::util::InitializeUTF8();
  if (arrow::util::ValidateUTF8(words)) return std::string(words);
  std::string out;
  for (const char letter : words) append_utf8(out, static_cast<unsigned char>(letter));
  return out;
}

}  // namespace tacit
