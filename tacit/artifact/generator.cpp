// SPDX-License-Identifier: Apache-2.0
#include "tacit/artifact/generator.h"

#include <c10/util/Exception.h>

#include "tacit/core/error.h"
#include "tacit/core/safetensors.h"
#include "tacit/core/weights.h"

namespace tacit {
namespace {

constexpr int64_t kFormat = 1;
constexpr const char* kPrefix = "generator.";

/// Names of the classes that the generator distinguishes. Throws StateError when there are not as
/// many names as it has classes.
std::vector<std::string> classes_of(const GanGeneratorConfig& config, const Artifact& artifact) {
  if (config.normalization != GeneratorNormalization::conditional) return {};
  const std::vector<std::string>& classes = artifact.manifest.classes;
  require<StateError>(static_cast<int64_t>(classes.size()) == config.classes,
                      "it tells {} classes apart, but the encoder beside it knows {}",
                      config.classes, classes.size());
  return classes;
}

/// Throws StateError, or what the JSON library and the generator throw, when it is not of these
/// images and classes.
KeptGenerator generator_of(const TensorFile& content, const Artifact& artifact) {
  const auto described = content.metadata.find("tacit");
  require<StateError>(described != content.metadata.end(), "it was not written by tacit");
  const Json json = Json::parse(described->second);
  const auto format = json.at("format_version").get<int64_t>();
  require<StateError>(format == kFormat, "it has format {}, this tacit reads format {}", format,
                      kFormat);
  const Spec& spec = artifact.spec;
  require<StateError>(spec.modality == Modality::image,
                      "it makes images, but the encoder beside it takes another kind of data");
  const auto shape = json.at("shape").get<std::vector<int64_t>>();
  require<StateError>(shape == spec.shape, "it makes images {}, but the encoder beside it takes {}",
                      c10::IntArrayRef(shape), c10::IntArrayRef(spec.shape));
  KeptGenerator kept;
  read_config(kept.config, json.at("generator").at("config"), "generator");
  kept.classes = classes_of(kept.config, artifact);
  require<StateError>(json.at("classes").get<std::vector<std::string>>() == kept.classes,
                      "its classes are not those of the encoder beside it");
  kept.network = std::make_shared<GanGenerator>(kept.config, artifact.encoder_spec(), Rng(0));
  set_weights(*kept.network, with_prefix(content.tensors, kPrefix));
  kept.network->eval();
  return kept;
}

}  // namespace

std::filesystem::path generator_file(const std::filesystem::path& folder) {
  return folder / "generator.safetensors";
}

void save_generator(const GanGenerator& generator, const Artifact& artifact,
                    const std::filesystem::path& file) {
  const Json description{
      {"format_version", kFormat},
      {"shape", artifact.spec.shape},
      {"classes", classes_of(generator.config(), artifact)},
      {"generator", {{"name", "gan_generator"}, {"config", write_config(generator.config())}}}};
  TensorFile content;
  add_with_prefix(content.tensors, kPrefix, weights(generator));
  content.metadata["tacit"] = description.dump();
  write_safetensors(file, content);
}

KeptGenerator load_generator(const std::filesystem::path& file, const Artifact& artifact) {
  const TensorFile content = read_safetensors(file);
  const auto fail = [&](const std::string& reason) {
    return StateError(text("{} cannot be used ({}); pre-train again", file.string(), reason));
  };
  try {
    return generator_of(content, artifact);
  } catch (const c10::Error& e) {  // sizes that LibTorch refuses
    throw fail(e.what_without_backtrace());
  } catch (const std::exception& e) {
    throw fail(e.what());
  }
}

}  // namespace tacit
