// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/step_encoder.h"

#include <gtest/gtest.h>

#include "tacit/nn/registry.h"
#include "tests/core/folder.h"

namespace tacit {
namespace {

TEST(RequireSteps, NamesAnEncoderThatHasThem) {
  const Spec spec{Modality::signal, {3, 100}, 50, {"x", "y", "z"}};
  const auto make = [&](const char* name) {
    return find_encoder(name).make(Json::object(), spec, Rng(1));
  };
  EXPECT_NE(require_steps(make("dilated_conv"), "some"), nullptr);
  for (const char* other : {"temporal_conv", "resnet1d", "patch_transformer"}) {
    const std::string message =
        message_of<ConfigError>([&] { require_steps(make(other), "some"); });
    EXPECT_NE(message.find("method some"), std::string::npos) << message;
    EXPECT_NE(message.find("\"dilated_conv\""), std::string::npos) << message;
  }
}

}  // namespace
}  // namespace tacit
