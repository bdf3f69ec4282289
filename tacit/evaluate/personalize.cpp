// SPDX-License-Identifier: Apache-2.0
#include "tacit/evaluate/personalize.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>

#include <algorithm>
#include <map>
#include <tuple>

namespace tacit {

PersonRows split_person(const Examples& windows, std::span<const int64_t> rows) {
  std::map<int64_t, std::vector<int64_t>> by_class;
  for (const int64_t row : rows) by_class[windows.label(row)].push_back(row);
  PersonRows parts;
  std::vector<int64_t> later;
  for (auto& [label, mine] : by_class) {
    std::sort(mine.begin(), mine.end(), [&](int64_t a, int64_t b) {
      const Origin first = windows.origin(a), second = windows.origin(b);
      return std::tie(first.piece, first.begin) < std::tie(second.piece, second.begin);
    });
    const auto middle = mine.begin() + static_cast<std::ptrdiff_t>(mine.size() / 2);
    parts.adapt.insert(parts.adapt.end(), mine.begin(), middle);
    later.insert(later.end(), middle, mine.end());
  }
  const auto overlap = [&](int64_t a, int64_t b) {
    return windows.origin(a).overlaps(windows.origin(b));
  };
  for (const int64_t row : later)
    if (std::none_of(parts.adapt.begin(), parts.adapt.end(),
                     [&](int64_t other) { return overlap(row, other); }))
      parts.score.push_back(row);
  return parts;
}

LinearClassifier personalize(const Features& everyone, const Features& person, int64_t classes,
                             const PersonalizeConfig& config) {
  const auto weight = [](double share, const Features& part) {
    return at::full({part.size()}, share / static_cast<double>(part.size()), at::kDouble);
  };
  return fit_linear_probe(
             at::cat({everyone.x, person.x}), at::cat({everyone.y, person.y}), classes,
             {.c = config.c},
             at::cat({weight(1 - config.share, everyone), weight(config.share, person)}))
      .classifier;
}

}  // namespace tacit
