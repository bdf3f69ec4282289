// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string_view>

namespace tacit {

/// Follows the bytes of a delimited text and knows whether they are within a quoted cell. Readers
/// take a quote that is never closed as a cell up to the end of the file, without a word.
class OpenQuote {
 public:
  /// In the first `skip_lines` lines quotes mean nothing.
  explicit OpenQuote(char delimiter, int64_t skip_lines = 0)
      : delimiter_(delimiter), skip_(skip_lines) {}
  /// Takes the bytes that follow those before.
  void read(std::string_view bytes);
  bool is_open() const { return open_; }

 private:
  bool starts_cell() const { return last_ == delimiter_ || last_ == '\n' || last_ == '\r'; }

  char delimiter_;
  int64_t skip_;
  char last_ = '\n';
  bool open_ = false;
  bool closed_now_ = false;  // by the last byte; one more quote then is a quote within the cell
};

}  // namespace tacit
