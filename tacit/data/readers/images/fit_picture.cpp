// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/images/fit_picture.h"

#include <ATen/ops/_upsample_bilinear2d_aa.h>
#include <ATen/ops/from_blob.h>

#include <algorithm>
#include <cmath>

namespace tacit {
namespace {

/// [1, C, H, W] float, a view of no one's bytes.
at::Tensor tensor_of(const Picture& picture) {
  auto* const data = const_cast<uint8_t*>(picture.pixels.data());  // from_blob takes no const
  return at::from_blob(data, {1, picture.height, picture.width, picture.channels}, at::kByte)
      .permute({0, 3, 1, 2})
      .to(at::kFloat)
      .contiguous();
}

/// A side of a picture whose shorter one becomes `size`.
int64_t scaled(int64_t side, int64_t shorter, int64_t size) {
  return std::llround(static_cast<double>(side) * static_cast<double>(size) /
                      static_cast<double>(shorter));
}

}  // namespace

std::vector<uint8_t> fit_picture(const Picture& picture, int64_t size, Fit fit) {
  if (picture.height == size && picture.width == size) return planes_of(picture);
  const int64_t shorter = std::min(picture.height, picture.width);
  const bool whole = fit == Fit::stretch;
  const int64_t height = whole ? size : scaled(picture.height, shorter, size);
  const int64_t width = whole ? size : scaled(picture.width, shorter, size);
  const at::Tensor square =
      at::_upsample_bilinear2d_aa(tensor_of(picture), {height, width}, /*align_corners=*/false)
          .narrow(2, (height - size) / 2, size)
          .narrow(3, (width - size) / 2, size)
          .round()
          .clamp(0, 255)
          .to(at::kByte)
          .contiguous();
  const uint8_t* const first = square.const_data_ptr<uint8_t>();
  return {first, first + square.numel()};
}

std::vector<uint8_t> planes_of(const Picture& picture) {
  const auto pixels = static_cast<size_t>(picture.height * picture.width);
  const auto channels = static_cast<size_t>(picture.channels);
  std::vector<uint8_t> planes(pixels * channels);
  for (size_t pixel = 0; pixel < pixels; ++pixel)
    for (size_t channel = 0; channel < channels; ++channel)
      planes[channel * pixels + pixel] = picture.pixels[pixel * channels + channel];
  return planes;
}

}  // namespace tacit
