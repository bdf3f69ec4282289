// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <cstdint>
#include <vector>

#include "tacit/dist/communicator.h"

namespace tacit {

/// The rows of a joint batch that one process takes.
struct Share {
  int64_t first;  ///< within the joint batch
  int64_t rows;   ///< how many it reads, at least 1
  double weight;  ///< its part of the joint batch; 0 when it only reads along
};

/// Splits a joint batch of `rows` >= 1 as evenly as can be: the first processes take a row more. A
/// process that is left without one reads the last row and counts it as nothing, so that all take
/// part in every collective. A smaller batch never gives a process more rows than a larger one.
inline Share share_of(int64_t rows, const Communicator& world) {
  const int64_t each = rows / world.size(), more = rows % world.size(), rank = world.rank();
  const int64_t own = each + (rank < more ? 1 : 0);
  return {std::min(rank * each + std::min(rank, more), rows - 1), std::max<int64_t>(own, 1),
          static_cast<double>(own) / static_cast<double>(rows)};
}

/// `order` cut into joint batches of `batch` >= 1 rows, the last of what is left, and of each the
/// rows that this process takes, one after the other.
inline std::vector<int64_t> own_rows(const std::vector<int64_t>& order, int64_t batch,
                                     const Communicator& world) {
  const auto size = static_cast<int64_t>(order.size());
  std::vector<int64_t> own;
  for (int64_t first = 0; first < size; first += batch) {
    const Share share = share_of(std::min(batch, size - first), world);
    const auto begin = order.begin() + first + share.first;
    own.insert(own.end(), begin, begin + share.rows);
  }
  return own;
}

}  // namespace tacit
