// SPDX-License-Identifier: Apache-2.0
#include "tacit/dist/share.h"

#include <gtest/gtest.h>

namespace tacit {
namespace {

/// One of several processes that never talk.
class Silent final : public Communicator {
 public:
  Silent(int64_t rank, int64_t size) : rank_(rank), size_(size) {}
  int64_t rank() const override { return rank_; }
  int64_t size() const override { return size_; }
  at::Tensor mean(const at::Tensor& x) const override { return x; }
  at::Tensor gather(const at::Tensor& x) const override { return x; }

 private:
  int64_t rank_, size_;
};

TEST(Share, CoversEachRowOnceInOrderAndEvenly) {
  for (const int64_t size : {1, 2, 3, 7})
    for (int64_t rows = 1; rows < 30; ++rows) {
      int64_t next = 0;
      double weight = 0;
      for (int64_t rank = 0; rank < size; ++rank) {
        const Share share = share_of(rows, Silent(rank, size));
        weight += share.weight;
        EXPECT_GE(share.first + share.rows, 1);
        EXPECT_LE(share.first + share.rows, rows);
        if (share.weight == 0) continue;  // reads along
        EXPECT_EQ(share.first, next);
        EXPECT_TRUE(share.rows == rows / size || share.rows == rows / size + 1);
        next += share.rows;
      }
      EXPECT_EQ(next, rows);
      EXPECT_NEAR(weight, 1, 1e-12);
    }
}

TEST(Share, IsNeverLargerInASmallerBatch) {
  for (const int64_t size : {2, 3, 5})
    for (int64_t rank = 0; rank < size; ++rank)
      for (int64_t rows = 1; rows < 40; ++rows)
        EXPECT_LE(share_of(rows, Silent(rank, size)).rows,
                  share_of(rows + 1, Silent(rank, size)).rows);
}

TEST(OwnRows, AreThoseOfEachJointBatch) {
  const std::vector<int64_t> order{9, 8, 7, 6, 5, 4, 3, 2};  // batches of 3, 3 and 2
  EXPECT_EQ(own_rows(order, 3, Silent(0, 2)), (std::vector<int64_t>{9, 8, 6, 5, 3}));
  EXPECT_EQ(own_rows(order, 3, Silent(1, 2)), (std::vector<int64_t>{7, 4, 2}));
  EXPECT_EQ(own_rows(order, 3, SingleProcess()), order);
  EXPECT_TRUE(own_rows({}, 3, SingleProcess()).empty());
}

TEST(Share, OfOneProcessIsAll) {
  const Share share = share_of(5, SingleProcess());
  EXPECT_EQ(share.first, 0);
  EXPECT_EQ(share.rows, 5);
  EXPECT_EQ(share.weight, 1);
}

}  // namespace
}  // namespace tacit
