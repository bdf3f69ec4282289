// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/audio_file.h"

#include <ATen/ops/equal.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <limits>

#include "tacit/core/error.h"
#include "tacit/core/files.h"
#include "tests/data/readers/sound_files.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

class Sound : public testing::Test {
 protected:
  std::filesystem::path path(const std::string& name) const { return folder_.path() / name; }
  Tensor whole(const std::string& name) const {
    AudioFile file(path(name));
    return file.read(0, file.length());
  }
  /// What is said of these bytes as a file.
  std::string refusal(const std::string& name, const std::string& bytes) const {
    folder_.write(name, bytes);
    return message<DataError>([&] { whole(name); });
  }
  /// The bytes of a file that libsndfile writes.
  std::string written(int format, int channels = 1) const {
    write_sound(path("written"), rising_tone(5000, channels), format, channels);
    return read_file(path("written"));
  }
  TemporaryFolder folder_;
};

/// `bytes` with others from `place` on.
std::string changed(std::string bytes, size_t place, const std::string& others) {
  return bytes.replace(place, others.size(), others);
}

/// The largest difference to [T, C] values.
float difference(const Tensor& samples, const std::vector<float>& values) {
  const Tensor rows = samples.t().contiguous();
  if (rows.numel() != static_cast<int64_t>(values.size())) return 1e9F;
  float worst = 0;
  for (size_t i = 0; i < values.size(); ++i)
    worst = std::max(worst, std::abs(rows.const_data_ptr<float>()[i] - values[i]));
  return worst;
}

TEST_F(Sound, OfAnyWidthAndNumberOfChannelsIsWhatWasWritten) {
  struct Case {
    int format;
    float within;
  };
  for (const auto& [format, within] : {Case{SF_FORMAT_WAV | SF_FORMAT_PCM_U8, 1 / 128.F},
                                       {SF_FORMAT_WAV | SF_FORMAT_PCM_16, 0},
                                       {SF_FORMAT_WAV | SF_FORMAT_PCM_24, 0},
                                       {SF_FORMAT_WAV | SF_FORMAT_PCM_32, 0},
                                       {SF_FORMAT_WAV | SF_FORMAT_FLOAT, 0},
                                       {SF_FORMAT_WAV | SF_FORMAT_DOUBLE, 0},
                                       {SF_FORMAT_WAV | SF_FORMAT_ULAW, 1 / 60.F},
                                       {SF_FORMAT_WAVEX | SF_FORMAT_PCM_16, 0},
                                       {SF_FORMAT_RF64 | SF_FORMAT_PCM_16, 0},
                                       {SF_FORMAT_WAV | SF_ENDIAN_BIG | SF_FORMAT_PCM_16, 0},
                                       {SF_FORMAT_AIFF | SF_FORMAT_PCM_16, 0},
                                       {SF_FORMAT_AIFF | SF_FORMAT_FLOAT, 0},
                                       {SF_FORMAT_AU | SF_FORMAT_PCM_16, 0},
                                       {SF_FORMAT_AU | SF_ENDIAN_LITTLE | SF_FORMAT_PCM_16, 0},
                                       {SF_FORMAT_NIST | SF_FORMAT_PCM_16, 0},
                                       {SF_FORMAT_FLAC | SF_FORMAT_PCM_S8, 1 / 128.F},
                                       {SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 0},
                                       {SF_FORMAT_FLAC | SF_FORMAT_PCM_24, 0}})
    for (const int channels : {1, 2, 5}) {
      const std::vector<float> values = rising_tone(5000, channels);
      write_sound(path("a"), values, format, channels, 11025);
      AudioFile file(path("a"));
      EXPECT_EQ(file.channels(), channels);
      EXPECT_EQ(file.length(), 5000);
      EXPECT_EQ(file.rate_hz(), 11025);
      const Tensor samples = file.read(0, 5000);
      EXPECT_EQ(samples.sizes(), (std::vector<int64_t>{channels, 5000}));
      EXPECT_EQ(samples.scalar_type(), at::kFloat);
      EXPECT_LE(difference(samples, values), within) << std::hex << format << ", " << channels;
    }
}

TEST_F(Sound, OfWholeNumbersReachesFromMinusOneToOne) {
  folder_.write("a.wav", changed(written(SF_FORMAT_WAV | SF_FORMAT_PCM_16), 44,
                                 std::string("\x00\x80\xff\x7f\x00\x40\x01\x00", 8)));
  const Tensor samples = whole("a.wav");
  EXPECT_EQ(samples[0][0].item<float>(), -1);
  EXPECT_EQ(samples[0][1].item<float>(), 32767 / 32768.F);
  EXPECT_EQ(samples[0][2].item<float>(), 0.5F);
  EXPECT_EQ(samples[0][3].item<float>(), 1 / 32768.F);
}

