// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/mat_element.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <string_view>
#include <utility>

#include "tacit/core/error.h"
#include "tacit/data/readers/mat_bytes.h"
#include "tacit/data/readers/utf8.h"

namespace tacit {
namespace {

constexpr uint64_t kTag = 8;

// Types of elements and classes of arrays; part of the file format.
enum Type : uint32_t { int8 = 1, int32 = 5, uint32 = 6, matrix = 14, utf8 = 16 };
enum Class : uint32_t {
  cell = 1,
  structure = 2,
  object = 3,
  character = 4,
  sparse = 5,
  first_number = 6,
  last_number = 15,
  function = 16,
  opaque = 17
};
constexpr uint32_t kComplex = 0x800;

/// Bytes of a number of this type; 0 where the type is none of numbers.
uint64_t bytes_of_type(uint32_t type) {
  constexpr uint8_t kBytes[] = {0, 1, 1, 2, 2, 4, 4, 4, 0, 8, 0, 0, 8, 8};
  return type < std::size(kBytes) ? kBytes[type] : 0;
}

/// The least bytes that a letter takes.
uint64_t bytes_of_letter(uint32_t type) {
  constexpr uint32_t kUtf8 = 16, kUtf16 = 17, kUtf32 = 18;
  return type == kUtf8 ? 1 : type == kUtf16 ? 2 : type == kUtf32 ? 4 : bytes_of_type(type);
}

/// The parts of one variable.
class Variable {
 public:
  Variable(const std::filesystem::path& file, const MatElement& element)
      : file_(file.string()),
        is_swapped_(element.is_swapped),
        bytes_(file, element.begin, element.bytes,
               element.is_packed ? MatBytes::Kind::packed : MatBytes::Kind::plain),
        left_(static_cast<uint64_t>(element.bytes)) {
    if (!element.is_packed) return;
    left_ = kTag;
    const Tag tag = next_tag();
    fit(tag.type == Type::matrix && !tag.is_small);
    left_ = tag.bytes;
  }

  MatChecked check(MatDepth depth) {
    std::string name = check_array(depth, 0);
    if (depth == MatDepth::header && left_ > 0) return {std::move(name), false};
    bytes_.finish();  // some writers promise more bytes than they pack
    return {std::move(name), true};
  }

 private:
  struct Tag {
    uint32_t type, bytes;
    bool is_small;
    std::string small;  ///< up to four bytes that stand in the tag itself
  };
  struct Array {
    uint32_t kind = 0;
    bool is_complex = false;
    uint64_t count = 1;  ///< elements
  };

  void fit(bool ok) const {
    require<DataError>(ok, "{}: the sizes in a variable contradict each other; it is damaged",
                       file_);
  }
  std::string take(uint64_t count) {
    fit(count <= left_);
    left_ -= count;
    return bytes_.take(count);
  }
  void skip(uint64_t count) {
    fit(count <= left_);
    left_ -= count;
    bytes_.skip(count);
  }

  Tag next_tag() {
    const std::string bytes = take(kTag);
    const uint32_t first = uint32_at(bytes, 0, is_swapped_);
    if (first >> 16 == 0) return {first, uint32_at(bytes, 4, is_swapped_), false, {}};
    fit(first >> 16 <= 4);
    return {first & 0xFFFF, first >> 16, true, bytes.substr(4, first >> 16)};
  }
  void skip_padding(const Tag& tag) { skip(std::min<uint64_t>((8 - tag.bytes % 8) % 8, left_)); }
  std::string content(const Tag& tag, uint32_t most) {
    if (tag.is_small) return tag.small;
    fit(tag.bytes <= most);
    std::string bytes = take(tag.bytes);
    skip_padding(tag);
    return bytes;
  }

  std::string next_name(int level) {
    const Tag tag = next_tag();
    fit(tag.type == Type::int8 || tag.type == Type::utf8);
    std::string name = content(tag, 4096);
    name = name.substr(0, name.find('\0'));
    // Behind one, matio 1.5.23 reads numbers from the wrong place.
    require<DataError>(level == 0 || tag.is_small || tag.bytes == 0,
                       "{}: a cell or field has a name of its own, \"{}\", with which it cannot be "
                       "read; save it without",
                       file_, utf8_or_latin1(name));
    return name;
  }

