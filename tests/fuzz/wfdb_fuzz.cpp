// SPDX-License-Identifier: Apache-2.0
// Headers, samples and annotations of WFDB records, made of any bytes: each is read or refused.
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "tacit/core/error.h"
#include "tacit/data/readers/wfdb_annotations.h"
#include "tacit/data/readers/wfdb_header.h"
#include "tacit/data/readers/wfdb_samples.h"

namespace tacit {
namespace {

/// Takes the bytes before the next separator, or all.
std::string_view take_part(std::string_view& rest) {
  constexpr std::string_view kSeparator = "\n--\n";
  const std::string_view part = rest.substr(0, rest.find(kSeparator));
  rest.remove_prefix(part.size());
  if (!rest.empty()) rest.remove_prefix(kSeparator.size());
  return part;
}

template <class Read>
void unless_refused(const Read& read) {
  try {
    read();
  } catch (const DataError&) {
  }
}

/// Header, samples and annotations, each behind a line "--".
void read_record(std::string_view bytes) {
  const std::string_view words = take_part(bytes), samples = take_part(bytes);
  unless_refused([&] { parse_wfdb_annotations(bytes, 250, "r.atr"); });
  unless_refused([&] {
    const WfdbHeader header = parse_wfdb_header(words, "r.hea");
    for (const WfdbFile& file : header.files) {
      const auto signals = std::span(header.signals).subspan(file.first, file.count);
      std::vector<size_t> all(file.count);
      std::iota(all.begin(), all.end(), size_t{0});
      for (const auto frames : {header.frames, std::optional<int64_t>()})
        unless_refused([&] { decode_wfdb(samples, signals, all, frames, file.name); });
    }
  });
}

}  // namespace
}  // namespace tacit

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  tacit::read_record({reinterpret_cast<const char*>(data), size});
  return 0;
}
