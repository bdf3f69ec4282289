// SPDX-License-Identifier: Apache-2.0
#include "tacit/artifact/artifact.h"

#include "tacit/core/error.h"
#include "tacit/core/files.h"
#include "tacit/core/safetensors.h"
#include "tacit/core/weights.h"
#include "tacit/nn/registry.h"

namespace tacit {
namespace {

constexpr const char* kWeights = "model.safetensors";
constexpr const char* kManifest = "manifest.json";

}  // namespace

void Artifact::save(const std::filesystem::path& folder) const {
  Json description{{"format_version", manifest.format_version},
                   {"library", manifest.library},
                   {"commit", manifest.commit},
                   {"method", manifest.method},
                   {"classes", manifest.classes},
                   {"spec", spec},
                   {"encoder", {{"name", encoder_name}, {"config", encoder_config}}},
                   {"features", encoder->features()},
                   {"data_fingerprint", manifest.data_fingerprint},
                   {"recipe", manifest.recipe}};
  TensorFile file;
  add_with_prefix(file.tensors, "encoder.", weights(*encoder));
  store(preprocessing, description, file.tensors);
  file.metadata["tacit"] = description.dump();
  create_folder(folder);
  write_safetensors(folder / kWeights, file);
  write_file(folder / kManifest, {description.dump(2), "\n"});
}

Artifact Artifact::load(const std::filesystem::path& folder) {
  const TensorFile file = read_safetensors(folder / kWeights);
  const auto described = file.metadata.find("tacit");
  require<StateError>(described != file.metadata.end(), "{} was not written by tacit",
                      (folder / kWeights).string());
  Artifact artifact;
  try {
    const Json json = Json::parse(described->second);
    json.at("format_version").get_to(artifact.manifest.format_version);
    require<StateError>(artifact.manifest.format_version == 1,
                        "{} has artifact format {}; this tacit reads format 1: use a newer one",
                        folder.string(), artifact.manifest.format_version);
    json.at("library").get_to(artifact.manifest.library);
    json.at("commit").get_to(artifact.manifest.commit);
    json.at("method").get_to(artifact.manifest.method);
    json.at("classes").get_to(artifact.manifest.classes);
    artifact.manifest.recipe = json.at("recipe");
    json.at("data_fingerprint").get_to(artifact.manifest.data_fingerprint);
    artifact.spec = json.at("spec").get<Spec>();
    json.at("encoder").at("name").get_to(artifact.encoder_name);
    artifact.encoder_config = json.at("encoder").at("config");
    artifact.preprocessing = load_preprocessing(json, file.tensors);
    artifact.encoder = find_encoder(artifact.encoder_name)
                           .make(artifact.encoder_config, artifact.encoder_spec(), Rng(0));
    set_weights(*artifact.encoder, with_prefix(file.tensors, "encoder."));
  } catch (const StateError&) {
    throw;
  } catch (const std::exception& e) {
    throw StateError(text("{} is damaged: {}", (folder / kWeights).string(), e.what()));
  }
  artifact.encoder->eval();
  return artifact;
}

}  // namespace tacit
