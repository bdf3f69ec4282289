// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace tacit {

/// Every failure Tacit reports. The message is one sentence: what is wrong, where, what to do.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What the person asked for cannot be done: an unknown key, a value out of range.
class ConfigError final : public Error {
 public:
  using Error::Error;
};

/// What a file holds is wrong; the message names file, row and column.
class DataError final : public Error {
 public:
  using Error::Error;
};

/// What a caller passed has the wrong shape; the message names tensor, expected and got.
class ShapeError final : public Error {
 public:
  using Error::Error;
};

/// A run folder, checkpoint or artifact is not in the state the call needs.
class StateError final : public Error {
 public:
  using Error::Error;
};

/// `format` with each "{}" replaced by the next argument, written with operator<<.
template <class... Args>
std::string text(std::string_view format, const Args&... args) {
  std::ostringstream out;
  [[maybe_unused]] const auto place = [&](const auto& value) {
    const size_t hole = format.find("{}");
    out << format.substr(0, hole);
    if (hole == std::string_view::npos) {
      format = {};
      return;
    }
    out << value;
    format.remove_prefix(hole + 2);
  };
  (place(args), ...);
  out << format;
  return out.str();
}

/// Throws E(text(format, args...)) unless `ok`.
template <class E, class... Args>
void require(bool ok, std::string_view format, const Args&... args) {
  if (!ok) throw E(text(format, args...));
}

/// "a, b, c".
std::string join(const std::vector<std::string>& words, std::string_view separator = ", ");

/// `unknown KIND "name"; did you mean "nearest"? available: …`. The suggestion is left out when
/// nothing is close.
std::string unknown_name(std::string_view kind, std::string_view name,
                         const std::vector<std::string>& available);

}  // namespace tacit
