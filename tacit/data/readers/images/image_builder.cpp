// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/images/image_builder.h"

#include <ATen/Parallel.h>
#include <ATen/ops/from_blob.h>

#include <optional>

#include "tacit/core/error.h"
#include "tacit/data/readers/images/blend.h"
#include "tacit/data/readers/images/decode.h"

namespace tacit {
namespace {

constexpr size_t kTogether = 512;  // files that wait for decoding

Picture in_colour(const Picture& picture, Colour colour) {
  if (picture.channels == channels_of(colour)) return picture;
  Picture out{.height = picture.height, .width = picture.width, .channels = channels_of(colour)};
  const std::vector<uint8_t>& from = picture.pixels;
  if (colour == Colour::rgb) {
    for (const uint8_t grey : from) out.pixels.insert(out.pixels.end(), 3, grey);
  } else {
    for (size_t at = 0; at < from.size(); at += 3)
      out.pixels.push_back(grey_of(from[at], from[at + 1], from[at + 2]));
  }
  return out;
}

/// What came of a file: planes, or why there are none.
struct Decoded {
  std::vector<uint8_t> planes;
  int64_t height = 0, width = 0;
  std::string problem;
};

Decoded decode(const std::vector<uint8_t>& file, const ImagesConfig& config) {
  try {
    const Picture picture = decode_image(file, config.colour);
    if (config.size > 0)
      return {fit_picture(picture, config.size, config.fit), config.size, config.size, ""};
    return {planes_of(picture), picture.height, picture.width, ""};
  } catch (const DataError& error) {
    return {{}, 0, 0, error.what()};
  }
}

}  // namespace

ImageBuilder::ImageBuilder(const ImagesConfig& config, const std::string& spool)
    : config_(config), spool_(spool) {}

void ImageBuilder::add(std::vector<uint8_t> file, ImageOrigin origin) {
  waiting_.push_back({std::move(file), std::move(origin)});
  if (waiting_.size() == kTogether) decode_waiting();
}

void ImageBuilder::add(const Picture& picture, ImageOrigin origin) {
  decode_waiting();
  const Picture own = in_colour(picture, config_.colour);
  const int64_t size = config_.size;
  if (size > 0)
    keep(fit_picture(own, size, config_.fit), size, size, std::move(origin));
  else
    keep(planes_of(own), own.height, own.width, std::move(origin));
}

void ImageBuilder::decode_waiting() {
  std::vector<Decoded> decoded(waiting_.size());
  at::parallel_for(0, static_cast<int64_t>(waiting_.size()), 1, [&](int64_t begin, int64_t end) {
    for (auto i = static_cast<size_t>(begin); i < static_cast<size_t>(end); ++i)
      decoded[i] = decode(waiting_[i].file, config_);
  });
  for (size_t i = 0; i < decoded.size(); ++i) {
    const Decoded& picture = decoded[i];
    ImageOrigin& origin = waiting_[i].origin;
    if (picture.problem.empty()) {
      keep(picture.planes, picture.height, picture.width, std::move(origin));
      continue;
    }
    require<DataError>(config_.broken == Broken::skip,
                       "{}: {}; take it away, or set data.images.broken = \"skip\"", origin.name,
                       picture.problem);
    if (skipped_++ == 0) first_skipped_ = text("{} ({})", origin.name, picture.problem);
  }
  waiting_.clear();
}

void ImageBuilder::keep(const std::vector<uint8_t>& planes, int64_t height, int64_t width,
                        ImageOrigin origin) {
  if (origins_.empty()) height_ = height, width_ = width;
  require<DataError>(height == height_ && width == width_,
                     "{} has {} x {} pixels but {} has {} x {}; set data.images.size to bring them "
                     "to one size",
                     origin.name, width, height, origins_.front().name, width_, height_);
  spool_.append(std::as_bytes(std::span(planes)));
  origins_.push_back(std::move(origin));
}

Images ImageBuilder::finish(const std::string& source, Target target,
                            const std::vector<std::string>& kept) {
  decode_waiting();
  std::vector<std::string> notes;
  if (skipped_ > 0)
    notes.push_back(text("{} files could not be decoded and were left out: {}{}", skipped_,
                         first_skipped_, skipped_ > 1 ? " …" : ""));
  require<DataError>(!origins_.empty(), "{} holds no picture that could be decoded{}", source,
                     skipped_ > 0 ? ": " + notes.front() : "");
  spool_.finish();
  const auto count = static_cast<int64_t>(origins_.size());
  // from_blob takes no pointer to const; nothing writes through it, and the pages are read-only.
  auto* const first = const_cast<std::byte*>(spool_.map().get());
  Tensor pixels = at::from_blob(
      first, {count, channels_of(config_.colour), height_, width_}, [map = spool_.map()](void*) {},
      at::kByte);
  return {std::move(pixels), std::move(origins_), target, kept, std::move(notes)};
}

}  // namespace tacit
