// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>

#include "tacit/core/error.h"
#include "tacit/train/means.h"

namespace tacit {

/// Where training is: what a checkpoint has to remember beside weights and optimisers. It says
/// nothing about the number of processes.
struct Position {
  int64_t epoch = 0, batch = 0;  ///< the next batch to train on
  int64_t step = 0, skipped = 0, skipped_in_a_row = 0;
  int64_t since_best = 0;
  std::optional<double> best;
  bool stopped_early = false;
  Means means;  ///< of the epoch so far, over all processes

  /// docs/formats/checkpoint.md.
  std::string write() const {
    Json json{{"epoch", epoch},
              {"batch", batch},
              {"step", step},
              {"skipped", skipped},
              {"skipped_in_a_row", skipped_in_a_row},
              {"since_best", since_best},
              {"best", best ? Json(*best) : Json()},
              {"stopped_early", stopped_early}};
    json.update(means.save());
    return json.dump();
  }
  /// Throws StateError.
  static Position read(const std::string& text) {
    try {
      const Json json = Json::parse(text);
      Position p;
      json.at("epoch").get_to(p.epoch);
      json.at("batch").get_to(p.batch);
      json.at("step").get_to(p.step);
      json.at("skipped").get_to(p.skipped);
      json.at("skipped_in_a_row").get_to(p.skipped_in_a_row);
      json.at("since_best").get_to(p.since_best);
      if (!json.at("best").is_null()) p.best = json.at("best").get<double>();
      json.at("stopped_early").get_to(p.stopped_early);
      p.means = Means::restore(json);
      return p;
    } catch (const Json::exception& e) {
      throw StateError(std::string("the checkpoint's position is damaged: ") + e.what());
    }
  }
};

}  // namespace tacit
