// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/wfdb_header.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <system_error>

#include "tacit/core/error.h"
#include "tacit/core/files.h"
#include "tacit/data/readers/cells.h"

namespace tacit {
namespace {

constexpr double kDefaultGain = 200, kHighestRate = 1e12;
constexpr size_t kLargestHeader = size_t{16} << 20;

/// The fields of one line, from left to right.
class Fields {
 public:
  Fields(const std::filesystem::path& file, int64_t number, std::string_view line)
      : file_(file), number_(number), rest_(line) {}

  /// "" when there is none left.
  std::string_view next() {
    const std::string_view field = rest_.substr(0, rest_.find_first_of(" \t"));
    rest_ = trimmed(rest_.substr(field.size()));
    return field;
  }

  /// All that is left.
  std::string_view rest() const { return rest_; }

  [[noreturn]] void fail(std::string_view words, const char* what) const {
    throw DataError(
        text("{}: line {}: \"{}\" is not {}", file_.string(), number_, words.substr(0, 60), what));
  }

  void check(bool ok, std::string_view words, const char* what) const {
    if (!ok) fail(words, what);
  }

  /// The number at the beginning of `field`, which goes on behind it.
  template <class T>
  T take(std::string_view& field, const char* what,
         T lowest = std::numeric_limits<T>::lowest()) const {
    T value{};
    const auto [end, failed] = std::from_chars(field.data(), field.data() + field.size(), value);
    check(failed == std::errc() && value >= lowest && value <= std::numeric_limits<T>::max(), field,
          what);
    field.remove_prefix(static_cast<size_t>(end - field.data()));
    return value;
  }

  /// The number that the next field is; `absent` when there is no field.
  template <class T>
  T whole(const char* what, T absent, T lowest = std::numeric_limits<T>::lowest()) {
    const std::string_view field = next();
    if (field.empty()) return absent;
    std::string_view rest = field;
    const T value = take<T>(rest, what, lowest);
    check(rest.empty(), field, what);
    return value;
  }

  /// What stands in parentheses at the beginning of `field`, if anything does.
  template <class T>
  std::optional<T> parenthesis(std::string_view& field, const char* what) const {
    if (!field.starts_with('(')) return std::nullopt;
    field.remove_prefix(1);
    const T value = take<T>(field, what);
    check(field.starts_with(')'), field, "the end of a parenthesis");
    field.remove_prefix(1);
    return value;
  }

  /// A name of a file beside the header or below it: a header must not make other files be read.
  std::string file_name(const char* what) {
    const std::string_view name = next();
    const std::filesystem::path path(name);
    check(!name.empty() && name != "-" && path.is_relative() && path.has_filename() &&
              std::ranges::find(path, std::filesystem::path("..")) == path.end(),
          name, what);
    return std::string(name);
  }

