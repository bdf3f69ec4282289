// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/long_form_rows.h"

#include <algorithm>
#include <cmath>

#include "tacit/data/readers/sort_rows.h"

namespace tacit {
namespace {

std::vector<std::string> text_columns(const LongFormConfig& config) {
  std::vector<std::string> names = config.recording;
  if (!config.subject.empty()) names.push_back(config.subject);
  if (!config.label.empty()) names.push_back(config.label);
  return names;
}

/// Adds the words of a path to the text columns of a file's rows.
class WithPathWords final : public RowStream {
 public:
  WithPathWords(std::unique_ptr<RowStream> stream, const DataFile& file,
                std::vector<std::string> names)
      : stream_(std::move(stream)), file_(file), names_(std::move(names)) {}

  std::optional<RowBlock> next() override {
    auto block = stream_->next();
    if (!block) return block;
    std::vector<std::vector<std::string>> read = std::move(block->texts);
    block->texts.clear();
    size_t taken = 0;
    for (const std::string& name : names_) {
      const auto word = file_.words.find(name);
      if (word == file_.words.end())
        block->texts.push_back(std::move(read[taken++]));
      else
        block->texts.emplace_back(static_cast<size_t>(block->rows), word->second);
    }
    return block;
  }

 private:
  std::unique_ptr<RowStream> stream_;
  DataFile file_;
  std::vector<std::string> names_;
};

}  // namespace

std::unique_ptr<RowStream> long_form_rows(const LongFormConfig& config, const DataFile& file) {
  const std::vector<std::string> names = text_columns(config);
  Columns columns{config.channels, {}, {}};
  for (const std::string& name : names)
    if (!file.words.contains(name)) columns.texts.push_back(name);
  if (!config.time.empty())
    (config.time_unit == TimeUnit::iso ? columns.instants : columns.numbers).push_back(config.time);
  auto rows = open_rows(file.path, columns, config.text);
  if (columns.texts.size() < names.size())
    rows = std::make_unique<WithPathWords>(std::move(rows), file, names);
  if (config.backward_time == BackwardTime::sort && !config.time.empty())
    rows = sort_rows(std::move(rows), config.recording.size() + !config.subject.empty(), file.path,
                     config.time);
  return rows;
}

BlockView::BlockView(const LongFormConfig& config, const RowBlock& of) : block(of) {
  size_t text = config.recording.size();
  keys = text;
  if (!config.time.empty()) time = &block.numbers[config.channels.size()];
  if (!config.subject.empty()) subject = &block.texts[text++];
  if (!config.label.empty()) label = &block.texts[text];
}

bool BlockView::same_recording(size_t a, size_t b) const {
  for (size_t key = 0; key < keys; ++key)
    if (block.texts[key][a] != block.texts[key][b]) return false;
  return subject == nullptr || (*subject)[a] == (*subject)[b];
}

std::vector<std::string> BlockView::key(size_t row) const {
  std::vector<std::string> words;
  for (size_t key = 0; key < keys; ++key) words.push_back(block.texts[key][row]);
  return words;
}

double seconds_per_unit(TimeUnit unit, double rate_hz) {
  switch (unit) {
    case TimeUnit::samples: return 1 / rate_hz;
    case TimeUnit::s:
    case TimeUnit::iso: return 1;
    case TimeUnit::ms: return 1e-3;
    case TimeUnit::us: return 1e-6;
    case TimeUnit::ns: return 1e-9;
  }
  return 1;
}

double rate_of(std::vector<double> steps) {
  if (steps.empty()) return 0;
  const auto middle = steps.begin() + static_cast<std::ptrdiff_t>(steps.size() / 2);
  std::nth_element(steps.begin(), middle, steps.end());
  const double median = *middle;
  double sum = 0, count = 0;
  for (const double step : steps)
    if (step > 0.5 * median && step < kGapPeriods * median) sum += step, ++count;
  const double rate = count / sum;
  return std::abs(rate - std::round(rate)) < 1e-3 * rate ? std::round(rate) : rate;
}

}  // namespace tacit
