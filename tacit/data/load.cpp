// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/load.h"

#include <ATen/ops/tensor.h>

#include <algorithm>

#include "tacit/core/files.h"
#include "tacit/data/known_sets.h"
#include "tacit/data/person_scale.h"
#include "tacit/data/readers/emotion/amigos.h"
#include "tacit/data/readers/emotion/case.h"
#include "tacit/data/readers/emotion/dreamer.h"
#include "tacit/data/readers/emotion/swell.h"
#include "tacit/data/readers/emotion/wesad.h"
#include "tacit/data/readers/hapt.h"
#include "tacit/data/readers/motionsense.h"
#include "tacit/data/readers/npy_windows.h"
#include "tacit/data/readers/uci_har.h"
#include "tacit/data/readers/wisdm.h"
#include "tacit/data/resample.h"

namespace tacit {
namespace {

constexpr double kWhite = 255;  // of bytes of pictures and frames

/// The channels asked for, in that order.
Signals select(Signals signals, const std::vector<std::string>& channels) {
  if (signals.channels == channels) return signals;  // samples stay where they are
  std::vector<int64_t> index;
  for (const std::string& channel : channels) {
    const auto found = std::find(signals.channels.begin(), signals.channels.end(), channel);
    require<ConfigError>(found != signals.channels.end(), "data.channels: {}",
                         unknown_name("channel", channel, signals.channels));
    index.push_back(found - signals.channels.begin());
  }
  const Tensor rows = at::tensor(index, at::kLong);
  for (Recording& recording : signals.recordings)
    recording.samples = recording.samples.index_select(0, rows);
  signals.channels = channels;
  return signals;
}

/// Windows that were cut elsewhere may overlap, so only people keep training and test apart.
Signals read_windows(const DataConfig& config) {
  require<ConfigError>(
      config.split.by == SplitBy::subject,
      "data.split.by: windows of {} may overlap, so only a split by subject cannot "
      "leak; say by = \"subject\" and give people in pid.npy",
      config.file.path);
  return read_npy_windows({.files = window_files(config.file.path),
                           .channels = config.file.channels,
                           .scale = config.file.scale,
                           .rate_hz = config.file.file_rate_hz},
                          config.spool);
}

Signals read_sound(const DataConfig& config) {
  AudioConfig audio = config.audio;
  audio.path_pattern = config.file.path_pattern;
  audio.classes = config.file.classes;
  audio.text = config.file.text;
  audio.label = config.file.label;
  audio.subject = config.file.subject;
  return select(read_audio(config.file.path, audio, config.spool), config.file.channels);
}

Videos read_frames(const DataConfig& config) {
  VideoConfig videos = config.videos;
  videos.path_pattern = config.file.path_pattern;
  videos.text = config.file.text;
  videos.label = config.file.label;
  videos.subject = config.file.subject;
  videos.target = config.target;
  videos.spool = config.spool;
  return read_videos(config.file.path, videos);
}

Signals read(const DataConfig& config) {
  switch (config.source) {
    case Source::csv:
    case Source::parquet: return read_long_form(config.file, config.spool);
    case Source::npy: return read_windows(config);
    case Source::motionsense:
      return read_known_set(KnownSet::motionsense, config.file, config.spool);
    case Source::hapt: return read_known_set(KnownSet::hapt, config.file, config.spool);
    case Source::uci_har: return read_known_set(KnownSet::uci_har, config.file, config.spool);
    case Source::wisdm: return read_known_set(KnownSet::wisdm, config.file, config.spool);
    case Source::simulated_motion:
      return select(simulate_motion(config.simulate), config.file.channels);
    case Source::wfdb:
      return read_biosignals(BiosignalFormat::wfdb, config.file, config.biosignal, config.spool);
    case Source::edf:
      return read_biosignals(BiosignalFormat::edf, config.file, config.biosignal, config.spool);
    case Source::mat:
      return read_biosignals(BiosignalFormat::mat, config.file, config.biosignal, config.spool);
    case Source::simulated_hearts:
      return select(simulate_hearts(config.hearts), config.file.channels);
    case Source::wesad: return read_wesad(config.file, config.emotion, config.spool);
    case Source::amigos: return read_amigos(config.file, config.emotion, config.spool);
    case Source::dreamer: return read_dreamer(config.file, config.emotion, config.spool);
    case Source::swell: return read_swell(config.file, config.emotion, config.spool);
    case Source::case_set: return read_case(config.file, config.emotion, config.spool);
    case Source::audio: return read_sound(config);
    case Source::table:
      throw ConfigError(
          "data.source: a table holds no signals; for recordings in a file say \"csv\" or "
          "\"parquet\"");
    case Source::images:
    case Source::videos:
      throw ConfigError(text("data.source: {} are no signals", enum_name(config.source)));
  }
  throw ConfigError("data.source: not a source");
}

/// A checksum over everything that is added, in order.
struct Digest {
  std::string digits{};

