// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "tacit/core/config.h"
#include "tacit/data/byte_spool.h"
#include "tacit/data/images.h"
#include "tacit/data/readers/images/fit_picture.h"

namespace tacit {

/// What becomes of a file that cannot be decoded.
enum class Broken {
  refuse,  ///< DataError
  skip     ///< it is left out, counted and named in a note
};
inline std::vector<std::string> names(Broken) { return {"refuse", "skip"}; }

/// The table [data.images] of a recipe.
struct ImagesConfig {
  int64_t size = 0;
  Fit fit = Fit::crop;
  Colour colour = Colour::rgb;
  Broken broken = Broken::refuse;
};
template <class Visitor>
void describe(Visitor& visit, ImagesConfig& config) {
  visit("size", config.size,
        "height and width that pictures are brought to; 0: they all have one size",
        between(0, 4096));
  visit("fit", config.fit, "how a picture that is no square becomes one");
  visit("colour", config.colour, "rgb, or grey");
  visit("broken", config.broken,
        "what becomes of a file that is cut, damaged or no picture: refuse, or skip and say so");
}

/// Pictures in the making: decoded a few hundred at a time by all processors, brought to one size,
/// and kept in a spool.
class ImageBuilder {
 public:
  ImageBuilder(const ImagesConfig& config, const std::string& spool);

  /// A file of JPEG, PNG or WebP. It may be decoded later, so what is wrong with it may be thrown
  /// by a later call: DataError, naming the picture.
  void add(std::vector<uint8_t> file, ImageOrigin origin);
  /// One that is decoded already, of any colour.
  void add(const Picture& picture, ImageOrigin origin);

  /// `source` is named where nothing is left or sizes differ. From Images: target, kept.
  /// Throws DataError, and like Images.
  Images finish(const std::string& source, Target target, const std::vector<std::string>& kept);

 private:
  struct Waiting {
    std::vector<uint8_t> file;
    ImageOrigin origin;
  };

  void decode_waiting();
  void keep(const std::vector<uint8_t>& planes, int64_t height, int64_t width, ImageOrigin origin);

  ImagesConfig config_;
  ByteSpool spool_;
  std::vector<Waiting> waiting_;
  std::vector<ImageOrigin> origins_;
  int64_t height_ = 0, width_ = 0;  ///< of all
  int64_t skipped_ = 0;
  std::string first_skipped_;
};

}  // namespace tacit
