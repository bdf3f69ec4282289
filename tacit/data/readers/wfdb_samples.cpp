// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/wfdb_samples.h"

#include <algorithm>
#include <array>
#include <limits>

#include "tacit/core/error.h"
#include "tacit/data/readers/wfdb_flac.h"

namespace tacit {
namespace {

/// Below it, values would not be finite in four bytes.
constexpr double kLeastGain = 1e-20;
constexpr float kNothing = std::numeric_limits<float>::quiet_NaN();

/// How samples are packed: a block of `samples` takes `bytes`. At the end of a file, the first of a
/// block is there from bytes_of[0] bytes on, the second from bytes_of[1] on.
struct Packing {
  int32_t format;
  int bits;  ///< of a sample; 0 for differences
  int64_t samples, bytes;
  std::array<int64_t, 2> bytes_of;
};

constexpr std::array<Packing, 10> kPackings{{{8, 0, 1, 1, {}},
                                             {16, 16, 1, 2, {}},
                                             {24, 24, 1, 3, {}},
                                             {32, 32, 1, 4, {}},
                                             {61, 16, 1, 2, {}},
                                             {80, 8, 1, 1, {}},
                                             {160, 16, 1, 2, {}},
                                             {212, 12, 2, 3, {2, 3}},
                                             {310, 10, 3, 4, {2, 4}},
                                             {311, 10, 3, 4, {2, 3}}}};

const Packing* packing_of(int32_t format) {
  const auto found = std::ranges::find(kPackings, format, &Packing::format);
  return found == kPackings.end() ? nullptr : &*found;
}

bool is_flac(int32_t format) { return format == 508 || format == 516 || format == 524; }

int64_t samples_in(const Packing& packing, int64_t bytes) {
  const int64_t rest = bytes % packing.bytes;
  int64_t samples = bytes / packing.bytes * packing.samples;
  for (size_t i = 0; static_cast<int64_t>(i) + 1 < packing.samples; ++i)
    if (rest >= packing.bytes_of[i]) ++samples;
  return samples;
}

/// Samples of a file, by their place in it.
class Bytes {
 public:
  explicit Bytes(std::string_view bytes) : bytes_(bytes) {}

  int32_t byte(int64_t at) const {
    return static_cast<unsigned char>(bytes_[static_cast<size_t>(at)]);
  }
  int32_t pair(int64_t at) const { return byte(at) | byte(at + 1) << 8; }