TEST_F(Sound, OfFloatsStaysAsItIs) {
  write_sound(path("a.wav"), {0.25F, -3, 2}, SF_FORMAT_WAV | SF_FORMAT_FLOAT);
  EXPECT_EQ(difference(whole("a.wav"), {0.25F, -3, 2}), 0);
}

TEST_F(Sound, IsTheSameInStretchesOfAnyOrder) {
  for (const int format : {SF_FORMAT_WAV | SF_FORMAT_PCM_16, SF_FORMAT_FLAC | SF_FORMAT_PCM_16,
                           SF_FORMAT_WAV | SF_FORMAT_IMA_ADPCM, SF_FORMAT_WAV | SF_FORMAT_GSM610,
                           SF_FORMAT_OGG | SF_FORMAT_VORBIS, kMp3}) {
    if (!can_write(format)) continue;
    write_sound(path("a"), rising_tone(20001), format);
    const Tensor all = whole("a");
    AudioFile file(path("a"));
    ASSERT_GE(file.length(), 20001);
    struct Stretch {
      int64_t first, count;
    };
    for (const auto& [first, count] : {Stretch{12345, 1000},
                                       {5000, 1000},
                                       {6000, 17},
                                       {6017, 0},
                                       {6017, 4096},
                                       {19000, 1001},
                                       {0, 1},
                                       {1, 20000},
                                       {20001, 0},
                                       {777, 1}})
      EXPECT_TRUE(at::equal(file.read(first, count), all.slice(1, first, first + count)))
          << std::hex << format << std::dec << ", " << first;
  }
}

TEST_F(Sound, OfAnEndingThatSaysOtherwiseIsReadByItsContent) {
  write_sound(path("a.mp3"), rising_tone(100), SF_FORMAT_FLAC | SF_FORMAT_PCM_16);
  EXPECT_EQ(difference(whole("a.mp3"), rising_tone(100)), 0);
}

TEST_F(Sound, ThatLosesDetailsStaysNearWhatWasWritten) {
  const std::vector<float> values = rising_tone(20000, 2);
  for (const int format : {SF_FORMAT_OGG | SF_FORMAT_VORBIS, kOpus, kMp3}) {
    if (!can_write(format, 48000)) continue;
    write_sound(path("a"), values, format, 2, 48000);
    AudioFile file(path("a"));
    EXPECT_EQ(file.length(), 20000);
    const Tensor rows = file.read(0, 20000).t().contiguous();
    double error = 0, power = 0;
    for (size_t i = 0; i < values.size(); ++i) {
      error += std::pow(rows.const_data_ptr<float>()[i] - values[i], 2);
      power += std::pow(values[i], 2);
    }
    EXPECT_LT(error / power, 0.05) << std::hex << format;
  }
}

TEST_F(Sound, ThatIsNoneIsRefusedByName) {
  expect_says(refusal("empty.wav", ""), {path("empty.wav").string(), "the file is empty"});
  for (const std::string& bytes :
       {std::string("a"), std::string("file,speaker\n1,2\n"), std::string(1000, '\0'),
        std::string("RIFF\x10\0\0\0AVI LIST", 16), std::string("\xFF\xFEh\0e\0l\0l\0o\0", 12)})
    expect_says(refusal("text.wav", bytes), {path("text.wav").string(), "no sound"});
  for (const std::string& bytes :
       {std::string("RIFF\x10\0\0\0WAVEjunk", 16), std::string("fLaC"),
        std::string("OggS") + std::string(100, '\0'), std::string("ID3") + std::string(4000, '\0')})
    EXPECT_NE(refusal("damaged.wav", bytes), "");
  expect_says(message<DataError>([&] { whole("none.wav"); }),
              {path("none.wav").string(), "No such file"});
  expect_says(message<DataError>([&] { AudioFile(folder_.path()); }), {"it is no file"});
}

TEST_F(Sound, WithoutSamplesIsRefused) {
  write_sound(path("a.wav"), {});
  expect_says(message<DataError>([&] { whole("a.wav"); }), {"a.wav: it holds no sample"});
}

