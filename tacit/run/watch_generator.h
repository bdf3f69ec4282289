// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "tacit/core/rng.h"
#include "tacit/run/prepare.h"
#include "tacit/train/trainer.h"

namespace tacit {

/// The training whose generator is watched. Data and fold must outlive the observer.
struct WatchedTraining {
  const Prepared& prepared;
  const Fold& fold;
  int64_t epochs;                  ///< planned
  std::string stage;               ///< name of its lines in metrics.jsonl
  std::filesystem::path folder;    ///< of the run, with metrics.jsonl
  std::filesystem::path pictures;  ///< where grids are written, made when it is missing
};

/// Takes a grid that was written: the epoch, counted from 0, a PNG file and its size in pixels.
using ShowGrid =
    std::function<void(int64_t epoch, const std::string& png, int64_t height, int64_t width)>;

/// An observer of a method with a generator. At the first epoch, at every config.every-th and at
/// the last planned one it looks: it makes pictures of one noise that never changes, each class in
/// turn where the generator is told the class, as Method::generator() makes them in eval mode, and
/// writes them as a grid, `pictures`/NNNN.png, the epoch counted from 1. It adds, and repeats until
/// the next look:
///
/// - generator/diversity: the standard deviation of the discriminator's features, a mean over
///   features, of the grid's pictures, over that of as many real ones of the validation part (of
///   the training part without one). About 1 when made pictures differ as real ones do. Below 0.2
///   the caller is told of mode collapse, once.
/// - discriminator/sigma: the largest singular value among the method's spectrally normalised
///   weights, before they are divided by it; none without such weights.
/// - with config.extractor generator/fid, generator/kid, generator/precision and
///   generator/recall: score_images() of as many made as real pictures of the validation part in
///   the features of that run's encoder, fine-tuned where it is. Lower fid and kid are better.
///
/// Weights, batch statistics and the mode of every part stay, the training's streams give no draw,
/// and no test row is looked at. A training that was interrupted finds the last look's quantities
/// in metrics.jsonl, so that it goes on as one that was not.
///
/// Throws ConfigError when config.extractor is set and the validation part has fewer than 20
/// pictures, StateError when it is no finished run, and ShapeError when it takes other pictures.
/// The observer throws StateError when a grid cannot be written.
Observer watch_generator(const GeneratorConfig& config, const WatchedTraining& training,
                         const Rng& rng, const Caller& caller, ShowGrid show = {});

}  // namespace tacit
