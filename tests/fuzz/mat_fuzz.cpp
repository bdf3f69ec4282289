// SPDX-License-Identifier: Apache-2.0
#include "tacit/core/error.h"
#include "tacit/data/readers/mat_outline.h"
#include "tests/fuzz/input_file.h"

/// Any bytes as a file of MATLAB: what stands where is found, or it is refused with a DataError.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const tacit::InputFile file(data, size);
  try {
    tacit::mat_outline(file.path());
  } catch (const tacit::DataError&) {
    return 0;
  }
  return 0;
}
