// SPDX-License-Identifier: Apache-2.0
#include "tacit/report/png.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/full.h>
#include <png.h>

#include "tacit/core/error.h"
#include "tacit/core/files.h"

namespace tacit {
namespace {

constexpr uint8_t kWhite = 255;

}  // namespace

std::string encode_png(const Tensor& pixels) {
  require<ShapeError>(pixels.dim() == 3 && pixels.scalar_type() == at::kByte &&
                          (pixels.size(0) == 1 || pixels.size(0) == 3) && pixels.numel() > 0,
                      "a picture is [1 or 3, H, W] of bytes, got {} of {}", pixels.sizes(),
                      pixels.dtype().name());
  const Tensor rows = pixels.permute({1, 2, 0}).to(at::kCPU).contiguous();  // [H, W, C]
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.height = static_cast<png_uint_32>(pixels.size(1));
  image.width = static_cast<png_uint_32>(pixels.size(2));
  image.format = pixels.size(0) == 1 ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB;
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
  std::string bytes(size, '\0');
  const int done = png_image_write_to_memory(&image, bytes.data(), &size, /*convert_to_8_bit=*/0,
                                             rows.const_data_ptr<uint8_t>(), /*row_stride=*/0,
                                             /*colormap=*/nullptr);
  require<StateError>(done != 0, "a picture of {} x {} pixels cannot become a PNG file: {}",
                      image.width, image.height, image.message);
  bytes.resize(size);
  return bytes;
}

void write_png(const std::filesystem::path& file, const Tensor& pixels) {
  write_file(file, {encode_png(pixels)});
}

Tensor image_grid(const Tensor& images, int64_t columns, int64_t gap) {
  require<ShapeError>(images.dim() == 4 && images.scalar_type() == at::kByte && images.size(0) > 0,
                      "a grid is of images [N, C, H, W] of bytes, got {} of {}", images.sizes(),
                      images.dtype().name());
  require<ConfigError>(columns >= 1 && gap >= 0,
                       "a grid has 1 column or more and a gap of 0 or more, got {} and {}", columns,
                       gap);
  const int64_t count = images.size(0), height = images.size(2), width = images.size(3);
  const int64_t rows = (count + columns - 1) / columns;
  const Tensor grid =
      at::full({images.size(1), rows * (height + gap) - gap, columns * (width + gap) - gap}, kWhite,
               images.options());
  for (int64_t i = 0; i < count; ++i)
    grid.narrow(1, i / columns * (height + gap), height)
        .narrow(2, i % columns * (width + gap), width)
        .copy_(images[i]);
  return grid;
}

Tensor to_pixels(const Tensor& x) {
  const Tensor level = (x.to(at::kFloat) + 1) * 127.5 + 0.5;  // whole part: the pixel
  return level.nan_to_num(128.0).clamp(0, 255).to(at::kByte);
}

}  // namespace tacit