 private:
  std::string_view bytes_;
};

/// The number whose lowest `bits` bits are given, in two's complement.
int32_t with_sign(int32_t value, int bits) {
  const int32_t sign = 1 << (bits - 1);
  return (value ^ sign) - sign;
}

int32_t sample_212(const Bytes& bytes, int64_t i) {
  const int64_t at = i / 2 * 3;
  return with_sign(
      i % 2 == 0 ? bytes.pair(at) & 0xFFF : bytes.byte(at + 2) | (bytes.byte(at + 1) & 0xF0) << 4,
      12);
}

int32_t sample_310(const Bytes& bytes, int64_t i) {
  const int64_t at = i / 3 * 4;
  if (i % 3 < 2) return with_sign(bytes.pair(at + 2 * (i % 3)) >> 1 & 0x3FF, 10);
  return with_sign(bytes.pair(at) >> 11 | bytes.pair(at + 2) >> 11 << 5, 10);
}

int32_t sample_311(const Bytes& bytes, int64_t i) {
  return with_sign(bytes.pair(i / 3 * 4 + i % 3) >> 2 * (i % 3) & 0x3FF, 10);
}

/// Calls `use` with the function that reads the sample at a place.
template <class Use>
void with_reader(int32_t format, std::string_view content, const Use& use) {
  const Bytes bytes(content);
  switch (format) {
    case 8: return use([=](int64_t i) { return with_sign(bytes.byte(i), 8); });
    case 16: return use([=](int64_t i) { return with_sign(bytes.pair(2 * i), 16); });
    case 24:
      return use([=](int64_t i) {
        return with_sign(bytes.pair(3 * i) | bytes.byte(3 * i + 2) << 16, 24);
      });
    case 32:
      return use([=](int64_t i) {
        return bytes.pair(4 * i) | with_sign(bytes.pair(4 * i + 2), 16) * 65536;
      });
    case 61:
      return use(
          [=](int64_t i) { return with_sign(bytes.byte(2 * i) << 8 | bytes.byte(2 * i + 1), 16); });
    case 80: return use([=](int64_t i) { return bytes.byte(i) - 128; });
    case 160: return use([=](int64_t i) { return bytes.pair(2 * i) - 32768; });
    case 212: return use([=](int64_t i) { return sample_212(bytes, i); });
    case 310: return use([=](int64_t i) { return sample_310(bytes, i); });
    case 311: return use([=](int64_t i) { return sample_311(bytes, i); });
    default: return;
  }
}

/// Where the samples of a signal stand: of frame f, from f * stride + first.
struct Place {
  int64_t first, stride, frames;
};

/// The values of a signal, and the sum of its samples.
template <class Sample>
std::pair<std::vector<float>, uint16_t> values_of(const WfdbSignal& signal, const Place& place,
                                                  const Sample& sample) {
  const Packing* const packing = packing_of(signal.format);
  const int bits = packing == nullptr ? signal.format - 500 : packing->bits;
  const bool differences = bits == 0;
  const int64_t invalid =
      differences ? std::numeric_limits<int64_t>::min() : -(int64_t{1} << (bits - 1));
  const int64_t each = signal.samples_per_frame;
  std::vector<float> values(static_cast<size_t>(place.frames * each), kNothing);
  auto next = values.begin();
  int64_t value = signal.initial;
  uint64_t sum = 0;
  for (int64_t frame = 0; frame < place.frames; ++frame) {
    for (int64_t i = 0; i < each; ++i) {
      const int64_t here = sample(frame * place.stride + place.first + i);
      value = differences ? value + here : here;
      sum += static_cast<uint64_t>(value);
      if (frame < signal.skew) continue;
      if (value != invalid)
        *next = static_cast<float>(static_cast<double>(value - signal.baseline) / signal.gain);
      ++next;
    }
  }
  return {std::move(values), static_cast<uint16_t>(sum)};
}

/// Decodes one signal, `checked` against its checksum.
template <class Sample>
std::vector<float> decode_signal(const WfdbSignal& signal, const Place& place, const Sample& sample,
                                 bool checked, const std::string& where) {
  require<DataError>(signal.gain >= kLeastGain,
                     "{}: the gain of lead \"{}\" is {}; only gains above 0 are read, so ask for "
                     "other leads",
                     where, signal.name, signal.gain);
  auto [values, sum] = values_of(signal, place, sample);
  require<DataError>(!checked || !signal.checksum || *signal.checksum == sum,
                     "{}: the samples of lead \"{}\" have the checksum {} and the header says {}: "
                     "the file is damaged",
                     where, signal.name, sum, signal.checksum.value_or(0));
  return std::move(values);
}

/// Frames to read, when there are `available`.
int64_t frames_to_read(std::optional<int64_t> promised, int64_t available,
                       const std::string& where) {
  require<DataError>(!promised || *promised <= available,
                     "{}: it ends early: the header promises {} samples a signal and {} are there",
                     where, promised.value_or(0), available);
  require<DataError>(promised || available > 0, "{}: it holds no samples", where);
  return promised.value_or(available);
}

/// Where in a frame each signal begins, and where the frame ends.
std::vector<int64_t> places_in_frame(std::span<const WfdbSignal> signals) {
  std::vector<int64_t> places{0};
  for (const WfdbSignal& signal : signals)
    places.push_back(places.back() + signal.samples_per_frame);
  return places;
}

WfdbSamples decode_packed(std::string_view bytes, std::span<const WfdbSignal> signals,
                          const std::vector<size_t>& wanted, std::optional<int64_t> promised,
                          const std::string& where) {
  const int32_t format = signals.front().format;
  const Packing* const packing = packing_of(format);
  require<DataError>(packing != nullptr,
                     "{}: its format, {}, is not read; 8, 16, 24, 32, 61, 80, 160, 212, 310, 311, "
                     "508, 516 and 524 are",
                     where, format);
  const auto offset = static_cast<uint64_t>(signals.front().offset);
  bytes.remove_prefix(static_cast<size_t>(std::min<uint64_t>(offset, bytes.size())));
  const std::vector<int64_t> places = places_in_frame(signals);
  const int64_t stride = places.back();
  const auto size = static_cast<int64_t>(bytes.size());
  WfdbSamples out;
  out.frames = frames_to_read(promised, samples_in(*packing, size) / stride, where);
  const int64_t blocks = (out.frames * stride + packing->samples - 1) / packing->samples;
  out.left_over = std::max<int64_t>(size - blocks * packing->bytes, 0);  // a block may be padded
  for (const size_t index : wanted) {
    const Place place{places[index], stride, out.frames};
    with_reader(format, bytes, [&](const auto& sample) {
      out.leads.push_back(
          decode_signal(signals[index], place, sample, promised.has_value(), where));
    });
  }
  return out;
}

WfdbSamples decode_compressed(std::string_view bytes, std::span<const WfdbSignal> signals,
                              const std::vector<size_t>& wanted, std::optional<int64_t> promised,
                              const std::string& where) {
  const int64_t each = signals.front().samples_per_frame, offset = signals.front().offset;
  for (const WfdbSignal& signal : signals)
    require<DataError>(signal.samples_per_frame == each,
                       "{}: signals of a FLAC file must have one number of samples a frame", where);
  const auto channels =
      decode_flac(bytes, signals.size(), signals.front().format - 500, wanted, where);
  const auto length = channels.empty() ? 0 : static_cast<int64_t>(channels.front().size());
  const int64_t available = std::max<int64_t>(length - offset, 0);
  WfdbSamples out;
  out.frames = frames_to_read(promised, available / each, where);
  out.left_over = available - out.frames * each;
  for (size_t i = 0; i < wanted.size(); ++i) {
    const auto sample = [&](int64_t at) { return channels[i][static_cast<size_t>(offset + at)]; };
    out.leads.push_back(decode_signal(signals[wanted[i]], {0, each, out.frames}, sample,
                                      promised.has_value(), where));
  }
  return out;
}

}  // namespace

WfdbSamples decode_wfdb(std::string_view bytes, std::span<const WfdbSignal> signals,
                        const std::vector<size_t>& wanted, std::optional<int64_t> frames,
                        const std::string& where) {
  return is_flac(signals.front().format) ? decode_compressed(bytes, signals, wanted, frames, where)
                                         : decode_packed(bytes, signals, wanted, frames, where);
}

}  // namespace tacit
