// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "tacit/data/readers/mat_place.h"

namespace tacit {

/// Reads an array of real numbers or truth values, columns one after the other. Throws DataError
/// for all else and where the file is damaged. MatLibrary must be held, here and below.
std::vector<double> mat_numbers(const MatPlace& place);

/// Reads an array of letters in one row as UTF-8. Throws DataError for all else and where the file
/// is damaged.
std::string mat_letters(const MatPlace& place);

}  // namespace tacit
