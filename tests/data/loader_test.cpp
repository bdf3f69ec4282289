// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/loader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tacit/data/windows.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

std::vector<int64_t> walk(Loader& loader) {
  std::vector<int64_t> rows;
  while (const auto batch = loader.next())
    for (int64_t i = 0; i < batch->size(); ++i) rows.push_back(batch->row[i].item<int64_t>());
  return rows;
}

/// Fails at one row.
class Broken final : public Dataset {
 public:
  explicit Broken(const Dataset& source) : source_(source) {}
  const Spec& spec() const override { return source_.spec(); }
  int64_t size() const override { return source_.size(); }
  Batch read(std::span<const int64_t> rows) const override {
    require<DataError>(std::find(rows.begin(), rows.end(), 9) == rows.end(), "row 9 is broken");
    return source_.read(rows);
  }

 private:
  const Dataset& source_;
};

TEST(EpochOrder, IsAPermutationThatDependsOnSeedAndEpoch) {
  std::vector<int64_t> order = epoch_order(Rng(1), 3, 1000);
  EXPECT_EQ(order, epoch_order(Rng(1), 3, 1000));
  EXPECT_NE(order, epoch_order(Rng(1), 4, 1000));
  EXPECT_NE(order, epoch_order(Rng(2), 3, 1000));
  std::sort(order.begin(), order.end());
  for (int64_t row = 0; row < 1000; ++row) ASSERT_EQ(order[static_cast<size_t>(row)], row);
}

TEST(EpochOrder, OfManyRowsStaysInFewPlacesAtATime) {
  const int64_t size = 3 * kShuffledTogether + 5;
  const std::vector<int64_t> order = epoch_order(Rng(1), 0, size);
  EXPECT_EQ(std::set<int64_t>(order.begin(), order.end()).size(), static_cast<size_t>(size));
  for (size_t begin = 0; begin < order.size(); begin += kShuffledTogether) {
    const size_t end = std::min<size_t>(order.size(), begin + kShuffledTogether);
    std::set<int64_t> blocks;
    for (size_t i = begin; i < end; ++i) blocks.insert(order[i] / kShuffledBlock);
    EXPECT_LE(blocks.size(), static_cast<size_t>(kShuffledTogether / kShuffledBlock + 1));
    // A batch of a block's size holds rows of well over half of the places.
    std::set<int64_t> at_once;
    for (size_t i = begin; i < std::min<size_t>(end, begin + kShuffledBlock); ++i)
      at_once.insert(order[i] / kShuffledBlock);
    if (end - begin == kShuffledTogether) EXPECT_GT(at_once.size(), blocks.size() / 2);
    // Blocks of the whole file, not of one part of it.
    if (end - begin == kShuffledTogether)
      EXPECT_GT(*blocks.rbegin() - *blocks.begin(), size / kShuffledBlock * 9 / 10);
  }
}

TEST(Loader, WalksTheOrderWithAnyNumberOfWorkers) {
  const SignalWindows data(people(30), {.length = {20}});
  const auto order = epoch_order(Rng(1), 0, data.size());
  for (const int64_t workers : {0, 1, 2, 5})
    for (const int64_t batch : {1, 7, 1000}) {
      Loader loader(data, order, {.batch = batch, .workers = workers});
      EXPECT_EQ(walk(loader), order) << workers << " workers, batches of " << batch;
      EXPECT_EQ(loader.position(), data.size());
    }
}

TEST(Loader, GoesOnWhereItStopped) {
  const SignalWindows data(people(3), {.length = {20}});
  const auto order = epoch_order(Rng(1), 0, data.size());
  Loader first(data, order, {.batch = 5});
  ASSERT_TRUE(first.next().has_value());
  Loader second(data, order, {.batch = 5}, first.position());
  EXPECT_EQ(walk(second), std::vector<int64_t>(order.begin() + 5, order.end()));
  EXPECT_THROW(Loader(data, order, {}, data.size() + 1), ShapeError);
}

TEST(Loader, ThrowsInTheConsumerAndInTurn) {
  const SignalWindows data(people(3), {.length = {20}});
  const Broken broken(data);
  std::vector<int64_t> order(static_cast<size_t>(data.size()));
  for (size_t i = 0; i < order.size(); ++i) order[i] = static_cast<int64_t>(i);
  for (const int64_t workers : {0, 3}) {
    Loader loader(broken, order, {.batch = 4, .workers = workers});
    EXPECT_TRUE(loader.next().has_value());
    EXPECT_TRUE(loader.next().has_value());
    EXPECT_THROW(loader.next(), DataError);
    EXPECT_EQ((*loader.next()).row[0].item<int64_t>(), 12);
  }  // and it may be left in the middle
}

}  // namespace
}  // namespace tacit
