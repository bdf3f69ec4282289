// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "tacit/core/config.h"
#include "tacit/nn/encoder.h"

namespace tacit {

/// One line of the table of encoders.
struct EncoderEntry {
  std::string name, title, paper;
  Modality modality;  ///< of the rows it takes
  std::vector<FieldInfo> (*fields)();
  /// `config` is the recipe's [encoder] table without "name". Throws ConfigError, also for rows of
  /// another modality.
  std::shared_ptr<Encoder> (*make)(const Json& config, const Spec&, const Rng&);
  /// The config complete with defaults. Throws ConfigError.
  Json (*resolve)(const Json& config);
};

/// The one table: an artifact rebuilds its encoder by name from it.
const std::vector<EncoderEntry>& encoders();

/// Throws ConfigError that names the nearest.
const EncoderEntry& find_encoder(const std::string& name);

}  // namespace tacit
