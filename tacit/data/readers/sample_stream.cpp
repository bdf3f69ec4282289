// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/sample_stream.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

#include "tacit/core/error.h"
#include "tacit/data/readers/csv_samples.h"

namespace tacit {
namespace {

static_assert(std::endian::native == std::endian::little, "numbers of a stream are little-endian");

/// Numbers of type T, channel beside channel.
template <class T>
class RawSamples final : public SampleStream {
 public:
  RawSamples(size_t channels, std::vector<double> scale,
             std::function<void(const std::string&)> tell)
      : scale_(std::move(scale)), tell_(std::move(tell)), sample_(channels) {
    scale_.resize(channels, 1);
  }

  void read(std::string_view bytes, const Take& take) override {
    buffer_ += bytes;
    const size_t width = sample_.size() * sizeof(T);
    size_t begin = 0;
    for (; begin + width <= buffer_.size(); begin += width) {
      for (size_t channel = 0; channel < sample_.size(); ++channel) {
        T value;
        std::memcpy(&value, buffer_.data() + begin + channel * sizeof(T), sizeof(T));
        const auto scaled = static_cast<float>(static_cast<double>(value) * scale_[channel]);
        sample_[channel] = std::isfinite(scaled) ? scaled : std::numeric_limits<float>::quiet_NaN();
      }
      take(sample_, 0);
    }
    buffer_.erase(0, begin);
  }

  void finish(const Take&) override {
    if (buffer_.empty()) return;
    ++unreadable_;
    if (tell_) tell_(text("the last {} bytes are no whole sample", buffer_.size()));
    buffer_.clear();
  }

  int64_t unreadable() const override { return unreadable_; }

 private:
  std::vector<double> scale_;
  std::function<void(const std::string&)> tell_;
  std::string buffer_;
  std::vector<float> sample_;
  int64_t unreadable_ = 0;
};

}  // namespace

std::unique_ptr<SampleStream> sample_stream(SampleFormat format, const LongFormConfig& config,
                                            double rate_hz,
                                            std::function<void(const std::string&)> tell) {
  const size_t channels = config.channels.size();
  require<ConfigError>(config.scale.empty() || config.scale.size() == channels,
                       "data.scale: {} factors for {} channels", config.scale.size(), channels);
  switch (format) {
    case SampleFormat::csv: return std::make_unique<CsvSamples>(config, rate_hz, std::move(tell));
    case SampleFormat::f32:
      return std::make_unique<RawSamples<float>>(channels, config.scale, std::move(tell));
    case SampleFormat::f64:
      return std::make_unique<RawSamples<double>>(channels, config.scale, std::move(tell));
    case SampleFormat::i16:
      return std::make_unique<RawSamples<int16_t>>(channels, config.scale, std::move(tell));
    case SampleFormat::i32:
      return std::make_unique<RawSamples<int32_t>>(channels, config.scale, std::move(tell));
  }
  throw ConfigError("format: not a format of samples");
}

}  // namespace tacit
