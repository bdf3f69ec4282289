// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/edf_annotations.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "tacit/data/readers/utf8.h"

namespace tacit {
namespace {

constexpr char kBeforeDuration = '\x15', kBehindText = '\x14';
constexpr double kLongest = 1e12;  // seconds

/// Digits with a point or without.
std::optional<double> seconds_in(std::string_view words) {
  double value = 0;
  const auto [end, failed] =
      std::from_chars(words.data(), words.data() + words.size(), value, std::chars_format::fixed);
  const bool is_plain = words.find_first_not_of("0123456789.") == std::string_view::npos;
  if (!is_plain || failed != std::errc() || end != words.data() + words.size() || value > kLongest)
    return std::nullopt;
  return value;
}

std::optional<double> onset_in(std::string_view words) {
  if (words.empty() || (words[0] != '+' && words[0] != '-')) return std::nullopt;
  const auto size = seconds_in(words.substr(1));
  if (!size) return std::nullopt;
  return words[0] == '-' ? -*size : *size;
}

/// `list`: without the zero at its end.
std::optional<EdfAnnotation> annotation_in(std::string_view list) {
  if (!list.ends_with(kBehindText)) return std::nullopt;
  const std::string_view time = list.substr(0, list.find(kBehindText));
  const size_t middle = time.find(kBeforeDuration);
  const auto onset = onset_in(time.substr(0, middle));
  const auto duration = middle == std::string_view::npos ? 0 : seconds_in(time.substr(middle + 1));
  if (!onset || !duration) return std::nullopt;
  EdfAnnotation annotation{.onset = *onset, .duration = *duration};
  list.remove_prefix(time.size() + 1);
  while (!list.empty()) {
    const size_t length = list.find(kBehindText);
    annotation.texts.push_back(utf8_or_latin1(list.substr(0, length)));
    list.remove_prefix(length + 1);
  }
  return annotation;
}

}  // namespace

EdfAnnotations edf_annotations(std::string_view bytes) {
  EdfAnnotations found;
  bool is_first = true;
  while (!bytes.empty()) {
    const std::string_view list = bytes.substr(0, bytes.find('\0'));
    bytes.remove_prefix(std::min(bytes.size(), list.size() + 1));
    if (list.empty()) continue;
    auto annotation = annotation_in(list);
    if (!annotation)
      ++found.damaged;
    else if (is_first)
      found.begins_with_onset = !annotation->texts.empty() && annotation->texts[0].empty();
    is_first = false;
    if (annotation) found.list.push_back(std::move(*annotation));
  }
  return found;
}

}  // namespace tacit
