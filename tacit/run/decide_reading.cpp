// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/decide_reading.h"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "tacit/core/error.h"
#include "tacit/data/readers/long_form_rows.h"
#include "tacit/data/readers/npy.h"
#include "tacit/data/readers/npy_windows.h"
#include "tacit/data/roles.h"
#include "tacit/data/timing.h"

namespace tacit {
namespace {

std::string quoted(const std::vector<std::string>& names) {
  std::vector<std::string> all;
  for (const std::string& name : names) all.push_back("\"" + name + "\"");
  return join(all);
}

/// Three are taken for an accelerometer, six for a gyroscope as well.
std::vector<std::string> channel_names(int64_t count) {
  std::vector<std::string> names{"ax", "ay", "az", "gx", "gy", "gz"};
  if (count == 3 || count == 6) return {names.begin(), names.begin() + count};
  names.clear();
  for (int64_t i = 1; i <= count; ++i) names.push_back(text("c{}", i));
  return names;
}

/// How text and Parquet files in long form are to be read.
class LongFormDecision {
 public:
  LongFormDecision(const std::filesystem::path& path, const Json& given, Findings& findings)
      : given_(given), findings_(findings), file_(findings.data.file) {
    LongFormConfig asked;
    if (given.contains("path_pattern"))
      asked.path_pattern = given["path_pattern"].get<std::string>();
    survey_ = survey(path, asked.path_pattern);
    findings.data.source =
        survey_.files.front().path.extension() == ".parquet" ? Source::parquet : Source::csv;
    file_ = {.path = path.string(), .text = survey_.text};
  }

  void run() {
    roles();
    first_look();
    if (!file_.time.empty()) {
      unit();
      order();
      repeats();
    }
    sensors();
    rates();
  }

 private:
  bool is_given(const char* key) const { return given_.contains(key); }
  void fact(std::string sentence) { findings_.facts.push_back(std::move(sentence)); }
  void assume(std::string sentence) { findings_.assumptions.push_back(std::move(sentence)); }
  void warn(std::string sentence) { findings_.warnings.push_back(std::move(sentence)); }
  std::string first_file() const { return survey_.files.front().path.string(); }

  void roles() {
    const Roles roles = guess_roles(survey_, given_);
    file_.path_pattern = roles.path_pattern;
    file_.subject = roles.subject;
    file_.label = roles.label;
    file_.time = roles.time;
    file_.recording = is_given("recording") ? roles.recording : of_each_person(roles.recording);
    file_.channels = roles.channels;
    for (const std::string& reason : roles.reasons) assume(reason);
    for (const auto& [column, why] : roles.left_out)
      fact(text("left out column \"{}\": {}", column, why));
    for (const auto& [column, why] : roles.left_out)
      if (survey_.column(column).is_group()) groups_.push_back(column);
    Json known = given_;
    for (const char* key : {"window", "split", "source"}) known.erase(key);
    DataConfig data = findings_.data;
    read_config(data, known, "data");
    data.source = findings_.data.source;
    findings_.data = data;
  }

  /// Two people may both have a recording 1: the person is part of its name.
  std::vector<std::string> of_each_person(std::vector<std::string> columns) const {
    const auto known = std::find(columns.begin(), columns.end(), file_.subject);
    if (!columns.empty() && !file_.subject.empty() && known == columns.end())
      columns.insert(columns.begin(), file_.subject);
    return columns;
  }

  /// Times as they stand, in the unit of the column.
  void first_look() {
    if (file_.time.empty()) {
      require<DataError>(
          file_.file_rate_hz > 0,
          "{}: no column holds times, so nobody can tell how many samples a second it "
          "has; say it, for example data.file_rate_hz=50",
          first_file());
      return;
    }
    if (survey_.column(file_.time).is_instant() && !is_given("time_unit"))
      file_.time_unit = TimeUnit::iso;
    timing_ = time_rows(file_);
    require<DataError>(timing_.median_step > 0,
                       "{}: column \"{}\" never grows, so it is no time; say "
                       "data.time=COLUMN, or data.time= and data.file_rate_hz=50",
                       first_file(), file_.time);
  }

  void unit() {
    if (is_given("time_unit") || file_.time_unit == TimeUnit::iso) return;
    const ColumnProfile& column = survey_.column(file_.time);
    const auto unit =
        guess_time_unit(file_.time, column.lowest, column.highest, timing_.median_step);
    require<DataError>(
        unit.has_value(),
        "{}: column \"{}\" grows by {} a row, and nobody can tell in which unit; say "
        "data.time_unit=s, ms, us or ns",
        first_file(), file_.time, timing_.median_step);
    require<DataError>(
        *unit != TimeUnit::samples || file_.file_rate_hz > 0,
        "{}: column \"{}\" grows by 1 a row: it only counts rows, or milliseconds; say "
        "data.file_rate_hz=50 (or what the rate is), or data.time_unit=ms",
        first_file(), file_.time);
    file_.time_unit = *unit;
    assume(text("times in \"{}\" were taken for {}", file_.time, enum_name(*unit)));
    timing_ = time_rows(file_);
  }

