// SPDX-License-Identifier: Apache-2.0
#include "tacit/core/rng.h"

#include <cmath>
#include <numbers>

#include "tacit/core/philox.h"

namespace tacit {
namespace {

constexpr uint64_t kDraw = 0, kIndex = 1, kPurpose = 2;  // which question a counter answers

uint64_t fnv1a(std::string_view bytes) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const unsigned char byte : bytes) hash = (hash ^ byte) * 0x100000001b3;
  return hash;
}

}  // namespace

Rng::Rng(uint64_t seed) : key_{seed, 0} {}

std::array<uint64_t, 2> Rng::block(uint64_t counter, uint64_t domain) const {
  const uint64_t high = key_[1] ^ (domain << 62);
  const auto out = philox({static_cast<uint32_t>(counter), static_cast<uint32_t>(counter >> 32),
                           static_cast<uint32_t>(high), static_cast<uint32_t>(high >> 32)},
                          {static_cast<uint32_t>(key_[0]), static_cast<uint32_t>(key_[0] >> 32)});
  return {out[0] | (uint64_t{out[1]} << 32), out[2] | (uint64_t{out[3]} << 32)};
}

Rng Rng::stream(std::string_view purpose) const {
  return Rng(block(fnv1a(purpose), kPurpose), first_row_);
}
Rng Rng::stream(uint64_t index) const { return Rng(block(index, kIndex), first_row_); }
Rng Rng::split() { return stream(bits()); }

Rng Rng::from_row(int64_t first) const {
  Rng same = *this;
  same.first_row_ = static_cast<uint64_t>(first);
  return same;
}

uint64_t Rng::bits() {
  if (has_ready_) {
    has_ready_ = false;
    return ready_[1];
  }
  ready_ = block(counter_++, kDraw);
  has_ready_ = true;
  return ready_[0];
}

double Rng::uniform() { return static_cast<double>(bits() >> 11) * 0x1p-53; }

double Rng::normal() {
  const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
  return radius * std::cos(2.0 * std::numbers::pi * uniform());
}

int64_t Rng::below(int64_t bound) {
  const auto range = static_cast<uint64_t>(bound);
  const uint64_t limit = UINT64_MAX - UINT64_MAX % range;  // reject the uneven tail
  uint64_t draw = bits();
  while (draw >= limit) draw = bits();
  return static_cast<int64_t>(draw % range);
}

}  // namespace tacit
