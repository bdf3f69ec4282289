// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <set>

#include "tacit/methods/method.h"
#include "tests/core/folder.h"
#include "tests/methods/waves.h"

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

TEST(Methods, RefuseRowsOfAnotherKindAndNameMethodsForThem) {
  const auto refusal = [](const std::string& method, const Dataset& rows) {
    return message_of<ConfigError>([&] {
      find_method(method).make(Json::object(), {rows.spec(), small_encoder(Rng(1)), Rng(2)});
    });
  };
  for (const MethodEntry& entry : methods()) {
    ASSERT_FALSE(entry.modalities.empty()) << entry.name;
    if (entry.modalities.size() > 1) continue;
    const bool tables = entry.modalities[0] == Modality::table;
    const std::string said =
        tables ? refusal(entry.name, Waves(1)) : refusal(entry.name, TableRows(1));
    EXPECT_NE(said.find(tables ? "simclr" : "denoising_autoencoder"), std::string::npos) << said;
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
