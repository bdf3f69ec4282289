// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/video/video_file.h"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <optional>
#include <span>
#include <system_error>
#include <utility>

#include "tacit/core/error.h"
#include "tacit/data/readers/video/frame_clock.h"
#include "tacit/data/readers/video/libav.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;

/// Containers that hold their frames themselves; lists that name other files are not among them.
constexpr const char* kContainers =
    "mov,mp4,matroska,webm,avi,mpegts,mpeg,mpegvideo,flv,asf,ogg,nut,mxf,dv,ivf,gif,m4v,h264,hevc,"
    "obu,mjpeg,yuv4mpegpipe";
constexpr double kUsualRate = 25;    // where a file says none
constexpr double kEarlyShare = 0.1;  // of a video that ends before it said: worth a note
constexpr double kEarlySeconds = 1;  // the same of a short one
constexpr int kTriesToRead = 16;     // where a reader asks to be called again

void silence() {
  static std::once_flag once;
  std::call_once(once, [] { av_log_set_level(AV_LOG_QUIET); });
}

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

/// How the container calls the coding, where FFmpeg has no name for it.
std::string coding_of(const AVCodecParameters& parameters) {
  if (parameters.codec_id != AV_CODEC_ID_NONE) return avcodec_get_name(parameters.codec_id);
  std::array<char, AV_FOURCC_MAX_STRING_SIZE> letters{};
  return av_fourcc_make_string(letters.data(), parameters.codec_tag);
}

/// Lets FFmpeg find out what containers do not say; it decodes some frames for that.
int look_at_streams(AVFormatContext& format, const VideoLimits& limits) {
  std::vector<AVDictionary*> options(format.nb_streams, nullptr);
  for (AVDictionary*& of_stream : options)
    av_dict_set_int(&of_stream, "max_pixels", limits.pixels, 0);
  const int code = avformat_find_stream_info(&format, options.data());
  for (AVDictionary*& of_stream : options) av_dict_free(&of_stream);
  return code;
}

FormatPointer open_format(const fs::path& file, const VideoLimits& limits) {
  silence();
  std::error_code problem;
  require<DataError>(!fs::is_directory(file, problem), "{} is a folder, not a video",
                     file.string());
  const auto size = fs::file_size(file, problem);
  require<DataError>(!problem, "{}: {}", file.string(), problem.message());
  require<DataError>(size > 0, "{} is empty", file.string());
  AVDictionary* options = nullptr;
  av_dict_set(&options, "protocol_whitelist", "file", 0);
  av_dict_set(&options, "format_whitelist", kContainers, 0);
  AVFormatContext* format = nullptr;
  const std::string address = "file:" + file.string();
  const int code = avformat_open_input(&format, address.c_str(), nullptr, &options);
  av_dict_free(&options);
  require<DataError>(code >= 0, "{} is no video that can be read, or it is damaged: {}",
                     file.string(), meaning_of(code));
  FormatPointer opened(format);
  const int found = look_at_streams(*format, limits);
  require<DataError>(found >= 0, "{} is damaged: {}", file.string(), meaning_of(found));
  return opened;
}

bool is_cover(const AVStream& stream) {
  return (stream.disposition & AV_DISPOSITION_ATTACHED_PIC) != 0;
}

/// The stream that FFmpeg would show, which is the largest of several; no picture on the cover of
/// music.
AVStream& shown_stream(const fs::path& file, AVFormatContext& format) {
  const std::span streams(format.streams, format.nb_streams);
  const int best = av_find_best_stream(&format, AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0);
  AVStream* shown = best < 0 ? nullptr : streams[static_cast<size_t>(best)];
  bool has_audio = false;
  for (AVStream* const stream : streams) {
    const AVMediaType kind = stream->codecpar->codec_type;
    has_audio = has_audio || kind == AVMEDIA_TYPE_AUDIO;
    const bool is_better = shown == nullptr || is_cover(*shown);
    if (is_better && kind == AVMEDIA_TYPE_VIDEO) shown = stream;
  }
  require<DataError>(shown != nullptr && !is_cover(*shown), "{} holds no video{}", file.string(),
                     has_audio ? ", only audio" : "");
  for (AVStream* const stream : streams)
    if (stream != shown) stream->discard = AVDISCARD_ALL;
  return *shown;
}

CodecPointer open_codec(const fs::path& file, const AVStream& stream, const VideoLimits& limits) {
  const AVCodecParameters& parameters = *stream.codecpar;
  const AVCodec* const decoder = avcodec_find_decoder(parameters.codec_id);
  require<DataError>(decoder != nullptr,
                     "{} is coded as {}, which the installed FFmpeg does not decode; code it anew "
                     "as H.264",
                     file.string(), coding_of(parameters));
  CodecPointer codec(avcodec_alloc_context3(decoder));
  require<DataError>(codec != nullptr, "{}: there is no memory to decode it", file.string());
  int code = avcodec_parameters_to_context(codec.get(), &parameters);
  codec->pkt_timebase = stream.time_base;
  codec->thread_count = 1;
  codec->max_pixels = limits.pixels;
  codec->flags |= AV_CODEC_FLAG_BITEXACT;
  if (code >= 0) code = avcodec_open2(codec.get(), decoder, nullptr);
  require<DataError>(code >= 0, "{} is coded as {}, which cannot be decoded: {}", file.string(),
                     coding_of(parameters), meaning_of(code));
  return codec;
}

double rate_of(const AVStream& stream) {
  for (const AVRational& said : {stream.avg_frame_rate, stream.r_frame_rate}) {
    const double rate = av_q2d(said);
    if (rate >= 1e-3 && rate <= 1e5) return rate;
  }
  return kUsualRate;
}

/// As the file says, of the video or else of all that it holds; 0 where it does not.
double duration_of(const AVFormatContext& format, const AVStream& stream) {
  if (stream.duration != AV_NOPTS_VALUE)
    return static_cast<double>(stream.duration) * av_q2d(stream.time_base);
  return format.duration == AV_NOPTS_VALUE ? 0
                                           : static_cast<double>(format.duration) / AV_TIME_BASE;
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
        format_(open_format(file_, limits_)),
        stream_(shown_stream(file_, *format_)),
        codec_(open_codec(file_, stream_, limits_)),
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
  const std::vector<uint8_t>& planes();
  int64_t number() const { return number_; }
  double seconds() const { return seconds_; }
  double rate_hz() const { return rate_hz_; }
  const FrameShape& shape() const { return scaler_.shape(); }
  std::vector<std::string> notes() const;

 private:
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
  bool is_fed_ = false;         // the file's last packet is with the decoder
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
  require<DataError>(broken_ == Broken::skip,
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

bool VideoFile::Stream::next() {
  while (receive()) {
    if (is_damaged(*frame_)) {
      lose("parts of it are missing");
      continue;
    }
    count();
    ++shown_;
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
int64_t VideoFile::number() const { return stream_->number(); }
double VideoFile::seconds() const { return stream_->seconds(); }
const std::vector<uint8_t>& VideoFile::planes() { return stream_->planes(); }
double VideoFile::rate_hz() const { return stream_->rate_hz(); }
const FrameShape& VideoFile::shape() const { return stream_->shape(); }
std::vector<std::string> VideoFile::notes() const { return stream_->notes(); }

}  // namespace tacit
