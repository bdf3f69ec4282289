// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <vector>

namespace tacit::cli {

/// What was typed, taken apart.
struct Request {
  std::string verb;      ///< "pretrain", "data info", …
  std::string argument;  ///< RECIPE, RUN or NAME; may be empty
  std::string output;    ///< -o; may be empty
  std::string labels = "10";
  std::string subject;  ///< --subject of finetune; may be empty
  int threads = 0;      ///< 0: as many as the machine has
  bool overwrite = false;
  std::string head;                    ///< of tacit export; may be empty
  bool unchecked = false;              ///< of tacit export
  double false_alarms = 0.01;          ///< of tacit score
  std::string layers;                  ///< of tacit embed; may be empty
  std::string input;                   ///< of tacit stream: FILE; may be empty
  std::string format = "csv";          ///< of tacit stream
  std::string hop;                     ///< of tacit stream; may be empty
  double rate_hz = 0;                  ///< of tacit stream; 0: the model's
  bool follow = false;                 ///< of tacit stream
  std::vector<std::string> overrides;  ///< "key=value", in order
  std::string typed;                   ///< the whole line
};

/// Takes a command line apart. Prints help or version and returns nothing when that was asked for.
/// Throws ConfigError for wrong usage.
std::optional<Request> parse(const std::vector<std::string>& words);

}  // namespace tacit::cli
