// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/metrics_log.h"

#include <cmath>

#include "tacit/core/error.h"
#include "tacit/core/files.h"

namespace tacit {

MetricsLog::MetricsLog(std::filesystem::path file) : file_(std::move(file)) {
  if (!std::filesystem::exists(file_)) return;
  std::istringstream lines(read_file(file_));
  for (std::string line; std::getline(lines, line);) {
    try {
      lines_.push_back(Json::parse(line));
    } catch (const Json::exception&) {
      throw StateError(
          text("{}: line {} is not JSON; remove the file or start again with --overwrite",
               file_.string(), lines_.size() + 1));
    }
  }
}

void MetricsLog::record(const std::string& stage, const EpochEnd& end) {
  std::erase_if(lines_, [&](const Json& line) {
    return line.value("stage", "") == stage && line.value("epoch", int64_t{-1}) >= end.epoch;
  });
  Json line{{"stage", stage}, {"epoch", end.epoch}, {"step", end.step}};
  for (const auto& [name, value] : end.quantities) {  // "train/loss" -> {"train": {"loss": …}}
    const size_t slash = name.find('/');
    line[name.substr(0, slash)][slash == std::string::npos ? "value" : name.substr(slash + 1)] =
        std::isfinite(value) ? Json(value) : Json();
  }
  line["learning_rate"] = end.learning_rate;
  line["seconds"] = end.seconds;
  line["rows_per_second"] = end.rows_per_second;
  line["waiting_share"] = end.waiting_share;
  line["skipped_steps"] = end.skipped_steps;
  lines_.push_back(std::move(line));
  std::string content;
  for (const Json& each : lines_) content += each.dump() + "\n";
  write_file(file_, {content});
}

}  // namespace tacit