  double unit_seconds() const {
    return seconds_per_unit(file_.time_unit, file_.file_rate_hz > 0 ? file_.file_rate_hz : 1);
  }

  /// Steps back in time, and recordings that go on after another.
  void order() {
    if ((timing_.falls == 0 && timing_.returns == 0) || is_given("backward_time")) return;
    if (!is_given("recording") && tell_recordings_apart()) return;
    const int64_t more = timing_.repeats_when_sorted - timing_.repeats;
    if (timing_.falls == 0 || 10 * more <= timing_.rows) {
      file_.backward_time = BackwardTime::sort;
      fact(
          text("rows are not in the order of time ({} steps back, {} recordings that go on after "
               "another): they are sorted while reading",
               timing_.falls, timing_.returns));
      return;
    }
    require<DataError>(
        timing_.returns == 0 && 50 * timing_.falls < timing_.rows,
        "{}: times go back and forth and no column tells recordings apart ({}); name "
        "the columns that do, data.recording=[...]",
        first_file(), timing_.first_fall);
    file_.backward_time = BackwardTime::new_recording;
    assume(text("time starts again {} times: each start was taken for a new recording",
                timing_.falls));
  }

  /// Adds columns to those that name recordings until time only grows; keeps none if that fails.
  bool tell_recordings_apart() {
    std::vector<std::vector<std::string>> attempts;
    for (const std::string& column : groups_) attempts.push_back({column});
    if (!file_.label.empty()) {
      attempts.push_back({file_.label});
      for (const std::string& column : groups_) attempts.push_back({column, file_.label});
    }
    for (const auto& columns : attempts) {
      LongFormConfig trial = file_;
      trial.recording.insert(trial.recording.end(), columns.begin(), columns.end());
      trial.recording = of_each_person(trial.recording);
      Timing timing = time_rows(trial);
      if (timing.falls > 0 || timing.returns > 0) continue;
      file_ = trial;
      timing_ = std::move(timing);
      assume(text("a recording was taken to end where {} changes, because time starts again there",
                  quoted(columns)));
      return true;
    }
    return false;
  }

  void repeats() {
    if (is_given("repeated_time")) return;
    const int64_t count =
        file_.backward_time == BackwardTime::sort ? timing_.repeats_when_sorted : timing_.repeats;
    if (count == 0) return;
    if (2 * count > timing_.rows) return coarse_clock();
    require<DataError>(
        5 * count <= timing_.rows,
        "{}: {} of {} rows have the time of the row before, too many to leave out; name "
        "what tells their recordings apart in data.recording, or say data.time= and "
        "data.file_rate_hz=50 if rows simply follow each other",
        first_file(), count, timing_.rows);
    file_.repeated_time = RepeatedTime::drop;
    fact(text("{} of {} rows repeat a time: the second of two is left out", count, timing_.rows));
  }

  /// Several rows a moment: the clock only tells how many there are.
  void coarse_clock() {
    const double step = timing_.median_step * unit_seconds();
    const double rate = timing_.rows_of_a_moment / step;
    require<DataError>(timing_.falls == 0,
                       "{}: column \"{}\" stands still for most rows and goes back "
                       "elsewhere ({}), so rows cannot be put in order",
                       first_file(), file_.time, timing_.first_fall);
    if (!is_given("file_rate_hz")) file_.file_rate_hz = rate;
    assume(text(
        "\"{}\" stands still for {} rows at a time, so rows were taken to follow each other at "
        "{} Hz; gaps cannot be seen",
        file_.time, timing_.rows_of_a_moment, rate));
    file_.time.clear();
    file_.time_unit = TimeUnit::samples;
  }

  /// Missing values, and sensors that do not share rows.
  void sensors() {
    if (timing_.rows == 0) {
      LongFormConfig trial = file_;
      timing_ = time_rows(trial);
    }
    std::vector<std::string> gaps;
    double sparsest = 0;
    for (size_t channel = 0; channel < file_.channels.size(); ++channel) {
      const double share =
          static_cast<double>(timing_.missing[channel]) / static_cast<double>(timing_.rows);
      if (share > 0) gaps.push_back(text("\"{}\" in {}", file_.channels[channel], percent(share)));
      sparsest = std::max(sparsest, share);
    }
    if (!gaps.empty()) fact("values are missing: " + join(gaps) + " of the rows");
    require<DataError>(
        timing_.whole_rows > 0,
        "{}: no row has a value in every channel ({}), so sensors write rows of their "
        "own; choose those of one sensor, data.channels=[...]",
        first_file(), quoted(file_.channels));
    sparse_ = 1 / (1 - std::min(sparsest, 0.99));
  }

