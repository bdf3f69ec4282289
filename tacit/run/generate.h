// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "tacit/artifact/generator.h"
#include "tacit/core/config.h"
#include "tacit/core/rng.h"
#include "tacit/run/folder.h"

namespace tacit {

/// What is asked of a generator.
struct GenerateRequest {
  int64_t count = 64;                       ///< pictures
  std::optional<std::string> class_name{};  ///< none: each class in turn
  uint64_t seed = 1;
  double truncation = 0;    ///< noise is drawn again until no number is larger; 0: as it comes
  int64_t interpolate = 0;  ///< pictures on the way from one noise to the next; 0: no such ways
  std::filesystem::path output{};  ///< .png: one grid; a folder, or NAME/: a file each
};
/// All but the output.
template <class Visitor>
void describe(Visitor& visit, GenerateRequest& request) {
  visit("count", request.count, "pictures", between(1, 100'000));
  visit("class", request.class_name, "of all pictures; without it each class in turn");
  visit("seed", request.seed, "from which every random draw follows", at_least(0));
  visit("truncation", request.truncation,
        "noise is drawn again until no number is larger than this, 0.01 or more; 0: as it comes",
        at_least(0));
  visit("interpolate", request.interpolate,
        "pictures on the way from one noise to the next, 2 or more, a row each; 0: no such ways",
        between(0, 1000));
}

/// Standard normal noise [count, width] float32, row i of rng.row(i): a larger count begins with
/// the same rows. With `truncation` above 0, numbers beyond it are drawn again: Brock et al. 2019,
/// arXiv:1809.11096, section 3.1. Throws ConfigError for a truncation that is below 0.01 and not 0.
Tensor draw_noise(int64_t count, int64_t width, double truncation, const Rng& rng);

/// Ways between noises: each row to the next in `steps` rows, both ends included, along the great
/// circle through the two, whose length changes evenly in angle; along the straight line where they
/// have one direction. White 2016, "Sampling Generative Networks", arXiv:1609.04468, section 2.
/// noise: [R + 1, D], steps >= 2 -> [R steps, D].
Tensor interpolate_noise(const Tensor& noise, int64_t steps);

/// Pixels that a generator in eval mode makes, a few at a time, on the device of its weights and
/// without gradients. z: [N, noise()]; y: [N] int64, needed where it is conditional -> [N, C, H, W]
/// uint8 on the CPU.
Tensor draw_images(const GanGenerator& generator, const Tensor& z, const Tensor& y = {});

/// The classes of `count` pictures in turn, `each` pictures of one before the next: [count] int64;
/// all 0 where the generator distinguishes none, as it then looks at none.
Tensor classes_in_turn(const KeptGenerator& generator, int64_t count, int64_t each = 1);

/// What a run that trained a generator kept.
struct Gan {
  Artifact artifact;  ///< of the discriminator
  KeptGenerator generator;
};

/// Throws StateError for a folder that holds no finished run, or none of a method that trains a
/// generator, which it names.
Gan load_gan(const std::filesystem::path& run);

/// `tacit generate`: pictures of the generator of a run, one grid or a file each, NNNN.png from
/// 0000 on. The same seed gives the same pixels. In a grid each row is a way, if ways are asked
/// for, each column a class, if pictures are of few classes in turn, and it is about a square else.
/// Returns the number of pictures. Throws as load_gan, ConfigError for what was asked, naming the
/// nearest class, and StateError when the folder holds pictures that would stay between the new
/// ones, or when a file cannot be written.
int64_t run_generate(const std::filesystem::path& run, const GenerateRequest& request,
                     const Caller& caller);

}  // namespace tacit
