// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/npy.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>
#include <regex>

#include "tacit/core/error.h"

namespace tacit {
namespace {

static_assert(std::endian::native == std::endian::little, "elements are taken as they stand");

constexpr size_t kLongestHeader = size_t{64} << 10, kMostDimensions = 8;

struct Mapped {
  std::shared_ptr<const char> bytes;
  size_t size = 0;
};

Mapped map_file(const std::filesystem::path& file) {
  const int descriptor = open(file.c_str(), O_RDONLY | O_CLOEXEC);
  require<DataError>(descriptor >= 0, "{}: {}", file.string(), std::strerror(errno));
  struct stat status {};
  const bool known = fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
  const auto size = static_cast<size_t>(known ? status.st_size : 0);
  void* const at =
      size > 0 ? mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0) : MAP_FAILED;
  close(descriptor);
  require<DataError>(at != MAP_FAILED, "{}: is empty or cannot be mapped", file.string());
  return {{static_cast<const char*>(at),
           [size](const char* map) { munmap(const_cast<char*>(map), size); }},
          size};
}

/// The header's text, and where the elements begin.
std::pair<std::string, size_t> header_of(const std::filesystem::path& file, const Mapped& map) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(map.bytes.get()[i]); };
  require<DataError>(map.size >= 12 && std::memcmp(map.bytes.get(), "\x93NUMPY", 6) == 0,
                     "{}: this is no .npy file", file.string());
  const int version = byte(6);
  require<DataError>(version >= 1 && version <= 3,
                     "{}: .npy format version {} is not known; 1 to 3 are", file.string(), version);
  const size_t begin = version == 1 ? 10 : 12;
  size_t length = byte(8) | size_t{byte(9)} << 8;
  if (version > 1) length |= size_t{byte(10)} << 16 | size_t{byte(11)} << 24;
  require<DataError>(
      length <= kLongestHeader && begin + length <= map.size,
      "{}: its header is said to have {} bytes; up to {} are read, and the file has {}",
      file.string(), length, kLongestHeader, map.size);
  return {{map.bytes.get() + begin, length}, begin + length};
}

std::string field(const std::filesystem::path& file, const std::string& header,
                  const char* expression) {
  std::smatch found;
  require<DataError>(std::regex_search(header, found, std::regex(expression)),
                     "{}: its header cannot be read: \"{}\"", file.string(), header.substr(0, 100));
  return found[1];
}

std::vector<int64_t> shape_in(const std::filesystem::path& file, const std::string& words) {
  std::vector<int64_t> shape;
  const char* at = words.data();
  const char* const end = at + words.size();
  while (at != end) {
    if (*at == ' ' || *at == ',') {
      ++at;
      continue;
    }
    int64_t extent = 0;
    const auto [rest, failed] = std::from_chars(at, end, extent);
    require<DataError>(failed == std::errc() && extent >= 0 && shape.size() < kMostDimensions,
                       "{}: its shape ({}) cannot be read", file.string(), words);
    shape.push_back(extent);
    at = rest;
  }
  return shape;
}

/// The product, which must not overflow.
int64_t elements_of(const std::filesystem::path& file, const std::vector<int64_t>& shape,
                    int64_t bytes) {
  int64_t size = 1;
  for (const int64_t extent : shape)
    require<DataError>(!__builtin_mul_overflow(size, extent, &size), "{}: its shape is too large",
                       file.string());
  int64_t total = 0;
  require<DataError>(!__builtin_mul_overflow(size, bytes, &total), "{}: its shape is too large",
                     file.string());
  return size;
}

void append_utf8(std::string& out, uint32_t code) {
  const auto put = [&](uint32_t byte) { out += static_cast<char>(byte); };
  if (code < 0x80) return put(code);
  if (code < 0x800) return put(0xC0 | code >> 6), put(0x80 | (code & 63));
  if (code < 0x10000)
    return put(0xE0 | code >> 12), put(0x80 | (code >> 6 & 63)), put(0x80 | (code & 63));
  put(0xF0 | code >> 18), put(0x80 | (code >> 12 & 63)), put(0x80 | (code >> 6 & 63)),
      put(0x80 | (code & 63));
}

template <class T>
T load(const char* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

}  // namespace

NpyArray::NpyArray(const std::filesystem::path& file) : file_(file) {
  const Mapped map = map_file(file);
  const auto [header, begin] = header_of(file, map);
  const std::string type = field(file, header, R"('descr'\s*:\s*'([^']*)')");
  const std::string fortran = field(file, header, R"('fortran_order'\s*:\s*(True|False))");
  require<DataError>(fortran == "False",
                     "{}: it is in Fortran order; save numpy.ascontiguousarray(x)", file.string());
  static const std::regex known(R"([<|](f4|f8|[iu][1248]|b1)|<U(\d{1,6}))");
  require<DataError>(
      std::regex_match(type, known) && type != "<U0",
      "{}: elements of type {} are not read; save floats of 4 or 8 bytes, whole numbers "
      "or texts, little-endian (object arrays hold code and are never read)",
      file.string(), type);
  kind_ = type[1];
  std::from_chars(type.data() + 2, type.data() + type.size(), bytes_);
  if (kind_ == 'U') bytes_ *= 4;
  shape_ = shape_in(file, field(file, header, R"('shape'\s*:\s*\(([^)]*)\))"));
  size_ = elements_of(file, shape_, bytes_);
  require<DataError>(static_cast<int64_t>(map.size - begin) >= size_ * bytes_,
                     "{}: it ends early: its shape needs {} bytes of elements and {} are there",
                     file.string(), size_ * bytes_, map.size - begin);
  map_ = map.bytes;
  elements_ = map_.get() + begin;
}

double NpyArray::number(int64_t index) const {
  const char* const at = elements_ + index * bytes_;
  switch (kind_) {
    case 'f': return bytes_ == 4 ? static_cast<double>(load<float>(at)) : load<double>(at);
    case 'b': return *at != 0;
    case 'i':
      return bytes_ == 1   ? load<int8_t>(at)
             : bytes_ == 2 ? load<int16_t>(at)
             : bytes_ == 4 ? load<int32_t>(at)
                           : static_cast<double>(load<int64_t>(at));
    case 'u':
      return bytes_ == 1   ? load<uint8_t>(at)
             : bytes_ == 2 ? load<uint16_t>(at)
             : bytes_ == 4 ? load<uint32_t>(at)
                           : static_cast<double>(load<uint64_t>(at));
    default: throw DataError(text("{}: it holds texts where numbers belong", file_.string()));
  }
}

std::string NpyArray::word(int64_t index) const {
  if (kind_ != 'U') {
    const double value = number(index);
    require<DataError>(value == std::floor(value) && std::abs(value) < 9e15,
                       "{}: element {} is {}, which is no name; save whole numbers or texts",
                       file_.string(), index, value);
    return std::to_string(static_cast<int64_t>(value));
  }
  std::string out;
  int64_t length = bytes_ / 4;
  const auto code = [&](int64_t i) { return load<uint32_t>(elements_ + index * bytes_ + 4 * i); };
  while (length > 0 && code(length - 1) == 0) --length;
  for (int64_t i = 0; i < length; ++i) {
    const uint32_t letter = code(i);
    require<DataError>(letter < 0x110000 && (letter < 0xD800 || letter > 0xDFFF) && letter != 0,
                       "{}: element {} holds {}, which is no letter", file_.string(), index,
                       letter);
    append_utf8(out, letter);
  }
  return out;
}

}  // namespace tacit