TEST_F(Sound, CutAnywhereIsRefused) {
  std::vector<int> formats{SF_FORMAT_WAV | SF_FORMAT_PCM_16,
                           SF_FORMAT_WAV | SF_FORMAT_FLOAT,
                           SF_FORMAT_WAV | SF_ENDIAN_BIG | SF_FORMAT_PCM_16,
                           SF_FORMAT_RF64 | SF_FORMAT_PCM_16,
                           SF_FORMAT_AIFF | SF_FORMAT_PCM_16,
                           SF_FORMAT_AU | SF_FORMAT_PCM_16,
                           SF_FORMAT_AU | SF_ENDIAN_LITTLE | SF_FORMAT_PCM_16,
                           SF_FORMAT_NIST | SF_FORMAT_PCM_16,
                           SF_FORMAT_FLAC | SF_FORMAT_PCM_16};
  for (const int format : formats) {
    std::string bytes = written(format);
    if ((format & SF_FORMAT_TYPEMASK) == SF_FORMAT_WAV)
      bytes.resize(bytes.find("data") + 8 +
                   ((format & SF_FORMAT_SUBMASK) == SF_FORMAT_FLOAT ? 20000 : 10000));
    EXPECT_EQ(refusal("whole", bytes), "") << std::hex << format;
    for (size_t length = 0; length < bytes.size(); length += length < 90 ? 6 : 1987)
      EXPECT_NE(refusal("cut", bytes.substr(0, length)), "")
          << std::hex << format << std::dec << ", " << length;
    EXPECT_NE(refusal("cut", bytes.substr(0, bytes.size() - 1)), "") << std::hex << format;
  }
  expect_says(refusal("cut.wav", written(SF_FORMAT_WAV | SF_FORMAT_PCM_16).substr(0, 5044)),
              {"cut.wav: it is cut off", "end at byte 10044 and it has 5044"});
}

TEST_F(Sound, InMp3OrOggThatIsCutIsRefusedWhereItsEndIsKnown) {
  for (const int format : {SF_FORMAT_OGG | SF_FORMAT_VORBIS, kMp3}) {
    if (!can_write(format)) continue;
    const std::string bytes = written(format);
    EXPECT_EQ(refusal("whole", bytes), "");
    EXPECT_NE(refusal("cut", bytes.substr(0, bytes.size() / 2)), "") << std::hex << format;
  }
}

TEST_F(Sound, InMp3WithoutACountOfFramesIsAsLongAsWhatCanBeDecoded) {
  if (!can_write(kMp3)) GTEST_SKIP() << "this libsndfile writes no MP3";
  SF_INFO info{};
  info.samplerate = 16000;
  info.channels = 1;
  info.format = kMp3;
  SNDFILE* const out = sf_open(path("a.mp3").c_str(), SFM_WRITE, &info);
  ASSERT_NE(out, nullptr);
  int constant = 0;  // SF_BITRATE_MODE_CONSTANT, by SFC_SET_BITRATE_MODE
  sf_command(out, 0x1305, &constant, sizeof(constant));
  const std::vector<float> values = rising_tone(32000);
  sf_writef_float(out, values.data(), 32000);
  sf_close(out);
  const std::string plain = read_file(path("a.mp3"));
  if (std::min(plain.find("Xing"), plain.find("Info")) != std::string::npos)
    GTEST_SKIP() << "this libsndfile counts frames";
  const std::string tag = std::string("ID3\3\0\0\0\0\x0f\x76", 10) + std::string(0x7F6, '\0');
  folder_.write("plain.mp3", plain);
  folder_.write("tagged.mp3", tag + plain);
  const Tensor samples = whole("plain.mp3");
  EXPECT_GE(samples.size(1), 32000);
  EXPECT_LE(samples.size(1), 32000 + 4 * 1152);
  EXPECT_TRUE(at::equal(whole("tagged.mp3"), samples));
}

TEST_F(Sound, OfUnknownLengthIsReadToTheEnd) {
  const std::string wav = written(SF_FORMAT_WAV | SF_FORMAT_PCM_16);
  for (const char* const size : {"\xff\xff\xff\xff", "\x24\xf0\xff\x7f"}) {
    folder_.write("a.wav", changed(wav, 40, size));
    EXPECT_EQ(difference(whole("a.wav"), rising_tone(5000)), 0);
  }
  folder_.write("a.au", changed(written(SF_FORMAT_AU | SF_FORMAT_PCM_16), 8, "\xff\xff\xff\xff"));
  EXPECT_EQ(difference(whole("a.au"), rising_tone(5000)), 0);
  std::string flac = written(SF_FORMAT_FLAC | SF_FORMAT_PCM_16);
  flac[21] = static_cast<char>(flac[21] & 0xF0);  // 36 bits of STREAMINFO, RFC 9639, 8.2
  folder_.write("a.flac", changed(flac, 22, std::string(4, '\0')));
  AudioFile file(path("a.flac"));
  EXPECT_EQ(file.length(), 5000);
  EXPECT_EQ(difference(file.read(0, 5000), rising_tone(5000)), 0);
}

