// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/folder.h"

#include <ATen/Parallel.h>
#include <torch/version.h>

#include <chrono>
#include <ctime>
#include <fstream>

#include "tacit/core/error.h"
#include "tacit/version.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;

constexpr const char* kRun = "run.json";
constexpr const char* kReport = "report.html";

std::string now() {
  const std::time_t seconds =
      std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  char written[32];
  std::strftime(written, sizeof written, "%Y-%m-%dT%H:%M:%SZ", &utc);
  return written;
}

std::string processor() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);)
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  return "unknown";
}

/// The dotted name of the first place in which two documents differ, or "".
std::string first_difference(const Json& a, const Json& b, const std::string& where = "") {
  if (a == b) return "";
  if (!a.is_object() || !b.is_object())
    return text("{} was {}, now {}", where.empty() ? "recipe" : where, a.dump(), b.dump());
  const std::string prefix = where.empty() ? "" : where + ".";
  for (const auto& [key, value] : a.items()) {
    const std::string found = first_difference(value, b.value(key, Json()), prefix + key);
    if (!found.empty()) return found;
  }
  for (const auto& [key, value] : b.items())
    if (!a.contains(key)) return first_difference(Json(), value, prefix + key);
  return "";
}

/// A recipe as it was stored, with the defaults of what recipes have gained since.
Json completed(const Json& stored) {
  Recipe recipe;
  try {
    read_config(recipe, stored, "");
  } catch (const ConfigError&) {
    return stored;  // of another version, which knows what this one does not
  }
  return write_config(recipe);
}

/// Removes what a run writes, and nothing else.
void clear(const fs::path& path) {
  std::vector<fs::path> ours;
  for (const auto& entry : fs::directory_iterator(path)) {
    const std::string name = entry.path().filename();
    for (const char* known :
         {kRun, "metrics.jsonl", "checkpoints", "artifact", "encoders", "finetuned", "cells.json",
          "results.json", "personal", "personal.json", "evaluation.json", "samples", kReport})
      if (name == known) ours.push_back(entry.path());
    if (name.starts_with("events.out.tfevents.")) ours.push_back(entry.path());
  }
  for (const fs::path& place : ours) fs::remove_all(place);
}

/// What a kill within a write of run.json leaves behind (write_file).
void remove_leftovers(const fs::path& path) {
  std::vector<fs::path> leftovers;
  for (const auto& entry : fs::directory_iterator(path)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with(std::string(kRun) + ".") && name.ends_with(".tmp")) {
      leftovers.push_back(entry.path());
    }
  }
  for (const fs::path& each : leftovers) fs::remove(each);
}

bool holds_nothing(const fs::path& path) {
  for (const auto& entry : fs::directory_iterator(path))
    if (entry.path().filename() != ".lock") return false;
  return true;
}

}  // namespace

Json read_run(const fs::path& path) {
  require<StateError>(fs::exists(path / kRun), "{} is not a run folder: it has no run.json",
                      path.string());
  try {
    return Json::parse(read_file(path / kRun));
  } catch (const Json::exception& e) {
    throw StateError(text("{} is damaged: {}", (path / kRun).string(), e.what()));
  }
}

RunFolder::RunFolder(const fs::path& path, const std::string& verb, const Recipe& recipe,
                     Existing existing, const Caller& caller)
    : path_(path) {
  require<StateError>(!fs::exists(path) || fs::is_directory(path),
                      "{} is a file, not a folder for a run; choose another with -o",
                      path.string());
  create_folder(path);
  lock_ = std::make_unique<FolderLock>(path);
  remove_leftovers(path);
  const Json asked = write_config(recipe);
  if (existing == Existing::overwrite) clear(path);
  if (fs::exists(path / kRun)) {
    description_ = read_run(path);
    const std::string other = description_.value("verb", "");
    require<StateError>(other == verb,
                        "{} holds a run of tacit {}; choose another folder with -o, or "
                        "--overwrite",
                        path.string(), other);
    const std::string difference =
        first_difference(completed(description_.value("recipe", Json())), asked);
    require<StateError>(difference.empty(),
                        "{} holds a run of another recipe ({}); choose another folder with -o, or "
                        "--overwrite",
                        path.string(), difference);
    // A kill may fall between the end of a run and its report: then only the report is made up for.
    require<StateError>(!description_.contains("finished") || !fs::exists(path / kReport),
                        "{} is finished; choose another folder with -o, or --overwrite",
                        path.string());
    caller.tell(text("continuing the run in {}", path.string()));
    return;
  }
  require<StateError>(existing == Existing::overwrite || holds_nothing(path),
                      "{} is not empty and holds no run; choose another folder with -o, or "
                      "--overwrite to write into it",
                      path.string());
  description_ = {
      {"title", recipe.title}, {"verb", verb}, {"command", caller.command}, {"started", now()}};
  record({{"simulated", recipe.data.source == Source::simulated_motion ||
                            recipe.data.source == Source::simulated_hearts},
          {"versions", {{"tacit", kVersion}, {"commit", kCommit}, {"torch", TORCH_VERSION}}},
          {"machine",
           {{"processor", processor()},
            {"threads", at::get_num_threads()},
            {"processes", caller.world->size()}}},
          {"recipe", asked}});
}

void RunFolder::record(const Json& members) {
  description_.update(members);
  write_file(path_ / kRun, {description_.dump(2), "\n"});
}

void RunFolder::finish() {
  if (!description_.contains("finished")) record({{"finished", now()}});
}

}  // namespace tacit
