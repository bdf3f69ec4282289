// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include "tacit/data/readers/images/picture.h"
#include "tacit/data/readers/video/libav.h"

namespace tacit {

/// What write_video() writes, by default without a loss.
struct WrittenVideo {
  std::vector<Picture> frames{};
  AVCodecID codec = AV_CODEC_ID_FFV1;
  AVPixelFormat format = AV_PIX_FMT_GRAY8;  ///< or YUV420P of grey ones, RGB24 or 0RGB32 of others
  AVColorRange range = AVCOL_RANGE_UNSPECIFIED;
  int rate = 25;
  std::vector<int64_t> times_ms{};  ///< instead of the rate
  int b_frames = 0;
  std::vector<int32_t> matrix{};  ///< 9 numbers: how to lay frames
  bool has_audio = false;
};

/// Throws where FFmpeg refuses.
inline int must(int code, const char* what) {
  if (code < 0) throw std::runtime_error(std::string(what) + ": " + meaning_of(code));
  return code;
}

/// One brightness.
inline Picture plain_picture(uint8_t value, int64_t height = 24, int64_t width = 32) {
  return {.height = height,
          .width = width,
          .channels = 1,
          .pixels = std::vector<uint8_t>(static_cast<size_t>(height * width), value)};
}

/// Frame i has the brightness first + i * step.
inline std::vector<Picture> brightening(int count, int first = 10, int step = 10) {
  std::vector<Picture> frames;
  for (int i = 0; i < count; ++i)
    frames.push_back(plain_picture(static_cast<uint8_t>(first + i * step)));
  return frames;
}

inline void fill(AVFrame& frame, const Picture& picture) {
  must(av_frame_make_writable(&frame), "make_writable");
  const uint8_t* in = picture.pixels.data();
  for (int y = 0; y < frame.height; ++y) {
    uint8_t* const out = frame.data[0] + y * frame.linesize[0];
    for (int x = 0; x < frame.width; ++x, in += picture.channels) {
      if (frame.format == AV_PIX_FMT_0RGB32) {
        const uint32_t pixel = static_cast<uint32_t>(in[0] << 16 | in[1] << 8 | in[2]);
        std::memcpy(out + 4 * x, &pixel, 4);
      } else {
        std::copy_n(in, picture.channels, out + x * picture.channels);
      }
    }
  }
  if (frame.format == AV_PIX_FMT_YUV420P || frame.format == AV_PIX_FMT_YUVJ420P)
    for (const int plane : {1, 2})
      std::fill_n(frame.data[plane], frame.linesize[plane] * ((frame.height + 1) / 2),
                  uint8_t{128});
}

inline FramePointer new_frame(AVPixelFormat format, int64_t height, int64_t width) {
  FramePointer frame(av_frame_alloc());
  frame->format = format;
  frame->height = static_cast<int>(height), frame->width = static_cast<int>(width);
  must(av_frame_get_buffer(frame.get(), 0), "get_buffer");
  return frame;
}

inline void add_matrix(AVStream& stream, const std::vector<int32_t>& matrix) {
  const size_t size = matrix.size() * sizeof(int32_t);
#if LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(60, 31, 100)
  AVCodecParameters& own = *stream.codecpar;
  uint8_t* const data = av_packet_side_data_new(&own.coded_side_data, &own.nb_coded_side_data,
                                                AV_PKT_DATA_DISPLAYMATRIX, size, 0)
                            ->data;
#else
  uint8_t* const data = av_stream_new_side_data(&stream, AV_PKT_DATA_DISPLAYMATRIX, size);
#endif
  std::memcpy(data, matrix.data(), size);
}

/// Encodes `frame`, none at the end, and hands on what comes out. `duration`: of a frame, in the
/// encoder's unit.
inline void encode(AVCodecContext& codec, const AVFrame* frame, AVFormatContext& file, int stream,
                   int64_t duration) {
  must(avcodec_send_frame(&codec, frame), "send_frame");
  const PacketPointer packet(av_packet_alloc());
  while (avcodec_receive_packet(&codec, packet.get()) >= 0) {
    packet->stream_index = stream;
    if (packet->duration == 0) packet->duration = duration;
    av_packet_rescale_ts(packet.get(), codec.time_base, file.streams[stream]->time_base);
    must(av_interleaved_write_frame(&file, packet.get()), "write_frame");
  }
}

inline CodecPointer new_encoder(AVCodecID id, AVFormatContext& file) {
  const AVCodec* const encoder = avcodec_find_encoder(id);
  if (encoder == nullptr) throw std::runtime_error("no such encoder");
  CodecPointer codec(avcodec_alloc_context3(encoder));
  if ((file.oformat->flags & AVFMT_GLOBALHEADER) != 0) codec->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
  return codec;
}

/// Adds a stream of what the encoder, which it opens, makes.
inline AVStream& add_stream(AVFormatContext& file, AVCodecContext& codec) {
  must(avcodec_open2(&codec, nullptr, nullptr), "open2");
  AVStream* const stream = avformat_new_stream(&file, nullptr);
  must(avcodec_parameters_from_context(stream->codecpar, &codec), "parameters");
  stream->time_base = codec.time_base;
  return *stream;
}

/// A container by the ending of its name. With `has_audio`, a tenth of a second of silence.
inline void write_video(const std::string& path, const WrittenVideo& video) {
  av_log_set_level(AV_LOG_QUIET);
  AVFormatContext* opened = nullptr;
  must(avformat_alloc_output_context2(&opened, nullptr, nullptr, path.c_str()), "container");
  struct Close {
    void operator()(AVFormatContext* file) const {
      avio_closep(&file->pb);
      avformat_free_context(file);
    }
  };
  const std::unique_ptr<AVFormatContext, Close> file(opened);
  CodecPointer codec, audio;
  const int64_t lasting = video.times_ms.empty() ? 1 : 1000 / video.rate;
  if (!video.frames.empty()) {
    codec = new_encoder(video.codec, *file);
    codec->pix_fmt = video.format, codec->color_range = video.range;
    codec->height = static_cast<int>(video.frames[0].height);
    codec->width = static_cast<int>(video.frames[0].width);
    codec->time_base = video.times_ms.empty() ? AVRational{1, video.rate} : AVRational{1, 1000};
    codec->max_b_frames = video.b_frames, codec->gop_size = 6;
    codec->strict_std_compliance = FF_COMPLIANCE_UNOFFICIAL;  // yuv420p of full range as JPEG
    codec->flags |= AV_CODEC_FLAG_QSCALE, codec->global_quality = FF_QP2LAMBDA;
    AVStream& stream = add_stream(*file, *codec);
    if (!video.matrix.empty()) add_matrix(stream, video.matrix);
  }
  if (video.has_audio) {
    audio = new_encoder(AV_CODEC_ID_PCM_S16LE, *file);
    audio->sample_fmt = AV_SAMPLE_FMT_S16, audio->sample_rate = 8000;
    audio->ch_layout = AV_CHANNEL_LAYOUT_MONO, audio->time_base = {1, 8000};
    add_stream(*file, *audio);
  }
  must(avio_open(&file->pb, ("file:" + path).c_str(), AVIO_FLAG_WRITE), "open");
  must(avformat_write_header(file.get(), nullptr), "header");
  for (size_t i = 0; i < video.frames.size(); ++i) {
    const FramePointer frame = new_frame(video.format, codec->height, codec->width);
    fill(*frame, video.frames[i]);
    frame->pts = video.times_ms.empty() ? static_cast<int64_t>(i) : video.times_ms[i];
    frame->quality = codec->global_quality;
    encode(*codec, frame.get(), *file, 0, lasting);
  }
  if (codec) encode(*codec, nullptr, *file, 0, lasting);
  if (audio) {
    const FramePointer sound(av_frame_alloc());
    sound->format = AV_SAMPLE_FMT_S16, sound->nb_samples = 800, sound->sample_rate = 8000;
    sound->ch_layout = AV_CHANNEL_LAYOUT_MONO, sound->pts = 0;
    must(av_frame_get_buffer(sound.get(), 0), "get_buffer");
    std::fill_n(sound->data[0], 1600, uint8_t{0});
    encode(*audio, sound.get(), *file, codec ? 1 : 0, 800);
  }
  must(av_write_trailer(file.get()), "trailer");
}

inline std::string bytes_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace tacit
