// SPDX-License-Identifier: Apache-2.0
#include "tacit/core/weights.h"

#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include "tacit/core/error.h"

namespace tacit {
namespace {

struct Small : torch::nn::Module {
  Small() {
    register_parameter("weight", at::zeros({2, 3}));
    register_buffer("count", at::zeros({1}));
  }
};

TEST(Weights, GoOutAndComeBack) {
  Small from, to;
  from.named_parameters()["weight"].detach().fill_(2);
  from.named_buffers()["count"].fill_(5);
  const auto saved = weights(from);
  set_weights(to, saved);
  EXPECT_TRUE(to.named_parameters()["weight"].equal(at::ones({2, 3}) * 2));
  EXPECT_TRUE(to.named_buffers()["count"].equal(at::ones({1}) * 5));
  from.named_parameters()["weight"].detach().fill_(9);
  EXPECT_EQ(saved.at("weight").max().item<double>(), 2) << "what was saved is a copy";
}

TEST(Weights, RefuseWhatDoesNotFit) {
  Small module;
  auto saved = weights(module);
  const auto message = [&] {
    try {
      set_weights(module, saved);
    } catch (const StateError& e) {
      return std::string(e.what());
    }
    return std::string();
  };
  saved["extra"] = at::ones({1});
  EXPECT_NE(message().find("\"extra\""), std::string::npos);
  saved.erase("extra");
  saved["weight"] = at::ones({3, 2});
  EXPECT_NE(message().find("\"weight\""), std::string::npos);
  saved.erase("weight");
  EXPECT_NE(message().find("lack \"weight\""), std::string::npos);
}

TEST(Weights, PrefixesComeAndGo) {
  std::map<std::string, at::Tensor> all;
  add_with_prefix(all, "a/", {{"x", at::ones({1})}});
  add_with_prefix(all, "ab/", {{"x", at::ones({2})}});
  EXPECT_EQ(with_prefix(all, "a/").size(), 1u);
  EXPECT_EQ(with_prefix(all, "a/").at("x").numel(), 1);
}

}  // namespace
}  // namespace tacit
