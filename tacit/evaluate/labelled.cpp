// SPDX-License-Identifier: Apache-2.0
#include "tacit/evaluate/labelled.h"

#include <ATen/ops/isfinite.h>

#include "tacit/core/error.h"

namespace tacit {
namespace {

void require_rows(const Tensor& x, const Tensor& y, const char* who) {
  require<ShapeError>(x.dim() == 2 && y.dim() == 1 && x.size(0) == y.size(0),
                      "{} needs x [N, D] and y [N], got {} and {}", who, x.sizes(), y.sizes());
  require<DataError>(y.numel() > 0, "{} has no labelled rows to learn from", who);
  const Tensor finite = at::isfinite(x).all(1);  // [N]
  if (finite.all().item<bool>()) return;
  throw DataError(text("{}: row {} has a feature that is not finite", who,
                       finite.logical_not().nonzero().select(0, 0).item<int64_t>()));
}

}  // namespace

void require_labelled(const Tensor& x, const Tensor& y, int64_t classes, const char* who) {
  require_rows(x, y, who);
  const int64_t low = y.min().item<int64_t>(), high = y.max().item<int64_t>();
  require<ShapeError>(low >= 0 && high < classes,
                      "{} got class {}, outside 0 … {}; leave out unlabelled rows", who,
                      low < 0 ? low : high, classes - 1);
}

void require_numbers(const Tensor& x, const Tensor& y, const char* who) {
  require_rows(x, y, who);
  require<DataError>(at::isfinite(y).all().item<bool>(),
                     "{} got a label that is not finite; leave out unlabelled rows", who);
}

}  // namespace tacit
