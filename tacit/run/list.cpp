// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/list.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <sstream>
#include <tuple>

#include "tacit/core/error.h"
#include "tacit/core/files.h"
#include "tacit/run/folder.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;

void add_training(RunSummary& summary) {
  const fs::path file = summary.folder / "metrics.jsonl";
  if (!fs::exists(file)) return;
  std::istringstream lines(read_file(file));
  for (std::string line; std::getline(lines, line);) {
    const Json epoch = Json::parse(line);
    ++summary.epochs;
    for (const char* part : {"train", "validation"})
      if (const Json loss = epoch.value(part, Json::object()).value("loss", Json());
          loss.is_number())
        summary.loss = loss.get<double>();
  }
}

/// The better of the self-supervised models, at the fewest labels not below ten.
void add_score(RunSummary& summary) {
  const fs::path file = summary.folder / "results.json";
  if (!fs::exists(file)) return;
  const Json results = Json::parse(read_file(file));
  summary.score_metric = results.value("target", "") == "number" ? "r2" : "weighted_f1";
  for (const Json& count : results.at("labels")) {
    summary.score_labels = count.is_string() ? count.get<std::string>() : count.dump();
    for (const char* model : {"self_supervised_frozen", "self_supervised_finetuned",
                              "self_supervised_forest", "self_supervised_and_classical"}) {
      const std::string key = text("{}/{}/{}", summary.score_metric, model, summary.score_labels);
      const Json mean = results.at("scores").value(key, Json::object()).value("mean", Json());
      if (mean.is_number())
        summary.score = std::max(mean.get<double>(), summary.score.value_or(-INFINITY));
    }
    if (summary.score && (count.is_string() || count.get<int64_t>() >= 10)) return;
    if (&count != &results.at("labels").back()) summary.score.reset();
  }
}

RunSummary summarize_run(const fs::path& folder) {
  RunSummary summary{.folder = folder};
  try {
    const Json run = read_run(folder);
    summary.verb = run.value("verb", "");
    summary.title = run.value("title", "");
    summary.started = run.value("started", "");
    summary.finished = run.contains("finished");
    summary.method = run.at("recipe").at("method").value("name", "");
    add_training(summary);
    add_score(summary);
  } catch (const Json::exception&) {
    summary.problem = "damaged: run.json, metrics.jsonl or results.json holds something else";
  } catch (const StateError& error) {
    summary.problem = error.what();
  }
  return summary;
}

void search(const fs::path& place, std::vector<RunSummary>& found) {
  if (fs::exists(place / "run.json")) {
    found.push_back(summarize_run(place));
    return;
  }
  std::vector<fs::path> inside;
  for (const auto& entry :
       fs::directory_iterator(place, fs::directory_options::skip_permission_denied))
    if (entry.is_directory() && !entry.is_symlink()) inside.push_back(entry.path());
  for (const fs::path& folder : inside) search(folder, found);
}

std::string number(const std::optional<double>& value, const char* format) {
  if (!value) return "-";
  char written[32];
  std::snprintf(written, sizeof written, format, *value);
  return written;
}

}  // namespace

std::vector<RunSummary> list_runs(const fs::path& place) {
  require<StateError>(fs::is_directory(place),
                      "there is no folder {}; name the one that holds runs", place.string());
  std::vector<RunSummary> found;
  search(place, found);
  std::sort(found.begin(), found.end(), [](const RunSummary& a, const RunSummary& b) {
    return std::tie(a.started, a.folder) < std::tie(b.started, b.folder);
  });
  return found;
}

std::string print_runs(const std::vector<RunSummary>& runs) {
  std::vector<std::vector<std::string>> rows{
      {"run", "verb", "method", "state", "started", "epochs", "loss", "weighted F1"}};
  for (const RunSummary& run : runs) {
    if (!run.problem.empty()) {
      rows.push_back({run.folder.string(), run.problem});
      continue;
    }
    const std::string score = run.score ? number(run.score, "%.3f") +
                                              (run.score_metric == "r2" ? " (R2)" : "") + " at " +
                                              run.score_labels
                                        : std::string("-");
    rows.push_back({run.folder.string(), run.verb, run.method,
                    run.finished ? "finished" : "unfinished", run.started.substr(0, 16),
                    std::to_string(run.epochs), number(run.loss, "%.4g"), score});
  }
  std::vector<size_t> width(rows[0].size(), 0);
  for (const auto& row : rows)
    for (size_t i = 0; i < row.size() && row.size() == width.size(); ++i)
      width[i] = std::max(width[i], row[i].size());
  std::string table;
  for (const auto& row : rows) {
    for (size_t i = 0; i < row.size(); ++i)
      table += i + 1 == row.size()
                   ? row[i] + "\n"
                   : row[i] + std::string(width[i] - std::min(width[i], row[i].size()) + 2, ' ');
  }
  return table;
}

}  // namespace tacit
