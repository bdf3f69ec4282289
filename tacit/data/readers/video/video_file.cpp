// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/video/video_file.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <span>
#include <utility>

#include "tacit/core/error.h"
#include "tacit/data/readers/video/frame_clock.h"
#include "tacit/data/readers/video/libav.h"
#include "tacit/data/readers/video/open_video.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;

constexpr double kEarlyShare = 0.1;  // of a video that ends before it said: worth a note
constexpr double kEarlySeconds = 1;  // the same of a short one
constexpr int kTriesToRead = 16;     // where a reader asks to be called again

/// What the stream says of all its frames, or nothing.
Upright upright_of(const AVStream& stream) {
#if LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(60, 31, 100)
  const AVPacketSideData* const found =
      av_packet_side_data_get(stream.codecpar->coded_side_data, stream.codecpar->nb_coded_side_data,
                              AV_PKT_DATA_DISPLAYMATRIX);
  const uint8_t* const bytes = found == nullptr ? nullptr : found->data;
  const size_t size = found == nullptr ? 0 : found->size;
#else
  size_t size = 0;
  const uint8_t* const bytes = av_stream_get_side_data(&stream, AV_PKT_DATA_DISPLAYMATRIX, &size);
#endif
  if (bytes == nullptr || size < 9 * sizeof(int32_t)) return {};
  return upright_by(std::span<const int32_t, 9>(reinterpret_cast<const int32_t*>(bytes), 9));
}

/// What the frame says of itself, else what its stream says.
Upright upright_of(const AVFrame& frame, const Upright& stream) {
  const AVFrameSideData* const found = av_frame_get_side_data(&frame, AV_FRAME_DATA_DISPLAYMATRIX);
  if (found == nullptr || found->size < 9 * sizeof(int32_t)) return stream;
  return upright_by(std::span<const int32_t, 9>(reinterpret_cast<const int32_t*>(found->data), 9));
}

bool is_damaged(const AVFrame& frame) {
  return (frame.flags & AV_FRAME_FLAG_CORRUPT) != 0 || frame.decode_error_flags != 0;
}

bool is_key(const AVFrame& frame) {
#ifdef AV_FRAME_FLAG_KEY  // which took the place of the member
  return (frame.flags & AV_FRAME_FLAG_KEY) != 0;
#else
  return frame.key_frame != 0;
#endif
}

}  // namespace

const std::vector<std::string>& video_endings() {
  static const std::vector<std::string> endings{
      ".mp4", ".m4v", ".mov",  ".mkv", ".webm", ".avi", ".mpg", ".mpeg", ".ts",
      ".flv", ".wmv", ".ogv",  ".gif", ".MP4",  ".M4V", ".MOV", ".MKV",  ".WEBM",
      ".AVI", ".MPG", ".MPEG", ".TS",  ".FLV",  ".WMV", ".OGV", ".GIF"};
  return endings;
}

bool is_video_name(const std::string& name) {
  return std::ranges::any_of(video_endings(),
                             [&](const std::string& end) { return name.ends_with(end); });
}

class VideoFile::Stream {
 public:
  Stream(fs::path file, const FrameShape& shape, Broken broken, const VideoLimits& limits)
      : file_(std::move(file)),
        broken_(broken),
        limits_(limits),
        format_(open_format(file_, limits_.pixels)),
        stream_(shown_stream(file_, *format_)),
        codec_(open_codec(file_, stream_, limits_.pixels)),
        packet_(av_packet_alloc()),
        frame_(av_frame_alloc()),
        rate_hz_(rate_of(stream_)),
        upright_(upright_of(stream_)),
        clock_(rate_hz_),
        scaler_(shape) {
    require<DataError>(packet_ != nullptr && frame_ != nullptr,
                       "{}: there is no memory to decode it", file_.string());
  }

