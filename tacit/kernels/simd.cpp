// SPDX-License-Identifier: Apache-2.0
//
// Every routine is written once, in the compiler's portable vectors (simd_routines.inl), and
// compiled for AVX-512, AVX2 and the baseline of the machine; the widest one that the processor
// runs is taken.
//
// The product keeps a tile of rows x (2 vectors of columns) of c in registers while d runs over the
// whole depth: each step loads two vectors of b and multiplies them by one broadcast element of a
// per row. So c is touched once, a stays in the first-level cache, and the loads are a fraction of
// the multiply-adds. The other routines pass over a block of rows that is in cache anyway.
#include "tacit/kernels/simd.h"

#include <algorithm>
#include <cstring>

// Vectors pass through inlined functions only, so no calling convention is at stake.
#pragma GCC diagnostic ignored "-Wpsabi"
#include "tacit/kernels/counter_hash.h"
#include "tacit/kernels/fast_fir.h"

namespace tacit::kernels {
namespace {

#ifdef __clang__
#define TACIT_TARGET_BEGIN(options) \
  _Pragma(TACIT_TEXT(clang attribute push(__attribute__((target(options))), apply_to = function)))
#define TACIT_TARGET_END _Pragma("clang attribute pop")
#else
#define TACIT_TARGET_BEGIN(options) \
  _Pragma("GCC push_options") _Pragma(TACIT_TEXT(GCC target(options)))
#define TACIT_TARGET_END _Pragma("GCC pop_options")
#endif
#define TACIT_TEXT(words) #words

namespace baseline {
constexpr const char* kName = "baseline";
constexpr int kWidth = 4, kTileRows = 6;
#include "tacit/kernels/simd_routines.inl"
}  // namespace baseline

#ifdef __x86_64__
TACIT_TARGET_BEGIN("avx2,fma")
namespace avx2 {
constexpr const char* kName = "avx2";
constexpr int kWidth = 8, kTileRows = 6;
#include "tacit/kernels/simd_routines.inl"
}  // namespace avx2
TACIT_TARGET_END

TACIT_TARGET_BEGIN("avx512f,avx512dq")
namespace avx512 {
constexpr const char* kName = "avx512";
constexpr int kWidth = 16, kTileRows = 12;
#include "tacit/kernels/simd_routines.inl"
}  // namespace avx512
TACIT_TARGET_END
#endif

}  // namespace

const std::vector<const Simd*>& available_simd() {
  static const std::vector<const Simd*> available = [] {
    std::vector<const Simd*> found;
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq")) {
      found.push_back(&avx512::kRoutines);
    }
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
      found.push_back(&avx2::kRoutines);
    }
#endif
    found.push_back(&baseline::kRoutines);
    return found;
  }();
  return available;
}

const Simd& simd() {
  static const Simd& widest = *available_simd().front();
  return widest;
}

}  // namespace tacit::kernels
