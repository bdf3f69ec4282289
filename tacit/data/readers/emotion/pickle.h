// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tacit/data/readers/emotion/pickled_array.h"

namespace tacit {

/// What a pickle is made of, by its place in Pickle::values.
struct PickledValue {
  enum class Kind { none, whole, real, words, list, dictionary, global, type, array };
  Kind kind = Kind::none;
  int64_t whole = 0;  ///< also true and false
  double real = 0;
  std::shared_ptr<const std::string> words{};  ///< also "MODULE NAME" of a global, "f8" of a type
  std::string byte_order{};                    ///< of a type
  std::vector<size_t> parts{};  ///< of a list or tuple; key, value, … of a dictionary
  std::shared_ptr<const PickledArray> array{};
};

/// A pickle of protocol 0 to 4, as Python 2 or 3 writes it, of dictionaries, lists, tuples, texts,
/// numbers and NumPy arrays (pickletools.py of Python describes the format). Python runs what a
/// pickle asks for; here nothing is run: all but NumPy's arrays, their types and bytes is refused
/// by name.
class Pickle {
 public:
  /// Throws DataError, with file and byte, where the file is cut or damaged, or asks for anything
  /// else.
  explicit Pickle(const std::filesystem::path& file);

  /// What is at the end of a way through dictionaries, such as {"signal", "chest", "ECG"}. Throws
  /// DataError where there is nothing (then it lists what is there) or another kind of thing.
  const PickledArray& array(const std::vector<std::string>& way) const;
  const std::string& words(const std::vector<std::string>& way) const;

 private:
  const PickledValue& at(const std::vector<std::string>& way) const;

  std::string file_;
  std::vector<PickledValue> values_;
  size_t whole_ = 0;  ///< the value that all others are parts of
};

}  // namespace tacit
