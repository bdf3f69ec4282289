// SPDX-License-Identifier: Apache-2.0
#include "tacit/train/device.h"

#include <ATen/autocast_mode.h>
#include <torch/cuda.h>

#include "tacit/core/error.h"

namespace tacit {

c10::Device find_device(DeviceChoice choice, int64_t local_rank) {
  const bool found = choice != DeviceChoice::cpu && torch::cuda::is_available();
  require<ConfigError>(
      found || choice != DeviceChoice::cuda,
      "train.device = \"cuda\", but LibTorch finds no CUDA GPU here; set it to \"cpu\" or "
      "\"auto\"");
  if (!found) return c10::Device(c10::kCPU);
  return {c10::kCUDA, static_cast<c10::DeviceIndex>(local_rank % torch::cuda::device_count())};
}

OnDevice::OnDevice(torch::nn::Module& module, c10::Device device) : module_(module) {
  module.to(device);
}

OnDevice::~OnDevice() { module_.to(at::kCPU); }

MixedPrecision::MixedPrecision(Precision precision, c10::Device device)
    : on_(precision == Precision::bf16), type_(device.type()) {
  if (!on_) return;
  at::autocast::set_autocast_dtype(type_, at::kBFloat16);
  at::autocast::set_autocast_enabled(type_, true);
  at::autocast::increment_nesting();
}

MixedPrecision::~MixedPrecision() {
  if (!on_) return;
  at::autocast::set_autocast_enabled(type_, false);
  // Copies of the weights in bfloat16 are good for one pass only.
  if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
}

}  // namespace tacit
