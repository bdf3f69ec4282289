// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/sample_stream.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

LongFormConfig config_of(std::vector<double> scale = {}) {
  LongFormConfig config;
  config.channels = {"x", "y"};
  config.scale = std::move(scale);
  return config;
}

/// The bytes of numbers of type T.
template <class T>
std::string bytes_of(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

/// "1 2|3 4|", and what is told: in two reads, cut at `cut`.
std::string read(SampleFormat format, const std::string& bytes, size_t cut = 0,
                 const LongFormConfig& config = config_of()) {
  std::string out;
  const auto samples =
      sample_stream(format, config, 50, [&](const std::string& line) { out += line; });
  const auto take = [&](std::span<const float> sample, int64_t missing_before) {
    EXPECT_EQ(missing_before, 0);
    out += text("{} {}|", sample[0], sample[1]);
  };
  samples->read(std::string_view(bytes).substr(0, cut), take);
  samples->read(std::string_view(bytes).substr(cut), take);
  samples->finish(take);
  return out;
}

TEST(SampleStream, ReadsNumbersOfEachKindWhereverTheStreamIsCut) {
  const auto check = [](SampleFormat format, const std::string& bytes) {
    for (size_t cut = 0; cut <= bytes.size(); ++cut)
      EXPECT_EQ(read(format, bytes, cut), "1 -2|30000 4|") << enum_name(format) << " " << cut;
  };
  check(SampleFormat::f32, bytes_of<float>({1, -2, 30000, 4}));
  check(SampleFormat::f64, bytes_of<double>({1, -2, 30000, 4}));
  check(SampleFormat::i16, bytes_of<int16_t>({1, -2, 30000, 4}));
  check(SampleFormat::i32, bytes_of<int32_t>({1, -2, 30000, 4}));
  check(SampleFormat::csv, "1,-2\n30000,4\n");
}

TEST(SampleStream, IsLittleEndian) {
  EXPECT_EQ(read(SampleFormat::i16, std::string("\x01\x02\xff\xff", 4)), "513 -1|");
}

TEST(SampleStream, ScalesAndMarksWhatIsNotFinite) {
  EXPECT_EQ(read(SampleFormat::i16, bytes_of<int16_t>({1, 2}), 0, config_of({0.5, 100})),
            "0.5 200|");
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  EXPECT_EQ(read(SampleFormat::f32, bytes_of<float>({kInfinity, 2})), "nan 2|");
  EXPECT_EQ(read(SampleFormat::f64, bytes_of<double>({1, 1e300})), "1 nan|");
}

TEST(SampleStream, LeavesOutASampleThatIsCut) {
  EXPECT_EQ(read(SampleFormat::f32, bytes_of<float>({1, 2, 3})),
            "1 2|the last 4 bytes are no whole sample");
}

TEST(SampleStream, RefusesAScaleOfOtherChannels) {
  EXPECT_THROW(sample_stream(SampleFormat::csv, config_of({1}), 50, nullptr), ConfigError);
}

}  // namespace
}  // namespace tacit
