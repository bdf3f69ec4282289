// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "tacit/artifact/artifact.h"
#include "tacit/nn/gan_generator.h"

namespace tacit {

/// Rows to try a model on, as they are read.
struct Trial {
  std::string name;  ///< "noise", "zeros", …
  Tensor x;          ///< [N, C, T], or [N, row_width] of a table
};

/// Of signals: 64 windows of noise and 64 random walks, of the sensors' mean and scale, and edge
/// cases: nothing but zeros, constants, huge (1e3) and tiny (1e-6) values, an impulse, a step;
/// alone and several at a time.
///
/// Of a table: 64 rows with numbers as frequent as in training and 64 with missing cells; a row
/// with nothing else, numbers far beyond those of training; each category and some never seen, each
/// knot of rank_gauss, the floats beside it and half way to the next; of moments each day of a
/// while around 2000-02-29 and days of all years from 1600 to 2400.
std::vector<Trial> parity_trials(const Spec& spec, const Preprocessing& preprocessing);

/// Noise to try a generator on.
struct GeneratorTrial {
  std::string name;  ///< "noise", "zeros", …
  Tensor z;          ///< [N, noise]
  Tensor y;          ///< [N] int64 class; undefined for a generator that is told none
  /// By which share of a row's largest sum float32 may be off where noise is as large as no normal
  /// distribution makes it; else 0.
  double slack = 0;
};

/// 16 rows of noise, one and three of it, zeros and tiny (1e-6) values; a row for each class; huge
/// (1e3) values.
std::vector<GeneratorTrial> generator_trials(const GanGeneratorConfig& config);

}  // namespace tacit
