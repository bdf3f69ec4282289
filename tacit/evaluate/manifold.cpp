// SPDX-License-Identifier: Apache-2.0
#include "tacit/evaluate/manifold.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <ATen/ops/topk.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <limits>

#include "tacit/core/error.h"
#include "tacit/evaluate/frechet.h"

namespace tacit {
namespace {

constexpr int64_t kTile = 1024;      // rows of either set compared at a time
constexpr double kRounding = 1e-12;  // of the squared lengths; sums of D products lose D · 1e-16

/// Rows begin … relative to centre: [n, D] double on its device.
Tensor piece(const Tensor& x, int64_t begin, const Tensor& centre) {
  const Tensor rows = x.narrow(0, begin, std::min(kTile, x.size(0) - begin));
  return rows.to(centre.device(), at::kDouble) - centre;
}

/// Calls visit(row, column, tile) with the squared distances of rows row … of a and rows column …
/// of b, [n, m], less `slack` times the rows' squared lengths.
template <class Visit>
void each_tile(const Tensor& a, const Tensor& b, const Tensor& centre, double slack,
               const Visit& visit) {
  for (int64_t row = 0; row < a.size(0); row += kTile) {
    const Tensor x = piece(a, row, centre);         // [n, D]
    const Tensor length = x.square().sum(1, true);  // [n, 1]
    for (int64_t column = 0; column < b.size(0); column += kTile) {
      const Tensor y = piece(b, column, centre);          // [m, D]
      const Tensor lengths = length + y.square().sum(1);  // [n, m]
      visit(row, column, at::addmm(lengths * (1 - slack), x, y.t(), 1, -2));
    }
  }
}

/// Squared distance of each row of x to its k-th nearest other row: [N] double.
Tensor squared_radii(const Tensor& x, int64_t k, const Tensor& centre) {
  const Tensor nearest =  // [N, k + 1], the row itself among them
      at::full({x.size(0), k + 1}, std::numeric_limits<double>::infinity(), centre.options());
  each_tile(x, x, centre, 0, [&](int64_t row, int64_t, const Tensor& distance) {
    const Tensor best = nearest.narrow(0, row, distance.size(0));
    best.copy_(std::get<0>(at::topk(at::cat({best, distance}, 1), k + 1, 1, /*largest=*/false)));
  });
  return nearest.amax(1);
}

double share(const Tensor& flags) { return flags.to(at::kDouble).mean().item<double>(); }

}  // namespace

ManifoldScores manifold_scores(const Tensor& real, const Tensor& generated, int64_t k) {
  require_feature_sets(real, generated);
  const int64_t n = real.size(0), m = generated.size(0);
  require<ConfigError>(k >= 1 && std::min(n, m) > k,
                       "the {}-th nearest other row needs k >= 1 and k + 1 rows, there are {} real "
                       "and {} generated",
                       k, n, m);
  // Distances from scalar products lose digits far from 0; any point near the rows mends it.
  const Tensor first = real.narrow(0, 0, std::min(kTile, n));
  const Tensor centre = first.to(generated.device(), at::kDouble).mean(0);  // [D]
  const Tensor real_radius = squared_radii(real, k, centre).unsqueeze(1);   // [N, 1]
  const Tensor radius = squared_radii(generated, k, centre);                // [M]

  const auto flag = centre.options().dtype(at::kBool);
  const Tensor precise = at::zeros({m}, flag);   // a generated row is in a real ball
  const Tensor recalled = at::zeros({n}, flag);  // a real row is in a generated ball
  const Tensor covered = at::zeros({n}, flag);   // a real ball holds a generated row
  const Tensor inside = at::zeros({}, centre.options().dtype(at::kLong));
  each_tile(real, generated, centre, kRounding,
            [&](int64_t row, int64_t column, const Tensor& distance) {
              const int64_t rows = distance.size(0), columns = distance.size(1);
              const Tensor in_real = distance.le(real_radius.narrow(0, row, rows));
              const Tensor in_generated = distance.le(radius.narrow(0, column, columns));
              precise.narrow(0, column, columns).logical_or_(in_real.any(0));
              recalled.narrow(0, row, rows).logical_or_(in_generated.any(1));
              covered.narrow(0, row, rows).logical_or_(in_real.any(1));
              inside.add_(in_real.sum());
            });
  return {.precision = share(precise),
          .recall = share(recalled),
          .density = inside.item<double>() / (static_cast<double>(k) * static_cast<double>(m)),
          .coverage = share(covered)};
}

void to_json(Json& json, const ManifoldScores& value) {
  json = Json{{"precision", value.precision},
              {"recall", value.recall},
              {"density", value.density},
              {"coverage", value.coverage}};
}

}  // namespace tacit
