// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tacit/core/json.h"
#include "tacit/data/preprocessing.h"
#include "tacit/nn/encoder.h"

namespace tacit {

/// Where an artifact comes from.
struct Manifest {
  int64_t format_version = 1;
  std::string library, commit;       ///< that wrote it
  std::string method;                ///< that trained the encoder
  std::vector<std::string> classes;  ///< of the data it was trained on; may be empty
  Json recipe;                       ///< resolved
  std::string data_fingerprint;      ///< of the training data
};

/// What outlives training: an encoder, what it takes in, and how its input is preprocessed. Kept as
/// one safetensors file, model.safetensors, whose metadata hold the manifest
/// (docs/formats/artifact.md), and a copy of the manifest for people, manifest.json. Loading runs
/// no code from the file.
struct Artifact {
  Manifest manifest;
  Spec spec;  ///< of the rows as they are read
  Preprocessing preprocessing;
  std::string encoder_name;  ///< in the table of encoders
  Json encoder_config;
  std::shared_ptr<Encoder> encoder;  ///< in eval mode after load()

  /// Of the rows that the encoder sees.
  Spec encoder_spec() const { return encoded_spec(preprocessing, spec); }
  /// Throws StateError when the folder cannot be written.
  void save(const std::filesystem::path& folder) const;
  /// Throws StateError when the file is missing, damaged, or of a later format.
  static Artifact load(const std::filesystem::path& folder);
};

}  // namespace tacit
