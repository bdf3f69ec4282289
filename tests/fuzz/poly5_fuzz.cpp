// SPDX-License-Identifier: Apache-2.0
#include <numeric>

#include "tacit/core/error.h"
#include "tacit/data/readers/emotion/poly5.h"
#include "tests/fuzz/input_file.h"

/// Any bytes as a Poly5 file: all its signals are read, or it is refused with a DataError.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const tacit::InputFile file(data, size);
  try {
    const tacit::Poly5Header header = tacit::read_poly5_header(file.path());
    std::vector<size_t> all(header.signals.size());
    std::iota(all.begin(), all.end(), 0);
    tacit::read_poly5(file.path(), header, all);
  } catch (const tacit::DataError&) {
    return 0;
  }
  return 0;
}
