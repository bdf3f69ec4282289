// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/sort_rows.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <span>

#include "tacit/core/error.h"

namespace tacit {
namespace {

/// A text column whose words are kept once.
class Words {
 public:
  void add(const std::string& word) {
    const auto [known, is_new] = numbers_.emplace(word, static_cast<int32_t>(words_.size()));
    if (is_new) words_.push_back(word);
    rows_.push_back(known->second);
  }
  int32_t number(size_t row) const { return rows_[row]; }
  const std::string& word(size_t row) const { return words_[static_cast<size_t>(rows_[row])]; }

 private:
  std::map<std::string, int32_t> numbers_;
  std::vector<std::string> words_;
  std::vector<int32_t> rows_;
};

class SortedRows final : public RowStream {
 public:
  SortedRows(std::unique_ptr<RowStream> stream, size_t keys, std::filesystem::path file,
             std::string time)
      : stream_(std::move(stream)), keys_(keys), file_(std::move(file)), time_(std::move(time)) {}

  std::optional<RowBlock> next() override {
    if (stream_) read_all();
    if (at_ == order_.size()) return std::nullopt;
    const size_t count = std::min(order_.size() - at_, static_cast<size_t>(kBlockRows));
    const std::span rows(order_.data() + at_, count);
    RowBlock block{.rows = static_cast<int64_t>(count), .numbers = {}, .texts = {}};
    for (const std::vector<double>& column : numbers_) {
      auto& out = block.numbers.emplace_back();
      for (const uint32_t row : rows) out.push_back(column[row]);
    }
    for (const Words& column : texts_) {
      auto& out = block.texts.emplace_back();
      for (const uint32_t row : rows) out.push_back(column.word(row));
    }
    for (const uint32_t row : rows) block.moved_from.push_back(number_[row]);
    at_ += count;
    return block;
  }

 private:
  void read_all() {
    while (const auto block = stream_->next()) add(*block);
    stream_.reset();
    order_.resize(recording_.size());
    std::iota(order_.begin(), order_.end(), uint32_t{0});
    if (order_.empty()) return;
    const std::vector<double>& time = numbers_.back();
    std::stable_sort(order_.begin(), order_.end(), [&](uint32_t a, uint32_t b) {
      return recording_[a] != recording_[b] ? recording_[a] < recording_[b] : time[a] < time[b];
    });
  }

  void add(const RowBlock& block) {
    numbers_.resize(block.numbers.size());
    texts_.resize(block.texts.size());
    const auto rows = static_cast<int64_t>(recording_.size()) + block.rows;
    const auto bytes = static_cast<int64_t>(8 * numbers_.size() + 4 * texts_.size() + 16);
    require<DataError>(
        rows <= kSortBytes / bytes,
        "{}: sorting it takes more than {} GiB of memory; sort the file by recording "
        "and time beforehand, or give each recording a file of its own",
        file_.string(), kSortBytes >> 30);
    for (size_t i = 0; i < numbers_.size(); ++i)
      numbers_[i].insert(numbers_[i].end(), block.numbers[i].begin(), block.numbers[i].end());
    for (size_t i = 0; i < texts_.size(); ++i)
      for (const std::string& word : block.texts[i]) texts_[i].add(word);
    for (size_t row = 0; row < static_cast<size_t>(block.rows); ++row) {
      require<DataError>(std::isfinite(block.numbers.back()[row]),
                         "{}: row {}, column \"{}\": there is no time", file_.string(),
                         block.number(row), time_);
      recording_.push_back(recording_of(recording_.size()));
      number_.push_back(block.number(row));
    }
  }

  /// The number of the row's recording, in order of appearance.
  int32_t recording_of(size_t row) {
    std::vector<int32_t> key;
    for (size_t i = 0; i < keys_; ++i) key.push_back(texts_[i].number(row));
    return recordings_.emplace(std::move(key), static_cast<int32_t>(recordings_.size()))
        .first->second;
  }

  std::unique_ptr<RowStream> stream_;  ///< gone once it is read
  size_t keys_;
  std::filesystem::path file_;
  std::string time_;
  std::vector<int64_t> number_;  ///< of each row in the file
  std::vector<std::vector<double>> numbers_;
  std::vector<Words> texts_;
  std::map<std::vector<int32_t>, int32_t> recordings_;
  std::vector<int32_t> recording_;
  std::vector<uint32_t> order_;
  size_t at_ = 0;
};

}  // namespace

std::unique_ptr<RowStream> sort_rows(std::unique_ptr<RowStream> stream, size_t keys,
                                     const std::filesystem::path& file, const std::string& time) {
  return std::make_unique<SortedRows>(std::move(stream), keys, file, time);
}

}  // namespace tacit
