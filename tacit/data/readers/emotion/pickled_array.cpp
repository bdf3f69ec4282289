// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/emotion/pickled_array.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "tacit/core/error.h"

namespace tacit {
namespace {

template <class T>
double number(const char* bytes, bool is_swapped) {
  std::array<char, sizeof(T)> raw;
  std::memcpy(raw.data(), bytes, sizeof(T));
  if (is_swapped) std::ranges::reverse(raw);
  return static_cast<double>(std::bit_cast<T>(raw));
}

/// Whether that many bytes are the elements of that shape, whose product may be beyond int64.
bool holds(const std::vector<int64_t>& shape, int64_t size, int64_t bytes) {
  if (std::ranges::any_of(shape, [](int64_t extent) { return extent < 0; })) return false;
  if (bytes == 0) return std::ranges::find(shape, 0) != shape.end();
  int64_t left = bytes;
  for (const int64_t factor : {size, shape[0], shape.size() < 2 ? 1 : shape[1]}) {
    if (factor == 0 || left % factor != 0) return false;
    left /= factor;
  }
  return left == 1;
}

bool is_known(const std::string& type) {
  constexpr std::array kTypes{"f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1"};
  return std::ranges::find(kTypes, type) != kTypes.end();
}

}  // namespace

PickledArray::PickledArray(const std::string& type, const std::string& byte_order,
                           std::vector<int64_t> shape, Order order,
                           std::shared_ptr<const std::string> bytes)
    : shape_(std::move(shape)), order_(order), bytes_(std::move(bytes)) {
  require<DataError>(is_known(type) && byte_order.size() == 1 &&
                         std::string("<>=|").find(byte_order) != std::string::npos,
                     "an array of type {}{} is no array of plain numbers", byte_order, type);
  require<DataError>(shape_.size() == 1 || shape_.size() == 2,
                     "an array has {} dimensions; one or two are wanted", shape_.size());
  kind_ = type[0];
  size_ = type[1] - '0';
  is_swapped_ = byte_order == ">";
  const auto held = static_cast<int64_t>(bytes_->size());
  require<DataError>(holds(shape_, size_, held),
                     "an array of {} x {} elements of {} bytes holds {} bytes", rows(), columns(),
                     size_, held);
}

double PickledArray::at(int64_t row, int64_t column) const {
  const int64_t index = order_ == Order::rows ? row * columns() + column : column * rows() + row;
  const char* const bytes = bytes_->data() + index * size_;
  switch (kind_) {
    case 'f':
      return size_ == 4 ? number<float>(bytes, is_swapped_) : number<double>(bytes, is_swapped_);
    case 'i':
      if (size_ == 1) return number<int8_t>(bytes, is_swapped_);
      if (size_ == 2) return number<int16_t>(bytes, is_swapped_);
      return size_ == 4 ? number<int32_t>(bytes, is_swapped_) : number<int64_t>(bytes, is_swapped_);
    default:
      if (size_ == 1) return number<uint8_t>(bytes, is_swapped_);
      if (size_ == 2) return number<uint16_t>(bytes, is_swapped_);
      return size_ == 4 ? number<uint32_t>(bytes, is_swapped_)
                        : number<uint64_t>(bytes, is_swapped_);
  }
}

}  // namespace tacit
