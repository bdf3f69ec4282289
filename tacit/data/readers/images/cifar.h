// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>

#include "tacit/data/readers/images/image_builder.h"
#include "tacit/data/readers/long_form.h"

namespace tacit {

/// Whether the folder holds the binary version of CIFAR-10 or CIFAR-100.
bool is_cifar(const std::filesystem::path& path);

/// CIFAR-10 and CIFAR-100 (Krizhevsky 2009) in their binary versions: data_batch_1.bin … and
/// test_batch.bin, or train.bin and test.bin, 32 x 32 pixels. Labels (of CIFAR-100 the fine ones)
/// are the names in batches.meta.txt or fine_label_names.txt, or numbers without that file; the
/// part of the set is train or test. Throws DataError, naming the file, where it is cut or a label
/// has no name, and like ImageBuilder.
void read_cifar(const LongFormConfig& asked, ImageBuilder& builder);

}  // namespace tacit
