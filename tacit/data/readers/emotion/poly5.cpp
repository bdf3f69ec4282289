// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/emotion/poly5.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>

#include "tacit/core/error.h"
#include "tacit/data/readers/emotion/file_cursor.h"
#include "tacit/data/readers/utf8.h"

namespace tacit {
namespace {

constexpr int64_t kBlockHead = 86, kDescription = 136;
constexpr uint64_t kMostSignals = 1024;  // halves

int16_t short_of(FileCursor& bytes) { return static_cast<int16_t>(bytes.whole(2)); }

/// A text of Pascal: its length, and room for `most` letters.
std::string words_of(FileCursor& bytes, size_t most) {
  const size_t length = bytes.byte();
  const std::string room = bytes.take(most);
  return room.substr(0, length);
}

/// Micro is one of two letters of DOS and Windows, or u.
std::string unit_of(const std::string& raw) {
  const bool is_micro = raw.size() > 1 && (raw[0] == '\xB5' || raw[0] == '\xE6');
  return is_micro ? "u" + raw.substr(1) : utf8_or_latin1(raw);
}

std::string without_half(const std::string& name) {
  const bool is_half = name.starts_with("(Lo)") || name.starts_with("(Hi)");
  if (!is_half) return name;
  const size_t begin = name.find_first_not_of(' ', 4);
  return begin == std::string::npos ? "" : name.substr(begin);
}

/// Year, month, day, day of the week, hour, minute, second.
std::optional<double> moment_of(FileCursor& bytes) {
  std::array<int, 7> parts;
  for (int& part : parts) part = short_of(bytes);
  [[maybe_unused]] const auto [year, month, day, weekday, hour, minute, second] = parts;
  const bool is_day = year >= 1970 && month > 0 && month < 13 && day > 0 && day < 32;
  const bool is_time =
      hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second < 60;
  if (!is_day || !is_time) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  const auto days = std::chrono::sys_days(date).time_since_epoch().count();
  return 86400.0 * static_cast<double>(days) + 3600 * hour + 60 * minute + second;
}

Poly5Signal description_of(FileCursor& bytes) {
  Poly5Signal signal;
  signal.name = utf8_or_latin1(words_of(bytes, 40));
  bytes.skip(4);
  signal.unit = unit_of(words_of(bytes, 10));
  signal.unit_low = bytes.real();
  signal.unit_high = bytes.real();
  signal.adc_low = bytes.real();
  signal.adc_high = bytes.real();
  bytes.skip(64);
  return signal;
}

/// The first half of each signal; both halves have the same name behind (Lo) and (Hi).
std::vector<Poly5Signal> signals_of(FileCursor& bytes, int64_t halves) {
  std::vector<Poly5Signal> signals;
  for (int64_t i = 0; i < halves / 2; ++i) {
    Poly5Signal low = description_of(bytes);
    const Poly5Signal high = description_of(bytes);
    low.name = without_half(low.name);
    if (low.name != without_half(high.name))
      bytes.fail(text("signal {} is of 16 bits, and those of 32 are read", low.name));
    const double span = low.adc_high - low.adc_low, unit_span = low.unit_high - low.unit_low;
    if (!std::isfinite(span) || span == 0 || !std::isfinite(unit_span))
      bytes.fail(text("signal {} has no scale", low.name));
    signals.push_back(std::move(low));
  }
  return signals;
}

/// Past the first bytes, up to and with the version. Gives the bytes of the first record.
int64_t pass_version(FileCursor& bytes) {
  const std::string magic = bytes.take(31);
  if (!magic.starts_with("POLY SAMPLE FILE")) bytes.fail("it is no Poly5 file");
  const auto first = static_cast<uint64_t>(bytes.byte());
  const uint64_t second = bytes.byte();
  if ((second << 8 | first) == 203) return 217;
  const uint64_t third = bytes.byte();  // of 2.04, a byte later
  if ((third << 8 | second) == 204) return 218;
  bytes.fail("its version is neither 2.03 nor 2.04");
}

}  // namespace

Poly5Header read_poly5_header(const std::filesystem::path& file) {
  FileCursor bytes(file);
  Poly5Header header;
  const int64_t record = pass_version(bytes);
  bytes.skip(81);  // name of the measurement
  header.rate_hz = short_of(bytes);
  bytes.skip(3);  // rate and kind of storage
  const auto halves = static_cast<int64_t>(bytes.whole(2));
  const auto periods = static_cast<int32_t>(bytes.whole(4));
  bytes.skip(4);
  header.start = moment_of(bytes);
  header.blocks = static_cast<int32_t>(bytes.whole(4));
  header.periods_in_block = static_cast<int64_t>(bytes.whole(2));
  const auto bytes_in_block = static_cast<int64_t>(bytes.whole(2));
  if (short_of(bytes) != 0) bytes.fail("its samples are packed as differences, which is not read");
  bytes.skip(64);
  if (header.rate_hz <= 0) bytes.fail(text("it has {} samples a second", header.rate_hz));
  if (halves < 2 || halves % 2 != 0 || halves > static_cast<int64_t>(kMostSignals))
    bytes.fail(text("it has {} halves of signals", halves));
  if (header.blocks < 0 || bytes_in_block != header.periods_in_block * halves * 2)
    bytes.fail(text("its {} blocks of {} bytes are not {} samples of {} signals", header.blocks,
                    bytes_in_block, header.periods_in_block, halves / 2));
  header.signals = signals_of(bytes, halves);
  header.bytes_in_head = record + halves * kDescription;
  const int64_t stored = header.blocks * header.periods_in_block;  // the last block may be padded
  header.periods = periods > 0 ? std::min<int64_t>(periods, stored) : stored;
  return header;
}

SignalFile read_poly5(const std::filesystem::path& file, const Poly5Header& header,
                      const std::vector<size_t>& places) {
  SignalFile signals;
  for (const size_t place : places)
    signals.leads.push_back({.name = header.signals[place].name,
                             .unit = header.signals[place].unit,
                             .rate_hz = header.rate_hz});
  FileCursor bytes(file);
  bytes.skip(static_cast<uint64_t>(header.bytes_in_head));
  std::vector<float> row(header.signals.size());
  for (int64_t period = 0; period < header.periods; ++period) {
    if (period % header.periods_in_block == 0) bytes.skip(kBlockHead);
    for (float& value : row) value = bytes.real();
    for (size_t i = 0; i < places.size(); ++i) {
      const Poly5Signal& signal = header.signals[places[i]];
      const double share = (row[places[i]] - signal.adc_low) / (signal.adc_high - signal.adc_low);
      signals.leads[i].samples.push_back(
          static_cast<float>(share * (signal.unit_high - signal.unit_low) + signal.unit_low));
    }
  }
  return signals;
}

}  // namespace tacit