  bool next();
  /// Makes next() go to one of the marks; false, and then it may be anywhere, where it finds none.
  bool seek(std::span<const FrameMark> marks);
  std::unique_ptr<Stream> anew() const;  ///< at its beginning
  const std::vector<uint8_t>& planes();
  int64_t number() const { return number_; }
  double seconds() const { return seconds_; }
  double rate_hz() const { return rate_hz_; }
  const FrameShape& shape() const { return scaler_.shape(); }
  const std::vector<FrameMark>& marks() const { return marks_; }
  std::vector<std::string> notes() const;

 private:
  bool go_to(const FrameMark& mark);
  bool receive();
  void feed();
  bool read_packet();
  void lose(const std::string& reason);
  void count();
  std::optional<double> stamp();

  fs::path file_;
  Broken broken_;
  VideoLimits limits_;
  FormatPointer format_;
  AVStream& stream_;
  CodecPointer codec_;
  PacketPointer packet_;
  FramePointer frame_;
  double rate_hz_;
  Upright upright_;
  FrameClock clock_;
  FrameScaler scaler_;
  std::optional<int64_t> first_stamp_{};
  int64_t number_ = -1, shown_ = 0, lost_ = 0;
  double seconds_ = 0;
  std::vector<FrameMark> marks_{};
  bool is_fed_ = false;         // the file's last packet is with the decoder
  bool is_sought_ = false;      // after a seek: some frames may lack those that they build upon
  bool is_held_ = false;        // the frame that next() goes to is decoded already
  std::string first_reason_{};  // of a frame that was lost
};

/// Numbers the next frame, shown or lost.
void VideoFile::Stream::count() {
  ++number_;
  require<DataError>(number_ < limits_.frames, "{} has more than {} frames; cut it into several",
                     file_.string(), limits_.frames);
}

void VideoFile::Stream::lose(const std::string& reason) {
  count();
  require<DataError>(broken_ == Broken::skip || is_sought_,
                     "{}: frame {} is damaged ({}); code the file anew, or set "
                     "data.videos.broken = \"skip\"",
                     file_.string(), number_, reason);
  if (lost_++ == 0) first_reason_ = reason;
}

/// The next packet of the stream; false, and an empty packet, at the end.
bool VideoFile::Stream::read_packet() {
  for (int tries = 0; tries < kTriesToRead;) {
    av_packet_unref(packet_.get());
    const int code = av_read_frame(format_.get(), packet_.get());
    if (code == AVERROR(EAGAIN)) {
      ++tries;
      continue;
    }
    if (code < 0) {
      if (code != AVERROR_EOF) lose(text("the file cannot be read on: {}", meaning_of(code)));
      av_packet_unref(packet_.get());
      return false;
    }
    if (packet_->stream_index == stream_.index) return true;
  }
  av_packet_unref(packet_.get());
  return false;
}

/// Gives the decoder the next packet, at the end an empty one.
void VideoFile::Stream::feed() {
  is_fed_ = !read_packet();
  const int code = avcodec_send_packet(codec_.get(), is_fed_ ? nullptr : packet_.get());
  if (code < 0 && !is_fed_) lose(meaning_of(code));
}

/// Whether the decoder has a frame; feeds it until it has one or the file ends.
bool VideoFile::Stream::receive() {
  for (;;) {
    const int code = avcodec_receive_frame(codec_.get(), frame_.get());
    if (code >= 0) return true;
    if (code == AVERROR_EOF) return false;
    if (code != AVERROR(EAGAIN))
      lose(meaning_of(code));
    else if (is_fed_)
      return false;
    if (!is_fed_) feed();
  }
}

/// Of the frame, since the first that has one; nothing where it has none.
std::optional<double> VideoFile::Stream::stamp() {
  const int64_t own = frame_->best_effort_timestamp;
  if (own == AV_NOPTS_VALUE) return std::nullopt;
  if (!first_stamp_) first_stamp_ = own;
  int64_t since = 0;
  if (__builtin_sub_overflow(own, *first_stamp_, &since)) return std::nullopt;
  return static_cast<double>(since) * av_q2d(stream_.time_base);
}

