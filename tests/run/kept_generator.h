// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <functional>

#include "tacit/artifact/generator.h"
#include "tacit/nn/registry.h"

namespace tacit {

inline constexpr int64_t kNoise = 8;  ///< numbers that the generator makes an image of

/// Writes a finished run whose generator makes images of 3 x 32 x 32 of cats, dogs and horses.
/// change: what happens to the generator before it is kept.
inline void keep_generator(
    const std::filesystem::path& run, GeneratorNormalization normalization,
    const std::function<void(GanGenerator&)>& change = [](GanGenerator&) {}) {
  Artifact artifact;
  artifact.manifest.method = "ssgan";
  artifact.manifest.classes = {"cat", "dog", "horse"};
  artifact.spec = {Modality::image, {3, 32, 32}, 0, {"red", "green", "blue"}};
  artifact.preprocessing = Normalizer::between(0, 255, 3);
  artifact.encoder_name = "gan_discriminator";
  artifact.encoder_config = {{"width", 0.0625}};
  artifact.encoder = find_encoder(artifact.encoder_name)
                         .make(artifact.encoder_config, artifact.encoder_spec(), Rng(1));
  artifact.save(run / "artifact");
  GanGenerator generator(
      {.noise = kNoise, .width = 0.0625, .normalization = normalization, .classes = 3},
      artifact.encoder_spec(), Rng(2));
  change(generator);
  save_generator(generator, artifact, generator_file(run / "artifact"));
  write_file(run / "run.json", {"{}"});
}

}  // namespace tacit
