// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/init_recipe.h"

#include <set>

#include "tacit/run/init_images_recipe.h"
#include "tacit/run/init_table_recipe.h"
#include "tacit/run/recipe_lines.h"

namespace tacit {
namespace {

/// What a person should see, and what differs from the default, with what each field is for.
void write_file_fields(const DataConfig& data, RecipeLines& lines) {
  const Json written = write_config(data.file), fallback = write_config(LongFormConfig{});
  static const std::set<std::string> always{"subject", "recording", "label",
                                            "time",    "time_unit", "channels"};
  const bool in_columns = data.source == Source::csv || data.source == Source::parquet;
  for (const FieldInfo& field : config_fields<LongFormConfig>())
    if (written[field.name] != fallback[field.name] || (in_columns && always.contains(field.name)))
      lines.line(field.name, written[field.name], field.help);
  if (data.target == Target::number)
    lines.line("target", enum_name(data.target), "what the label is; or class");
  if (data.rate_hz > 0) lines.line("rate_hz", data.rate_hz, "resample to this rate");
  lines.line("normalize", enum_name(data.normalize),
             data.normalize == Normalization::sensor
                 ? "one scale for the x, y, z of a sensor: rotations stay rotations"
                 : "each channel by itself");
}

void write_data(const Findings& findings, RecipeLines& lines) {
  const DataConfig& data = findings.data;
  lines.table("data");
  lines.line("source", enum_name(data.source));
  write_file_fields(data, lines);
  static const std::set<Source> of_emotions{Source::wesad, Source::amigos, Source::dreamer,
                                            Source::swell, Source::case_set};
  if (of_emotions.contains(data.source)) {
    lines.table("data.emotion");
    for (const FieldInfo& field : config_fields<EmotionConfig>())
      lines.line(field.name, write_config(data.emotion)[field.name], field.help);
  }
  lines.table("data.window");
  const Duration& length = data.window.length;
  lines.line("length", length.in_seconds ? Json(text("{} s", length.value)) : length.write(),
             "of a window, in samples or as a time");
  lines.line("overlap", data.window.overlap, "share of a window that the next one repeats");
  if (data.window.across_labels) lines.line("across_labels", true);
  lines.table("data.split");
  lines.line("by", enum_name(data.split.by), "what is never torn apart between training and test");
  lines.line("test", data.split.test, "held out; also a list of names, or \"leave_one_out\"");
  lines.line("validation", data.split.validation, "of the rest, to watch training by");
}

int64_t window_steps(const Findings& findings) {
  const DataConfig& data = findings.data;
  const double rate_hz = data.rate_hz > 0 ? data.rate_hz : findings.rate_hz;
  return data.window.length.samples(rate_hz);
}

void write_method(const Findings& findings, RecipeLines& lines) {
  lines.table("method");
  const double rate_hz = findings.data.rate_hz > 0 ? findings.data.rate_hz : findings.rate_hz;
  const bool spectrum = findings.triads && rate_hz >= 25 && window_steps(findings) >= 2 * rate_hz;
  if (spectrum) {
    lines.line("name", "spectrum_prediction", "others: tacit methods");
  } else {
    lines.line("name", "transformation_prediction", "others: tacit methods");
    if (!findings.triads)
      lines.line(
          "tasks",
          Json::array({"jitter", "scale", "negation", "time_flip", "permutation", "time_warp"}),
          "no rotation: not all channels are x, y, z of a sensor");
  }
  lines.table("encoder");
  lines.line("name", "temporal_conv");
  const bool wide = window_steps(findings) >= 84;
  lines.line("filters", Json::array({64, 96, 128}));
  lines.line("kernels", wide ? Json::array({16, 8, 6}) : Json::array({8, 5, 3}),
             "widths in samples");
  lines.line("strides", wide ? Json::array({4, 2, 2}) : Json::array({2, 1, 1}), "hops in samples");
  lines.line("normalization", "batch");
  lines.line("pooling", "max_mean_std");
  lines.line("pooled_layers", "all");
  lines.table("train");
  lines.line("epochs", 15);
  lines.line("batch_size", 128);
  lines.plain("optimizer = { name = \"adamw\", learning_rate = 1e-3, weight_decay = 1e-4 }");
  lines.plain("schedule = { decay = \"cosine\", warmup_epochs = 1 }");
}

void write_training_on_labels(const Findings& findings, RecipeLines& lines) {
  const std::string augment = findings.triads ? "augment = [\"rotation\", \"scale\", \"jitter\"]"
                                              : "augment = [\"scale\", \"jitter\"]";
  const bool numbers = findings.data.target == Target::number;
  for (const bool finetune : {true, false}) {
    lines.table(finetune ? "finetune" : "supervised");
    if (finetune) {
      lines.line("head_start", "linear_probe");
      lines.line("encoder_mode", "eval");
    }
    lines.line("hidden", 0);
    lines.line("update", "all");
    if (!numbers) lines.line("label_smoothing", 0.1);
    lines.line("epochs", 20);
    lines.line("min_steps", finetune ? 150 : 300);
    lines.plain("optimizer = { name = \"adamw\", learning_rate = 1e-3, weight_decay = 1e-3 }");
    lines.plain(augment);
    if (findings.triads) lines.plain("transformations = { rotation = { max_angle = 23 } }");
  }
  lines.table("curve");
  lines.line("labels_per_class",
             numbers ? Json::array({20, 100, "all"}) : Json::array({2, 5, 10, 50, "all"}),
             numbers ? "labelled windows in all" : "labelled windows of each class");
  if (numbers) lines.line("metric", "r2");
  lines.line("seeds", 3, "draws of labels; more make the bands narrower");
}

void write_findings(const Findings& findings, RecipeLines& lines) {
  lines.comment("Written by tacit init from what the data look like; change what is wrong. Then:");
  lines.comment("tacit data info, tacit pretrain, tacit curve, each with this file.");
  for (const std::string& fact : findings.facts) lines.comment(fact);
  for (const std::string& assumption : findings.assumptions)
    lines.comment("ASSUMED: " + assumption);
  for (const std::string& warning : findings.warnings) lines.comment("LOOK: " + warning);
}

}  // namespace

std::string write_recipe(const Findings& findings, const std::string& title) {
  RecipeLines lines;
  write_findings(findings, lines);
  lines.line("title", title);
  lines.line("seed", 1);
  if (findings.images) {
    write_images_recipe(findings, lines);
  } else if (findings.table) {
    write_table_recipe(findings, lines);
  } else {
    write_data(findings, lines);
    write_method(findings, lines);
    if (findings.labelled) write_training_on_labels(findings, lines);
  }
  return lines.take();
}

}  // namespace tacit
