// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>

#include "tacit/data/readers/images/image_builder.h"
#include "tacit/data/readers/long_form.h"

namespace tacit {

/// Whether the path is a Parquet file with a column of pictures, or a folder whose first one is.
bool is_image_table(const std::filesystem::path& path);

/// Pictures in the cells of Parquet files, as Hugging Face's data sets have them: the first column
/// of bytes, or of a struct with bytes. The label is in the column that data.label names, else in
/// one called label, fine_label or class: texts, or numbers with the names that the file's own
/// notes give them. The part of the set is the file, or the column of data.recording, subject that
/// of data.subject, where there are such columns. One file, or all of a folder. Throws DataError,
/// naming file and row, for an empty cell, and like ImageBuilder.
void read_image_table(const LongFormConfig& asked, ImageBuilder& builder);

}  // namespace tacit
