// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/emotion/swell.h"

#include <optional>
#include <set>

#include "tacit/core/error.h"
#include "tacit/data/readers/data_files.h"
#include "tacit/data/readers/emotion/asked_channels.h"
#include "tacit/data/readers/emotion/poly5.h"
#include "tacit/data/readers/emotion/swell_labels.h"
#include "tacit/data/readers/labelled_builder.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;
constexpr size_t kHeart = 7;  // place of the signal

/// To mV; none for what is no voltage.
std::optional<double> millivolts(const std::string& unit) {
  if (unit == "uV" || unit == "µV" || unit == "μV") return 1e-3;
  if (unit == "mV") return 1;
  if (unit == "V") return 1e3;
  return std::nullopt;
}

/// "ecg", and what the file calls its signals.
std::vector<std::string> channels_of(const Poly5Header& header) {
  std::vector<std::string> channels{"ecg"};
  for (const Poly5Signal& signal : header.signals) channels.push_back(signal.name);
  return channels;
}

class Reader {
 public:
  Reader(const LongFormConfig& asked, const EmotionConfig& emotion)
      : asked_(asked), labels_(asked.path, emotion) {}

  void read(const DataFile& file, const SwellBlock& block, LabelledBuilder& builder) {
    const Poly5Header header = read_poly5_header(file.path);
    std::vector<AskedChannel> channels = asked_channels(asked_, channels_of(header));
    std::vector<size_t> places;
    for (AskedChannel& channel : channels) places.push_back(take_place(channel, header, file.path));
    const SignalFile signals = read_poly5(file.path, header, places);
    const std::string name = file.path.stem().string();
    check_clock(header, block, name);
    builder.begin(name, text("PP{}", block.person), header.rate_hz);
    std::vector<float> values(channels.size());
    for (size_t row = 0; row < static_cast<size_t>(header.periods); ++row) {
      for (size_t i = 0; i < values.size(); ++i)
        values[i] = sample_of(signals.leads[i].samples[row], channels[i], file.path.native());
      const double seconds = static_cast<double>(row) / header.rate_hz;
      builder.row(values, header.start ? labels_.at(block, *header.start + seconds) : "", seconds);
    }
  }

  std::vector<std::string> notes() const {
    std::vector<std::string> notes = notes_;
    for (const std::string& note : labels_.notes()) notes.push_back(note);
    return notes;
  }

 private:
  /// The place in the file; to the scale of the heart comes its unit.
  size_t take_place(AskedChannel& channel, const Poly5Header& header, const fs::path& file) {
    if (channel.place > 0) return channel.place - 1;
    require<DataError>(kHeart < header.signals.size(),
                       "{}: it has {} signals, and the heart is signal {}; name channels of the "
                       "file in data.channels",
                       file.string(), header.signals.size(), kHeart + 1);
    const Poly5Signal& heart = header.signals[kHeart];
    const auto factor = millivolts(heart.unit);
    channel.scale *= factor.value_or(1);
    const std::string note = text("ecg is signal {}, \"{}\", of the files, in {}", kHeart + 1,
                                  heart.name, factor ? "mV" : text("\"{}\"", heart.unit));
    if (told_.insert(note).second) notes_.push_back(note);
    return kHeart;
  }

  void check_clock(const Poly5Header& header, const SwellBlock& block, const std::string& name) {
    const double seconds = static_cast<double>(header.periods) / header.rate_hz;
    if (!header.start)
      notes_.push_back(text("{} does not say when it began, and is unlabelled", name));
    else if (!labels_.has_minute(block, *header.start, *header.start + seconds))
      notes_.push_back(text("no minute of the table is within {}, which is unlabelled", name));
  }

  const LongFormConfig& asked_;
  SwellLabels labels_;
  std::vector<std::string> notes_;
  std::set<std::string> told_;
};

}  // namespace

bool is_swell(const fs::path& path) { return fs::is_directory(path / "0 - Raw data"); }

Signals read_swell(const LongFormConfig& asked, const EmotionConfig& emotion,
                   const std::string& spool) {
  require_target(emotion, "swell",
                 {EmotionTarget::stress, EmotionTarget::arousal, EmotionTarget::valence,
                  EmotionTarget::dominance});
  const std::vector<DataFile> files = data_files(asked.path, "", {".S00", ".s00"});
  Reader reader(asked, emotion);
  LabelledBuilder builder(asked, spool);
  for (const DataFile& file : files) {
    const auto block = swell_block(file.path.stem().string());
    require<DataError>(block.has_value(),
                       "{}: its name does not say person and block, as pp1_18-9-2012_c1.S00 does",
                       file.path.string());
    reader.read(file, *block, builder);
  }
  Signals signals = builder.finish(asked.path);
  for (const std::string& note : reader.notes()) signals.notes.push_back(note);
  return signals;
}

}  // namespace tacit
