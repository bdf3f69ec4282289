// SPDX-License-Identifier: Apache-2.0
#include "tacit/core/error.h"
#include "tacit/data/readers/emotion/case_annotation.h"
#include "tests/fuzz/input_file.h"

/// Any bytes as a table of a person's annotations: there is a class at each moment, or none, or it
/// is refused with a ConfigError or DataError.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const tacit::InputFile file(data, size);
  tacit::Ratings ratings({0.5, 9.5}, {.levels = tacit::EmotionLevels::all});
  try {
    tacit::CaseAnnotation annotation(file.path(), "t", "a", "v", ratings);
    for (int ms = 0; ms < 1000; ms += 50) {
      const std::string_view word = annotation.at(ms);
      if (word.size() > 1 || (word.size() == 1 && (word[0] < '1' || word[0] > '9')))
        __builtin_trap();
    }
  } catch (const tacit::ConfigError&) {  // a column is not there
    return 0;
  } catch (const tacit::DataError&) {
    return 0;
  }
  return 0;
}
