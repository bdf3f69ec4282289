// SPDX-License-Identifier: Apache-2.0
#include "tacit/train/device.h"

#include <ATen/ops/linear.h>
#include <ATen/ops/ones.h>
#include <gtest/gtest.h>
#include <torch/cuda.h>

#include "tacit/core/error.h"
#include "tests/core/folder.h"

namespace tacit {
namespace {

TEST(FindDevice, TakesAGpuWhereThereIsOne) {
  EXPECT_TRUE(find_device(DeviceChoice::cpu, 0).is_cpu());
  EXPECT_EQ(find_device(DeviceChoice::automatic, 3).is_cuda(), torch::cuda::is_available());
}

TEST(FindDevice, RefusesCudaWithoutAGpuInOneSentence) {
  if (torch::cuda::is_available()) GTEST_SKIP() << "this machine has a GPU";
  const std::string message = message_of<ConfigError>([] { find_device(DeviceChoice::cuda, 0); });
  EXPECT_NE(message.find("train.device = \"cuda\""), std::string::npos) << message;
  EXPECT_EQ(message.find('\n'), std::string::npos);
}

TEST(MixedPrecision, HoldsForProductsAndForItsLifetime) {
  const at::Tensor x = at::ones({2, 8}), w = at::ones({4, 8});
  const auto type = [&] { return at::linear(x, w).scalar_type(); };
  {
    const MixedPrecision bf16(Precision::bf16, at::kCPU);
    EXPECT_EQ(type(), at::kBFloat16);
  }
  EXPECT_EQ(type(), at::kFloat);
  const MixedPrecision fp32(Precision::fp32, at::kCPU);
  EXPECT_EQ(type(), at::kFloat);
}

}  // namespace
}  // namespace tacit
