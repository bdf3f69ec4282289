// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

namespace tacit {

/// Writes pickles as Python 2 does.
class PickleWriter {
 public:
  /// 0: lines of text; 2: bytes.
  explicit PickleWriter(int protocol) : protocol_(protocol) {}

  /// A whole file.
  std::string file(const std::string& value) const {
    return (protocol_ == 0 ? "" : std::string("\x80\x02")) + value + ".";
  }

  std::string words(const std::string& words) const {
    if (protocol_ == 0) return "S" + quoted(words) + "\n";
    if (words.size() < 256) return "U" + std::string(1, static_cast<char>(words.size())) + words;
    return "T" + number<uint32_t>(static_cast<uint32_t>(words.size())) + words;
  }

  std::string whole(int64_t value) const {
    if (protocol_ == 0) return "I" + std::to_string(value) + "\n";
    return "J" + number<int32_t>(static_cast<int32_t>(value));
  }

  std::string truth(bool value) const {
    if (protocol_ == 0) return value ? "I01\n" : "I00\n";
    return value ? "\x88" : "\x89";
  }

  std::string tuple(const std::vector<std::string>& parts) const {
    std::string out = "(";
    for (const std::string& part : parts) out += part;
    return out + "t";
  }

  std::string dictionary(const std::vector<std::pair<std::string, std::string>>& parts) const {
    std::string out = protocol_ == 0 ? "(d" : "}(";
    for (const auto& [key, value] : parts) out += words(key) + value + (protocol_ == 0 ? "s" : "");
    return out + (protocol_ == 0 ? "" : "u");
  }

  /// As NumPy writes it: type "f8", order "<", bytes one row after the other.
  std::string array(const std::string& type, const std::vector<int64_t>& shape,
                    const std::string& bytes, const std::string& order = "<",
                    bool is_fortran = false) const {
    std::vector<std::string> extents;
    for (const int64_t extent : shape) extents.push_back(whole(extent));
    const std::string kind =
        "cnumpy\ndtype\n" + tuple({words(type), whole(0), whole(1)}) + "R" +
        tuple({whole(3), words(order), "N", "N", "N", whole(-1), whole(-1), whole(0)}) + "b";
    return "cnumpy.core.multiarray\n_reconstruct\n" +
           tuple({"cnumpy\nndarray\n", tuple({whole(0)}), words("b")}) + "R" +
           tuple({whole(1), tuple(extents), kind, truth(is_fortran), words(bytes)}) + "b";
  }

  /// The bytes of numbers, the lowest first.
  template <class T>
  static std::string number(T value) {
    std::string bytes(sizeof(T), '\0');
    std::memcpy(bytes.data(), &value, sizeof(T));
    return bytes;
  }
  template <class T, class From>
  static std::string numbers(const std::vector<From>& values) {
    std::string bytes;
    for (const From& value : values) bytes += number(static_cast<T>(value));
    return bytes;
  }

 private:
  static std::string quoted(const std::string& words) {
    constexpr const char* kDigits = "0123456789abcdef";
    std::string out = "'";
    for (const char letter : words) {
      const auto code = static_cast<unsigned char>(letter);
      if (letter == '\\' || letter == '\'')
        out += std::string("\\") + letter;
      else if (letter == '\n')
        out += "\\n";
      else if (letter == '\r')
        out += "\\r";
      else if (letter == '\t')
        out += "\\t";
      else if (code < 32 || code > 126)
        out += std::string("\\x") + kDigits[code >> 4] + kDigits[code & 15];
      else
        out += letter;
    }
    return out + "'";
  }

  int protocol_;
};

}  // namespace tacit
