// SPDX-License-Identifier: Apache-2.0
#include "tacit/transforms/corrupt.h"

#include <ATen/Parallel.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>

#include "tacit/core/error.h"

namespace tacit {
namespace {

constexpr int64_t kRowsATask = 256;

enum class Fate : char { kept, swapped, hidden };

/// Decides by `choose(stream, fates of a row's columns)` and carries it out.
template <class Choose>
Corrupted carry_out(const Tensor& x, const std::vector<Field>& fields, const Donors& donors,
                    Rng& rng, const Choose& choose) {
  const auto width = static_cast<int64_t>(fields.size());
  require<ShapeError>(x.dim() == 2 && x.size(1) == width,
                      "rows of a table must be [N, {}] but are {}", width, x.sizes());
  const std::vector<int64_t> column = column_of(fields);
  const int64_t columns = column.empty() ? 0 : column.back() + 1;
  const Tensor out = x.detach().to(at::kCPU, at::kFloat).clone(at::MemoryFormat::Contiguous);
  const Tensor from = donors.x.detach().to(at::kCPU, at::kFloat).contiguous();
  const Tensor changed = at::zeros({x.size(0), columns}, at::kBool);
  const int64_t others = from.size(0) - 1;
  float* const values = out.mutable_data_ptr<float>();
  const float* const donor = from.const_data_ptr<float>();
  bool* const is_changed = changed.mutable_data_ptr<bool>();
  const Rng base = rng.split();
  at::parallel_for(0, x.size(0), kRowsATask, [&](int64_t begin, int64_t end) {
    std::vector<Fate> fate(static_cast<size_t>(columns));
    for (int64_t row = begin; row < end; ++row) {
      Rng stream = base.row(row);
      choose(stream, std::span(fate));
      int64_t source = 0;
      for (int64_t field = 0, last = -1; field < width; ++field) {
        const int64_t own = column[static_cast<size_t>(field)];
        Fate& mine = fate[static_cast<size_t>(own)];
        if (own != last && mine == Fate::swapped) {
          if (others < 1) {
            mine = Fate::kept;
          } else {
            source = stream.below(others);
            if (source >= donors.first + row) ++source;
          }
        }
        last = own;
        if (mine == Fate::kept) continue;
        is_changed[row * columns + own] = true;
        if (mine == Fate::swapped)
          values[row * width + field] = donor[source * width + field];
        else
          values[row * width + field] = fields[static_cast<size_t>(field)].codes > 0
                                            ? 0
                                            : std::numeric_limits<float>::quiet_NaN();
      }
    }
  });
  return {out.to(x.device()), changed.to(x.device())};
}

}  // namespace

Corrupted corrupt(const Tensor& x, const std::vector<Field>& fields, const CorruptConfig& config,
                  const Donors& donors, Rng& rng) {
  return carry_out(x, fields, donors, rng, [&](Rng& stream, std::span<Fate> fate) {
    for (Fate& mine : fate) {
      const double draw = stream.uniform();
      mine = draw < config.swap                 ? Fate::swapped
             : draw < config.swap + config.hide ? Fate::hidden
                                                : Fate::kept;
    }
  });
}

Corrupted swap_some(const Tensor& x, const std::vector<Field>& fields, double share,
                    const Donors& donors, Rng& rng) {
  return carry_out(x, fields, donors, rng, [&](Rng& stream, std::span<Fate> fate) {
    const auto some = std::max<int64_t>(1, std::llround(share * static_cast<double>(fate.size())));
    std::fill(fate.begin(), fate.end(), Fate::kept);
    std::fill(fate.begin(), fate.begin() + some, Fate::swapped);
    stream.shuffle(fate);
  });
}

}  // namespace tacit
