// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace tacit {

/// Adds the letter of a Unicode number below 0x110000.
void append_utf8(std::string& out, uint32_t code);

/// `words` where they are UTF-8, and else each byte as a letter of Latin-1.
std::string utf8_or_latin1(std::string_view words);

}  // namespace tacit
