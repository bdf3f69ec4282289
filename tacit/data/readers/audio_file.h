// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tacit/core/spec.h"

namespace tacit {

/// Endings of sound files, in both sizes of letters: WAV, FLAC, Ogg (Vorbis, Opus), AIFF, AU,
/// SPHERE and MP3.
const std::vector<std::string>& sound_endings();

/// A file of sound, recognised by what is in it: WAV, AIFF, AU and SPHERE of whole numbers or
/// floats of any width, FLAC, Ogg and, where libsndfile has it, MP3. Whole numbers of b bits are
/// divided by 2^(b-1), so samples are in -1 … 1; floats stay as they are. Not for several threads
/// at a time.
///
/// Where a header says how long the samples are, a file that ends before is refused, and so is one
/// in Ogg whose end cannot be found. MP3 that does not count its frames is as long as what can be
/// decoded, and at most what the bit rate of its beginning lets expect.
class AudioFile {
 public:
  /// Throws DataError naming the file where it cannot be opened, is empty, no sound, cut off or
  /// damaged, holds no sample, more than 64 channels, or more samples than its bytes can.
  explicit AudioFile(std::filesystem::path file);
  ~AudioFile();
  AudioFile(const AudioFile&) = delete;
  AudioFile& operator=(const AudioFile&) = delete;

  /// Samples first … first+count-1: [C, count] float32, a view of [count, C]. Where the format has
  /// exact places (whole numbers, floats, FLAC) nothing else is decoded; else what lies before,
  /// unless the stretch follows the one read last. Throws DataError naming the file where it has no
  /// such samples, is damaged there or holds a value that is not finite, and for more than 2^30
  /// values at once.
  Tensor read(int64_t first, int64_t count);

  double rate_hz() const { return rate_hz_; }
  int64_t channels() const { return channels_; }
  int64_t length() const { return length_; }  ///< T, samples of each channel
  const std::filesystem::path& path() const { return path_; }

 private:
  struct Stream;

  void open();
  int64_t counted();
  int64_t decode(float* to, int64_t count);
  void go_to(int64_t sample);

  std::filesystem::path path_;
  std::unique_ptr<Stream> stream_;
  double rate_hz_ = 0;
  int64_t channels_ = 0, length_ = 0;
  int64_t at_ = -1;  ///< the sample that is decoded next; -1: unknown
};

}  // namespace tacit
