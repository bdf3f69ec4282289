// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tacit/data/images.h"

namespace tacit {

/// What a set of pictures holds, for `tacit data info`.
struct ImageOverview {
  struct Class {
    std::string name;  ///< "(unlabelled)" for pictures without a label, "(a number)" for one
    int64_t images = 0;
  };
  struct Channel {
    std::string name;
    double mean = 0, deviation = 0;  ///< over all pixels, 0 … 255
    double black = 0, white = 0;     ///< share of pixels that are 0, and 255
  };
  int64_t images = 0, height = 0, width = 0;
  std::map<std::string, int64_t> parts{};  ///< images of each part of the set
  int64_t subjects = 0;                    ///< 0 when nobody is named
  int64_t repeated = 0;                    ///< images whose pixels are those of an earlier one
  std::vector<Class> classes{};
  std::vector<Channel> channels{};
  std::vector<std::string> notes{};

  /// Lines of text for people.
  std::string print() const;
};

/// Reads all pixels once, image by image.
ImageOverview overview(const Images& data);

}  // namespace tacit
