// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <ATen/Context.h>
#include <ATen/Functions.h>
#include <c10/core/GradMode.h>

#include "tacit/export/pipeline.h"
#include "tacit/nn/registry.h"
#include "tests/export/odd_table.h"

namespace tacit {

inline Tensor normals(at::IntArrayRef shape, Rng rng) {
  Tensor x = at::empty(shape);
  for (int64_t i = 0; i < x.numel(); ++i)
    x.mutable_data_ptr<float>()[i] = static_cast<float>(rng.normal());
  return x;
}

/// Moves every parameter, and every batch statistic by training steps, so that none is a default.
inline void stir(torch::nn::Module& module) {
  const c10::AutoGradMode no_grad(false);
  const Rng rng(3);
  for (auto& item : module.named_parameters())
    item.value().add_(normals(item.value().sizes(), rng.stream(item.key())), 0.1);
}

/// A pipeline of that encoder, in which nothing is a default: for three channels of 100 samples at
/// 50 Hz, for odd_table(), or for images of 32 x 32 pixels in three channels, or clips of 4 of
/// them.
inline Pipeline pipeline_of(const std::string& encoder, const Json& config) {
  Pipeline pipeline;
  Artifact& artifact = pipeline.artifact;
  artifact.manifest.method = "autoencoder";
  artifact.manifest.classes = {"sit", "stand", "walk"};
  Tensor x = normals({16, 3, 100}, Rng(9)) * 2 + 0.5;  // as the encoder sees it
  if (find_encoder(encoder).modality == Modality::table) {
    const Table table = odd_table();
    artifact.spec = table.spec();
    artifact.preprocessing = odd_columns();
    x = encode(artifact.preprocessing, table.cells());
  } else if (find_encoder(encoder).modality == Modality::image) {
    artifact.spec = {Modality::image, {3, 32, 32}, 0, {"red", "green", "blue"}};
    artifact.preprocessing = Normalizer::between(0, 255, 3);
    x = normals({16, 3, 32, 32}, Rng(9)) * 0.5;
  } else if (find_encoder(encoder).modality == Modality::video) {
    artifact.spec = {Modality::video, {3, 4, 32, 32}, 10, {"red", "green", "blue"}};
    artifact.preprocessing = Normalizer::between(0, 255, 3);
    x = normals({16, 3, 4, 32, 32}, Rng(9)) * 0.5;
  } else {
    artifact.spec = {Modality::signal, {3, 100}, 50, {"ax", "ay", "az"}};
    artifact.preprocessing =
        Normalizer{at::tensor({1.F, -2.F, 9.81F}), at::tensor({0.5F, 2.F, 4.F})};
  }
  artifact.encoder_name = encoder;
  artifact.encoder_config = config;
  artifact.encoder = find_encoder(encoder).make(config, artifact.encoder_spec(), Rng(1));
  stir(*artifact.encoder);
  at::manual_seed(5);  // of dropout in the steps below
  for (int step = 0; step < 3; ++step) artifact.encoder->forward(x);
  artifact.encoder->eval();
  return pipeline;
}

/// Puts a head on it, of classes or (0) of a number, with features and number shifted and scaled.
inline void add_head(Pipeline& pipeline, int64_t hidden, int64_t classes = 3, int64_t layers = 1) {
  const int64_t features = pipeline.artifact.encoder->features();
  pipeline.head = std::make_shared<ClassifierHead>(ClassifierConfig{.features = features,
                                                                    .hidden = hidden,
                                                                    .classes = classes,
                                                                    .dropout = 0.5,
                                                                    .layers = layers},
                                                   Rng(2));
  stir(*pipeline.head);
  const c10::AutoGradMode no_grad(false);
  for (auto& item : pipeline.head->named_buffers())
    item.value().copy_(normals(item.value().sizes(), Rng(4)).abs() + 0.5);
  pipeline.head->eval();
}

/// A generator, in which nothing is a default, of images of 32 x 32 pixels in three channels, and
/// of three classes if it is conditional.
inline GeneratorPipeline generator_pipeline(GeneratorNormalization normalization,
                                            int64_t noise = 6) {
  GeneratorPipeline pipeline;
  Artifact& artifact = pipeline.artifact;
  artifact.manifest.method = "ssgan";
  artifact.manifest.classes = {"cat", "dog", "horse"};
  artifact.spec = {Modality::image, {3, 32, 32}, 0, {"red", "green", "blue"}};
  artifact.preprocessing = Normalizer::between(0, 255, 3);
  KeptGenerator& kept = pipeline.generator;
  kept.config = {
      .noise = noise, .width = 1.0 / 64, .normalization = normalization, .classes = 3, .hidden = 5};
  if (normalization == GeneratorNormalization::conditional)
    kept.classes = artifact.manifest.classes;
  kept.network = std::make_shared<GanGenerator>(kept.config, artifact.encoder_spec(), Rng(1));
  stir(*kept.network);
  for (int step = 0; step < 3; ++step)
    kept.network->forward(normals({12, noise}, Rng(9)), at::arange(12, at::kLong) % 3);
  kept.network->eval();
  return pipeline;
}

}  // namespace tacit
