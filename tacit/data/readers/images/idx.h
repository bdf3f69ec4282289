// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>

#include "tacit/data/readers/images/image_builder.h"
#include "tacit/data/readers/long_form.h"

namespace tacit {

/// Whether the path is such a file, or a folder that holds one.
bool is_idx(const std::filesystem::path& path);

/// Pictures in the files of MNIST (LeCun, Cortes & Burges) and of those that followed:
/// NAME-images-idx3-ubyte beside NAME-labels-idx1-ubyte, plain or .gz, grey. The part of the set is
/// NAME (train, t10k), the label its number. One file, or all of a folder; without the file of
/// labels, or where data.label is "", they have none. Throws DataError, naming the file, where it
/// is cut or damaged or numbers of pictures and labels differ, and like ImageBuilder.
void read_idx(const LongFormConfig& asked, ImageBuilder& builder);

}  // namespace tacit
