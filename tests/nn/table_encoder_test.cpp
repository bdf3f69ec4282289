// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/table_encoder.h"

#include <gtest/gtest.h>

#include "tacit/nn/registry.h"
#include "tests/core/folder.h"
#include "tests/methods/waves.h"

namespace tacit {
namespace {

TEST(RequireTableEncoder, GivesTheSameEncoder) {
  const std::shared_ptr<Encoder> encoder = small_table_encoder(Rng(1));
  EXPECT_EQ(require_table_encoder(encoder, "vime").get(), encoder.get());
}

TEST(RequireTableEncoder, RefusesOneOfSignalsAndSaysWhatToSet) {
  const std::string refusal =
      message_of<ConfigError>([] { require_table_encoder(small_encoder(Rng(1)), "vime"); });
  EXPECT_NE(refusal.find("method vime"), std::string::npos) << refusal;
  EXPECT_NE(refusal.find("table_mlp"), std::string::npos) << refusal;
}

TEST(TableEncoder, ItsCodeIsItsLastLayer) {
  const auto encoder = require_table_encoder(small_table_encoder(Rng(1)), "vime");
  const Tensor x = all_of(TableRows(9)).x;
  EXPECT_TRUE(encoder->code(x).equal(encoder->layers(x).back()));
  EXPECT_EQ(encoder->code(x).size(1), encoder->code_width());
}

}  // namespace
}  // namespace tacit