 private:
  const std::filesystem::path& file_;
  int64_t number_;
  std::string_view rest_;
};

void read_rate(Fields& line, WfdbHeader& header) {
  std::string_view field = line.next();
  constexpr const char* kWhat = "a frequency in Hz";
  if (!field.empty()) {
    header.rate_hz = line.take<double>(field, kWhat, std::numeric_limits<double>::min());
    line.check(header.rate_hz <= kHighestRate, text("{}", header.rate_hz), kWhat);
  }
  header.counter_hz = header.rate_hz;
  if (field.starts_with('/')) {
    field.remove_prefix(1);
    const double counter = line.take<double>(field, "the frequency of a counter");
    if (counter > 0) header.counter_hz = counter;
    header.base_counter = line.parenthesis<double>(field, "the value of a counter").value_or(0);
  }
  line.check(field.empty(), field, kWhat);
}

/// The number of lines that are to follow.
int64_t read_record_line(Fields& line, WfdbHeader& header) {
  std::string_view name = line.next();
  header.record = name.substr(0, name.find('/'));
  name.remove_prefix(header.record.size());
  int64_t segments = 0;
  if (!name.empty()) {
    name.remove_prefix(1);
    segments = line.take<int64_t>(name, "a number of segments", 1);
    line.check(name.empty(), name, "a number of segments");
  }
  header.signal_count = line.whole<int64_t>("a number of signals", -1, 0);
  line.check(header.signal_count >= 0, line.rest(), "a number of signals");
  read_rate(line, header);
  const int64_t frames = line.whole<int64_t>("a number of samples", 0, 0);
  if (frames > 0) header.frames = frames;
  header.base_time = line.next();
  header.base_date = line.next();
  return segments > 0 ? segments : header.signal_count;
}

void read_format(Fields& line, WfdbSignal& signal) {
  std::string_view field = line.next();
  signal.format = line.take<int32_t>(field, "a format", 0);
  while (!field.empty()) {
    const char mark = field.front();
    field.remove_prefix(1);
    switch (mark) {
      case 'x':
        signal.samples_per_frame = line.take<int32_t>(field, "a number of samples a frame", 1);
        break;
      case ':': signal.skew = line.take<int64_t>(field, "a skew", 0); break;
      case '+': signal.offset = line.take<int64_t>(field, "an offset", 0); break;
      default: line.fail({&mark, 1}, "x, : or +, which may follow a format");
    }
  }
}

/// The baseline, if the field has one.
std::optional<int32_t> read_gain(Fields& line, WfdbSignal& signal) {
  std::string_view field = line.next();
  if (field.empty()) return std::nullopt;
  signal.gain = line.take<double>(field, "a gain");
  if (signal.gain == 0) signal.gain = kDefaultGain;
  const auto baseline = line.parenthesis<int32_t>(field, "a baseline");
  if (field.starts_with('/')) {
    signal.unit = field.substr(1);
    field = {};
  }
  line.check(field.empty(), field, "the end of a gain");
  return baseline;
}

WfdbSignal read_signal(Fields& line, const WfdbHeader& header) {
  WfdbSignal signal;
  signal.file = line.file_name("a file beside the header");
  read_format(line, signal);
  const auto baseline = read_gain(line, signal);
  signal.resolution = line.whole<int32_t>("a resolution in bits", 0);
  signal.zero = line.whole<int32_t>("the converter's zero", 0);
  signal.baseline = baseline.value_or(signal.zero);
  signal.initial = line.whole<int32_t>("an initial value", signal.zero);
  const auto sum = line.whole<int64_t>("a checksum", 0);
  if (sum != 0) signal.checksum = static_cast<uint16_t>(sum);
  signal.block_size = line.whole<int64_t>("a block size", 0);
  signal.name = line.rest().empty()
                    ? text("record {}, signal {}", header.record, header.signals.size())
                    : std::string(line.rest());
  return signal;
}

void add_signal(Fields& line, WfdbHeader& header) {
  const WfdbSignal signal = read_signal(line, header);
  const size_t index = header.signals.size();
  header.signals.push_back(signal);
  if (signal.format == 0) return;
  if (index == 0 || header.signals[index - 1].file != signal.file ||
      header.signals[index - 1].format == 0) {
    header.files.push_back({signal.file, index, 1});
    return;
  }
  const WfdbSignal& other = header.signals[index - 1];
  line.check(other.format == signal.format && other.offset == signal.offset, signal.file,
             "described by one format and offset, as a file must be");
  ++header.files.back().count;
}

void add_segment(Fields& line, WfdbHeader& header) {
  std::string name = line.file_name("a record beside the header");
  const int64_t frames = line.whole<int64_t>("a number of samples", -1, 0);
  line.check(frames >= 0, line.rest(), "a number of samples");
  header.segments.push_back({std::move(name), frames});
}

void require_files_once(const WfdbHeader& header, const std::filesystem::path& file) {
  std::vector<std::string_view> names;
  for (const WfdbFile& each : header.files) names.push_back(each.name);
  std::ranges::sort(names);
  const auto twice = std::ranges::adjacent_find(names);
  require<DataError>(twice == names.end(),
                     "{}: the lines of the signals in {} must follow each other", file.string(),
                     twice == names.end() ? "" : *twice);
}

}  // namespace

WfdbHeader parse_wfdb_header(std::string_view words, const std::filesystem::path& file) {
  WfdbHeader header;
  require<DataError>(words.find('\0') == std::string_view::npos,
                     "{}: it holds zero bytes, so it is no WFDB header", file.string());
  int64_t promised = -1, found = 0;
  bool has_segments = false;
  for (int64_t number = 1; !words.empty(); ++number) {
    const std::string_view whole = words.substr(0, words.find('\n'));
    const bool is_open = whole.size() == words.size();
    words.remove_prefix(std::min(words.size(), whole.size() + 1));
    const std::string_view line = trimmed(whole.substr(0, whole.find_last_not_of('\r') + 1));
    if (line.empty()) continue;
    if (line.front() == '#') {
      header.comments.emplace_back(trimmed(line.substr(1)));
      continue;
    }
    header.ends_within_line = is_open;
    Fields fields(file, number, line);
    if (promised < 0) {
      has_segments = line.substr(0, line.find_first_of(" \t")).find('/') != std::string_view::npos;
      promised = read_record_line(fields, header);
    } else if (found == promised) {
      ++header.lines_left_out;
    } else {
      has_segments ? add_segment(fields, header) : add_signal(fields, header);
      ++found;
    }
  }
  require<DataError>(promised >= 0, "{}: it is empty", file.string());
  require<DataError>(found == promised, "{}: it promises {} {} and describes {}", file.string(),
                     promised, has_segments ? "segments" : "signals", found);
  require_files_once(header, file);
  return header;
}

WfdbHeader read_wfdb_header(const std::filesystem::path& file) {
  std::error_code none;
  const auto size = std::filesystem::file_size(file, none);
  require<DataError>(none || size <= kLargestHeader,
                     "{}: it has {} bytes, which is more than a WFDB header can have",
                     file.string(), size);
  return parse_wfdb_header(read_file(file), file);
}

}  // namespace tacit
