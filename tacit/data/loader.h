// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "tacit/core/config.h"
#include "tacit/core/rng.h"
#include "tacit/data/dataset.h"

namespace tacit {

/// How many rows an epoch shuffles together, and how many of these lie side by side in the file.
inline constexpr int64_t kShuffledTogether = int64_t{1} << 18;
inline constexpr int64_t kShuffledBlock = 1024;

/// 0 … size-1 in the order of one epoch; the same for the same stream and epoch, whatever came
/// before. Up to kShuffledTogether rows come in any order alike. Of more, blocks of kShuffledBlock
/// neighbours are put in random order, and then kShuffledTogether rows at a time are shuffled: what
/// is larger than memory is read from 256 places at once and not from everywhere.
std::vector<int64_t> epoch_order(const Rng& rng, int64_t epoch, int64_t size);

struct LoaderConfig {
  int64_t batch = 64;
  int64_t workers = 1;
};
template <class Visitor>
void describe(Visitor& visit, LoaderConfig& config) {
  visit("batch", config.batch, "rows at a time", at_least(1));
  visit("workers", config.workers, "threads that read ahead; 0 reads when asked", at_least(0));
}

/// Walks rows of a data set in a given order, batch by batch, packed as Dataset::read_packed()
/// gives them; the last one may be smaller. Threads read ahead; what comes out does not depend on
/// how many. One thread may call next().
class Loader {
 public:
  /// Starts at position `first` of `order`, to go on where a run was interrupted. `data` must
  /// outlive the loader. Throws ShapeError when `first` lies outside of the order.
  Loader(const Dataset& data, std::vector<int64_t> order, const LoaderConfig& config,
         int64_t first = 0);
  ~Loader();
  Loader(const Loader&) = delete;
  Loader& operator=(const Loader&) = delete;

  /// The next batch, or nothing at the end. Throws what reading it threw, in its turn.
  std::optional<Batch> next();
  /// Position in `order` behind the last batch that was returned.
  int64_t position() const;

 private:
  struct Outcome {
    Batch batch;
    std::exception_ptr problem;
  };

  Outcome read(int64_t number) const;
  Outcome wait_for(int64_t number);
  void work();

  const Dataset& data_;
  const std::vector<int64_t> order_;
  const LoaderConfig config_;
  const int64_t first_;
  const int64_t batches_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int64_t claimed_ = 0;   ///< batches that a thread has taken on
  int64_t returned_ = 0;  ///< batches that next() has handed out
  bool stopping_ = false;
  std::map<int64_t, Outcome> ready_;
  std::vector<std::jthread> threads_;  ///< last, so that they end before what they use
};

}  // namespace tacit
