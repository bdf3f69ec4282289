// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>

#include "tacit/core/spec.h"

namespace tacit {

/// The bytes of a PNG file, by libpng; the same pixels give the same bytes.
/// pixels: [C, H, W] uint8 on any device, C = 1 (grey) or 3 (red, green, blue). Throws ShapeError
/// for another shape or type, or without pixels, and StateError with libpng's words where it
/// refuses.
std::string encode_png(const Tensor& pixels);

/// Throws also StateError when the file cannot be written.
void write_png(const std::filesystem::path& file, const Tensor& pixels);

/// Images side by side, row by row: `columns` in a row, `gap` white pixels between neighbours, and
/// white where the last row ends early.
/// images: [N, C, H, W] uint8 -> [C, R (H + gap) - gap, columns (W + gap) - gap], R rows. Throws
/// ShapeError for another shape or type, or without images, and ConfigError unless columns >= 1 and
/// gap >= 0.
Tensor image_grid(const Tensor& images, int64_t columns, int64_t gap);

/// What a generator gives as pixels: -1 … 1 -> 0 … 255 uint8, rounded to the nearest, a half up;
/// what lies beyond is clamped, and NaN becomes 128. Any shape and device.
Tensor to_pixels(const Tensor& x);

}  // namespace tacit
