// SPDX-License-Identifier: Apache-2.0
#include "tacit/core/memory.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <vector>

namespace tacit {
namespace {

constexpr size_t kBytes = size_t{256} << 20;

/// Pages that the system had to hand out while a large block was filled and freed.
long pages_of_a_block() {
  const auto faults = [] {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_minflt;
  };
  const long before = faults();
  std::vector<char> block(kBytes, 'x');
  EXPECT_EQ(std::ranges::count(block, 'x'), static_cast<std::ptrdiff_t>(kBytes));
  return faults() - before;
}

TEST(KeepFreedMemory, ServesTheNextAllocationOfTheSameSizeUntilItIsGivenBack) {
#if !defined(__GLIBC__) || defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "needs the allocator of glibc, which sanitizers replace";
#endif
  keep_freed_memory();
  const long first = pages_of_a_block();
  const long second = pages_of_a_block();
  EXPECT_LT(second, first / 10) << first;
  give_back_freed_memory();
  EXPECT_GT(pages_of_a_block(), first / 2);
}

}  // namespace
}  // namespace tacit
