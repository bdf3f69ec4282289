// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/name_words.h"

#include <gtest/gtest.h>

namespace tacit {
namespace {

TEST(NameWords, AreFoundInManyWaysOfWriting) {
  using Words = std::set<std::string>;
  EXPECT_EQ(words_of("Acceleration X (m/s2)"), (Words{"acceleration", "x", "m", "s2"}));
  EXPECT_EQ(words_of("userId"), (Words{"user", "id"}));
  EXPECT_EQ(words_of("CUSTOMER_ID"), (Words{"customer", "id"}));
  EXPECT_EQ(words_of("Aktivität"), Words{"aktivität"});
  EXPECT_TRUE(words_of(" - ").empty());
}

TEST(NameWords, AreComparedWhole) {
  EXPECT_TRUE(has_any(words_of("zip code"), {"id", "code"}));
  EXPECT_FALSE(has_any(words_of("paid"), {"id"}));
  EXPECT_EQ(lower_case("ÄbC"), "Äbc");
}

}  // namespace
}  // namespace tacit
