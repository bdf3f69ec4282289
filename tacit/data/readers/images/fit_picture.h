// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "tacit/data/readers/images/picture.h"

namespace tacit {

/// How a picture becomes a square.
enum class Fit {
  crop,     ///< its middle
  stretch,  ///< the whole, whatever its proportions
};
inline std::vector<std::string> names(Fit) { return {"crop", "stretch"}; }

/// The picture as a square of `size` pixels a side, [C, size, size], bilinear with the averaging
/// that shrinking takes (antialias of LibTorch), rounded. One that has the size stays as it is.
std::vector<uint8_t> fit_picture(const Picture& picture, int64_t size, Fit fit);

/// As it is, [C, H, W].
std::vector<uint8_t> planes_of(const Picture& picture);

}  // namespace tacit
