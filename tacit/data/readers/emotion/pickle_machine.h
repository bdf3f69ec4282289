// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "tacit/data/readers/emotion/file_cursor.h"
#include "tacit/data/readers/emotion/pickle.h"

namespace tacit {

/// Follows the steps of a pickle on a stack of values. Values refer to each other by number, so
/// what a file makes of them, however deep or in circles, is taken apart without recursion.
class PickleMachine {
 public:
  explicit PickleMachine(const std::filesystem::path& file) : bytes_(file) {}

  /// Runs to the end and gives the number of the value that is left. Throws DataError.
  size_t run();
  std::vector<PickledValue>& values() { return values_; }

 private:
  using Kind = PickledValue::Kind;

  bool step_number(uint8_t step);
  bool step_words(uint8_t step);
  bool step_container(uint8_t step);
  bool step_known(uint8_t step);
  bool step_object(uint8_t step);

  void push(PickledValue value);
  void push_whole(int64_t whole) { push({.kind = Kind::whole, .whole = whole}); }
  void push_words(std::string words);
  void push_line_number(uint8_t step);
  void push_long(const std::string& digits);
  size_t pop();
  size_t top();
  std::vector<size_t> pop_to_mark();
  std::vector<size_t> pop_last(size_t count);
  void append(size_t container, Kind kind, const std::vector<size_t>& parts);

  void remember(int64_t key);
  void recall(int64_t key);
  int64_t line_key();

  void name_global(const std::string& module, const std::string& name);
  void reduce();
  void build();
  PickledValue type_of(const std::vector<size_t>& state, PickledValue type);
  PickledValue array_of(const std::vector<size_t>& state);

  const PickledValue& value(size_t number) const { return values_[number]; }
  const PickledValue& part(const std::vector<size_t>& parts, size_t i, Kind kind);

  FileCursor bytes_;
  std::vector<PickledValue> values_;
  std::vector<size_t> stack_;
  std::vector<size_t> marks_;  ///< sizes of the stack
  std::map<int64_t, size_t> memo_;
};

}  // namespace tacit
