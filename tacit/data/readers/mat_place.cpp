// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/mat_place.h"

#include <algorithm>
#include <iterator>
#include <limits>

#include "tacit/core/error.h"

namespace tacit {
namespace {

std::string type_of(const matvar_t& value) {
  static const char* const kNames[] = {
      "empty", "cell",  "struct", "object", "char",   "sparse", "double", "single",   "int8",
      "uint8", "int16", "uint16", "int32",  "uint32", "int64",  "uint64", "function", "opaque"};
  if (value.isLogical != 0 && value.class_type != MAT_C_SPARSE) return "logical";
  const auto kind = static_cast<size_t>(value.class_type);
  return kind < std::size(kNames) ? kNames[kind] : "unknown";
}

std::vector<int64_t> shape_of(const MatPlace& place) {
  std::vector<int64_t> shape;
  if (place.is_element) return {1, 1};
  const matvar_t& value = *place.value;
  for (int i = 0; value.dims != nullptr && i < value.rank; ++i) {
    require<DataError>(value.dims[i] <= std::numeric_limits<int64_t>::max(),
                       "{} has more elements than can be counted; the file is damaged", place.name);
    shape.push_back(static_cast<int64_t>(value.dims[i]));
  }
  if (shape.empty()) return {0, 0};
  if (shape.size() == 1) shape.push_back(1);
  return shape;
}

std::vector<std::string> fields_of(matvar_t& value) {
  std::vector<std::string> fields;
  if (value.class_type != MAT_C_STRUCT) return fields;
  char* const* const names = Mat_VarGetStructFieldnames(&value);
  const unsigned count = names == nullptr ? 0 : Mat_VarGetNumberOfFields(&value);
  for (unsigned i = 0; i < count; ++i) fields.emplace_back(names[i] == nullptr ? "" : names[i]);
  return fields;
}

/// A way into a variable.
class Walk {
 public:
  Walk(matvar_t& variable, const std::string& name)
      : at_{.name = name, .value = &variable}, item_(mat_item(at_)) {}

  void go(const MatStep& step) {
    switch (step.kind) {
      case MatStep::Kind::field: return go_to_field(step.name);
      case MatStep::Kind::cell: return go_to_cell(step.number);
      case MatStep::Kind::element: return go_to_element(step.number);
    }
  }
  const MatPlace& place() const { return at_; }

 private:
  void go_to_field(const std::string& field) {
    require<DataError>(item_.type == "struct", "{} is {} and has no field {}", at_.name,
                       item_.words(), field);
    require<DataError>(at_.is_element || item_.count() == 1,
                       "{} is {}; choose one of it, (1) to ({}), before its field {}", at_.name,
                       item_.words(), item_.count(), field);
    const bool is_there = std::ranges::find(item_.fields, field) != item_.fields.end();
    require<DataError>(is_there, "{} has no field {}; there are: {}", at_.name, field,
                       item_.fields.empty() ? "none" : join(item_.fields));
    move_to(Mat_VarGetStructFieldByName(at_.value, field.c_str(), element_), "." + field);
  }

  void go_to_cell(int64_t number) {
    require<DataError>(item_.type == "cell", "{} is {} and has no cells", at_.name, item_.words());
    require_within(number, "cells");
    auto* const cells = static_cast<matvar_t**>(at_.value->data);
    move_to(cells == nullptr ? nullptr : cells[number - 1], text("{{}}", number));
  }

  void go_to_element(int64_t number) {
    require<DataError>(item_.type == "struct" && !at_.is_element,
                       "{} is {}, and ({}) chooses one of an array of structures", at_.name,
                       item_.words(), number);
    require_within(number, "elements");
    element_ = static_cast<size_t>(number - 1);
    at_.is_element = true;
    at_.name += text("({})", number);
    item_ = mat_item(at_);
  }

  void require_within(int64_t number, const char* what) const {
    require<DataError>(number <= item_.count(), "{} has {} {}, counted from 1, and no {}", at_.name,
                       item_.count(), what, number);
  }

  void move_to(matvar_t* value, const std::string& step) {
    at_.name += step;
    require<DataError>(value != nullptr, "{} cannot be read; the file is damaged", at_.name);
    at_.value = value;
    at_.is_element = false;
    element_ = 0;
    item_ = mat_item(at_);
  }

  MatPlace at_;
  MatItem item_;
  size_t element_ = 0;
};

}  // namespace

MatPlace mat_place(matvar_t& variable, const MatPath& path, const std::string& file) {
  Walk walk(variable, text("{}: {}", file, path.variable));
  for (const MatStep& step : path.steps) walk.go(step);
  return walk.place();
}

MatItem mat_item(const MatPlace& place) {
  MatItem item{.name = place.value->name == nullptr ? "" : place.value->name,
               .type = type_of(*place.value),
               .shape = shape_of(place),
               .fields = fields_of(*place.value)};
  int64_t count = 1;
  for (const int64_t extent : item.shape)
    require<DataError>(!__builtin_mul_overflow(count, extent, &count),
                       "{} has more elements than can be counted; the file is damaged", place.name);
  return item;
}

}  // namespace tacit
