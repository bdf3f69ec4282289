// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace tacit {

/// One step into a variable of MATLAB.
struct MatStep {
  enum class Kind {
    field,   ///< .name of a structure
    cell,    ///< {n} of a cell array
    element  ///< (n) of an array of structures
  };
  Kind kind = Kind::field;
  std::string name{};  ///< of a field
  int64_t number = 1;  ///< of a cell or an element, as MATLAB counts: from 1, down the columns
};

/// A place in a file of MATLAB.
struct MatPath {
  std::string variable{};
  std::vector<MatStep> steps{};
};

/// Takes a path such as DREAMER.Data{3}.ECG.stimuli{2} or people(2).age apart. Throws ConfigError
/// for what is none.
MatPath mat_path(const std::string& words);

}  // namespace tacit
