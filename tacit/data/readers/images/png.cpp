// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/images/png.h"

#include <png.h>

#include <algorithm>
#include <csetjmp>

#include "tacit/core/error.h"
#include "tacit/data/readers/images/blend.h"

namespace tacit {
namespace {

/// libpng's low functions; its simple ones mix up the rows of interlaced pictures of 16 bits
/// (1.6.39). Where something is wrong libpng jumps back to the step, which then returns false; so
/// the steps hold nothing that has to be taken apart.
class Reading {
 public:
  explicit Reading(std::span<const uint8_t> bytes) : left_(bytes) {
    png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, this, &Reading::fail, &Reading::ignore);
    info_ = png_ == nullptr ? nullptr : png_create_info_struct(png_);
    if (info_ != nullptr) png_set_read_fn(png_, this, &Reading::feed);
  }
  ~Reading() { png_destroy_read_struct(&png_, &info_, nullptr); }
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;

  /// Up to the pixels, which will have red, green, blue and opacity of 8 bits.
  bool read_head() {
    if (info_ == nullptr) return false;
    if (setjmp(png_jmpbuf(png_)) != 0) return false;
    png_read_info(png_, info_);
    png_set_expand(png_);
    png_set_scale_16(png_);
    png_set_gray_to_rgb(png_);
    png_set_add_alpha(png_, 255, PNG_FILLER_AFTER);
    png_set_interlace_handling(png_);
    png_read_update_info(png_, info_);
    return true;
  }
  int64_t height() const { return png_get_image_height(png_, info_); }
  int64_t width() const { return png_get_image_width(png_, info_); }
  bool read_pixels(png_byte** rows) {
    if (setjmp(png_jmpbuf(png_)) != 0) return false;
    png_read_image(png_, rows);
    return true;
  }
  const char* words() const { return words_; }

 private:
  static void fail(png_struct* png, const char* words) {
    auto* const self = static_cast<Reading*>(png_get_error_ptr(png));
    const size_t size = std::min(std::char_traits<char>::length(words), sizeof(words_) - 1);
    std::copy_n(words, size, self->words_);
    self->words_[size] = '\0';
    png_longjmp(png, 1);
  }
  static void ignore(png_struct*, const char*) {}
  static void feed(png_struct* png, png_byte* out, size_t size) {
    auto* const self = static_cast<Reading*>(png_get_io_ptr(png));
    if (self->left_.size() < size) png_error(png, "it ends early");
    std::copy_n(self->left_.data(), size, out);
    self->left_ = self->left_.subspan(size);
  }

  std::span<const uint8_t> left_;
  png_struct* png_ = nullptr;
  png_info* info_ = nullptr;
  char words_[80] = "no memory";
};

}  // namespace

Picture decode_png(std::span<const uint8_t> bytes, Colour colour) {
  Reading reading(bytes);
  const auto require_done = [&](bool done) {
    require<DataError>(done, "it is cut or damaged: {}", reading.words());
  };
  require_done(reading.read_head());
  const int64_t height = reading.height(), width = reading.width();
  require_picture_size(height, width);
  std::vector<uint8_t> rgba(static_cast<size_t>(4 * height * width));
  std::vector<png_byte*> rows;
  for (int64_t y = 0; y < height; ++y) rows.push_back(rgba.data() + 4 * y * width);
  require_done(reading.read_pixels(rows.data()));
  return on_white(rgba, height, width, colour);
}

}  // namespace tacit
