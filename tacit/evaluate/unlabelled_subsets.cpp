// SPDX-License-Identifier: Apache-2.0
#include "tacit/evaluate/unlabelled_subsets.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "tacit/core/error.h"

namespace tacit {
namespace {

using Groups = std::vector<std::vector<int64_t>>;  // rows of each, sorted

/// Rows that belong together by what `key` says of an origin, in an order that depends on the names
/// and the rng only.
template <class Key>
Groups shuffled_groups(const Examples& examples, std::span<const int64_t> rows, const Key& key,
                       Rng rng) {
  std::map<std::pair<std::string, std::string>, std::vector<int64_t>> by_key;
  for (const int64_t row : rows) by_key[key(examples.origin(row))].push_back(row);
  Groups groups;
  for (auto& [name, members] : by_key) {
    std::ranges::sort(members);
    groups.push_back(std::move(members));
  }
  rng.shuffle(std::span(groups));
  return groups;
}

/// Whole groups with the number of rows nearest to `wanted`, at_least at the least.
std::vector<int64_t> whole_groups(const Groups& groups, int64_t wanted, int64_t at_least) {
  std::vector<int64_t> taken;
  for (const std::vector<int64_t>& group : groups) {
    const auto before = static_cast<int64_t>(taken.size());
    const int64_t with = before + static_cast<int64_t>(group.size());
    if (before >= at_least && wanted - before <= with - wanted) break;
    taken.insert(taken.end(), group.begin(), group.end());
  }
  return taken;
}

/// Whole groups, and of the next one a stretch that grows around a place of its own, which is
/// `anchor` of the way through.
std::vector<int64_t> groups_and_a_stretch(const Groups& groups, int64_t wanted,
                                          const Rng& anchors) {
  std::vector<int64_t> taken;
  for (size_t i = 0; i < groups.size(); ++i) {
    const auto size = static_cast<int64_t>(groups[i].size());
    const int64_t length = std::min(size, wanted - static_cast<int64_t>(taken.size()));
    const double anchor = anchors.stream(i).uniform();
    // One row less moves neither end outwards, whatever the anchor: stretches are nested.
    const int64_t begin = std::llround(anchor * static_cast<double>(size - length));
    taken.insert(taken.end(), groups[i].begin() + begin, groups[i].begin() + begin + length);
  }
  return taken;
}

std::vector<int64_t> take(const Examples& examples, std::span<const int64_t> rows, SubsetBy by,
                          int64_t wanted, int64_t at_least, const Rng& rng) {
  const Rng order = rng.stream("order");
  switch (by) {
    case SubsetBy::row: {
      std::vector<int64_t> shuffled(rows.begin(), rows.end());
      std::ranges::sort(shuffled);
      Rng(order).shuffle(std::span(shuffled));
      shuffled.resize(static_cast<size_t>(wanted));
      return shuffled;
    }
    case SubsetBy::subject: {
      const auto subject = [](const Origin& origin) {
        require<ConfigError>(!origin.subject.empty(),
                             "unlabelled data cannot be drawn by subject: recording \"{}\" names "
                             "none; draw them by recording",
                             origin.recording);
        return std::pair(std::string(origin.subject), std::string());
      };
      return whole_groups(shuffled_groups(examples, rows, subject, order), wanted, at_least);
    }
    case SubsetBy::recording: {
      const auto recording = [](const Origin& origin) {
        return std::pair(std::string(origin.subject), std::string(origin.recording));
      };
      return groups_and_a_stretch(shuffled_groups(examples, rows, recording, order), wanted,
                                  rng.stream("anchor"));
    }
  }
  return {};
}

}  // namespace

UnlabelledDraw draw_unlabelled(const Examples& examples, std::span<const int64_t> rows, SubsetBy by,
                               double share, int64_t at_least, const Rng& rng) {
  require<ConfigError>(share > 0 && share <= 1,
                       "a share of unlabelled data lies above 0 and is at most 1, got {}", share);
  require<DataError>(!rows.empty(), "there are no unlabelled rows to draw from");
  const auto all = static_cast<int64_t>(rows.size());
  const int64_t least = std::clamp<int64_t>(at_least, 1, all);
  const int64_t wanted = std::max<int64_t>(least, std::llround(share * static_cast<double>(all)));
  UnlabelledDraw draw{.rows = take(examples, rows, by, wanted, least, rng)};
  std::ranges::sort(draw.rows);
  draw.seconds = covered_seconds(examples, draw.rows);
  return draw;
}

double covered_seconds(const Examples& examples, std::span<const int64_t> rows) {
  if (examples.origin_rate_hz() <= 0) return 0;
  std::map<int64_t, std::vector<std::pair<int64_t, int64_t>>> spans;  // by piece: begin, end
  for (const int64_t row : rows) {
    const Origin origin = examples.origin(row);
    spans[origin.piece].emplace_back(origin.begin, origin.end);
  }
  int64_t samples = 0;
  for (auto& [piece, list] : spans) {
    std::ranges::sort(list);
    int64_t reached = list.front().first;
    for (const auto& [begin, end] : list) {
      samples += std::max<int64_t>(0, end - std::max(begin, reached));
      reached = std::max(reached, end);
    }
  }
  return static_cast<double>(samples) / examples.origin_rate_hz();
}

}  // namespace tacit
