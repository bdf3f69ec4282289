// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "tacit/core/rng.h"
#include "tacit/core/spec.h"

namespace tacit {

/// A random change of a batch: x [N, *] -> [N, *] of the same shape and type. Each row draws its
/// own parameters from the stream of its position (Rng::row), so the result is a function of (x,
/// rng) alone, for any number of threads, and of rows that several processes share each draws the
/// same as in one; the rng moves on, so that the next call draws anew. x itself is not changed.
using Transform = std::function<Tensor(const Tensor& x, Rng& rng)>;

/// One after the other.
Transform chain(std::vector<Transform> steps);

/// Applies `step` to each row with this probability, decided per row; other rows pass unchanged.
Transform sometimes(double probability, Transform step);

/// One of a table of transforms, and the name that recipes know it by.
struct NamedTransform {
  std::string name;
  Transform apply;
};

/// Those of a table that are named, in the table's order. Throws ConfigError for an unknown name;
/// `where` is the field that lists them.
std::vector<NamedTransform> choose(std::vector<NamedTransform> table,
                                   const std::vector<std::string>& names, const std::string& where);

}  // namespace tacit
