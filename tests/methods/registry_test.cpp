// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <set>

#include "tacit/methods/method.h"
#include "tests/core/folder.h"

namespace tacit {
namespace {

TEST(Methods, HaveNamesOfTheirOwnAndSayWhereTheyComeFrom) {
  std::set<std::string> seen;
  for (const MethodEntry& entry : methods()) {
    EXPECT_TRUE(seen.insert(entry.name).second) << entry.name;
    EXPECT_EQ(&find_method(entry.name), &entry);
    EXPECT_FALSE(entry.title.empty() || entry.paper.empty() || entry.fields().empty())
        << entry.name;
  }
}

TEST(FindMethod, NamesTheNearest) {
  EXPECT_NE(message_of<ConfigError>([] {
              find_method("autoencoders");
            }).find("did you mean \"autoencoder\""),
            std::string::npos);
}

}  // namespace
}  // namespace tacit
