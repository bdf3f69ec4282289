// SPDX-License-Identifier: Apache-2.0
#include "tacit/core/memory.h"

#include <limits>

#if __has_include(<malloc.h>)
#include <malloc.h>
#endif

namespace tacit {

void keep_freed_memory() {
#ifdef __GLIBC__
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
#endif
}

void give_back_freed_memory() {
#ifdef __GLIBC__
  ::malloc_trim(0);
#endif
}

}  // namespace tacit
