// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

#include "tacit/core/spec.h"

namespace tacit {

/// Checks what a classifier is fitted to. x: [N, D] finite; y: [N] int64, 0 … classes-1.
/// `who` begins the message, as in "a linear probe". Throws ShapeError for sizes that do not fit or
/// a class out of range, and DataError when there are no rows or a value is not finite.
void require_labelled(const Tensor& x, const Tensor& y, int64_t classes, const char* who);

/// The same for what a number is told from: y: [N] float, finite. Throws ShapeError for sizes that
/// do not fit, and DataError when there are no rows or a value is not finite.
void require_numbers(const Tensor& x, const Tensor& y, const char* who);

}  // namespace tacit
