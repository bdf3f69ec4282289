// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/frames.h"

#include "tacit/core/error.h"
#include "tacit/core/files.h"

namespace tacit {

HeldFrames::HeldFrames(Tensor pixels) : pixels_(std::move(pixels)) {
  require<ShapeError>(pixels_.defined() && pixels_.dim() == 4 &&
                          pixels_.scalar_type() == at::kByte &&
                          (pixels_.size(1) == 1 || pixels_.size(1) == 3) && pixels_.is_contiguous(),
                      "frames of a video are not [T, 1 or 3, H, W] contiguous bytes");
  sizes_ = pixels_.sizes().vec();
}

const uint8_t* HeldFrames::planes(int64_t frame) const {
  return pixels_.const_data_ptr<uint8_t>() + frame * pixels_.stride(0);
}

void HeldFrames::read(std::span<const int64_t> frames, const Visit& visit) const {
  for (size_t i = 0; i < frames.size(); ++i) visit(i, planes(frames[i]));
}

std::string HeldFrames::checksum_of(int64_t frame) const {
  const auto bytes = static_cast<size_t>(sizes_[1] * sizes_[2] * sizes_[3]);
  return checksum({{reinterpret_cast<const char*>(planes(frame)), bytes}});
}

}  // namespace tacit
