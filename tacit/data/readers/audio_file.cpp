// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/audio_file.h"

#include <ATen/ops/empty.h>
#include <fcntl.h>
#include <sndfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "tacit/core/error.h"

namespace tacit {
namespace {

constexpr int64_t kMostChannels = 64;
constexpr int64_t kMostValues = int64_t{1} << 30;  // of all channels, in one read
/// Eight silent channels in Vorbis come to 2300, and nothing that was measured comes near.
constexpr int64_t kMostValuesAByte = 16384;
constexpr int64_t kBlock = 4096;     // samples decoded only to be passed over
constexpr int kMostChunks = 4096;    // of a file, looked at for its samples
constexpr int kMpegType = 0x230000;  // SF_FORMAT_MPEG, which older versions do not name
/// From here on sizes stand for "unknown": programs that cannot go back to the header write them.
constexpr uint64_t kUnknownSize = 0x7FFFF000;

/// A file open for reading, bytes at any place.
class Bytes {
 public:
  explicit Bytes(const std::filesystem::path& file)
      : descriptor_(::open(file.c_str(), O_RDONLY | O_CLOEXEC)) {
    struct stat status {};
    const bool ok = descriptor_ >= 0 && ::fstat(descriptor_, &status) == 0;
    const int problem = errno;
    const bool is_file = ok && S_ISREG(status.st_mode);
    if (!is_file && descriptor_ >= 0) ::close(descriptor_);
    require<DataError>(ok, "{}: {}", file.string(), std::generic_category().message(problem));
    require<DataError>(is_file, "{}: it is no file", file.string());
    size_ = status.st_size;
  }
  ~Bytes() { ::close(descriptor_); }
  Bytes(const Bytes&) = delete;
  Bytes& operator=(const Bytes&) = delete;

