// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/cells.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <chrono>
#include <string>

namespace tacit {
namespace {

/// Takes a text apart from the left.
class Scanner {
 public:
  explicit Scanner(std::string_view rest) : rest_(rest) {}

  bool at_end() const { return rest_.empty(); }
  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  char take_any(std::string_view choices) {
    if (rest_.empty() || choices.find(rest_.front()) == std::string_view::npos) return 0;
    const char taken = rest_.front();
    rest_.remove_prefix(1);
    return taken;
  }
  std::optional<int> digits(size_t least, size_t most) {
    size_t count = 0;
    while (count < rest_.size() && count < most &&
           std::isdigit(static_cast<unsigned char>(rest_[count])))
      ++count;
    if (count < least) return std::nullopt;
    int value = 0;
    std::from_chars(rest_.data(), rest_.data() + count, value);
    rest_.remove_prefix(count);
    return value;
  }
  /// The fraction after a point or comma; 0 without one.
  std::optional<double> fraction() {
    if (take_any(".,") == 0) return 0;
    double value = 0, weight = 1;
    const size_t before = rest_.size();
    while (!rest_.empty() && std::isdigit(static_cast<unsigned char>(rest_.front()))) {
      value += (rest_.front() - '0') * (weight /= 10);
      rest_.remove_prefix(1);
    }
    if (rest_.size() == before) return std::nullopt;
    return value;
  }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

/// Days since 1970 of year-month-day or day.month.year, with what follows left in the scanner.
std::optional<double> days(Scanner& scan) {
  const auto first = scan.digits(1, 4);
  if (!first) return std::nullopt;
  const char mark = scan.take_any("-/.");
  const auto middle = scan.digits(1, 2);
  if (mark == 0 || !middle || !scan.take(mark)) return std::nullopt;
  const auto last = scan.digits(1, 4);
  if (!last) return std::nullopt;
  const bool year_first = *first > 31, year_last = mark == '.' && *last > 31;
  if (year_first == year_last) return std::nullopt;
  const std::chrono::year_month_day date{
      std::chrono::year{year_first ? *first : *last},
      std::chrono::month{static_cast<unsigned>(*middle)},
      std::chrono::day{static_cast<unsigned>(year_first ? *last : *first)}};
  if (!date.ok()) return std::nullopt;
  return static_cast<double>(std::chrono::sys_days{date}.time_since_epoch().count());
}

/// Seconds since midnight of HH:MM, HH:MM:SS or HH:MM:SS.fff.
std::optional<double> time_of_day(Scanner& scan) {
  const auto hours = scan.digits(1, 2);
  if (!hours || *hours > 24 || !scan.take(':')) return std::nullopt;
  const auto minutes = scan.digits(2, 2);
  if (!minutes || *minutes > 59) return std::nullopt;
  double seconds = *hours * 3600.0 + *minutes * 60.0;
  if (!scan.take(':')) return seconds;
  const auto whole = scan.digits(2, 2);
  if (!whole || *whole > 60) return std::nullopt;
  const auto part = scan.fraction();
  if (!part) return std::nullopt;
  return seconds + *whole + *part;
}

/// Seconds east of Greenwich: Z, +02, +0200 or +02:00; 0 without any.
std::optional<double> offset(Scanner& scan) {
  while (scan.take(' ')) continue;
  if (scan.at_end() || scan.take_any("Zz") != 0) return 0;
  const char sign = scan.take_any("+-");
  if (sign == 0) {
    const bool named = scan.rest() == "UTC" || scan.rest() == "GMT";
    if (!named) return std::nullopt;
    scan = Scanner("");
    return 0;
  }
  const auto hours = scan.digits(2, 2);
  scan.take(':');
  const auto minutes = scan.at_end() ? 0 : scan.digits(2, 2);
  if (!hours || !minutes) return std::nullopt;
  return (sign == '-' ? -1 : 1) * (*hours * 3600.0 + *minutes * 60.0);
}

}  // namespace

std::string_view trimmed(std::string_view cell) {
  while (!cell.empty() && (cell.front() == ' ' || cell.front() == '\t')) cell.remove_prefix(1);
  while (!cell.empty() && (cell.back() == ' ' || cell.back() == '\t')) cell.remove_suffix(1);
  return cell;
}

bool is_missing(std::string_view cell) {
  if (cell.size() > 4) return false;
  std::string word(cell);
  for (char& letter : word)
    letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  for (const char* const known : {"", "nan", "na", "n/a", "null", "none", "?", "-"})
    if (word == known) return true;
  return false;
}

std::optional<double> number_in(std::string_view cell, Decimal decimal) {
  char buffer[64];
  if (decimal == Decimal::comma) {
    const size_t comma = cell.find(',');
    if (cell.find('.') != std::string_view::npos || cell.size() > sizeof buffer)
      return std::nullopt;
    if (comma != std::string_view::npos) {
      cell.copy(buffer, cell.size());
      buffer[comma] = '.';
      cell = {buffer, cell.size()};
    }
  }
  const bool plus = cell.starts_with('+');
  if (plus) cell.remove_prefix(1);
  if (plus && cell.starts_with('-')) return std::nullopt;
  double value = 0;
  const char* const end = cell.data() + cell.size();
  const auto [rest, failed] = std::from_chars(cell.data(), end, value);
  if (failed != std::errc() || rest != end) return std::nullopt;
  return value;
}

std::optional<double> instant_in(std::string_view cell) {
  Scanner scan(cell);
  double seconds = 0;
  if (Scanner clock(cell); !time_of_day(clock)) {
    const auto day = days(scan);
    if (!day || (scan.take_any("T ") == 0)) return std::nullopt;
    while (scan.take(' ')) continue;
    seconds = *day * 86400;
  }
  const auto clock = time_of_day(scan);
  if (!clock) return std::nullopt;
  const auto east = offset(scan);
  if (!east || !scan.at_end()) return std::nullopt;
  return seconds + *clock - *east;
}

std::optional<double> moment_in(std::string_view cell) {
  if (const auto instant = instant_in(cell)) return instant;
  Scanner scan(cell);
  const auto day = days(scan);
  if (!day || !scan.at_end()) return std::nullopt;
  return *day * 86400;
}

}  // namespace tacit
