// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/mat_values.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <string_view>

#include "tacit/core/error.h"
#include "tacit/data/readers/mat_library.h"
#include "tacit/data/readers/utf8.h"

namespace tacit {
namespace {

bool is_number(const matvar_t& value) {
  return value.class_type >= MAT_C_DOUBLE && value.class_type <= MAT_C_UINT64;
}

[[noreturn]] void fail(const MatPlace& place, const std::string& complaint) {
  throw DataError(text("{} cannot be read; the file is damaged{}{}", place.name,
                       complaint.empty() ? "" : ": ", complaint));
}

/// matio counts elements by int.
int count_to_read(const MatPlace& place) {
  const int64_t count = mat_item(place).count();
  constexpr int64_t kMost = std::numeric_limits<int>::max();
  require<DataError>(count <= kMost, "{} has {} elements; up to {} are read", place.name, count,
                     kMost);
  require<DataError>(count <= place.most_elements,
                     "{} is said to have {} elements, more than the file can hold; it is damaged",
                     place.name, count);
  return static_cast<int>(count);
}

template <class T>
std::vector<double> numbers_as(const MatPlace& place, int count) {
  std::vector<T> stored(static_cast<size_t>(count));
  MatLibrary::complaint();
  const int failed = Mat_VarReadDataLinear(place.file, place.value, stored.data(), 0, 1, count);
  const std::string complaint = MatLibrary::complaint();
  if (failed != 0 || !complaint.empty()) fail(place, complaint);
  return {stored.begin(), stored.end()};
}

std::vector<double> numbers_in(const MatPlace& place, int count) {
  switch (place.value->class_type) {
    case MAT_C_SINGLE: return numbers_as<float>(place, count);
    case MAT_C_INT8: return numbers_as<int8_t>(place, count);
    case MAT_C_UINT8: return numbers_as<uint8_t>(place, count);
    case MAT_C_INT16: return numbers_as<int16_t>(place, count);
    case MAT_C_UINT16: return numbers_as<uint16_t>(place, count);
    case MAT_C_INT32: return numbers_as<int32_t>(place, count);
    case MAT_C_UINT32: return numbers_as<uint32_t>(place, count);
    case MAT_C_INT64: return numbers_as<int64_t>(place, count);
    case MAT_C_UINT64: return numbers_as<uint64_t>(place, count);
    default: return numbers_as<double>(place, count);
  }
}

/// Of letters in units of 8, 16 or 32 bits; two of 16 may be one letter.
template <class T>
std::string utf8_of(const MatPlace& place) {
  const size_t count = place.value->nbytes / sizeof(T);
  std::vector<T> units(count);
  if (count > 0) std::memcpy(units.data(), place.value->data, count * sizeof(T));
  std::string out;
  for (size_t i = 0; i < count; ++i) {
    uint32_t code = units[i];
    if (sizeof(T) == 2 && code >> 10 == 0xD800 >> 10 && i + 1 < count &&
        uint32_t{units[i + 1]} >> 10 == 0xDC00 >> 10)
      code = 0x10000 + ((code & 0x3FF) << 10 | (units[++i] & 0x3FF));
    require<DataError>(code < 0x110000 && code >> 11 != 0xD800 >> 11,
                       "{} holds {}, which is no letter", place.name, code);
    append_utf8(out, code);
  }
  return out;
}

std::string letters_in(const MatPlace& place) {
  const matvar_t& value = *place.value;
  switch (value.data_type) {
    case MAT_T_UTF8: return utf8_or_latin1({static_cast<const char*>(value.data), value.nbytes});
    case MAT_T_INT8:
    case MAT_T_UINT8: return utf8_of<uint8_t>(place);
    case MAT_T_UINT16:
    case MAT_T_UTF16: return utf8_of<uint16_t>(place);
    case MAT_T_UTF32: return utf8_of<uint32_t>(place);
    default:
      throw DataError(text("{} holds letters as type {}, which is not known", place.name,
                           static_cast<int>(value.data_type)));
  }
}

}  // namespace

std::vector<double> mat_numbers(const MatPlace& place) {
  const matvar_t& value = *place.value;
  const bool is_empty = value.class_type == MAT_C_EMPTY;
  require<DataError>((is_number(value) || is_empty) && value.isComplex == 0,
                     "{} is {}{}, and real numbers are wanted", place.name, mat_item(place).words(),
                     value.isComplex != 0 ? ", of complex numbers" : "");
  const int count = count_to_read(place);
  return count == 0 ? std::vector<double>{} : numbers_in(place, count);
}

std::string mat_letters(const MatPlace& place) {
  matvar_t& value = *place.value;
  const MatItem item = mat_item(place);
  const bool is_row = item.shape.size() == 2 && item.shape[0] == 1;
  require<DataError>(value.class_type == MAT_C_EMPTY ||
                         (value.class_type == MAT_C_CHAR && (is_row || item.count() == 0)),
                     "{} is {}, and letters in one row are wanted", place.name, item.words());
  if (count_to_read(place) == 0) return {};
  MatLibrary::complaint();
  const bool failed = value.data == nullptr && Mat_VarReadDataAll(place.file, &value) != 0;
  const std::string complaint = MatLibrary::complaint();
  if (failed || !complaint.empty() || value.data == nullptr) fail(place, complaint);
  return letters_in(place);
}

}  // namespace tacit
