// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/byte_spool.h"

#include <gtest/gtest.h>

#include "tacit/core/error.h"

namespace tacit {
namespace {

std::vector<std::byte> counting_bytes(size_t count) {
  std::vector<std::byte> bytes;
  for (size_t i = 0; i < count; ++i) bytes.push_back(static_cast<std::byte>(i % 251));
  return bytes;
}

TEST(ByteSpool, KeepsItsMapWhenItIsGone) {
  std::shared_ptr<const std::byte> map;
  constexpr size_t kPart = 700'001;  // so that parts end within what is written together
  {
    ByteSpool spool("");
    for (int i = 0; i < 3; ++i) spool.append(counting_bytes(kPart));
    EXPECT_EQ(spool.size(), 3 * kPart);
    EXPECT_FALSE(spool.is_finished());
    spool.finish();
    EXPECT_TRUE(spool.is_finished());
    EXPECT_THROW(spool.append(counting_bytes(1)), StateError);
    map = spool.map();
  }
  for (const size_t at : {size_t{0}, kPart - 1, kPart, 3 * kPart - 1})
    EXPECT_EQ(map.get()[at], static_cast<std::byte>(at % kPart % 251)) << at;
}

TEST(ByteSpool, HasNoMapWhenItIsEmpty) {
  ByteSpool spool("");
  spool.finish();
  EXPECT_EQ(spool.map(), nullptr);
  EXPECT_THROW(ByteSpool("/nowhere/at/all"), StateError);
}

}  // namespace
}  // namespace tacit
