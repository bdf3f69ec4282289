// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "tacit/core/spec.h"
#include "tacit/transforms/clip.h"
#include "tacit/transforms/image.h"
#include "tacit/transforms/signal.h"

namespace tacit {

/// What rows of a kind can be changed by, with the parameters of `config`, a struct with members
/// `transformations` of signals, `image` and `clip`. `where` is the field that will name some.
/// Throws ConfigError for tables.
template <class Config>
std::vector<NamedTransform> transformations_of(Modality modality, const Config& config,
                                               const std::string& where) {
  switch (modality) {
    case Modality::signal: return signal_transformations(config.transformations);
    case Modality::image: return image_transformations(config.image);
    case Modality::video: return clip_transformations(config.clip);
    default: break;
  }
  throw ConfigError(
      text("{}: transformations are of signals, images and clips, but this is {} "
           "data",
           where, enum_name(modality)));
}

/// Those of transformations_of() that `names` lists, one after the other, each with `probability`,
/// decided a row. Throws ConfigError for an unknown name.
template <class Config>
Transform some_of(Modality modality, const Config& config, const std::vector<std::string>& names,
                  double probability, const std::string& where) {
  std::vector<Transform> steps;
  for (NamedTransform& one : choose(transformations_of(modality, config, where), names, where))
    steps.push_back(sometimes(probability, std::move(one.apply)));
  return chain(std::move(steps));
}

}  // namespace tacit
