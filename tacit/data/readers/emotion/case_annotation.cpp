// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/emotion/case_annotation.h"

#include <cmath>

#include "tacit/core/error.h"
#include "tacit/data/readers/rows.h"

namespace tacit {
namespace {

constexpr double kLongestMs = 100;  // twice the time between two

}  // namespace

bool is_rated_video(double video) { return video >= 1 && video <= 8; }

CaseAnnotation::CaseAnnotation(const std::filesystem::path& file, const std::string& time,
                               const std::string& target, const std::string& video,
                               Ratings& ratings) {
  Columns columns{.numbers = {time, target}, .texts = {}};
  if (!video.empty()) columns.numbers.push_back(video);
  const auto rows = open_csv(file, columns);
  while (const auto block = rows->next())
    for (size_t row = 0; row < block->numbers[0].size(); ++row) {
      const double begin = block->numbers[0][row];
      require<DataError>(std::isfinite(begin) && (begins_.empty() || begin > begins_.back()),
                         "{}: row {}: {} is {}, and must be above that of the row before",
                         file.string(), block->number(row), time, begin);
      begins_.push_back(begin);
      const bool counts = video.empty() || is_rated_video(block->numbers[2][row]);
      words_.push_back(counts ? ratings.word(block->numbers[1][row]) : "");
    }
}

std::string_view CaseAnnotation::at(double ms) {
  while (next_ < begins_.size() && begins_[next_] <= ms) ++next_;
  if (next_ == 0 || ms - begins_[next_ - 1] > kLongestMs) return "";
  return words_[next_ - 1];
}

}  // namespace tacit
