// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/emotion/ratings.h"

#include <algorithm>
#include <cmath>

#include "tacit/core/error.h"

namespace tacit {
namespace {

constexpr double kRounding = 1e-3;  // of what a program wrote at an end of the scale

}  // namespace

Ratings::Ratings(RatingScale scale, const EmotionConfig& config) : scale_(scale), config_(config) {
  const double threshold = config.threshold;
  require<ConfigError>(
      threshold == 0 || (scale.low <= threshold && threshold < scale.high),
      "data.emotion.threshold is {}, and this set's ratings lie between {} and {}; 0 is the middle",
      threshold, scale.low, scale.high);
}

std::string Ratings::word(double rating) {
  const bool is_off = rating < scale_.low - kRounding || rating > scale_.high + kRounding;
  if (std::isnan(rating) || is_off) {
    ++(is_off ? off_scale_ : missing_);
    return "";
  }
  const double middle = (scale_.low + scale_.high) / 2;
  if (config_.levels == EmotionLevels::binary)
    return rating > (config_.threshold > 0 ? config_.threshold : middle) ? "high" : "low";
  if (config_.levels == EmotionLevels::exact) return text("{}", std::round(rating * 1e3) / 1e3);
  const double level =
      std::clamp(std::round(rating), std::ceil(scale_.low), std::floor(scale_.high));
  return std::to_string(static_cast<int64_t>(level));
}

std::vector<std::string> Ratings::notes(const std::string& what) const {
  std::vector<std::string> notes;
  const std::string target = enum_name(config_.target);
  if (missing_ > 0)
    notes.push_back(text("{} {} have no rating of {} and are unlabelled", missing_, what, target));
  if (off_scale_ > 0)
    notes.push_back(
        text("{} {} have a rating of {} that is not between {} and {} and are unlabelled",
             off_scale_, what, target, scale_.low, scale_.high));
  return notes;
}

void require_target(const EmotionConfig& config, const std::string& set,
                    const std::vector<EmotionTarget>& available) {
  if (std::ranges::find(available, config.target) != available.end()) return;
  std::vector<std::string> words;
  for (const EmotionTarget each : available) words.push_back(enum_name(each));
  throw ConfigError(text("data.emotion.target: {} has no {}; it has {}", set,
                         enum_name(config.target), join(words)));
}

}  // namespace tacit
