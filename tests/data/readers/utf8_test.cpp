// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/utf8.h"

#include <gtest/gtest.h>

#include <utility>

namespace tacit {
namespace {

TEST(Utf8, HoldsLettersInOneToFourBytes) {
  for (const auto& [code, wanted] : {std::pair<uint32_t, const char*>{'a', "a"},
                                     {0x7F, "\x7F"},
                                     {0x80, "\xC2\x80"},
                                     {0xE9, "\xC3\xA9"},
                                     {0x7FF, "\xDF\xBF"},
                                     {0x800, "\xE0\xA0\x80"},
                                     {0x20AC, "\xE2\x82\xAC"},
                                     {0xFFFF, "\xEF\xBF\xBF"},
                                     {0x10000, "\xF0\x90\x80\x80"},
                                     {0x1F600, "\xF0\x9F\x98\x80"}}) {
    std::string out = "x";
    append_utf8(out, code);
    EXPECT_EQ(out, "x" + std::string(wanted)) << code;
  }
}

TEST(Utf8, IsKeptAndOtherBytesAreLatin1) {
  EXPECT_EQ(utf8_or_latin1("plain"), "plain");
  EXPECT_EQ(utf8_or_latin1(""), "");
  EXPECT_EQ(utf8_or_latin1("\xC2\xB5V"), "\xC2\xB5V");
  EXPECT_EQ(utf8_or_latin1("\xB5V"), "\xC2\xB5V");
  EXPECT_EQ(utf8_or_latin1("\xFF\xC2"), "\xC3\xBF\xC3\x82");
}

}  // namespace
}  // namespace tacit
