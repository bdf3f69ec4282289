// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/loader.h"

#include <algorithm>
#include <numeric>
#include <span>

namespace tacit {

namespace {

std::vector<int64_t> shuffled(int64_t size, Rng& draws) {
  std::vector<int64_t> order(static_cast<size_t>(size));
  std::iota(order.begin(), order.end(), 0);
  draws.shuffle(std::span<int64_t>(order));
  return order;
}

}  // namespace

std::vector<int64_t> epoch_order(const Rng& rng, int64_t epoch, int64_t size) {
  Rng draws = rng.stream("epoch order").stream(static_cast<uint64_t>(epoch));
  if (size <= kShuffledTogether) return shuffled(size, draws);
  std::vector<int64_t> order;
  order.reserve(static_cast<size_t>(size));
  for (const int64_t block : shuffled((size + kShuffledBlock - 1) / kShuffledBlock, draws))
    for (int64_t row = block * kShuffledBlock; row < std::min(size, (block + 1) * kShuffledBlock);
         ++row)
      order.push_back(row);
  const std::span<int64_t> all(order);
  for (size_t begin = 0; begin < all.size(); begin += kShuffledTogether)
    draws.shuffle(all.subspan(begin, std::min<size_t>(kShuffledTogether, all.size() - begin)));
  return order;
}

Loader::Loader(const Dataset& data, std::vector<int64_t> order, const LoaderConfig& config,
               int64_t first)
    : data_(data),
      order_(std::move(order)),
      config_(config),
      first_(first),
      batches_((static_cast<int64_t>(order_.size()) - first + config.batch - 1) / config.batch) {
  require<ShapeError>(first >= 0 && first <= static_cast<int64_t>(order_.size()),
                      "loader: position {} lies outside of an order of {} rows", first,
                      order_.size());
  for (int64_t i = 0; i < config.workers; ++i) threads_.emplace_back([this] { work(); });
}

Loader::~Loader() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
}

Loader::Outcome Loader::read(int64_t number) const {
  const auto begin = static_cast<size_t>(first_ + number * config_.batch);
  const size_t size = std::min(static_cast<size_t>(config_.batch), order_.size() - begin);
  Outcome outcome;
  try {
    outcome.batch = data_.read_packed(std::span(order_).subspan(begin, size));
  } catch (...) {
    outcome.problem = std::current_exception();
  }
  return outcome;
}

void Loader::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    // Each worker may be one batch ahead of the consumer, beside the one it reads.
    changed_.wait(lock, [&] {
      return stopping_ || claimed_ == batches_ || claimed_ - returned_ < 2 * config_.workers;
    });
    if (stopping_ || claimed_ == batches_) return;
    const int64_t number = claimed_++;
    lock.unlock();
    Outcome outcome = read(number);
    lock.lock();
    ready_.emplace(number, std::move(outcome));
    changed_.notify_all();
  }
}

Loader::Outcome Loader::wait_for(int64_t number) {
  if (config_.workers == 0) return read(number);
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return ready_.contains(number); });
  return std::move(ready_.extract(number).mapped());
}

std::optional<Batch> Loader::next() {
  if (returned_ == batches_) return std::nullopt;  // only this thread writes it
  Outcome outcome = wait_for(returned_);
  {
    const std::lock_guard lock(mutex_);
    ++returned_;
  }
  changed_.notify_all();
  if (outcome.problem) std::rethrow_exception(outcome.problem);
  return std::move(outcome.batch);
}

int64_t Loader::position() const {
  return std::min(first_ + returned_ * config_.batch, static_cast<int64_t>(order_.size()));
}

}  // namespace tacit
