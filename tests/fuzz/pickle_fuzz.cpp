// SPDX-License-Identifier: Apache-2.0
#include "tacit/core/error.h"
#include "tacit/data/readers/emotion/pickle.h"
#include "tests/fuzz/input_file.h"

/// Any bytes as a pickle: it is followed, or refused with a DataError.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const tacit::InputFile file(data, size);
  try {
    const tacit::Pickle pickle(file.path());
    pickle.array({"signal", "chest", "ECG"});
  } catch (const tacit::DataError&) {
    return 0;
  }
  return 0;
}