  /// Fewer than `count` at the end of the file.
  std::string at(int64_t place, size_t count) const {
    std::string out(count, '\0');
    const ssize_t got = ::pread(descriptor_, out.data(), count, place);
    out.resize(static_cast<size_t>(std::max<ssize_t>(got, 0)));
    return out;
  }
  int64_t size() const { return size_; }
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
  int64_t size_ = 0;
};

enum class Order { little, big };

uint64_t number_in(std::string_view bytes, Order order) {
  uint64_t number = 0;
  for (size_t i = 0; i < bytes.size(); ++i) {
    const char byte = bytes[order == Order::big ? i : bytes.size() - 1 - i];
    number = number << 8 | static_cast<unsigned char>(byte);
  }
  return number;
}

/// Whether the first bytes are of a format that is read here; libsndfile would try many others.
bool is_sound(const std::string& head) {
  const std::string_view first = std::string_view(head).substr(0, 4);
  const std::string_view kind = head.size() < 12 ? "" : std::string_view(head).substr(8, 4);
  if (first == "RIFF" || first == "RIFX" || first == "RF64") return kind == "WAVE";
  if (first == "FORM") return kind == "AIFF" || kind == "AIFC";
  if (first.starts_with("ID3") || head.starts_with("NIST_1A")) return true;
  constexpr int kSync = 0xFFE0, kLayer = 0x0006, kThird = 0x0002;  // ISO 11172-3, header
  const int mpeg = static_cast<int>(number_in(first.substr(0, 2), Order::big));
  return first == "fLaC" || first == "OggS" || first == ".snd" || first == "dns." ||
         ((mpeg & kSync) == kSync && (mpeg & kLayer) == kThird);
}

bool is_allowed(int type) {
  return type == SF_FORMAT_WAV || type == SF_FORMAT_WAVEX || type == SF_FORMAT_RF64 ||
         type == SF_FORMAT_AIFF || type == SF_FORMAT_AU || type == SF_FORMAT_NIST ||
         type == SF_FORMAT_FLAC || type == SF_FORMAT_OGG || type == kMpegType;
}

/// Whether a place in the file belongs to each sample. libsndfile also seeks in Vorbis and MP3, but
/// what it then decodes is not what lies there.
bool has_exact_places(const SF_INFO& info) {
  if (info.seekable == 0) return false;
  const int type = info.format & SF_FORMAT_TYPEMASK;
  if (type == SF_FORMAT_FLAC) return true;
  constexpr std::array kPlain{SF_FORMAT_PCM_S8, SF_FORMAT_PCM_U8, SF_FORMAT_PCM_16,
                              SF_FORMAT_PCM_24, SF_FORMAT_PCM_32, SF_FORMAT_FLOAT,
                              SF_FORMAT_DOUBLE, SF_FORMAT_ULAW,   SF_FORMAT_ALAW};
  return type != SF_FORMAT_OGG && type != kMpegType &&
         std::ranges::find(kPlain, info.format & SF_FORMAT_SUBMASK) != kPlain.end();
}

/// Where the chunk of samples ends, as its own size says.
std::optional<int64_t> end_of_chunk(const Bytes& bytes, std::string_view samples, Order order) {
  uint64_t wide = 0;  // of RF64, EBU Tech 3306
  auto place = static_cast<uint64_t>(12);
  for (int i = 0; i < kMostChunks && place + 8 <= static_cast<uint64_t>(bytes.size()); ++i) {
    const std::string head = bytes.at(static_cast<int64_t>(place), 24);
    const std::string_view name = std::string_view(head).substr(0, 4);
    uint64_t size = number_in(std::string_view(head).substr(4, 4), order);
    if (name == "ds64" && head.size() == 24)
      wide = number_in(std::string_view(head).substr(16, 8), order);
    if (name == samples) {
      if (size == 0xFFFFFFFF && wide > 0 && wide < (uint64_t{1} << 62)) size = wide;
      if (size >= kUnknownSize && size != wide) return std::nullopt;
      return static_cast<int64_t>(place + 8 + size);
    }
    place += 8 + size + size % 2;
  }
  return std::nullopt;
}

/// Where samples end, as the header says; nothing where it does not.
std::optional<int64_t> promised_end(const Bytes& bytes) {
  const std::string head = bytes.at(0, 12);
  if (head.starts_with("FORM")) return end_of_chunk(bytes, "SSND", Order::big);
  if (head.starts_with("RIFX")) return end_of_chunk(bytes, "data", Order::big);
  if (head.starts_with("RIFF") || head.starts_with("RF64"))
    return end_of_chunk(bytes, "data", Order::little);
  if ((head.starts_with(".snd") || head.starts_with("dns.")) && head.size() == 12) {
    const Order order = head[0] == '.' ? Order::big : Order::little;
    const uint64_t begin = number_in(std::string_view(head).substr(4, 4), order);
    const uint64_t size = number_in(std::string_view(head).substr(8, 4), order);
    if (size < kUnknownSize) return static_cast<int64_t>(begin + size);
  }
  return std::nullopt;
}

/// The samples of each channel that a header of SPHERE promises; 0 without one.
int64_t promised_samples(const Bytes& bytes) {
  constexpr std::string_view kField = "\nsample_count -i ";
  const std::string head = bytes.at(0, 1024);
  const size_t field = head.starts_with("NIST_1A") ? head.find(kField) : std::string::npos;
  if (field == std::string::npos) return 0;
  int64_t count = 0;
  std::from_chars(head.data() + field + kField.size(), head.data() + head.size(), count);
  return count;
}

/// Throws DataError where a header promises more than the file has: `length` samples a channel.
void require_whole(const std::filesystem::path& file, const Bytes& bytes, int64_t length) {
  if (const auto end = promised_end(bytes))
    require<DataError>(*end <= bytes.size(),
                       "{}: it is cut off: its samples should end at byte {} and it has {}",
                       file.string(), *end, bytes.size());
  const int64_t promised = promised_samples(bytes);
  require<DataError>(length >= promised,
                     "{}: it is cut off: its header promises {} samples and {} are there",
                     file.string(), promised, length);
}

/// Whether the first frame of an MP3 file says how many there are; otherwise libsndfile guesses.
bool counts_frames(const Bytes& bytes) {
  const std::string tag = bytes.at(0, 10);  // ID3v2: its size is in four times seven bits
  int64_t first = 0;
  if (tag.starts_with("ID3") && tag.size() == 10) {
    for (const char part : std::string_view(tag).substr(6)) first = first << 7 | (part & 0x7F);
    first += 10;
  }
  const std::string frame = bytes.at(first, 64);
  return frame.find("Xing") != std::string::npos || frame.find("Info") != std::string::npos;
}

}  // namespace

const std::vector<std::string>& sound_endings() {
  static const std::vector<std::string> endings = [] {
    std::vector<std::string> out;
    for (std::string ending : {".wav", ".flac", ".ogg", ".oga", ".opus", ".aiff", ".aif", ".aifc",
                               ".au", ".sph", ".mp3"}) {
      out.push_back(ending);
      for (char& letter : ending) letter = static_cast<char>(std::toupper(letter));
      out.push_back(ending);
    }
    return out;
  }();
  return endings;
}

struct AudioFile::Stream {
  explicit Stream(const std::filesystem::path& file) : bytes(file) {
    require<DataError>(bytes.size() > 0, "{}: the file is empty", file.string());
    require<DataError>(is_sound(bytes.at(0, 12)),
                       "{}: it is no sound that can be read (WAV, FLAC, Ogg, AIFF, AU, SPHERE or "
                       "MP3)",
                       file.string());
    sound = ::sf_open_fd(bytes.descriptor(), SFM_READ, &info, SF_FALSE);
    require<DataError>(sound != nullptr, "{}: it cannot be decoded: {}", file.string(),
                       ::sf_strerror(nullptr));
  }
  ~Stream() { ::sf_close(sound); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  int type() const { return info.format & SF_FORMAT_TYPEMASK; }

  Bytes bytes;
  SF_INFO info{};
  SNDFILE* sound = nullptr;
};

AudioFile::AudioFile(std::filesystem::path file) : path_(std::move(file)) {
  open();
  const SF_INFO info = stream_->info;
  const int type = stream_->type();
  require<DataError>(is_allowed(type), "{}: it is no sound that can be read", path_.string());
  require<DataError>(info.channels >= 1 && info.channels <= kMostChannels,
                     "{}: it has {} channels; 1 … {} can be read", path_.string(), info.channels,
                     kMostChannels);
  require<DataError>(info.samplerate >= 1, "{}: it says no rate", path_.string());
  channels_ = info.channels;
  rate_hz_ = info.samplerate;
  length_ = info.frames;
  require_whole(path_, stream_->bytes, length_);
  const bool is_unknown = length_ == SF_COUNT_MAX;
  require<DataError>(!is_unknown || type == SF_FORMAT_FLAC,
                     "{}: it is cut off or damaged: its end cannot be found", path_.string());
  if (is_unknown || (type == kMpegType && !counts_frames(stream_->bytes))) length_ = counted();
  require<DataError>(length_ >= 1, "{}: it holds no sample", path_.string());
  const int64_t size = stream_->bytes.size();
  require<DataError>(
      length_ / kMostValuesAByte <= size / channels_,
      "{}: its header promises {} samples of {} channels, which {} bytes cannot hold",
      path_.string(), length_, channels_, size);
}

AudioFile::~AudioFile() = default;

void AudioFile::open() {
  stream_ = nullptr;
  stream_ = std::make_unique<Stream>(path_);
  at_ = 0;
}

int64_t AudioFile::counted() {
  std::vector<float> block(static_cast<size_t>(kBlock * channels_));
  const int64_t most = stream_->bytes.size() * kMostValuesAByte / channels_;
  int64_t count = 0;
  for (int64_t got = 1; got > 0; count += got) {
    require<DataError>(count <= most, "{}: it holds more samples than {} bytes can", path_.string(),
                       stream_->bytes.size());
    got = decode(block.data(), kBlock);
  }
  open();
  return count;
}

/// How many samples came; fewer than `count` at the end.
int64_t AudioFile::decode(float* to, int64_t count) {
  int64_t done = 0;
  for (int64_t got = 1; got > 0 && done < count; done += got) {
    got = ::sf_readf_float(stream_->sound, to + done * channels_, count - done);
    const int problem = ::sf_error(stream_->sound);
    require<DataError>(problem == SF_ERR_NO_ERROR, "{}: it is damaged or cut off: {}",
                       path_.string(), ::sf_error_number(problem));
  }
  return done;
}

void AudioFile::go_to(int64_t sample) {
  if (sample == at_) return;
  if (has_exact_places(stream_->info)) {
    const sf_count_t place = ::sf_seek(stream_->sound, sample, SEEK_SET);
    require<DataError>(place == sample, "{}: it is damaged: sample {} cannot be found",
                       path_.string(), sample);
    return;
  }
  if (at_ < 0 || at_ > sample) open();
  std::vector<float> block(static_cast<size_t>(kBlock * channels_));
  for (int64_t left = sample - std::exchange(at_, -1); left > 0;) {
    const int64_t got = decode(block.data(), std::min(left, kBlock));
    require<DataError>(got > 0, "{}: it is cut off or damaged before sample {}", path_.string(),
                       sample);
    left -= got;
  }
}

Tensor AudioFile::read(int64_t first, int64_t count) {
  require<DataError>(first >= 0 && count >= 0 && first <= length_ && count <= length_ - first,
                     "{}: {} samples from sample {} are asked for, but it has {}", path_.string(),
                     count, first, length_);
  require<DataError>(count <= kMostValues / channels_,
                     "{}: {} samples of {} channels are too many to be read at once; cut the file",
                     path_.string(), count, channels_);
  go_to(first);
  at_ = -1;  // until all is well
  const Tensor rows = at::empty({count, channels_}, at::kFloat);
  float* const values = rows.mutable_data_ptr<float>();
  const int64_t got = decode(values, count);
  require<DataError>(got == count, "{}: it is cut off or damaged: samples end at {} of {}",
                     path_.string(), first + got, length_);
  const auto* const wrong = std::find_if(values, values + count * channels_,
                                         [](float value) { return !std::isfinite(value); });
  require<DataError>(wrong == values + count * channels_, "{}: sample {} is no finite number",
                     path_.string(), first + (wrong - values) / channels_);
  at_ = first + count;
  return rows.t();
}

}  // namespace tacit
