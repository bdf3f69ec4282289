// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iomanip>
#include <sstream>
#include <string>
#include <vector>

namespace tacit {

/// Motion that people write down in their own ways: everybody does every activity once, one after
/// the other, `rows` samples of each at `rate_hz`.
struct Motion {
  std::vector<std::string> people{"ann", "bob", "cem", "dee"}, activities{"sit", "stand", "walk"};
  int rows = 160;
  double rate_hz = 50;

  /// A smooth value with fraction, another for each channel.
  double value(size_t person, size_t activity, int row, int channel) const {
    const double t = row / rate_hz;
    return std::round(1000 * (std::sin(6.28 * t * (1 + static_cast<double>(activity)) + channel) +
                              0.1 * static_cast<double>(person) + 0.013 * channel)) /
               1000 +
           0.0005;
  }
  /// Seconds since the person's first sample.
  double seconds(size_t activity, int row) const {
    return (static_cast<double>(activity) * rows + row) / rate_hz;
  }
  void each(const std::function<void(size_t person, size_t activity, int row)>& visit) const {
    for (size_t person = 0; person < people.size(); ++person)
      for (size_t activity = 0; activity < activities.size(); ++activity)
        for (int row = 0; row < rows; ++row) visit(person, activity, row);
  }
};

inline std::string fixed(double value, int digits, char decimal = '.') {
  std::ostringstream out;
  out << std::fixed << std::setprecision(digits) << value;
  std::string words = out.str();
  if (const size_t point = words.find('.'); point != std::string::npos) words[point] = decimal;
  return words;
}

/// `seconds` after ten o'clock on 5 March 2024, like "2024-03-05T10:00:00.020".
inline std::string clock(double seconds, const std::string& date = "2024-03-05T",
                         char decimal = '.') {
  const auto ms = static_cast<int64_t>(std::llround(seconds * 1000));
  char words[64];
  std::snprintf(words, sizeof words, "%02d:%02d:%02d%c%03d", static_cast<int>(10 + ms / 3600000),
                static_cast<int>(ms / 60000 % 60), static_cast<int>(ms / 1000 % 60), decimal,
                static_cast<int>(ms % 1000));
  return date + words;
}

/// Three channels, after `mark` each.
inline std::string axes(const Motion& motion, size_t person, size_t activity, int row,
                        const std::string& mark, int from = 0, char decimal = '.') {
  std::string out;
  for (int channel = from; channel < from + 3; ++channel)
    out += mark + fixed(motion.value(person, activity, row, channel), 4, decimal);
  return out;
}

inline void write(const std::filesystem::path& file, const std::string& content) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << content;
}

/// A way of writing motion down, and what is true of it.
struct Habit {
  std::string name;
  std::function<std::filesystem::path(const std::filesystem::path& folder)> write_down;
  size_t channels = 3;
  double rate_hz = 50;
  std::vector<std::string> classes{"sit", "stand", "walk"};
  size_t people = 4;
};

/// Nine habits that `tacit init` reads.
std::vector<Habit> habits();

}  // namespace tacit
