// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tacit/data/readers/long_form.h"

namespace tacit {

/// How samples stand in a stream: as lines of text, or as numbers of one kind, little-endian, the
/// channels of a sample side by side.
enum class SampleFormat { csv, f32, f64, i16, i32 };
inline std::vector<std::string> names(SampleFormat) { return {"csv", "f32", "f64", "i16", "i32"}; }

/// Takes the samples out of a stream of bytes, which may be cut anywhere.
class SampleStream {
 public:
  /// Gets a sample [C], scaled as data.scale says, NaN where a value is missing or not finite, and
  /// how many samples are missing before it altogether.
  using Take = std::function<void(std::span<const float> sample, int64_t missing_before)>;

  virtual ~SampleStream() = default;
  virtual void read(std::string_view bytes, const Take& take) = 0;
  /// No more bytes come: a last line without an end counts if it is whole, and else is left out.
  virtual void finish(const Take& take) = 0;
  /// Lines and bytes that held no sample.
  virtual int64_t unreadable() const = 0;
};

/// A stream of the channels of `config`, at rate_hz. `tell` hears what cannot be read.
///
/// Lines are as `config` says of text files. The first may be a heading, in which all channels must
/// be named; other columns do not matter, but for data.time: a step over 1.5 periods means missing
/// samples. Without a heading, cells are the channels in order, or data.columns. A later line that
/// cannot be read is a missing sample; the very first may have been cut by joining in. Throws
/// ConfigError for channels that a heading lacks, and DataError, naming the line, when nothing was
/// readable before, for a line over a megabyte, and for times that go back or run at another rate.
std::unique_ptr<SampleStream> sample_stream(SampleFormat format, const LongFormConfig& config,
                                            double rate_hz,
                                            std::function<void(const std::string&)> tell);

}  // namespace tacit
