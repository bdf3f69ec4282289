// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/spool.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>

#include "tacit/core/error.h"

namespace tacit {

void Spool::append(std::span<const float> values) {
  require<ShapeError>(values.size() % static_cast<size_t>(channels_) == 0,
                      "spool: {} values are not whole rows of {} channels", values.size(),
                      channels_);
  bytes_.append(std::as_bytes(values));
  rows_ += static_cast<int64_t>(values.size()) / channels_;
}

Tensor Spool::view(int64_t begin, int64_t length) const {
  require<ShapeError>(begin >= 0 && length >= 0 && begin + length <= rows_,
                      "spool: rows {} … {} of {} are asked for", begin, begin + length, rows_);
  require<StateError>(bytes_.is_finished(), "spool: rows are asked for before the end");
  if (length == 0) return at::empty({channels_, 0}, at::kFloat);
  // from_blob takes no pointer to const; nothing writes through it, and the pages are read-only.
  auto* const first = const_cast<std::byte*>(bytes_.map().get());
  auto* const data = reinterpret_cast<float*>(first) + begin * channels_;
  return at::from_blob(
      data, {channels_, length}, {1, channels_}, [map = bytes_.map()](void*) {}, at::kFloat);
}

}  // namespace tacit