  void add(std::string_view bytes) { digits = checksum({digits, bytes}); }
  void add(const Tensor& values) {
    const Tensor chunk = values.contiguous();
    add({static_cast<const char*>(chunk.const_data_ptr()), chunk.nbytes()});
  }
  void add_numbers(const auto& numbers) {
    add(std::string_view(reinterpret_cast<const char*>(numbers.data()),
                         numbers.size() * sizeof(numbers[0])));
  }
};

void require_different(const std::vector<std::string>& channels) {
  for (size_t i = 0; i < channels.size(); ++i)
    require<ConfigError>(
        std::find(channels.begin(), channels.begin() + static_cast<std::ptrdiff_t>(i),
                  channels[i]) == channels.begin() + static_cast<std::ptrdiff_t>(i),
        "data.channels: \"{}\" is listed twice", channels[i]);
  require<ConfigError>(!channels.empty(), "data.channels: name at least one channel");
}

}  // namespace

Signals load_signals(const DataConfig& config) {
  require_different(config.file.channels);
  Signals signals = read(config);
  if (config.quality.enabled) signals = leave_out_faults(std::move(signals), config.quality);
  if (config.rate_hz > 0) signals = resample(std::move(signals), config.rate_hz, config.spool);
  if (config.high_pass.hz > 0)
    signals = high_pass(std::move(signals), config.high_pass, config.spool);
  if (config.scale_people) signals = scale_people(std::move(signals), config.spool);
  return signals;
}

std::shared_ptr<const Examples> load_examples(const DataConfig& config,
                                              const std::vector<TableColumn>& known) {
  if (config.source == Source::images)
    return std::make_shared<const Images>(
        read_images(config.file, config.images, config.target, config.spool));
  if (config.source == Source::videos)
    return std::make_shared<const Clips>(read_frames(config), config.clips, config.target);
  if (config.source != Source::table)
    return std::make_shared<const SignalWindows>(load_signals(config), config.window,
                                                 config.target);
  TableConfig table = config.table;
  table.path = config.file.path;
  table.path_pattern = config.file.path_pattern;
  table.text = config.file.text;
  table.label = config.file.label;
  table.target = config.target;
  return std::make_shared<const Table>(read_table(table, config.spool, known));
}

Preprocessing fit_preprocessing(const DataConfig& config, const Examples& data,
                                std::span<const int64_t> rows) {
  if (const auto* table = dynamic_cast<const Table*>(&data))
    return ColumnEncoders::fit(config.encode, *table, rows);
  const Modality kind = data.spec().modality;
  if (kind == Modality::image || kind == Modality::video)
    return Normalizer::between(0, kWhite, data.spec().shape.at(0));
  return Normalizer::fit(config.normalize, data, rows);
}

std::optional<Source> published_at(const std::filesystem::path& path) {
  if (find_motionsense(path)) return Source::motionsense;
  if (find_hapt(path)) return Source::hapt;
  if (find_uci_har(path)) return Source::uci_har;
  if (find_wisdm(path)) return Source::wisdm;
  if (is_wesad(path)) return Source::wesad;
  if (is_amigos(path)) return Source::amigos;
  if (find_dreamer(path)) return Source::dreamer;
  if (is_swell(path)) return Source::swell;
  if (is_case(path)) return Source::case_set;
  return std::nullopt;
}

std::string fingerprint(const Signals& signals) {
  constexpr int64_t kSteps = int64_t{1} << 16;
  Digest digest;
  digest.add(Json(signals.channels).dump());
  digest.add(Json(signals.classes).dump());
  for (const Recording& recording : signals.recordings) {
    digest.add(
        Json{recording.name, recording.subject, recording.rate_hz, recording.length()}.dump());
    for (const LabelSpan& span : recording.labels)
      digest.add(text("{} {} {}", span.begin, span.end, span.label));
    for (int64_t begin = 0; begin < recording.length(); begin += kSteps) {
      const int64_t steps = std::min(kSteps, recording.length() - begin);
      digest.add(recording.samples.narrow(1, begin, steps).t());
    }
  }
  return digest.digits;
}

std::string fingerprint(const Table& table) {
  constexpr int64_t kRows = int64_t{1} << 16;
  Digest digest;
  for (const TableColumn& column : table.columns())
    digest.add(Json{column.name, enum_name(column.kind), column.categories}.dump());
  digest.add(Json(table.classes()).dump());
  for (const TableSources::File& file : table.sources().files)
    digest.add(Json{file.name, file.first_row}.dump());
  digest.add(Json(table.sources().groups).dump());
  digest.add_numbers(table.sources().group_of);
  digest.add_numbers(table.labels());
  if (table.target() == Target::number) digest.add_numbers(table.numbers());
  for (int64_t begin = 0; begin < table.size(); begin += kRows)
    digest.add(table.cells().narrow(0, begin, std::min(kRows, table.size() - begin)));
  return digest.digits;
}

std::string fingerprint(const Images& images) {
  constexpr int64_t kRows = int64_t{1} << 14;
  Digest digest;
  digest.add(Json(images.spec()).dump());
  for (int64_t row = 0; row < images.size(); ++row) {
    const ImageOrigin& about = images.about(row);
    digest.add(Json{about.name, about.recording, about.subject, about.label}.dump());
  }
  for (int64_t begin = 0; begin < images.size(); begin += kRows)
    digest.add(images.pixels().narrow(0, begin, std::min(kRows, images.size() - begin)));
  return digest.digits;
}

std::string fingerprint(const Videos& videos) {
  Digest digest;
  digest.add(Json(videos.classes).dump());
  for (const Video& video : videos.videos) {
    digest.add(Json{video.name, video.subject, video.rate_hz, video.length()}.dump());
    digest.add_numbers(video.seconds);
    digest.add_numbers(video.numbers);
    digest.add_numbers(video.labels);
    digest.add_numbers(video.segments);
    for (int64_t frame = 0; frame < video.length(); ++frame)
      digest.add(video.frames->checksum_of(frame));
  }
  return digest.digits;
}

std::string fingerprint(const Examples& data) {
  if (const auto* clips = dynamic_cast<const Clips*>(&data)) return fingerprint(clips->videos());
  if (const auto* images = dynamic_cast<const Images*>(&data)) return fingerprint(*images);
  if (const auto* table = dynamic_cast<const Table*>(&data)) return fingerprint(*table);
  return fingerprint(dynamic_cast<const SignalWindows&>(data).signals());
}

}  // namespace tacit
