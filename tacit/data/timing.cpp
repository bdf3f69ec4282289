// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/timing.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <limits>
#include <map>

#include "tacit/core/error.h"
#include "tacit/data/readers/long_form_rows.h"

namespace tacit {
namespace {

constexpr int64_t kRowsOfFile = 4'000'000;
constexpr size_t kSteps = 20'000;

/// A recording while its rows come.
struct Watch {
  Timing::Recording recording;
  double last = std::numeric_limits<double>::quiet_NaN();
  int64_t alike = 1;          ///< rows with the last time
  std::vector<double> steps;  ///< that grow; the first kSteps
  std::vector<double> times;  ///< kept while rows may be unsorted
};

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

class Timer {
 public:
  explicit Timer(const LongFormConfig& config) : config_(config) {
    timing_.missing.resize(config.channels.size());
  }

  void read(const DataFile& file) {
    watches_.clear();
    current_ = nullptr;
    const auto stream = long_form_rows(config_, file);
    int64_t rows = 0;
    while (const auto block = stream->next()) {
      const BlockView view(config_, *block);
      for (size_t row = 0; row < static_cast<size_t>(block->rows); ++row) {
        values(*block, row);
        if (row == 0 || current_ == nullptr || !view.same_recording(row - 1, row))
          enter(file, view, row);
        if (view.time) moment((*view.time)[row], file, view, row);
      }
      rows += block->rows;
      if (rows >= kRowsOfFile) break;
    }
    timing_.rows += rows;
    for (auto& [key, watch] : watches_) close(watch);
  }

  Timing finish() {
    timing_.median_step = median(steps_);
    timing_.rows_of_a_moment = alike_.empty() ? 1 : median(alike_);
    double sum = 0, squares = 0, count = 0;
    for (const double step : steps_) {
      timing_.gaps += step > kGapPeriods * timing_.median_step;
      if (step < 0.5 * timing_.median_step || step > kGapPeriods * timing_.median_step) continue;
      sum += step, squares += step * step, ++count;
    }
    if (count > 0)
      timing_.jitter =
          std::sqrt(std::max(0.0, squares / count - sum * sum / count / count)) / (sum / count);
    return std::move(timing_);
  }

 private:
  void values(const RowBlock& block, size_t row) {
    bool whole = true;
    for (size_t channel = 0; channel < timing_.missing.size(); ++channel) {
      const bool missing = std::isnan(block.numbers[channel][row]);
      timing_.missing[channel] += missing;
      whole = whole && !missing;
    }
    timing_.whole_rows += whole;
  }

  void enter(const DataFile& file, const BlockView& view, size_t row) {
    std::vector<std::string> key = view.key(row);
    if (view.subject) key.push_back((*view.subject)[row]);
    const auto [found, is_new] = watches_.try_emplace(key);
    Watch* const watch = &found->second;
    if (watch == current_) return;
    current_ = watch;
    if (!is_new) ++timing_.returns;
    key.insert(key.begin(), file.name);
    watch->recording.name = join(key, "/");
  }

  void moment(double time, const DataFile& file, const BlockView& view, size_t row) {
    Watch& watch = *current_;
    ++watch.recording.rows;
    if (std::isnan(time)) return;
    watch.times.push_back(time);
    if (time < watch.last) {
      if (timing_.falls++ == 0)
        timing_.first_fall = text("{}, row {}: from {} to {}", file.path.string(),
                                  view.block.number(row), watch.last, time);
    } else if (time == watch.last) {
      ++timing_.repeats;
      ++watch.alike;
    } else if (watch.last == watch.last) {
      if (watch.steps.size() < kSteps) watch.steps.push_back(time - watch.last);
      if (alike_.size() < kSteps) alike_.push_back(static_cast<double>(watch.alike));
      watch.alike = 1;
    }
    watch.last = time;
  }

  void close(Watch& watch) {
    std::sort(watch.times.begin(), watch.times.end());
    for (size_t i = 1; i < watch.times.size(); ++i)
      timing_.repeats_when_sorted += watch.times[i] == watch.times[i - 1];
    if (timing_.falls > 0) {
      watch.steps.clear();
      for (size_t i = 1; i < watch.times.size() && i < kSteps; ++i)
        if (watch.times[i] > watch.times[i - 1])
          watch.steps.push_back(watch.times[i] - watch.times[i - 1]);
    }
    const double seconds = seconds_per_unit(config_.time_unit, 1);
    std::vector<double> steps;
    for (const double step : watch.steps) steps.push_back(step * seconds);
    watch.recording.rate_hz = rate_of(std::move(steps));
    steps_.insert(steps_.end(), watch.steps.begin(), watch.steps.end());
    timing_.recordings.push_back(watch.recording);
  }

  const LongFormConfig& config_;
  Timing timing_;
  std::map<std::vector<std::string>, Watch> watches_;  ///< of the file being read
  Watch* current_ = nullptr;
  std::vector<double> steps_, alike_;
};

std::string lower(const std::string& name) {
  std::string out;
  for (const char c : name) out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

std::optional<TimeUnit> named_unit(const std::string& name) {
  const std::string plain = lower(name);
  const auto says = [&](std::initializer_list<const char*> ends,
                        std::initializer_list<const char*> parts) {
    return std::any_of(ends.begin(), ends.end(),
                       [&](const char* end) { return plain.ends_with(end); }) ||
           std::any_of(parts.begin(), parts.end(),
                       [&](const char* part) { return plain.find(part) != std::string::npos; });
  };
  if (says({"_ns", "(ns)", "[ns]", " ns"}, {"nano"})) return TimeUnit::ns;
  if (says({"_us", "(us)", "[us]", " us", "(µs)", "[µs]", "_µs"}, {"micro"})) return TimeUnit::us;
  if (says({"_ms", "(ms)", "[ms]", " ms"}, {"milli"})) return TimeUnit::ms;
  if (says({"_s", "(s)", "[s]", " s", "_sec"}, {"second"})) return TimeUnit::s;
  return std::nullopt;
}

}  // namespace

std::optional<TimeUnit> guess_time_unit(const std::string& name, double lowest, double highest,
                                        double median_step) {
  if (const auto unit = named_unit(name)) return unit;
  constexpr std::pair<TimeUnit, double> kUnits[] = {
      {TimeUnit::s, 1}, {TimeUnit::ms, 1e-3}, {TimeUnit::us, 1e-6}, {TimeUnit::ns, 1e-9}};
  for (const auto& [unit, seconds] : kUnits)  // 1995 … 2065
    if (lowest * seconds > 8e8 && highest * seconds < 3e9) return unit;
  if (median_step == 1 && lowest == std::floor(lowest)) return TimeUnit::samples;
  for (const auto& [unit, seconds] : kUnits) {
    const double rate = 1 / (median_step * seconds);
    if (rate >= 4 && rate < 1000) return unit;
  }
  return std::nullopt;
}

Timing time_rows(const LongFormConfig& config) {
  LongFormConfig as_it_stands = config;
  as_it_stands.backward_time = BackwardTime::refuse;
  as_it_stands.label.clear();
  Timer timer(as_it_stands);
  for (const DataFile& file : data_files(config.path, config.path_pattern)) timer.read(file);
  return timer.finish();
}

}  // namespace tacit
