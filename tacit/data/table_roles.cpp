// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/table_roles.h"

#include <algorithm>
#include <optional>

#include "tacit/data/name_words.h"

namespace tacit {
namespace {

constexpr int64_t kMostClasses = 100, kFewCategories = 30, kFewNumbers = 10;
constexpr int64_t kLeastDevices = 5;  // fewer are rather kinds of devices

/// How surely answers are called so, 0 for the surest; nothing when they are not.
std::optional<int64_t> rank_of_label(const std::string& name) {
  static const std::vector<std::string> names{
      "label",     "labels",  "target",   "class",  "classes", "y",        "outcome",
      "income",    "salary",  "survived", "churn",  "churned", "fraud",    "diagnosis",
      "attrition", "species", "response", "exited", "default", "approved", "quality"};
  static const std::vector<std::string> parts{"label", "target",    "outcome", "churn",
                                              "fraud", "diagnosis", "default", "survived"};
  if (const auto whole = std::ranges::find(names, lower_case(name)); whole != names.end())
    return whole - names.begin();
  const auto words = words_of(name);
  for (size_t i = 0; i < parts.size(); ++i)
    if (words.contains(parts[i])) return static_cast<int64_t>(names.size() + i);
  return std::nullopt;
}

bool has_classes(const ColumnGuess& column) {
  return column.kind && column.kind != ColumnKind::datetime && column.distinct >= 2 &&
         column.distinct <= kMostClasses && 2 * column.distinct <= column.filled &&
         (column.whole || column.kind == ColumnKind::categorical);
}

bool is_called_group(const std::string& name) {
  std::set<std::string> words = words_of(name);
  for (const char* const more : {"id", "ids", "no", "nr", "number", "code", "key", "name"})
    words.erase(more);
  return !words.empty() && std::ranges::all_of(words, [](const std::string& word) {
    return has_any({word},
                   {"subject",   "subjects",  "person",   "patient",    "participant", "device",
                    "user",      "customer",  "client",   "member",     "household",   "account",
                    "student",   "employee",  "userid",   "uid",        "pid",         "personid",
                    "patientid", "subjectid", "clientid", "customerid", "deviceid"});
  });
}

}  // namespace

TableRole guess_label(const ColumnKinds& kinds, const std::string& group) {
  TableRole role;
  int64_t best = 0;
  for (const ColumnGuess& column : kinds.columns) {
    const auto rank = rank_of_label(column.name);
    if (!rank || !has_classes(column) || column.name == group) continue;
    if (role.column == nullptr || *rank <= best) {
      role = {&column, "it is called so"};
      best = *rank;
    }
  }
  if (role.column != nullptr || kinds.columns.empty()) return role;
  const ColumnGuess& last = kinds.columns.back();
  const bool few =
      last.distinct <= (last.kind == ColumnKind::categorical ? kFewCategories : kFewNumbers);
  if (few && has_classes(last) && last.name != group)
    return {&last, "it is the last and has " + std::to_string(last.distinct) + " values"};
  return role;
}

TableRole guess_group(const ColumnKinds& kinds, const std::string& label) {
  for (const ColumnGuess& column : kinds.columns) {
    const int64_t least = words_of(column.name).contains("device") ? kLeastDevices : 2;
    const bool names = column.whole || column.kind != ColumnKind::numeric;
    if (column.name != label && is_called_group(column.name) && names && column.distinct >= least &&
        2 * column.distinct <= column.filled)
      return {&column, "it is called so and repeats"};
  }
  return {};
}

}  // namespace tacit
