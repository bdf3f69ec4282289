// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tacit/core/json.h"
#include "tacit/core/spec.h"
#include "tacit/dist/communicator.h"

namespace tacit {

/// "PHASE/name", or the name alone where `phase` is "".
std::string name_of(const std::string& name, const std::string& phase);
/// The names of a loss and its parts, the loss first, each with its phase.
std::vector<std::string> names_of(const Loss& loss, const std::string& phase);
/// Their values as one tensor [K] float, without history.
Tensor values_of(const Loss& loss);

/// Means of losses and their parts, weighted by rows, each over the rows that it was measured on.
/// They are summed up in double precision where the losses are; asking for them is what waits for a
/// GPU.
class Means {
 public:
  /// values: [K], one a name, means over `rows` rows.
  void add(const std::vector<std::string>& names, const Tensor& values, int64_t rows);
  /// Makes the means those over the rows of all processes.
  void add_up(const Communicator& world);
  /// Adds quantities[prefix + name] for each that has rows.
  void write(const std::string& prefix, std::map<std::string, double>& quantities) const;

  /// {"sums": {name: sum}, "rows": {name: rows}}.
  Json save() const;
  /// Goes on from there to the same bits. Throws Json::exception.
  static Means restore(const Json& saved);

 private:
  struct Group {
    Tensor sums;  // [K] double
    int64_t rows = 0;
  };
  std::map<std::vector<std::string>, Group> groups_;
  std::map<std::string, double> saved_sums_;  // of names that were not added to since
  std::map<std::string, int64_t> saved_rows_;
};

}  // namespace tacit
