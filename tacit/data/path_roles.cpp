// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/path_roles.h"

#include <algorithm>
#include <cctype>
#include <set>

#include "tacit/core/error.h"

namespace tacit {
namespace {

bool separates(char c) { return c == '/' || c == '_' || c == '-' || c == ' ' || c == '.'; }

/// A path's words and what stands between them: separators[i] comes before words[i].
struct Path {
  std::vector<std::string> words, separators;
};

Path take_apart(const std::string& name) {
  Path path;
  std::string before;
  for (const char c : name) {
    if (separates(c)) {
      before += c;
    } else {
      if (path.words.empty() || !before.empty()) {
        path.words.emplace_back();
        path.separators.push_back(before);
        before.clear();
      }
      path.words.back() += c;
    }
  }
  return path;
}

/// The letters that all words begin with, where only digits follow: "sub" of sub1, sub12.
std::string common_prefix(const std::set<std::string>& words) {
  std::string prefix = *words.begin();
  while (!prefix.empty() && std::isdigit(static_cast<unsigned char>(prefix.back())))
    prefix.pop_back();
  for (const std::string& word : words) {
    const bool digits =
        word.size() > prefix.size() &&
        std::all_of(
            word.begin() + static_cast<std::ptrdiff_t>(std::min(prefix.size(), word.size())),
            word.end(), [](unsigned char c) { return std::isdigit(c); });
    if (!word.starts_with(prefix) || !digits) return "";
  }
  return prefix;
}

bool names_people(std::string word) {
  for (char& c : word) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  for (const char* const known : {"s", "p", "u", "sub", "subj", "subject", "user", "person",
                                  "participant", "pid", "id", "volunteer", "patient", "proband"})
    if (word == known) return true;
  return false;
}

/// One place of all paths.
struct Place {
  std::set<std::string> words;
  std::string prefix;  ///< that is no part of the hole
  bool folder = false;
  bool person = false, activity = false, date = false;
};

std::vector<Place> places_of(const std::vector<Path>& paths) {
  std::vector<Place> places(paths.front().words.size());
  std::string before;  // the constant word to the left
  for (size_t i = 0; i < places.size(); ++i) {
    Place& place = places[i];
    for (const Path& path : paths) place.words.insert(path.words[i]);
    for (size_t later = i + 1; later < places.size(); ++later)
      place.folder = place.folder || paths.front().separators[later].find('/') != std::string::npos;
    if (place.words.size() > 1) {
      place.prefix = common_prefix(place.words);
      place.person = names_people(place.prefix) || (place.prefix.empty() && names_people(before));
      const auto activities = std::count_if(place.words.begin(), place.words.end(), is_activity);
      place.activity =
          place.prefix.empty() && 2 * activities > static_cast<int64_t>(place.words.size());
      place.date = std::all_of(place.words.begin(), place.words.end(), [](const std::string& word) {
        return word.size() >= 4 && std::all_of(word.begin(), word.end(),
                                               [](unsigned char c) { return std::isdigit(c); });
      });
    }
    before = place.words.size() == 1 ? *place.words.begin() : "";
  }
  return places;
}

bool alike(const std::vector<Path>& paths) {
  return std::all_of(paths.begin(), paths.end(),
                     [&](const Path& path) { return path.separators == paths.front().separators; });
}

}  // namespace

bool is_activity(std::string_view word) {
  std::string plain;
  for (const char c : word) plain += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  for (const char* const stem :
       {"walk",  "wlk",    "run",    "jog",     "sit",   "stand",    "std",       "lie",
        "lying", "lay",    "stair",  "ups",     "dws",   "downst",   "cycl",      "bike",
        "bik",   "driv",   "still",  "jump",    "idle",  "rest",     "sleep",     "eat",
        "drink", "climb",  "ascend", "descend", "fall",  "elevator", "escalator", "null",
        "gehen", "sitzen", "stehen", "laufen",  "liegen"})
    if (plain.starts_with(stem)) return true;
  return false;
}

std::string guess_path_pattern(const std::vector<DataFile>& files, bool want_subject,
                               bool want_label, std::vector<std::string>& reasons) {
  if (files.size() < 2) return "";
  std::vector<Path> paths;
  for (const DataFile& file : files) paths.push_back(take_apart(file.name));
  if (!alike(paths) || paths.front().words.empty()) return "";
  const std::vector<Place> places = places_of(paths);
  const auto none = places.end();
  const auto label = want_label ? std::find_if(places.begin(), none,
                                               [](const Place& place) { return place.activity; })
                                : none;
  auto subject = none;
  if (want_subject) {
    subject = std::find_if(places.begin(), none, [](const Place& place) { return place.person; });
    for (const bool folder : {true, false})
      if (subject == none)
        subject = std::find_if(places.begin(), none, [&](const Place& place) {
          return place.words.size() > 1 && !place.activity && !place.date && place.folder == folder;
        });
  }
  if (label == none && subject == none) return "";
  std::string pattern;
  for (auto place = places.begin(); place != none; ++place) {
    pattern += paths.front().separators[static_cast<size_t>(place - places.begin())];
    if (place->words.size() == 1)
      pattern += *place->words.begin();
    else
      pattern += place->prefix + (place == subject ? "{subject}"
                                  : place == label ? "{label}"
                                                   : "{}");
  }
  const auto say = [&](const char* what, const Place& place) {
    reasons.push_back(text("the {} was read from the names of {}: {} different, such as \"{}\"",
                           what, place.folder ? "folders" : "files", place.words.size(),
                           *place.words.begin()));
  };
  if (subject != none) say("person", *subject);
  if (label != none) say("label", *label);
  return pattern;
}

}  // namespace tacit
