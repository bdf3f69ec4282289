// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tacit/artifact/artifact.h"
#include "tacit/nn/gan_generator.h"

namespace tacit {

/// What makes images like those that an encoder, the discriminator, was trained on.
struct KeptGenerator {
  std::shared_ptr<GanGenerator> network;  ///< in eval mode after load_generator()
  GanGeneratorConfig config;
  std::vector<std::string> classes;  ///< that an image can be asked for; empty: none can
};

/// Where `folder`, that of an artifact, keeps the generator that belongs to its encoder.
std::filesystem::path generator_file(const std::filesystem::path& folder);

/// Writes weights, config, the size of images and, if the generator is conditional, the names of
/// its classes (docs/formats/artifact.md). Throws StateError when the file cannot be written.
void save_generator(const GanGenerator& generator, const Artifact& artifact,
                    const std::filesystem::path& file);

/// Throws StateError when the file is missing, damaged, of a later format, or of other images or
/// classes than the artifact.
KeptGenerator load_generator(const std::filesystem::path& file, const Artifact& artifact);

}  // namespace tacit
