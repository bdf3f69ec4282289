// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <png.h>
#include <turbojpeg.h>
#include <webp/encode.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "tacit/data/readers/images/picture.h"

namespace tacit {

using Bytes = std::vector<uint8_t>;

/// A picture that is dark above and bright below, red on the left and blue on the right.
inline Picture sample_picture(int64_t height = 16, int64_t width = 24) {
  Picture picture{.height = height, .width = width, .channels = 3};
  for (int64_t y = 0; y < height; ++y)
    for (int64_t x = 0; x < width; ++x)
      for (const int64_t value :
           {200 - 100 * x / width, 40 + 160 * y / height, 50 + 150 * x / width})
        picture.pixels.push_back(static_cast<uint8_t>(value));
  return picture;
}

/// The greatest difference between two pictures of one size; 255 where sizes differ.
inline int distance(const Picture& one, const Picture& other) {
  if (one.height != other.height || one.width != other.width ||
      one.pixels.size() != other.pixels.size())
    return 255;
  int most = 0;
  for (size_t i = 0; i < one.pixels.size(); ++i)
    most = std::max(most, std::abs(one.pixels[i] - other.pixels[i]));
  return most;
}

/// `format` and `space` of turbojpeg; pixels of that format.
inline Bytes jpeg_file(const Picture& picture, int format = TJPF_RGB, int sampling = TJSAMP_444) {
  const tjhandle coder = tjInitCompress();
  unsigned char* out = nullptr;
  unsigned long size = 0;
  tjCompress2(coder, picture.pixels.data(), static_cast<int>(picture.width), 0,
              static_cast<int>(picture.height), format, &out, &size, sampling, 100, 0);
  const Bytes bytes(out, out + size);
  tjFree(out);
  tjDestroy(coder);
  return bytes;
}

/// With a part behind the first two bytes, such as EXIF's.
inline Bytes with_part(const Bytes& jpeg, uint8_t kind, const std::string& content) {
  Bytes out{0xFF, 0xD8, 0xFF, kind};
  const size_t size = content.size() + 2;
  out.push_back(static_cast<uint8_t>(size >> 8));
  out.push_back(static_cast<uint8_t>(size & 0xFF));
  out.insert(out.end(), content.begin(), content.end());
  out.insert(out.end(), jpeg.begin() + 2, jpeg.end());
  return out;
}

/// An EXIF part that says how the camera was held, in either order of bytes.
inline std::string exif(int orientation, bool is_little) {
  const auto number = [&](uint32_t value, int size) {
    std::string out;
    for (int i = 0; i < size; ++i)
      out += static_cast<char>(value >> 8 * (is_little ? i : size - 1 - i) & 0xFF);
    return out;
  };
  const auto entry = [&](uint32_t key, uint32_t value) {
    return number(key, 2) + number(3, 2) + number(1, 4) + number(value, 2) + number(0, 2);
  };
  return std::string("Exif\0\0", 6) + (is_little ? "II" : "MM") + number(42, 2) + number(8, 4) +
         number(2, 2) + entry(0x0100, 24) + entry(0x0112, static_cast<uint32_t>(orientation)) +
         number(0, 4);
}

/// By libpng's simple writer: PNG_FORMAT_RGB, _RGBA, _GRAY, or with `palette` colours.
inline Bytes png_file(const Picture& picture, png_uint_32 format = PNG_FORMAT_RGB,
                      const Bytes& palette = {}) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(picture.width);
  image.height = static_cast<png_uint_32>(picture.height);
  image.format = format;
  image.colormap_entries = static_cast<png_uint_32>(palette.size() / 3);
  const void* const colours = palette.empty() ? nullptr : palette.data();
  png_alloc_size_t size = 0;
  png_image_write_to_memory(&image, nullptr, &size, 0, picture.pixels.data(), 0, colours);
  Bytes bytes(size);
  png_image_write_to_memory(&image, bytes.data(), &size, 0, picture.pixels.data(), 0, colours);
  bytes.resize(size);
  return bytes;
}

/// 16 bits a channel, each pixel's high byte that of the picture.
inline Bytes deep_png_file(const Picture& picture) {
  Bytes bytes;
  png_struct* writer = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_info* info = png_create_info_struct(writer);
  png_set_write_fn(
      writer, &bytes,
      [](png_struct* at, png_byte* data, size_t size) {
        auto* const out = static_cast<Bytes*>(png_get_io_ptr(at));
        out->insert(out->end(), data, data + size);
      },
      nullptr);
  png_set_IHDR(writer, info, static_cast<png_uint_32>(picture.width),
               static_cast<png_uint_32>(picture.height), 16, PNG_COLOR_TYPE_RGB,
               PNG_INTERLACE_ADAM7, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  Bytes samples;
  for (const uint8_t value : picture.pixels) samples.insert(samples.end(), {value, value});
  std::vector<png_byte*> rows;
  for (int64_t y = 0; y < picture.height; ++y)
    rows.push_back(samples.data() + y * picture.width * 6);
  png_set_rows(writer, info, rows.data());
  png_write_png(writer, info, PNG_TRANSFORM_IDENTITY, nullptr);
  png_destroy_write_struct(&writer, &info);
  return bytes;
}

/// Lossless; with `has_opacity` pixels have four channels.
inline Bytes webp_file(const Picture& picture, bool has_opacity = false) {
  uint8_t* out = nullptr;
  const auto encode = has_opacity ? WebPEncodeLosslessRGBA : WebPEncodeLosslessRGB;
  const size_t size = encode(picture.pixels.data(), static_cast<int>(picture.width),
                             static_cast<int>(picture.height),
                             static_cast<int>(picture.width) * (has_opacity ? 4 : 3), &out);
  const Bytes bytes(out, out + size);
  WebPFree(out);
  return bytes;
}

}  // namespace tacit
