// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/triads.h"

#include <gtest/gtest.h>

namespace tacit {
namespace {

TEST(Triads, AreFoundByName) {
  EXPECT_EQ(find_triads(std::vector<std::string>{"t", "acc.X left", "acc.Y left", "acc.Z left"}),
            (std::vector<Triad>{{1, 2, 3}}));
  EXPECT_TRUE(find_triads(std::vector<std::string>{"ax", "ay", "gz"}).empty());
  EXPECT_TRUE(find_triads(std::vector<std::string>{"x", "x", "x"}).empty());
  EXPECT_TRUE(find_triads(std::vector<std::string>{"ax", "az", "ay"}).empty());
  EXPECT_TRUE(find_triads(std::vector<std::string>{"ecg"}).empty());
}

}  // namespace
}  // namespace tacit
