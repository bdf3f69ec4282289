// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/edf_header.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "tacit/core/error.h"
#include "tacit/data/readers/utf8.h"

namespace tacit {
namespace {

constexpr size_t kFixedBytes = 256, kBytesOfSignal = 256;
constexpr double kLargestPhysical = 1e30;  // times any digital number, a float holds it

std::string_view without_padding(std::string_view words) {
  constexpr std::string_view kPadding(" \t\0", 3);
  const size_t first = words.find_first_not_of(kPadding);
  if (first == std::string_view::npos) return {};
  return words.substr(first, words.find_last_not_of(kPadding) - first + 1);
}

/// The whole of `words`, which may begin with "+".
template <class T>
std::optional<T> number(std::string_view words) {
  if (words.starts_with('+') && !words.starts_with("+-")) words.remove_prefix(1);
  T value{};
  const auto [end, failed] = std::from_chars(words.data(), words.data() + words.size(), value);
  if (failed != std::errc() || end != words.data() + words.size()) return std::nullopt;
  return value;
}

/// The header's fields one after the other.
class Fields {
 public:
  Fields(std::string_view bytes, const std::string& file) : bytes_(bytes), file_(file) {}

  std::string_view next(size_t width) {
    const std::string_view field = bytes_.substr(at_, width);
    at_ += width;
    return without_padding(field);
  }
  int64_t whole(const std::string& what) {
    const std::string_view field = next(8);
    const auto value = number<int64_t>(field);
    require<DataError>(value.has_value(), "{}: {} is \"{}\", which is no whole number", file_, what,
                       utf8_or_latin1(field));
    return *value;
  }
  double real(const std::string& what, double largest) {
    const std::string_view field = next(8);
    const auto value = number<double>(field);
    require<DataError>(value.has_value() && std::abs(*value) <= largest,
                       "{}: {} is \"{}\"; it must be a number such as -1.5, of a size up to {}",
                       file_, what, utf8_or_latin1(field), largest);
    return *value;
  }

 private:
  std::string_view bytes_;
  const std::string& file_;
  size_t at_ = 0;
};

size_t sample_bytes_of(std::string_view version, const std::string& file) {
  if (version == "0") return 2;
  require<DataError>(version ==
                         "\xFF"
                         "BIOSEMI",
                     "{}: it begins with \"{}\"; EDF begins with \"0\" and BDF with byte 255 and "
                     "\"BIOSEMI\"",
                     file, utf8_or_latin1(version));
  return 3;
}

size_t signals_of(std::string_view field, const std::string& file) {
  const auto count = number<int64_t>(field);
  require<DataError>(count.has_value() && *count >= 1 && *count <= 9999,
                     "{}: the number of signals is \"{}\"; it must be 1 to 9999", file,
                     utf8_or_latin1(field));
  return static_cast<size_t>(*count);
}

void check_range(const EdfSignal& signal, const std::string& place, const std::string& file) {
  require<DataError>(signal.digital_minimum < signal.digital_maximum,
                     "{}: {}: the digital minimum {} is not below the digital maximum {}", file,
                     place, signal.digital_minimum, signal.digital_maximum);
  require<DataError>(signal.physical_minimum != signal.physical_maximum,
                     "{}: {}: physical minimum and maximum are both {}, so samples have no size",
                     file, place, signal.physical_minimum);
}

/// The blocks of the header that hold one field of all signals each.
std::vector<EdfSignal> read_signals(Fields& fields, size_t count, const std::string& file) {
  std::vector<EdfSignal> signals(count);
  const auto place = [&](size_t i) { return text("signal {} (\"{}\")", i + 1, signals[i].name); };
  for (EdfSignal& signal : signals) {
    signal.name = utf8_or_latin1(fields.next(16));
    signal.is_annotations = signal.name == "EDF Annotations" || signal.name == "BDF Annotations";
  }
  fields.next(80 * count);  // transducers
  for (EdfSignal& signal : signals) signal.unit = utf8_or_latin1(fields.next(8));
  const auto read = [&](double EdfSignal::*field, const char* name, bool is_whole) {
    for (size_t i = 0; i < count; ++i) {
      const std::string what = text("{}: the {}", place(i), name);
      if (signals[i].is_annotations)
        fields.next(8);
      else
        signals[i].*field = is_whole ? static_cast<double>(fields.whole(what))
                                     : fields.real(what, kLargestPhysical);
    }
  };
  read(&EdfSignal::physical_minimum, "physical minimum", false);
  read(&EdfSignal::physical_maximum, "physical maximum", false);
  read(&EdfSignal::digital_minimum, "digital minimum", true);
  read(&EdfSignal::digital_maximum, "digital maximum", true);
  fields.next(80 * count);  // filters
  for (size_t i = 0; i < count; ++i) {
    const std::string what = text("{}: the number of samples per record", place(i));
    signals[i].samples = fields.whole(what);
    require<DataError>(signals[i].samples >= 1, "{}: {} is {}; it must be at least 1", file, what,
                       signals[i].samples);
    check_range(signals[i], place(i), file);
  }
  return signals;
}

/// The fields in front of those of the signals; returns the number of signals.
size_t read_fixed(Fields& fields, EdfHeader& header, size_t size, const std::string& file) {
  header.sample_bytes = sample_bytes_of(fields.next(8), file);
  fields.next(80 + 80 + 8 + 8);  // patient, recording, start
  const int64_t said = fields.whole("the number of bytes in the header");
  const std::string_view kind = fields.next(44);
  header.interrupted = kind.starts_with("EDF+D") || kind.starts_with("BDF+D");
  header.records = fields.whole("the number of records");
  require<DataError>(header.records >= 1 || header.records == -1,
                     "{}: the number of records is {}; it must be at least 1, or -1 for unknown",
                     file, header.records);
  header.record_seconds = fields.real("the duration of a record", 1e8);
  const size_t count = signals_of(fields.next(4), file);
  header.bytes = kFixedBytes + kBytesOfSignal * count;
  require<DataError>(said == static_cast<int64_t>(header.bytes),
                     "{}: the header is said to have {} bytes, but with {} signals it has {}", file,
                     said, count, header.bytes);
  require<DataError>(header.bytes <= size,
                     "{}: it ends within its header, which has {} bytes; the file has {}", file,
                     header.bytes, size);
  return count;
}

void check_duration(const EdfHeader& header, const std::string& file) {
  const bool only_annotations = std::ranges::all_of(
      header.signals, [](const EdfSignal& signal) { return signal.is_annotations; });
  require<DataError>(header.record_seconds > 0 || (only_annotations && header.record_seconds == 0),
                     "{}: the duration of a record is {} s; it must be above 0{}", file,
                     header.record_seconds, only_annotations ? ", or 0" : "");
  for (const EdfSignal& signal : header.signals)
    require<DataError>(std::isfinite(header.rate_hz(signal)), "{}: {} samples in {} s are too many",
                       file, signal.samples, header.record_seconds);
}

}  // namespace

EdfHeader edf_header(std::string_view bytes, const std::string& file) {
  require<DataError>(bytes.size() >= kFixedBytes,
                     "{}: it has {} bytes, and the header alone needs {}", file, bytes.size(),
                     kFixedBytes);
  EdfHeader header;
  Fields fields(bytes, file);
  const size_t count = read_fixed(fields, header, bytes.size(), file);
  header.signals = read_signals(fields, count, file);
  for (EdfSignal& signal : header.signals) {
    signal.begin = header.record_bytes;
    header.record_bytes += static_cast<size_t>(signal.samples) * header.sample_bytes;
  }
  check_duration(header, file);
  return header;
}

}  // namespace tacit
