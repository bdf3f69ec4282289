// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "tacit/core/config.h"
#include "tacit/transforms/transform.h"

/// Where an image is looked at. All take x [N, C, H, W] float, on any device, throw ShapeError
/// otherwise, and return a new contiguous batch without gradient history; all channels of a row
/// change alike. What is drawn does not depend on the device.
namespace tacit {

/// The defaults are those of Szegedy et al. 2015, "Going Deeper with Convolutions",
/// arXiv:1409.4842, section 6, and of SimCLR, Chen et al. 2020, arXiv:2002.05709, appendix A.
struct ResizedCropConfig {
  double scale_low = 0.08;      ///< smallest share of the image's area
  double scale_high = 1;        ///< largest
  double ratio_low = 3.0 / 4;   ///< smallest width over height
  double ratio_high = 4.0 / 3;  ///< largest
};
template <class Visitor>
void describe(Visitor& visit, ResizedCropConfig& config) {
  visit("scale_low", config.scale_low, "smallest share of the image's area", between(1e-4, 1));
  visit("scale_high", config.scale_high, "largest share of the image's area", between(1e-4, 1));
  visit("ratio_low", config.ratio_low, "smallest width over height", between(0.01, 100));
  visit("ratio_high", config.ratio_high, "largest width over height", between(0.01, 100));
}

/// A box for each row of a batch of images: [N, 4] int64 on the CPU, top, left, height and width in
/// pixels, inside the image. The share of the area is uniform, the logarithm of the ratio too, and
/// so is the place; after ten boxes that do not fit, it is the largest of an allowed ratio, in the
/// middle. `rng` moves on. Throws ConfigError where low exceeds high.
Tensor draw_boxes(const ResizedCropConfig& config, int64_t rows, int64_t height, int64_t width,
                  Rng& rng);

/// The box of each row, enlarged to H x W with straight lines between the centres of pixels; what
/// lies beyond the box has no influence. boxes: [N, 4] int64 as from draw_boxes(), on any device;
/// throws ShapeError also where one reaches beyond the image.
Tensor resized_crop(const Tensor& x, const Tensor& boxes);

/// resized_crop() to draw_boxes(). Throws ConfigError where low exceeds high.
Transform random_resized_crop(const ResizedCropConfig& config = {});

enum class CropBorder {
  fill,    ///< one value
  reflect  ///< the image, mirrored at its outermost pixels
};
/// Part of the file format; do not rename.
inline std::vector<std::string> names(CropBorder) { return {"fill", "reflect"}; }

/// The defaults are those for CIFAR of He et al. 2016, "Deep Residual Learning for Image
/// Recognition", arXiv:1512.03385, section 4.2.
struct RandomCropConfig {
  int64_t padding = 4;  ///< pixels at each side
  CropBorder border = CropBorder::fill;
  double fill = 0;  ///< value of the border; 0 is the mean of a normalised image
};
template <class Visitor>
void describe(Visitor& visit, RandomCropConfig& config) {
  visit("padding", config.padding, "pixels added at each side", between(0, 10000));
  visit("border", config.border, "what is added: one value, or the mirrored image");
  visit("fill", config.fill, "value of what is added");
}

/// H x W pixels at a uniformly random place of the image with a border added.
/// Throws ShapeError also if a border that reflects is not smaller than the image.
Transform random_crop(const RandomCropConfig& config = {});

struct FlipConfig {
  double probability = 0.5;
};
template <class Visitor>
void describe(Visitor& visit, FlipConfig& config) {
  visit("probability", config.probability, "of a mirrored image", between(0, 1));
}

/// Left becomes right.
Transform horizontal_flip(const FlipConfig& config = {});

}  // namespace tacit
