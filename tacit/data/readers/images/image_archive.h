// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "tacit/data/readers/images/image_builder.h"
#include "tacit/data/readers/long_form.h"

namespace tacit {

/// Whether the name is of an archive that read_image_archives() reads: .tar, also with .gz, .bz2 or
/// .xz, or .tgz.
bool is_archive_name(const std::string& name);

/// Pictures in tar archives, in their order: a file, or all of a folder, by name. An entry's
/// folders say its label and part as origin_by_folders() does; without two folders the part is the
/// archive. Entries that follow each other and are called alike up to the first point belong
/// together, as in shards of WebDataset: 000017.jpg beside 000017.cls, whose text is the label.
/// data.label = "" is none. Throws DataError, naming the archive, where it is cut, damaged or holds
/// no picture, or an entry has more than 256 MiB, and like ImageBuilder.
void read_image_archives(const LongFormConfig& asked, ImageBuilder& builder);

}  // namespace tacit
