// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/wfdb_flac.h"

#include <sndfile.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "tacit/core/error.h"

namespace tacit {
namespace {

constexpr int64_t kTimesAtOnce = 4096;
/// Eight flat channels in blocks of 4096 come to 1300, and nothing that was measured comes near.
constexpr int64_t kMostSamplesAByte = 2048;

/// What libsndfile reads from: bytes in memory.
struct Memory {
  std::string_view bytes;
  sf_count_t at = 0;
};

sf_count_t length_of(void* memory) {
  return static_cast<sf_count_t>(static_cast<Memory*>(memory)->bytes.size());
}

sf_count_t seek_in(sf_count_t offset, int whence, void* memory) {
  auto& [bytes, at] = *static_cast<Memory*>(memory);
  const auto size = static_cast<sf_count_t>(bytes.size());
  const sf_count_t from = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? at : size;
  at = std::clamp<sf_count_t>(from + offset, 0, size);
  return at;
}

sf_count_t read_from(void* to, sf_count_t count, void* memory) {
  auto& [bytes, at] = *static_cast<Memory*>(memory);
  const sf_count_t taken =
      std::clamp<sf_count_t>(static_cast<sf_count_t>(bytes.size()) - at, 0, count);
  std::memcpy(to, bytes.data() + at, static_cast<size_t>(taken));
  at += taken;
  return taken;
}

sf_count_t write_nowhere(const void*, sf_count_t, void*) { return 0; }

sf_count_t place_in(void* memory) { return static_cast<Memory*>(memory)->at; }

int bits_of(const SF_INFO& info) {
  switch (info.format & SF_FORMAT_SUBMASK) {
    case SF_FORMAT_PCM_S8: return 8;
    case SF_FORMAT_PCM_16: return 16;
    case SF_FORMAT_PCM_24: return 24;
    default: return 32;
  }
}

using Stream = std::unique_ptr<SNDFILE, int (*)(SNDFILE*)>;

Stream open_stream(Memory& memory, SF_INFO& info, const std::string& where) {
  SF_VIRTUAL_IO access{length_of, seek_in, read_from, write_nowhere, place_in};
  // Else libsndfile would try every other format that it knows.
  SNDFILE* const opened = memory.bytes.starts_with("fLaC")
                              ? sf_open_virtual(&access, SFM_READ, &info, &memory)
                              : nullptr;
  require<DataError>(opened != nullptr && (info.format & SF_FORMAT_TYPEMASK) == SF_FORMAT_FLAC,
                     "{}: it is no FLAC stream that can be read", where);
  return {opened, sf_close};
}

}  // namespace

std::vector<std::vector<int32_t>> decode_flac(std::string_view bytes, size_t channels, int bits,
                                              const std::vector<size_t>& wanted,
                                              const std::string& where) {
  static_assert(sizeof(int) == sizeof(int32_t));
  Memory memory{bytes};
  SF_INFO info{};
  const Stream stream = open_stream(memory, info, where);
  const int stored = bits_of(info);
  require<DataError>(
      info.channels > 0 && static_cast<size_t>(info.channels) == channels && stored <= bits,
      "{}: its FLAC stream has {} channels of {} bits where the header names {} of "
      "up to {}",
      where, info.channels, stored, channels, bits);
  std::vector<std::vector<int32_t>> out(wanted.size());
  std::vector<int> block(static_cast<size_t>(kTimesAtOnce) * channels);
  const auto limit =
      static_cast<int64_t>(bytes.size()) * kMostSamplesAByte / static_cast<int64_t>(channels);
  for (int64_t done = 0;;) {
    const sf_count_t got = sf_readf_int(stream.get(), block.data(), kTimesAtOnce);
    require<DataError>(sf_error(stream.get()) == SF_ERR_NO_ERROR, "{}: its FLAC stream is damaged",
                       where);
    if (got <= 0) return out;
    done += got;
    require<DataError>(done <= limit, "{}: its FLAC stream holds more samples than {} bytes can",
                       where, bytes.size());
    for (size_t i = 0; i < wanted.size(); ++i)
      for (size_t time = 0; time < static_cast<size_t>(got); ++time)
        out[i].push_back(block[time * channels + wanted[i]] >> (32 - stored));
  }
}

}  // namespace tacit
