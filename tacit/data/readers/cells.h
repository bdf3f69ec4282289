// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string_view>

#include "tacit/data/readers/dialect.h"

namespace tacit {

/// Without blanks and tabs on both sides.
std::string_view trimmed(std::string_view cell);

/// Whether a trimmed cell says that there is no value: empty, nan, NA, N/A, null, none, ? or -, in
/// either case of letters.
bool is_missing(std::string_view cell);

/// The number that a trimmed cell holds, whole; nothing when it is none.
std::optional<double> number_in(std::string_view cell, Decimal decimal);

/// The moment that a trimmed cell names, in seconds since 1970 (UTC where no offset is given):
/// 2024-05-01T10:00:00.02Z, 2024/05/01 10:00, 01.05.2024 10:00:00,02, with an offset as +02:00 or
/// +0200; or a time of day alone, 10:00:00.02, in seconds since midnight. Nothing when it is none,
/// also for 05/01/2024, which means two different days.
std::optional<double> instant_in(std::string_view cell);

/// Like instant_in(), and of a date alone, 2024-05-01 or 01.05.2024, its midnight (UTC).
std::optional<double> moment_in(std::string_view cell);

}  // namespace tacit
