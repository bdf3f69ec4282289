// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <vector>

#include "tacit/data/examples.h"
#include "tacit/data/table_writer.h"

namespace tacit {

/// What rows begin … end-1 are, beside what a verb says of them: columns row, recording, subject,
/// start_seconds (of an image its name; of a table file and group instead) and label, "" without
/// one.
std::vector<Column> describe_rows(const Examples& examples, int64_t begin, int64_t end);

}  // namespace tacit
