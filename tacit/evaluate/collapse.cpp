// SPDX-License-Identifier: Apache-2.0
#include "tacit/evaluate/collapse.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/linalg_eigvalsh.h>

#include <cmath>

#include "tacit/core/error.h"

namespace tacit {
namespace {

/// x: [N, D] double. From the smaller of the two Gram matrices: σ² are its eigenvalues.
double effective_rank(const Tensor& x) {
  const Tensor gram = x.size(0) < x.size(1) ? x.mm(x.t()) : x.t().mm(x);
  const Tensor sigma = at::linalg_eigvalsh(gram).clamp_min(0).sqrt();  // [min(N, D)]
  const double total = sigma.sum().item<double>();
  if (total == 0) return 1;  // all rows are zero
  const Tensor p = sigma / total + 1e-7;
  return std::exp(-(p * p.log()).sum().item<double>());
}

std::string find_collapse(const EmbeddingHealth& health) {
  if (health.spread < 0.05)
    return text(
        "The features collapsed: all rows point the same way (spread {}, evenly spread "
        "directions have 1).",
        health.spread);
  if (health.effective_rank < 2)
    return text("The features collapsed to a line: their effective rank is {} of {}.",
                health.effective_rank, health.features);
  if (health.dead > 0.5)
    return text("{} % of the {} features are constant.", std::lround(100 * health.dead),
                health.features);
  return "";
}

}  // namespace

EmbeddingHealth embedding_health(const Tensor& x) {
  require<ShapeError>(x.dim() == 2 && x.size(0) >= 2 && x.size(1) >= 1,
                      "embedding_health needs [N, D] with N >= 2, got {}", x.sizes());
  require<DataError>(at::isfinite(x).all().item<bool>(), "a feature is not finite");
  const Tensor wide = x.to(at::kDouble);                                             // [N, D]
  const Tensor unit = wide / wide.norm(2, {1}, /*keepdim=*/true).clamp_min(1e-300);  // [N, D]
  EmbeddingHealth health;
  health.features = x.size(1);
  health.rows = x.size(0);
  health.spread = unit.std(0, /*unbiased=*/false).mean().item<double>() *
                  std::sqrt(static_cast<double>(health.features));
  health.effective_rank = effective_rank(wide);
  const double size = wide.square().mean().sqrt().item<double>();
  health.dead =
      wide.std(0, /*unbiased=*/false).le(1e-4 * size).to(at::kDouble).mean().item<double>();
  health.warning = find_collapse(health);
  return health;
}

void to_json(Json& json, const EmbeddingHealth& value) {
  json = Json{{"spread", value.spread}, {"effective_rank", value.effective_rank},
              {"dead", value.dead},     {"features", value.features},
              {"rows", value.rows},     {"warning", value.warning}};
}

}  // namespace tacit
