// SPDX-License-Identifier: Apache-2.0
//
// Our side of benchmarks/peers/gan_step.py. Reads names of works from standard input, one a line,
// does one repetition of each and answers with its seconds; `version` is answered with LibTorch's.
// What a work needs is made when it is first named, outside the time.
#include <ATen/TensorOperators.h>
#include <ATen/ops/rand.h>
#include <torch/version.h>

#include <chrono>
#include <cmath>
#include <functional>
#include <iostream>
#include <map>
#include <string>

#include "tacit/core/error.h"
#include "tacit/core/memory.h"
#include "tacit/dist/communicator.h"
#include "tacit/losses/nt_xent.h"
#include "tacit/methods/ssgan.h"
#include "tacit/nn/image_resnet.h"
#include "tacit/nn/projector.h"
#include "tacit/train/optimizer.h"

namespace {

using namespace tacit;
using Work = std::function<void()>;

constexpr int64_t kBatch = 64;
const Spec kImages{Modality::image, {3, 32, 32}, 0, {}};
const SingleProcess kAlone;

Tensor random_images(int64_t rows) { return at::rand({rows, 3, 32, 32}) * 2 - 1; }

/// What the trainer does of a phase: loss, gradients, their norm, Adam.
void update(const Phase& phase, Optimizer& optimizer, const Batch& batch, Step& step) {
  optimizer.zero_grad();
  phase.loss(batch, step).total.backward();
  const double norm = optimizer.gradient_norm().item<double>();
  require<StateError>(std::isfinite(norm), "the gradients are not finite");
  optimizer.step(1);
}

/// n_dis updates of the discriminator and one of the generator.
Work gan_iteration(RotationRule rotation) {
  const auto encoder =
      std::make_shared<GanDiscriminator>(GanDiscriminatorConfig{}, kImages, Rng(1));
  const auto method = std::make_shared<Ssgan>(SsganConfig{.rotation = rotation},
                                              Ingredients{kImages, encoder, Rng(2)});
  method->train();
  std::vector<std::shared_ptr<Optimizer>> optimizers;
  for (const Phase& phase : method->phases())
    optimizers.push_back(std::make_shared<Optimizer>(
        OptimizerConfig{.learning_rate = 2e-4, .beta1 = 0, .beta2 = 0.9}, phase.parameters));
  const Batch batch{random_images(kBatch), {}, {}};
  return [=, draws = Rng(3), index = int64_t{0}]() mutable {
    const std::vector<Phase> phases = method->phases();
    do {
      Rng of_step = draws.split();
      Step step{index++, 0, of_step, kAlone};
      for (size_t i = 0; i < phases.size(); ++i)
        if (index % phases[i].every == 0) update(phases[i], *optimizers[i], batch, step);
    } while (index % phases.back().every != 0);
  };
}

/// Gradients of SimCLR's loss of two views of each image.
Work contrast(const ImageResnetConfig& config) {
  const auto encoder = std::make_shared<ImageResnet>(config, kImages, Rng(1));
  const int64_t features = encoder->features();
  const auto projector = std::make_shared<Projector>(features, std::vector<int64_t>{features, 128},
                                                     ProjectorNormalization::none, Rng(2));
  encoder->train();
  const Tensor views = random_images(2 * kBatch);
  return [=] {
    encoder->zero_grad();
    projector->zero_grad();
    const auto projected = projector->forward(encoder->forward(views), kAlone).chunk(2);
    nt_xent(projected[0], projected[1], /*temperature=*/0.5, kAlone).total.backward();
  };
}

const std::map<std::string, std::function<Work()>> kWorks{
    {"sngan", [] { return gan_iteration(RotationRule::none); }},
    {"ssgan", [] { return gan_iteration(RotationRule::each_quarter_once); }},
    {"resnet18", [] { return contrast({}); }},
    {"resnet10",
     [] {
       return contrast({.filters = {32, 64, 128, 256}, .blocks = {1, 1, 1, 1}});
     }},
};

double seconds_of(const Work& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double answer(const std::string& name) {
  static std::map<std::string, Work> made;
  const auto found = made.find(name);
  if (found != made.end()) return seconds_of(found->second);
  const auto entry = kWorks.find(name);
  require<ConfigError>(entry != kWorks.end(), "there is no work called \"{}\"", name);
  const Work& work = made.emplace(name, entry->second()).first->second;
  work();  // warms caches and thread pools
  return seconds_of(work);
}

}  // namespace

int main() {
  keep_freed_memory();
  try {
    for (std::string line; std::getline(std::cin, line);) {
      if (line == "version")
        std::cout << TORCH_VERSION << std::endl;
      else
        std::cout << answer(line) << std::endl;
    }
  } catch (const std::exception& error) {
    std::cerr << "peers_gan_step: " << error.what() << "\n";
    return 1;
  }
  return 0;
}
