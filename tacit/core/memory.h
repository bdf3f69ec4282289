// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace tacit {

/// From now on memory that is freed stays with the process for the next allocation, large blocks
/// too. By default the C library gives blocks of more than some megabytes back to the system, so a
/// training step would have its activations mapped, page by page, each time anew. Call it once,
/// early in main(); without glibc it does nothing.
void keep_freed_memory();

/// Gives what was freed so far back to the system all the same: between stages of which the one
/// needed far more than the other will. Without glibc it does nothing.
void give_back_freed_memory();

}  // namespace tacit
