// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/wfdb_annotations.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "tacit/core/error.h"
#include "tacit/data/readers/cells.h"
#include "tacit/data/readers/utf8.h"

namespace tacit {
namespace {

constexpr int kNote = 22, kSkip = 59, kText = 63;

/// By type; "" where none is set down.
constexpr std::array<std::string_view, 42> kMnemonics{
    "",  "N", "L", "R", "a", "V", "F", "J", "A",  "S", "E", "j", "/", "Q",
    "~", "",  "|", "",  "s", "T", "*", "D", "\"", "=", "p", "B", "^", "t",
    "+", "u", "?", "!", "[", "]", "e", "n", "@",  "x", "f", "(", ")", "r"};

struct Annotation {
  int64_t sample = 0;
  int type = 0;
  std::string text{};
};

/// Takes the words of the file one by one.
class Words {
 public:
  Words(std::string_view bytes, const std::filesystem::path& file) : bytes_(bytes), file_(file) {}

  /// Two bytes, the lower first.
  uint32_t next() {
    const std::string_view two = take(2);
    return static_cast<unsigned char>(two[0]) | uint32_t{static_cast<unsigned char>(two[1])} << 8;
  }

  /// Four bytes, the upper two first.
  int32_t next_long() {
    const uint32_t upper = next();
    return static_cast<int32_t>(upper << 16 | next());
  }

  /// Padded to whole words.
  std::string_view letters(size_t count) { return take(count + count % 2).substr(0, count); }

  void check(bool ok, const char* what) const {
    require<DataError>(ok, "{}: at byte {}: {}", file_.string(), at_, what);
  }

 private:
  std::string_view take(size_t count) {
    require<DataError>(bytes_.size() - at_ >= count,
                       "{}: it ends early, at byte {}, without the two zero bytes that end a file "
                       "of annotations",
                       file_.string(), bytes_.size());
    at_ += count;
    return bytes_.substr(at_ - count, count);
  }

  std::string_view bytes_;
  const std::filesystem::path& file_;
  size_t at_ = 0;
};

std::string without_zeros(std::string_view words) {
  return std::string(words.substr(0, words.find_last_not_of('\0') + 1));
}

std::vector<Annotation> read_annotations(Words words) {
  std::vector<Annotation> out;
  int64_t sample = 0;
  while (const uint32_t word = words.next()) {
    const auto type = static_cast<int>(word >> 10);
    const uint32_t rest = word & 0x3FF;
    if (type == kSkip) {
      sample += words.next_long();
      continue;
    }
    if (type < kSkip) {
      sample += rest;
      out.push_back({sample, type, ""});
      continue;
    }
    words.check(!out.empty(), "what belongs to an annotation stands before the first one");
    if (type != kText) continue;  // number, subtype or channel, all in this word
    words.check(rest < 256, "a text of more than 255 letters, which the format does not allow");
    out.back().text = utf8_or_latin1(without_zeros(words.letters(rest)));
  }
  return out;
}

/// What notes at the beginning say of the file.
struct Preface {
  double rate_hz = 0;
  std::map<int, std::string> mnemonics{};
  size_t length = 0;  ///< annotations that it takes
};

/// A type and its mnemonic, as in "42 Pa pacemaker fault".
void define(std::string_view words, Preface& preface) {
  int type = 0;
  const auto [end, failed] = std::from_chars(words.data(), words.data() + words.size(), type);
  if (failed != std::errc()) return;
  words = trimmed(words.substr(static_cast<size_t>(end - words.data())));
  const std::string_view mnemonic = words.substr(0, words.find_first_of(" \t"));
  if (!mnemonic.empty()) preface.mnemonics[type] = utf8_or_latin1(mnemonic);
}

/// Reads `words` if they are a resolution.
bool read_resolution(std::string_view words, Preface& preface) {
  constexpr std::string_view kResolution = "## time resolution: ";
  if (!words.starts_with(kResolution)) return false;
  words = trimmed(words.substr(kResolution.size()));
  double value = 0;
  const auto failed = std::from_chars(words.data(), words.data() + words.size(), value).ec;
  if (failed != std::errc() || !(value > 0 && value <= 1e12)) return false;
  preface.rate_hz = value;
  return true;
}

Preface preface_of(const std::vector<Annotation>& annotations, double rate_hz) {
  Preface preface{rate_hz};
  bool defines = false;
  for (const auto& [sample, type, words] : annotations) {
    if (sample != 0 || type != kNote) break;
    if (defines)
      define(words, preface);
    else if (!read_resolution(words, preface) && words != "## annotation type definitions")
      break;
    defines = (defines || words.starts_with("## annotation")) && words != "## end of definitions";
    ++preface.length;
  }
  return preface;
}

std::string code_of(int type, const Preface& preface) {
  const auto own = preface.mnemonics.find(type);
  if (own != preface.mnemonics.end()) return own->second;
  const auto place = static_cast<size_t>(type);
  if (place < kMnemonics.size() && !kMnemonics[place].empty())
    return std::string(kMnemonics[place]);
  return text("[{}]", type);
}

}  // namespace

std::vector<Mark> parse_wfdb_annotations(std::string_view bytes, double rate_hz,
                                         const std::filesystem::path& file) {
  std::vector<Annotation> annotations = read_annotations({bytes, file});
  const Preface preface = preface_of(annotations, rate_hz);
  std::vector<Mark> marks;
  for (size_t i = preface.length; i < annotations.size(); ++i) {
    auto& [sample, type, words] = annotations[i];
    if (type == 0) continue;  // says of itself that it is no annotation
    marks.push_back({static_cast<double>(sample) / preface.rate_hz, 0, code_of(type, preface),
                     std::move(words)});
  }
  std::ranges::stable_sort(marks, {}, &Mark::seconds);
  return marks;
}

}  // namespace tacit