TEST_F(Sound, WithAChunkBehindItsSamplesIsWhole) {
  std::string bytes = written(SF_FORMAT_WAV | SF_FORMAT_PCM_16).substr(0, 10044);
  bytes += std::string("LIST\x04\0\0\0INFO", 12);
  folder_.write("a.wav", bytes);
  EXPECT_EQ(difference(whole("a.wav"), rising_tone(5000)), 0);
}

TEST_F(Sound, ThatIsDamagedIsRefused) {
  const std::string bytes = written(SF_FORMAT_FLAC | SF_FORMAT_PCM_16);
  expect_says(refusal("a.flac", changed(bytes, bytes.size() / 2, std::string(100, '\0'))),
              {"a.flac: it is damaged or cut off"});
}

TEST_F(Sound, WithValuesThatAreNoNumbersIsRefusedThereOnly) {
  for (const float value :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    std::vector<float> values = rising_tone(100, 2);
    values[2 * 70 + 1] = value;
    write_sound(path("a.wav"), values, SF_FORMAT_WAV | SF_FORMAT_FLOAT, 2);
    AudioFile file(path("a.wav"));
    EXPECT_EQ(file.read(0, 70).size(1), 70);
    expect_says(message<DataError>([&] { file.read(60, 20); }),
                {"a.wav: sample 70 is no finite number"});
    EXPECT_EQ(file.read(71, 29).size(1), 29);
  }
}

TEST_F(Sound, BeyondItsEndIsRefused) {
  write_sound(path("a.wav"), rising_tone(100));
  AudioFile file(path("a.wav"));
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  expect_says(message<DataError>([&] { file.read(90, 11); }),
              {"a.wav: 11 samples from sample 90", "it has 100"});
  for (const auto& [first, count] : std::vector<std::pair<int64_t, int64_t>>{
           {101, 0}, {-1, 5}, {5, -1}, {0, kMost}, {kMost, kMost}, {50, kMost}})
    EXPECT_NE(message<DataError>([&] { file.read(first, count); }), "") << first;
  EXPECT_EQ(difference(file.read(0, 100), rising_tone(100)), 0);
}

TEST_F(Sound, ThatPromisesMoreThanItsBytesCanHoldIsRefused) {
  std::string flac = written(SF_FORMAT_FLAC | SF_FORMAT_PCM_16);
  flac[21] = static_cast<char>(flac[21] | 0x0F);
  expect_says(refusal("a.flac", changed(flac, 22, "\xff\xff\xff\xff")), {"cannot hold"});
}

TEST_F(Sound, OfTooManyChannelsIsRefused) {
  write_sound(path("a.wav"), rising_tone(10, 64), SF_FORMAT_WAV | SF_FORMAT_PCM_16, 64);
  EXPECT_EQ(whole("a.wav").size(0), 64);
  write_sound(path("a.wav"), rising_tone(10, 65), SF_FORMAT_WAV | SF_FORMAT_PCM_16, 65);
  expect_says(message<DataError>([&] { whole("a.wav"); }), {"65 channels"});
}

TEST_F(Sound, OfOtherFormatsIsNotTried) {
  for (const int format : {SF_FORMAT_CAF | SF_FORMAT_PCM_16, SF_FORMAT_MAT5 | SF_FORMAT_PCM_16,
                           SF_FORMAT_VOC | SF_FORMAT_PCM_16, SF_FORMAT_W64 | SF_FORMAT_PCM_16})
    expect_says(refusal("a.wav", written(format)), {"no sound"});
}

TEST_F(Sound, LeavesNoFileOpen) {
  const auto open_files = [] {
    const std::filesystem::directory_iterator files("/proc/self/fd");
    return std::distance(begin(files), end(files));
  };
  write_sound(path("c.wav"), rising_tone(9000), SF_FORMAT_WAV | SF_FORMAT_GSM610);
  const auto before = open_files();
  for (int i = 0; i < 10; ++i) {
    EXPECT_NE(refusal("a.wav", "RIFF\4\4\4\4WAVEfmt "), "");
    EXPECT_NE(refusal("b.wav", "none"), "");
    AudioFile file(path("c.wav"));
    file.read(8000, 10);
    file.read(10, 10);  // opens it again
  }
  EXPECT_EQ(open_files(), before);
}

}  // namespace
}  // namespace tacit
