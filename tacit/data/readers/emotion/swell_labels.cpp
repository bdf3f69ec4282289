// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/emotion/swell_labels.h"

#include <algorithm>
#include <filesystem>
#include <regex>

#include "tacit/core/error.h"
#include "tacit/data/readers/cells.h"
#include "tacit/data/readers/data_files.h"
#include "tacit/data/readers/rows.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;
constexpr RatingScale kScale{1, 9};
constexpr double kMinute = 60;

/// The file of the folder, or below it, whose name begins like that.
fs::path find_table(const std::string& folder, const std::string& begin,
                    const std::vector<std::string>& endings, const std::string& advice) {
  if (fs::is_directory(folder)) {
    std::error_code unreadable;
    for (const auto& entry : fs::recursive_directory_iterator(folder, unreadable))
      for (const std::string& ending : endings)
        if (entry.path().filename().string().starts_with(begin) &&
            entry.path().extension() == ending)
          return entry.path();
  }
  throw DataError(text("{} holds no file \"{}\" ({}), which has the labels; {}", folder, begin,
                       join(endings, ", "), advice));
}

/// PP12 is person 12.
int64_t person_of(const std::string& words, const fs::path& file, int64_t row) {
  const std::string digits = words.size() > 2 ? words.substr(2) : "";
  const bool is_person = (words.starts_with("PP") || words.starts_with("pp")) &&
                         digits.size() <= 4 && !digits.empty() &&
                         digits.find_first_not_of("0123456789") == std::string::npos;
  require<DataError>(is_person, "{}: row {}: \"{}\" is no person PP1, PP2 …", file.string(), row,
                     words);
  return std::stoll(digits);
}

int64_t block_of(double value, const fs::path& file, int64_t row) {
  require<DataError>(value == 1 || value == 2 || value == 3,
                     "{}: row {}: block {} is not 1, 2 or 3", file.string(), row, value);
  return static_cast<int64_t>(value);
}

std::string column_of(EmotionTarget target) {
  switch (target) {
    case EmotionTarget::arousal: return "Arousal_rc";
    case EmotionTarget::valence: return "Valence_rc";
    default: return "Dominance";
  }
}

}  // namespace

std::optional<SwellBlock> swell_block(const std::string& name) {
  static const std::regex form("[Pp][Pp]([0-9]{1,4})(?:[_-].*)?[_-][Cc]([0-9])(?:[_-].*)?");
  std::smatch found;
  if (!std::regex_match(name, found, form)) return std::nullopt;
  return SwellBlock{std::stoll(found[1]), std::stoll(found[2])};
}

std::optional<double> swell_moment(const std::string& words) {
  const bool has_form =
      words.size() >= 15 && words[8] == 'T' && std::ranges::all_of(words, [](char letter) {
        return letter == 'T' || (letter >= '0' && letter <= '9');
      });
  if (!has_form) return std::nullopt;
  const auto part = [&](size_t begin, size_t length) { return words.substr(begin, length); };
  return instant_in(text("{}-{}-{}T{}:{}:{}.{}", part(0, 4), part(4, 2), part(6, 2), part(9, 2),
                         part(11, 2), part(13, 2), words.size() > 15 ? part(15, 6) : "0"));
}

SwellLabels::SwellLabels(const std::string& folder, const EmotionConfig& emotion)
    : emotion_(emotion), ratings_(kScale, emotion) {
  if (emotion.target != EmotionTarget::stress) read_ratings(folder);
  read_conditions(folder);
}

void SwellLabels::read_ratings(const std::string& folder) {
  const fs::path file = find_table(folder, "Behavioral-features - per minute", {".csv", ".tab"},
                                   "of a workbook (.xlsx) save its sheet as CSV");
  const Dialect dialect{.delimiter =
                            file.extension() == ".tab" ? Delimiter::tab : Delimiter::comma};
  const auto rows =
      open_csv(file, {.numbers = {"Blok", column_of(emotion_.target)}, .texts = {"PP"}}, dialect);
  std::map<SwellBlock, double> values;
  while (const auto block = rows->next())
    for (size_t row = 0; row < block->texts[0].size(); ++row) {
      const int64_t number = block->number(row);
      const SwellBlock which{person_of(block->texts[0][row], file, number),
                             block_of(block->numbers[0][row], file, number)};
      values[which] = block->numbers[1][row];  // all minutes of a block have the same
    }
  for (const auto& [which, value] : values) rated_[which] = ratings_.word(value);
}

std::string SwellLabels::word_of(const std::string& condition, const SwellBlock& block) const {
  const bool is_all = emotion_.levels == EmotionLevels::all;
  if (emotion_.target != EmotionTarget::stress) {
    const auto rated = rated_.find(block);
    return condition == "R" || rated == rated_.end() ? "" : rated->second;
  }
  if (condition == "N") return is_all ? "neutral" : "no_stress";
  if (condition == "T") return is_all ? "time_pressure" : "stress";
  if (condition == "I") return is_all ? "interruptions" : "stress";
  return is_all ? "relaxation" : "";
}

void SwellLabels::read_conditions(const std::string& folder) {
  const fs::path file = find_table(folder, "D - Physiology features", {".csv"},
                                   "it is in \"3 - Feature dataset/per sensor\"");
  const auto rows = open_csv(file, {.numbers = {"C"}, .texts = {"PP", "timestamp", "Condition"}});
  while (const auto block = rows->next())
    for (size_t row = 0; row < block->texts[0].size(); ++row) {
      const int64_t number = block->number(row);
      const SwellBlock which{person_of(block->texts[0][row], file, number),
                             block_of(block->numbers[0][row], file, number)};
      const std::optional<double> moment = swell_moment(block->texts[1][row]);
      require<DataError>(moment.has_value(),
                         "{}: row {}: timestamp \"{}\" is not like 20120918T131600000",
                         file.string(), number, block->texts[1][row]);
      const std::string& condition = block->texts[2][row];
      require<DataError>(
          condition.size() == 1 && std::string("NTIR").find(condition) != std::string::npos,
          "{}: row {}: condition \"{}\" is not N, T, I or R", file.string(), number, condition);
      minutes_[which][*moment] = word_of(condition, which);
    }
}

std::string_view SwellLabels::at(const SwellBlock& block, double seconds) const {
  const auto minutes = minutes_.find(block);
  if (minutes == minutes_.end()) return "";
  const auto next = minutes->second.upper_bound(seconds);
  if (next == minutes->second.begin()) return "";
  const auto& [begin, word] = *std::prev(next);
  return seconds < begin + kMinute ? std::string_view(word) : "";
}

bool SwellLabels::has_minute(const SwellBlock& block, double begin, double end) const {
  const auto minutes = minutes_.find(block);
  if (minutes == minutes_.end()) return false;
  const auto first = minutes->second.lower_bound(begin - kMinute);
  return first != minutes->second.end() && first->first < end;
}

}  // namespace tacit