bool VideoFile::Stream::go_to(const FrameMark& mark) {
  if (av_seek_frame(format_.get(), stream_.index, mark.stamp, AVSEEK_FLAG_BACKWARD) < 0)
    return false;
  avcodec_flush_buffers(codec_.get());
  is_fed_ = false;
  number_ = -1;  // nothing is known of frames before the mark
  while (receive()) {
    const int64_t own = frame_->best_effort_timestamp;
    if (own == mark.stamp && !is_damaged(*frame_)) return true;
    if (own != AV_NOPTS_VALUE && own > mark.stamp) return false;
  }
  return false;
}

bool VideoFile::Stream::seek(std::span<const FrameMark> marks) {
  is_sought_ = true, is_held_ = false;
  marks_.clear();
  const auto found = std::ranges::find_if(marks.rbegin(), marks.rend(),
                                          [this](const FrameMark& mark) { return go_to(mark); });
  if (found == marks.rend()) return false;
  is_held_ = true;
  number_ = found->number - 1;
  return true;
}

std::unique_ptr<VideoFile::Stream> VideoFile::Stream::anew() const {
  return std::make_unique<Stream>(file_, scaler_.shape(), broken_, limits_);
}

bool VideoFile::Stream::next() {
  while (std::exchange(is_held_, false) || receive()) {
    if (is_damaged(*frame_)) {
      lose("parts of it are missing");
      continue;
    }
    count();
    ++shown_;
    if (!is_sought_ && is_key(*frame_) && frame_->best_effort_timestamp != AV_NOPTS_VALUE)
      marks_.push_back({number_, frame_->best_effort_timestamp});
    seconds_ = clock_.at(stamp());
    return true;
  }
  require<DataError>(shown_ > 0, "{} holds no frame that can be decoded{}", file_.string(),
                     lost_ > 0 ? ": " + first_reason_ : "");
  return false;
}

const std::vector<uint8_t>& VideoFile::Stream::planes() {
  try {
    return scaler_.planes(*frame_, upright_of(*frame_, upright_));
  } catch (const DataError& error) {
    throw DataError(text("{}: {}", file_.string(), error.what()));
  }
}

std::vector<std::string> VideoFile::Stream::notes() const {
  std::vector<std::string> notes;
  const std::string name = file_.string();
  if (lost_ > 0)
    notes.push_back(text("{}: {} of {} frames were damaged and left out ({}{})", name, lost_,
                         number_ + 1, first_reason_, lost_ > 1 ? " …" : ""));
  if (clock_.repaired() > 0)
    notes.push_back(
        text("{}: the times of {} of {} frames were missing or did not rise, and were "
             "made up from {} frames a second",
             name, clock_.repaired(), shown_, rate_hz_));
  const double said = duration_of(*format_, stream_), got = seconds_ + 1 / rate_hz_;
  if (said - got > std::max(kEarlySeconds, kEarlyShare * said))
    notes.push_back(
        text("{}: its frames end at {} s, although it says that it is {} s long; was "
             "it cut off?",
             name, std::round(10 * got) / 10, std::round(10 * said) / 10));
  return notes;
}

VideoFile::VideoFile(fs::path file, const FrameShape& shape, Broken broken,
                     const VideoLimits& limits)
    : stream_(std::make_unique<Stream>(std::move(file), shape, broken, limits)) {}

VideoFile::~VideoFile() = default;

bool VideoFile::next() { return stream_->next(); }
void VideoFile::seek(int64_t /*number*/, std::span<const FrameMark> marks) {
  if (!stream_->seek(marks)) stream_ = stream_->anew();
}
const std::vector<FrameMark>& VideoFile::marks() const { return stream_->marks(); }
int64_t VideoFile::number() const { return stream_->number(); }
double VideoFile::seconds() const { return stream_->seconds(); }
const std::vector<uint8_t>& VideoFile::planes() { return stream_->planes(); }
double VideoFile::rate_hz() const { return stream_->rate_hz(); }
const FrameShape& VideoFile::shape() const { return stream_->shape(); }
std::vector<std::string> VideoFile::notes() const { return stream_->notes(); }

}  // namespace tacit
