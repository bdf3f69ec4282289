// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <matio.h>

#include <cstdint>
#include <string>
#include <vector>

#include "tacit/data/readers/mat_item.h"
#include "tacit/data/readers/mat_path.h"

namespace tacit {

/// What is at a path in a variable that is open in matio. MatLibrary must be held while it is used.
struct MatPlace {
  std::string name{};         ///< file and path, for messages
  matvar_t* value = nullptr;  ///< of the variable that it was found in
  bool is_element = false;    ///< one of an array of structures
  mat_t* file = nullptr;      ///< to read the values from
  int64_t most_elements = 0;  ///< that the file can hold
};

/// Goes along the path's steps. Throws DataError where there is nothing, and lists what is there.
MatPlace mat_place(matvar_t& variable, const MatPath& path, const std::string& file);

/// What the place has. Throws DataError where its shape is none.
MatItem mat_item(const MatPlace& place);

}  // namespace tacit
