// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

#include "tacit/data/readers/emotion/file_cursor.h"

namespace tacit {

/// What a pickle has up to the end of the line, which is passed and left out: a number or a name.
/// Throws DataError over a kilobyte.
std::string pickled_line(FileCursor& bytes);

/// A text as Python 2 writes it for people, in quotes, and the end of its line: '\x00a\n'. Throws
/// DataError for what Python does not write.
std::string pickled_quote(FileCursor& bytes);

/// The bytes that a text in UTF-8 has as letters U+0000 to U+00FF. Throws DataError, where `bytes`
/// stands, for any other letter.
std::string pickled_bytes(std::string_view letters, FileCursor& bytes);

}  // namespace tacit
