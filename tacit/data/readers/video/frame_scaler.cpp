// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/video/frame_scaler.h"

#include <cstdlib>
#include <cstring>
#include <utility>

#include "tacit/core/error.h"
#include "tacit/data/readers/video/libav.h"

namespace tacit {
namespace {

constexpr int kFlags = SWS_AREA | SWS_ACCURATE_RND | SWS_BITEXACT | SWS_FULL_CHR_H_INT;
constexpr int kUnit = 1 << 16;  // 1 in libswscale's fixed point

AVPixelFormat packed_format(Colour colour) {
  return colour == Colour::rgb ? AV_PIX_FMT_RGB24 : AV_PIX_FMT_GRAY8;
}

/// Of JPEG and its like, as others are called; libswscale would begin anew at each frame otherwise.
AVPixelFormat without_range(AVPixelFormat format) {
  switch (format) {
    case AV_PIX_FMT_YUVJ411P: return AV_PIX_FMT_YUV411P;
    case AV_PIX_FMT_YUVJ420P: return AV_PIX_FMT_YUV420P;
    case AV_PIX_FMT_YUVJ422P: return AV_PIX_FMT_YUV422P;
    case AV_PIX_FMT_YUVJ440P: return AV_PIX_FMT_YUV440P;
    case AV_PIX_FMT_YUVJ444P: return AV_PIX_FMT_YUV444P;
    default: return format;
  }
}

/// Files may hold numbers that the enumeration has no name for.
template <class Enum>
int number_of(const Enum& value) {
  int number = 0;
  static_assert(sizeof(value) == sizeof(number));
  std::memcpy(&number, &value, sizeof(number));
  return number;
}

/// Whether black is 0 and white the greatest number; of most videos they are 16 and 235.
bool is_full_range(const AVFrame& frame, AVPixelFormat format) {
  const AVPixFmtDescriptor* const found = av_pix_fmt_desc_get(format);
  const bool is_grey = found != nullptr && found->nb_components <= 2;
  const int range = number_of(frame.color_range);
  return range == AVCOL_RANGE_JPEG || format != frame.format ||
         (is_grey && range == AVCOL_RANGE_UNSPECIFIED);
}

int matrix_of(const AVFrame& frame) {
  const int matrix = number_of(frame.colorspace);
  return matrix == AVCOL_SPC_UNSPECIFIED ? SWS_CS_DEFAULT : matrix;
}

}  // namespace

struct FrameScaler::State {
  ScalerPointer scaler{};
  FramePointer packed{};  ///< scaled, before it is laid upright
};

Upright upright_by(std::span<const int32_t, 9> matrix) {
  const int64_t a = matrix[0], b = matrix[1], c = matrix[3], d = matrix[4];
  if (std::abs(a) + std::abs(d) >= std::abs(b) + std::abs(c))
    return {.transposed = false, .flips_columns = a < 0, .flips_rows = d < 0};
  return {.transposed = true, .flips_columns = c < 0, .flips_rows = b < 0};
}

FrameScaler::FrameScaler(const FrameShape& shape)
    : shape_(shape), state_(std::make_unique<State>()) {}

FrameScaler::~FrameScaler() = default;

const std::vector<uint8_t>& FrameScaler::planes(const AVFrame& frame, const Upright& upright) {
  if (shape_.height == 0 || shape_.width == 0) {
    shape_.height = upright.transposed ? frame.width : frame.height;
    shape_.width = upright.transposed ? frame.height : frame.width;
  }
  int height = static_cast<int>(shape_.height), width = static_cast<int>(shape_.width);
  if (upright.transposed) std::swap(height, width);
  const AVPixelFormat format = packed_format(shape_.colour);
  FramePointer& packed = state_->packed;
  if (packed == nullptr || packed->height != height || packed->width != width) {
    packed.reset(av_frame_alloc());
    require<DataError>(packed != nullptr, "there is no memory for its frames");
    packed->format = format, packed->height = height, packed->width = width;
    require<DataError>(av_frame_get_buffer(packed.get(), 0) >= 0,
                       "there is no memory for frames of {} x {} pixels", width, height);
  }
  const auto own = static_cast<AVPixelFormat>(frame.format);
  const char* const name = av_get_pix_fmt_name(own);
  const AVPixelFormat plain = without_range(own);
  SwsContext* const scaler =
      sws_getCachedContext(state_->scaler.release(), frame.width, frame.height, plain, width,
                           height, format, kFlags, nullptr, nullptr, nullptr);
  state_->scaler.reset(scaler);
  require<DataError>(scaler != nullptr, "its pixels ({}) cannot be converted",
                     name == nullptr ? "unknown" : name);
  const int* const usual = sws_getCoefficients(SWS_CS_DEFAULT);
  sws_setColorspaceDetails(scaler, sws_getCoefficients(matrix_of(frame)),
                           is_full_range(frame, plain) ? 1 : 0, usual, 1, 0, kUnit, kUnit);
  const int rows = sws_scale(scaler, frame.data, frame.linesize, 0, frame.height, packed->data,
                             packed->linesize);
  require<DataError>(rows == height, "its pixels ({}) cannot be converted", name);
  lay(upright);
  return planes_;
}

const std::vector<uint8_t>& FrameScaler::planes(const Picture& picture) {
  const FramePointer frame(av_frame_alloc());
  require<DataError>(frame != nullptr, "there is no memory for its frames");
  frame->format = packed_format(picture.channels == 3 ? Colour::rgb : Colour::grey);
  frame->height = static_cast<int>(picture.height), frame->width = static_cast<int>(picture.width);
  frame->data[0] = const_cast<uint8_t*>(picture.pixels.data());  // only read
  frame->linesize[0] = static_cast<int>(picture.width * picture.channels);
  return planes(*frame, {});
}

void FrameScaler::lay(const Upright& upright) {
  const AVFrame& packed = *state_->packed;
  const int64_t channels = channels_of(shape_.colour);
  const int64_t height = shape_.height, width = shape_.width;
  // Steps in the packed frame for one pixel to the right and one down in the upright picture.
  int64_t right = channels, down = packed.linesize[0];
  if (upright.transposed) std::swap(right, down);
  const uint8_t* first = packed.data[0];
  if (upright.flips_columns) first += (width - 1) * right, right = -right;
  if (upright.flips_rows) first += (height - 1) * down, down = -down;
  planes_.resize(static_cast<size_t>(channels * height * width));
  uint8_t* out = planes_.data();
  for (int64_t channel = 0; channel < channels; ++channel)
    for (int64_t y = 0; y < height; ++y) {
      const uint8_t* in = first + channel + y * down;
      for (int64_t x = 0; x < width; ++x, in += right) *out++ = *in;
    }
}

}  // namespace tacit