  void read_shape(Array& array) {
    const Tag tag = next_tag();
    fit(tag.type == Type::int32 && tag.bytes % 4 == 0 && tag.bytes >= 8);
    const std::string shape = content(tag, 4 * 32);
    for (size_t at = 0; at < shape.size(); at += 4) {
      const uint32_t extent = uint32_at(shape, at, is_swapped_);
      fit(extent <= INT32_MAX && !__builtin_mul_overflow(array.count, extent, &array.count));
    }
  }

  /// An array whose tag was read, of left_ bytes; returns its name.
  std::string check_array(MatDepth depth, int level) {
    require<DataError>(level < 32, "{}: it holds cells and structures more than 32 deep", file_);
    if (left_ == 0) return {};  // an empty cell
    const Tag tag = next_tag();
    fit(tag.type == Type::uint32 && tag.bytes == 8 && !tag.is_small);
    const uint32_t flags = uint32_at(content(tag, 8), 0, is_swapped_);
    Array array{.kind = flags & 0xFF, .is_complex = (flags & kComplex) != 0};
    if (array.kind != Class::opaque) read_shape(array);
    std::string name = next_name(level);
    const bool is_simple = array.kind >= Class::character && array.kind <= Class::last_number;
    if (depth == MatDepth::whole || !is_simple) check_content(array, level);
    return name;
  }

  void check_content(const Array& array, int level) {
    switch (array.kind) {
      case Class::cell:
      case Class::function: return check_arrays(array.count, level);
      case Class::object: next_name(0); [[fallthrough]];
      case Class::structure: return check_fields(array, level);
      case Class::character:
        return check_numbers(array, [](uint32_t type) { return bytes_of_letter(type); });
      case Class::sparse: return check_sparse();
      case Class::opaque: return check_opaque(level);
      default:
        fit(array.kind >= Class::first_number && array.kind <= Class::last_number);
        check_numbers(array, [](uint32_t type) { return bytes_of_type(type); });
    }
  }

  /// Where its numbers are, and the numbers.
  void check_sparse() {
    while (left_ >= kTag) {
      const Tag tag = next_tag();
      fit(bytes_of_type(tag.type) > 0);
      if (tag.is_small) continue;
      skip(tag.bytes);
      skip_padding(tag);
    }
  }

  /// The names of its system and its class, and what it keeps.
  void check_opaque(int level) {
    next_name(0);
    next_name(0);
    check_arrays(1, level);
  }

  template <class BytesOf>
  void check_numbers(const Array& array, const BytesOf& bytes_of) {
    for (int part = 0; part < (array.is_complex ? 2 : 1) && (array.count > 0 || left_ > 0);
         ++part) {
      const Tag tag = next_tag();
      const uint64_t each = bytes_of(tag.type);
      // MATLAB itself writes texts that have a shape but no letters.
      const bool is_blank = array.kind == Class::character && tag.bytes == 0;
      fit(each > 0 && (is_blank || array.count <= tag.bytes / each));
      if (tag.is_small) continue;
      skip(tag.bytes);
      skip_padding(tag);
    }
  }

  void check_fields(const Array& array, int level) {
    const std::string length = content(next_tag(), 4);
    fit(length.size() == 4);
    const uint32_t each = uint32_at(length, 0, is_swapped_);
    const Tag names = next_tag();
    fit(each >= 1 && each <= 4096 && names.bytes % each == 0);
    content(names, 1U << 24);
    uint64_t count = 0;
    fit(!__builtin_mul_overflow(array.count, names.bytes / each, &count));
    check_arrays(count, level);
  }

  void check_arrays(uint64_t count, int level) {
    fit(count <= left_ / kTag);
    for (uint64_t i = 0; i < count; ++i) {
      const Tag tag = next_tag();
      fit(tag.type == Type::matrix && !tag.is_small && tag.bytes <= left_);
      const uint64_t behind = left_ - tag.bytes;
      left_ = tag.bytes;
      check_array(MatDepth::whole, level + 1);
      skip(left_);
      left_ = behind;
    }
  }

  std::string file_;
  bool is_swapped_;
  MatBytes bytes_;
  uint64_t left_;  ///< bytes of the array that is being looked at
};

}  // namespace

MatChecked check_mat_element(const std::filesystem::path& file, const MatElement& element,
                             MatDepth depth) {
  return Variable(file, element).check(depth);
}

uint32_t uint32_at(std::string_view bytes, size_t at, bool is_swapped) {
  uint32_t value = 0;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return is_swapped ? __builtin_bswap32(value) : value;
}

}  // namespace tacit
