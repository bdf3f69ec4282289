// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "tacit/core/error.h"
#include "tacit/data/readers/edf.h"

/// Any bytes as a file in EDF or BDF: it is read, or refused with a DataError.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  try {
    tacit::read_edf_bytes({reinterpret_cast<const char*>(data), size}, "input");
  } catch (const tacit::DataError&) {
    return 0;
  }
  return 0;
}
