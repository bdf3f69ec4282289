// SPDX-License-Identifier: Apache-2.0
#include "tacit/artifact/head.h"

#include "tacit/core/error.h"
#include "tacit/core/safetensors.h"
#include "tacit/core/weights.h"

namespace tacit {

void save_head(const ClassifierHead& head, const std::filesystem::path& file) {
  write_safetensors(file, {.tensors = weights(head), .metadata = {}});
}

std::shared_ptr<ClassifierHead> load_head(const std::filesystem::path& file,
                                          const Artifact& artifact) {
  const TensorFile content = read_safetensors(file);
  const bool numbers = content.tensors.contains("target_deviation");
  const std::vector<std::string>& classes = artifact.manifest.classes;
  require<StateError>(numbers ? classes.empty() : classes.size() >= 2,
                      numbers ? "{} cannot be used: it tells numbers, but the encoder beside it "
                                "knows classes"
                              : "{} cannot be used: the encoder beside it knows no classes",
                      file.string());
  const auto hidden = content.tensors.find("head.hidden_bias");
  int64_t layers = 1;
  while (content.tensors.contains(text("head.hidden_bias{}", layers + 1))) ++layers;
  const auto head = std::make_shared<ClassifierHead>(
      ClassifierConfig{.features = artifact.encoder->features(),
                       .hidden = hidden == content.tensors.end() ? 0 : hidden->second.numel(),
                       .classes = static_cast<int64_t>(classes.size()),
                       .layers = layers},
      Rng(0));
  try {
    set_weights(*head, content.tensors);
  } catch (const StateError& e) {
    throw StateError(
        text("{} does not belong to the encoder and classes beside it ({}); run tacit "
             "finetune again",
             file.string(), e.what()));
  }
  head->eval();
  return head;
}

}  // namespace tacit
