// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/video/open_video.h"

#include <mutex>
#include <span>
#include <system_error>
#include <vector>

#include "tacit/core/error.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;

/// Containers that hold their frames themselves; lists that name other files are not among them.
constexpr const char* kContainers =
    "mov,mp4,matroska,webm,avi,mpegts,mpeg,mpegvideo,flv,asf,ogg,nut,mxf,dv,ivf,gif,m4v,h264,hevc,"
    "obu,mjpeg,yuv4mpegpipe";
constexpr double kUsualRate = 25;  // where a file says none

void silence() {
  static std::once_flag once;
  std::call_once(once, [] { av_log_set_level(AV_LOG_QUIET); });
}

/// How the container calls the coding, where FFmpeg has no name for it.
std::string coding_of(const AVCodecParameters& parameters) {
  if (parameters.codec_id != AV_CODEC_ID_NONE) return avcodec_get_name(parameters.codec_id);
  std::array<char, AV_FOURCC_MAX_STRING_SIZE> letters{};
  return av_fourcc_make_string(letters.data(), parameters.codec_tag);
}

/// Lets FFmpeg find out what containers do not say; it decodes some frames for that.
int look_at_streams(AVFormatContext& format, int64_t most_pixels) {
  std::vector<AVDictionary*> options(format.nb_streams, nullptr);
  for (AVDictionary*& of_stream : options)
    av_dict_set_int(&of_stream, "max_pixels", most_pixels, 0);
  const int code = avformat_find_stream_info(&format, options.data());
  for (AVDictionary*& of_stream : options) av_dict_free(&of_stream);
  return code;
}

bool is_cover(const AVStream& stream) {
  return (stream.disposition & AV_DISPOSITION_ATTACHED_PIC) != 0;
}

}  // namespace

FormatPointer open_format(const fs::path& file, int64_t most_pixels) {
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
  const int found = look_at_streams(*format, most_pixels);
  require<DataError>(found >= 0, "{} is damaged: {}", file.string(), meaning_of(found));
  return opened;
}

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

CodecPointer open_codec(const fs::path& file, const AVStream& stream, int64_t most_pixels) {
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
  codec->max_pixels = most_pixels;
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

double duration_of(const AVFormatContext& format, const AVStream& stream) {
  if (stream.duration != AV_NOPTS_VALUE)
    return static_cast<double>(stream.duration) * av_q2d(stream.time_base);
  return format.duration == AV_NOPTS_VALUE ? 0
                                           : static_cast<double>(format.duration) / AV_TIME_BASE;
}

}  // namespace tacit
