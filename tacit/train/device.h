// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <c10/core/Device.h>
#include <torch/nn/module.h>

#include <cstdint>
#include <string>
#include <vector>

namespace tacit {

/// Where a training computes; `automatic` takes a CUDA GPU where there is one.
enum class DeviceChoice { automatic, cpu, cuda };
inline std::vector<std::string> names(DeviceChoice) { return {"auto", "cpu", "cuda"}; }

/// The device, for the process that is number `local_rank` on its machine: they share out the GPUs.
/// Throws ConfigError when there is no GPU to take.
c10::Device find_device(DeviceChoice choice, int64_t local_rank);

/// A module is on the device for as long as this lives, and afterwards on the CPU.
class OnDevice {
 public:
  OnDevice(torch::nn::Module& module, c10::Device device);
  ~OnDevice();
  OnDevice(const OnDevice&) = delete;
  OnDevice& operator=(const OnDevice&) = delete;

 private:
  torch::nn::Module& module_;
};

/// In which numbers a loss is computed. Weights, gradients and optimisers are fp32 in both.
enum class Precision { fp32, bf16 };
inline std::vector<std::string> names(Precision) { return {"fp32", "bf16"}; }

/// For as long as it lives, with bf16: LibTorch's operators that are safe in it (products of
/// matrices, convolutions) take bfloat16, all others what they need: Micikevicius et al. 2018,
/// arXiv:1710.03740, as PyTorch's autocast does it. The fused kernels of tacit/kernels stay in
/// fp32.
class MixedPrecision {
 public:
  MixedPrecision(Precision precision, c10::Device device);
  ~MixedPrecision();
  MixedPrecision(const MixedPrecision&) = delete;
  MixedPrecision& operator=(const MixedPrecision&) = delete;

 private:
  const bool on_;
  const c10::DeviceType type_;
};

}  // namespace tacit
