// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/table_roles.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "tacit/data/name_words.h"

namespace tacit {
namespace {

constexpr int64_t kMostClasses = 100, kFewCategories = 30, kFewNumbers = 10;
constexpr int64_t kLeastNumbers = 20;  // so few are rather classes
constexpr int64_t kSureNames = 7;      // the first of the names that a label may have
constexpr int64_t kLeastDevices = 5;   // fewer are rather kinds of devices

/// How surely answers are called so, 0 for the surest; nothing when they are not.
std::optional<int64_t> rank_of_label(const std::string& name) {
  static const std::vector<std::string> names{
      // The first kSureNames are called so for no other reason.
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

/// The rank of what a price is called, behind all others.
std::optional<int64_t> rank_of_number(const std::string& name) {
  if (const auto rank = rank_of_label(name)) return rank;
  if (!has_any(words_of(name), {"price", "saleprice", "medv"})) return std::nullopt;
  return std::numeric_limits<int64_t>::max();
}

/// The column of the lowest rank that fits, the last of equals.
template <class Rank, class Fits>
TableRole lowest(const ColumnKinds& kinds, const std::string& group, const Rank& rank_of,
                 const Fits& fits) {
  TableRole role;
  int64_t best = 0;
  for (const ColumnGuess& column : kinds.columns) {
    const std::optional<int64_t> rank = rank_of(column.name);
    if (!rank || !fits(column) || column.name == group) continue;
    if (role.column == nullptr || *rank <= best) {
      role = {&column, "it is called so"};
      best = *rank;
    }
  }
  return role;
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

bool is_number_label(const ColumnGuess& column) {
  if (column.kind != ColumnKind::numeric || column.distinct <= kLeastNumbers) return false;
  return !has_classes(column) ||
         !has_any(words_of(column.name), {"class", "classes", "label", "labels", "species"});
}

TableRole guess_label(const ColumnKinds& kinds, const std::string& group) {
  const auto is_sure = [](const std::string& name) {
    const auto rank = rank_of_label(name);
    return rank && *rank < kSureNames ? rank : std::nullopt;
  };
  if (const TableRole named = lowest(kinds, group, rank_of_label, has_classes); named.column)
    return named;
  if (const TableRole sure = lowest(kinds, group, is_sure, is_number_label); sure.column)
    return sure;
  if (kinds.columns.empty()) return {};
  const ColumnGuess& last = kinds.columns.back();
  const bool few =
      last.distinct <= (last.kind == ColumnKind::categorical ? kFewCategories : kFewNumbers);
  if (few && has_classes(last) && last.name != group)
    return {&last, "it is the last and has " + std::to_string(last.distinct) + " values"};
  return lowest(kinds, group, rank_of_number, is_number_label);
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
