// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tacit/data/readers/emotion/ratings.h"

namespace tacit {

/// A person of SWELL-KW and one of the three blocks of the day.
struct SwellBlock {
  int64_t person = 0, block = 0;
  auto operator<=>(const SwellBlock&) const = default;
};

/// The block that a name such as "pp10_8-10-2012-c2" or "pp23_1-11-2012_c2_cont" is of; none where
/// it is no such name.
std::optional<SwellBlock> swell_block(const std::string& name);

/// Conditions of SWELL-KW, minute by minute, and ratings of its blocks, as classes.
class SwellLabels {
 public:
  /// Reads the tables that the target needs in `folder` and below: "D - Physiology features
  /// (HR_HRV_SCL - final).csv" (PP, C, timestamp, Condition) and, for ratings, "Behavioral-features
  /// - per minute" as .csv or .tab (PP, Blok, Valence_rc, Arousal_rc, Dominance). Throws DataError
  /// where one is missing or broken.
  SwellLabels(const std::string& folder, const EmotionConfig& emotion);

  /// The class at a moment (seconds since 1970 on the clock of the place); "" outside the minutes
  /// of the block that the table has. Relaxing is a class of its own among all conditions, and else
  /// unlabelled.
  std::string_view at(const SwellBlock& block, double seconds) const;
  /// Whether a minute of the block lies between the two moments.
  bool has_minute(const SwellBlock& block, double begin, double end) const;

  std::vector<std::string> notes() const { return ratings_.notes("blocks"); }

 private:
  using Minutes = std::map<double, std::string>;  ///< classes by their first second

  void read_conditions(const std::string& folder);
  void read_ratings(const std::string& folder);
  std::string word_of(const std::string& condition, const SwellBlock& block) const;

  EmotionConfig emotion_;
  Ratings ratings_;
  std::map<SwellBlock, std::string> rated_;  ///< the classes of blocks
  std::map<SwellBlock, Minutes> minutes_;
};

/// The moment that "20120918T131600000" names, in seconds since 1970; none for other words.
std::optional<double> swell_moment(const std::string& words);

}  // namespace tacit
