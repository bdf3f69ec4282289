// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/prepare.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/tensor.h>

#include <algorithm>
#include <ranges>
#include <set>

#include "tacit/core/memory.h"
#include "tacit/data/clips.h"
#include "tacit/data/images.h"
#include "tacit/data/load.h"
#include "tacit/dsp/heart_features.h"
#include "tacit/evaluate/clip_features.h"
#include "tacit/evaluate/motion_features.h"

namespace tacit {
namespace {

constexpr size_t kReadRows = 256;          // held at once
constexpr double kBelowEveryNumber = -10;  // no scaled number is so low

std::vector<int64_t> with_label(const Examples& examples,
                                std::initializer_list<const std::vector<int64_t>*> parts) {
  std::vector<int64_t> kept;
  for (const auto* part : parts)
    for (const int64_t row : *part)
      if (has_label(examples, row)) kept.push_back(row);
  return kept;
}

/// What a function of some rows gives, for many.
template <class Features>
Tensor in_blocks(const std::vector<int64_t>& rows, const Features& features) {
  std::vector<Tensor> blocks;
  for (size_t begin = 0; begin < rows.size(); begin += kReadRows)
    blocks.push_back(
        features(std::span(rows).subspan(begin, std::min(kReadRows, rows.size() - begin))));
  return at::cat(blocks);
}

Json describe(const SignalWindows& windows) {
  std::set<std::string> subjects;
  double hours = 0;
  for (const Recording& recording : windows.signals().recordings) {
    if (!recording.subject.empty()) subjects.insert(recording.subject);
    hours += static_cast<double>(recording.length()) / recording.rate_hz / 3600;
  }
  Json described{{"recordings", windows.signals().recordings.size()}, {"hours", hours}};
  if (!subjects.empty()) described["subjects"] = subjects.size();
  return described;
}

Json describe(const Table& table) {
  Json columns = Json::array();
  for (const TableColumn& column : table.columns())
    columns.push_back({{"name", column.name}, {"kind", enum_name(column.kind)}});
  Json described{{"target", enum_name(table.target())},
                 {"files", table.sources().files.size()},
                 {"columns", columns}};
  if (!table.sources().groups.empty()) described["subjects"] = table.sources().groups.size();
  return described;
}

Json describe(const Images& images) {
  std::set<std::string> subjects, parts;
  for (int64_t row = 0; row < images.size(); ++row) {
    if (const ImageOrigin& about = images.about(row); !about.subject.empty())
      subjects.insert(about.subject);
    parts.insert(images.about(row).recording);
  }
  Json described{{"target", enum_name(images.target())},
                 {"recordings", parts.size()},
                 {"shape", images.spec().shape}};
  if (!subjects.empty()) described["subjects"] = subjects.size();
  return described;
}

Json describe(const Clips& clips) {
  std::set<std::string> subjects;
  double seconds = 0;
  for (const Video& video : clips.videos().videos) {
    if (!video.subject.empty()) subjects.insert(video.subject);
    if (video.rate_hz > 0) seconds += static_cast<double>(video.length()) / video.rate_hz;
  }
  Json described{{"target", enum_name(clips.target())},
                 {"recordings", clips.videos().videos.size()},
                 {"hours", seconds / 3600},
                 {"rate_hz", clips.spec().rate_hz},
                 {"shape", clips.spec().shape}};
  if (!subjects.empty()) described["subjects"] = subjects.size();
  return described;
}

Json describe(const Examples& examples) {
  if (const auto* clips = dynamic_cast<const Clips*>(&examples)) return describe(*clips);
  if (const auto* table = dynamic_cast<const Table*>(&examples)) return describe(*table);
  if (const auto* images = dynamic_cast<const Images*>(&examples)) return describe(*images);
  return describe(dynamic_cast<const SignalWindows&>(examples));
}

}  // namespace

Prepared prepare(const Recipe& recipe) {
  std::shared_ptr<const Examples> examples = load_examples(recipe.data);
  std::vector<Split> folds =
      make_splits(recipe.data.split, *examples, Rng(recipe.seed).stream("split"));
  std::string print = fingerprint(*examples);
  return {std::move(examples), std::move(folds), std::move(print)};
}

void require_scorable(const Recipe& recipe, const Examples& examples) {
  const std::string metric = enum_name(recipe.curve.metric);
  const auto classes = examples.classes().size();
  if (examples.target() == Target::category) {
    require<ConfigError>(
        classes >= 2,
        "scoring needs labels of at least two classes, but the data has {}; check data.label",
        classes);
    require<ConfigError>(target_of(recipe.curve.metric) == Target::category,
                         "curve.metric = \"{}\" is of numbers, but the labels are classes; set "
                         "data.target = \"number\", or another metric",
                         metric);
    return;
  }
  require<ConfigError>(target_of(recipe.curve.metric) == Target::number,
                       "curve.metric = \"{}\" is of classes, but data.target makes the "
                       "labels numbers; set curve.metric = \"r2\"",
                       metric);
  const auto rows = std::views::iota(int64_t{0}, examples.size());
  require<ConfigError>(
      std::ranges::any_of(rows, [&](int64_t row) { return has_label(examples, row); }),
      "no row has a number for a label; check data.label");
  require<ConfigError>(
      recipe.finetune.label_smoothing == 0 && recipe.supervised.label_smoothing == 0,
      "finetune.label_smoothing and supervised.label_smoothing spread labels over classes, but "
      "data.target makes them numbers; set both to 0");
}

Fold::Fold(const Recipe& recipe, const Prepared& prepared, const Split& parts, Preprocessing fitted)
    : split(parts),
      preprocessing(std::move(fitted)),
      rows(*prepared.examples, preprocessing, recipe.data.spool),
      train(rows, parts.pretrained_on()),
      validation(rows, parts.validation),
      pool(with_label(*prepared.examples, {&parts.train, &parts.validation})),
      scored(with_label(*prepared.examples, {&parts.test})),
      pool_units(recipe.curve.unit, *prepared.examples, pool),
      scored_units(recipe.curve.unit, *prepared.examples, scored) {
  give_back_freed_memory();  // reading, splitting and fitting take more than training will
}

Fold fit_fold(const Recipe& recipe, const Prepared& prepared, const Split& split) {
  return {recipe, prepared, split, fit_preprocessing(recipe.data, *prepared.examples, split.train)};
}

Tensor classical_features(Classical classical, const Prepared& prepared, const Fold& fold,
                          const std::vector<int64_t>& rows) {
  const Examples& examples = *prepared.examples;
  const Spec& spec = examples.spec();
  const std::vector<Triad> triads = find_triads(spec.channels);
  return in_blocks(rows, [&](std::span<const int64_t> some) -> Tensor {
    switch (spec.modality) {
      case Modality::image: return fold.rows.read(some).x.flatten(1);
      case Modality::table: return fold.rows.read(some).x.nan_to_num(kBelowEveryNumber);
      case Modality::video:
        return grey_cells(examples.read(some).x,
                          dynamic_cast<const Clips&>(examples).labelled_frame());
      default: break;
    }
    const Tensor x = examples.read(some).x;
    return classical == Classical::heart ? heart_features(x, spec.rate_hz)
                                         : motion_features(x, triads);
  });
}

Tensor colour_features(const Prepared& prepared, const std::vector<int64_t>& rows) {
  require<ConfigError>(prepared.examples->spec().modality != Modality::table,
                       "curve.models: mean_colour is of rows that have channels, not of a table");
  return in_blocks(rows, [&](std::span<const int64_t> some) {
    return channel_means(prepared.examples->read(some).x);
  });
}

Tensor time_features(const Prepared& prepared, const std::vector<int64_t>& rows) {
  const double rate = prepared.examples->origin_rate_hz();
  std::vector<float> begin;
  for (const int64_t row : rows)
    begin.push_back(static_cast<float>(static_cast<double>(prepared.examples->origin(row).begin) /
                                       (rate > 0 ? rate : 1)));
  return at::tensor(begin).unsqueeze(1);
}

Json describe_data(const Prepared& prepared) {
  const Examples& examples = *prepared.examples;
  Json data = describe(examples);
  std::vector<int64_t> counts(examples.classes().size());
  int64_t unlabelled = 0;
  for (int64_t row = 0; row < examples.size(); ++row) {
    if (!has_label(examples, row)) ++unlabelled;
    if (const int64_t label = examples.label(row); label >= 0) ++counts[static_cast<size_t>(label)];
  }
  Json classes = Json::object();
  for (size_t i = 0; i < counts.size(); ++i) classes[examples.classes()[i]] = counts[i];
  data.update({{"modality", enum_name(examples.spec().modality)},
               {"windows", examples.size()},
               {"unlabelled_windows", unlabelled},
               {"classes", classes},
               {"fingerprint", prepared.fingerprint}});
  Json parts = Json::array();
  for (const Split& split : prepared.folds) {
    const auto part = [&](const char* name, const auto& groups, const auto& rows) {
      parts.push_back(
          {{"part", prepared.folds.size() == 1 ? std::string(name)
                                               : text("{} {}", name, parts.size() / 3 + 1)},
           {"groups", groups},
           {"windows", rows.size()}});
    };
    part("train", split.train_groups, split.train);
    part("validation", split.validation_groups, split.validation);
    part("test", split.test_groups, split.test);
  }
  std::vector<std::string> notes = examples.notes();
  const std::string warning = prepared.folds.at(0).warning();
  if (!warning.empty()) notes.insert(notes.begin(), warning);
  return {{"data", data}, {"split", parts}, {"notes", notes}};
}

}  // namespace tacit