  void rates() {
    std::vector<double> found;
    for (const Timing::Recording& recording : timing_.recordings)
      if (recording.rows >= 20 && recording.rate_hz > 0) found.push_back(recording.rate_hz);
    if (file_.time.empty() || file_.time_unit == TimeUnit::samples || found.empty()) {
      fact(text("{} Hz, which the times do not tell", file_.file_rate_hz));
      return;
    }
    std::sort(found.begin(), found.end());
    const double middle = found[found.size() / 2], whole = std::round(middle);
    const double nominal = middle >= 5 && std::abs(middle - whole) < 0.02 * middle ? whole : middle;
    fact(text("{} Hz by the times of {} recordings; their steps vary by {}", nominal, found.size(),
              percent(timing_.jitter)));
    if (timing_.gaps > 0) fact(text("{} steps in time are longer than 1.5 periods", timing_.gaps));
    if (found.back() <= 1.1 * found.front()) {
      if (!is_given("file_rate_hz")) file_.file_rate_hz = nominal;
    } else if (!is_given("rate_hz")) {
      findings_.data.rate_hz = std::round(found.front());
      warn(text("recordings have different rates, {} … {} Hz: all are brought to {} Hz",
                found.front(), found.back(), findings_.data.rate_hz));
    }
    const double gap = 1.5 * sparse_ / nominal;
    if (sparse_ >= 1.5 && gap > file_.max_gap_seconds && !is_given("max_gap_seconds")) {
      file_.max_gap_seconds = gap;
      warn(text(
          "a channel has a value in one of {} rows only; gaps up to {} s are filled by straight "
          "lines",
          sparse_, gap));
    }
  }

  const Json& given_;
  Findings& findings_;
  LongFormConfig& file_;
  Survey survey_;
  Timing timing_;
  std::vector<std::string> groups_;  ///< left out, but rarely changing: may name recordings
  double sparse_ = 1;
};

/// How windows in X.npy are read: as they are, each by itself.
void decide_windows(const std::filesystem::path& path, const Json& given, Findings& findings) {
  const WindowFiles files = window_files(path);
  const NpyArray x(files.x);
  require<DataError>(x.shape().size() == 3,
                     "{}: windows must have the shape [N, T, C], but it has {} dimensions",
                     files.x.string(), x.shape().size());
  DataConfig& data = findings.data;
  data.source = Source::npy;
  data.file.path = path.string();
  data.file.channels = channel_names(x.shape()[2]);
  data.window = {.length = {static_cast<double>(x.shape()[1])}, .overlap = 0};
  Json known = given;
  known.erase("source");
  read_config(data, known, "data");
  require<DataError>(
      data.file.file_rate_hz > 0,
      "{}: windows of {} samples, and nobody can tell how many samples a second; say it, for "
      "example data.file_rate_hz=30",
      files.x.string(), x.shape()[1]);
  require<DataError>(!files.people.empty(),
                     "{}: there is no pid.npy that says whose window each is; without "
                     "it windows of one person cannot be kept on one side of the split",
                     path.string());
  findings.facts.push_back(
      text("{} windows of {} samples and {} channels at {} Hz, used as they were cut", x.shape()[0],
           x.shape()[1], x.shape()[2], data.file.file_rate_hz));
  if (!given.contains("channels"))
    findings.assumptions.push_back(
        text("the channels of X.npy were called {}", quoted(data.file.channels)));
}

/// What a set is read for where nobody says.
void choose_usual(Source source, DataConfig& data) {
  data.file.channels = {"ecg"};
  data.emotion.target = EmotionTarget::arousal;
  switch (source) {
    case Source::wesad:
    case Source::swell: data.emotion.target = EmotionTarget::stress; return;
    case Source::amigos: data.file.channels = {"ecg_right", "ecg_left"}; return;
    case Source::dreamer: data.file.channels = {"ecg1", "ecg2"}; return;
    case Source::case_set: return;
    default: data.file.channels = channel_names(source == Source::wisdm ? 3 : 6);
  }
}

/// A set that its authors publish is read as such.
void decide_published(Source source, const std::filesystem::path& path, const Json& given,
                      Findings& findings) {
  DataConfig& data = findings.data;
  data.source = source;
  data.file.path = path.string();
  choose_usual(source, data);
  if (source == Source::uci_har) data.window = {.length = {128}, .overlap = 0};
  Json known = given;
  known.erase("source");
  read_config(data, known, "data");
  findings.facts.push_back(
      text("this is {} as its authors publish it, and is read as such", enum_name(source)));
}

}  // namespace

std::string percent(double share) {
  if (share < 1e-4) return "0 %";
  std::ostringstream out;
  out.precision(2);
  out << 100 * share << " %";
  return out.str();
}

void decide_reading(const std::filesystem::path& path, const Json& given, Findings& findings) {
  if (has_window_files(path)) return decide_windows(path, given, findings);
  if (const auto source = published_at(path))
    return decide_published(*source, path, given, findings);
  LongFormDecision(path, given, findings).run();
}

}  // namespace tacit
