// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/init_images_recipe.h"

#include <algorithm>

namespace tacit {
namespace {

constexpr int64_t kLargeStem = 96;   // pixels a side from which the first convolution is a wide one
constexpr int64_t kUsualBorder = 4;  // of random_crop, in pixels
constexpr int64_t kShareOfBorder = 8;  // of a side, as of CIFAR's: 4 of 32 pixels

int64_t side(const Findings& findings) {
  return std::min(findings.images->height, findings.images->width);
}

/// Where pictures are and what their labels are: what differs from the default.
void write_files(const DataConfig& data, RecipeLines& lines) {
  lines.line("path", data.file.path);
  const Json written = write_config(data.file), fallback = write_config(LongFormConfig{});
  for (const FieldInfo& field : config_fields<LongFormConfig>())
    if (field.name != "path" && written[field.name] != fallback[field.name])
      lines.line(field.name, written[field.name]);
  if (data.target == Target::number)
    lines.line("target", enum_name(data.target), "what the label is; or class");
  if (!data.spool.empty()) lines.line("spool", data.spool);
}

void write_data(const Findings& findings, RecipeLines& lines) {
  const DataConfig& data = findings.data;
  const ImagesConfig& images = data.images;
  lines.table("data");
  lines.line("source", enum_name(data.source));
  write_files(data, lines);
  lines.table("data.images");
  lines.line("size", images.size, findings.images->size_reason);
  if (images.size > 0 || images.fit != Fit::crop)
    lines.line("fit", enum_name(images.fit), "crop takes the middle, stretch the whole");
  lines.line("colour", enum_name(images.colour), "rgb or grey");
  if (images.broken != Broken::refuse)
    lines.line("broken", enum_name(images.broken), "files that cannot be read are left out");
  lines.table("data.split");
  lines.line("by", enum_name(data.split.by), "what is never torn apart between training and test");
  lines.line("test", data.split.test, findings.images->split_reason);
  lines.line("validation", data.split.validation, "of the rest, to watch training by");
  if (data.split.transductive) lines.line("transductive", true);
}

void write_method(const Findings& findings, RecipeLines& lines) {
  const bool grey = findings.data.images.colour == Colour::grey;
  const char* const views = grey ? " = [\"resized_crop\", \"colour_jitter\"]"
                                 : " = [\"resized_crop\", \"flip\", \"colour_jitter\", \"grey\"]";
  lines.table("method");
  lines.line("name", "simclr", "others: tacit methods");
  lines.comment(std::string("What may change without changing what a picture shows.") +
                (grey ? "" : " Take out flip where left and right matter, as in letters."));
  lines.plain(std::string("first") + views);
  lines.plain(std::string("second") + views);
  lines.plain(grey ? "image = { resized_crop = { scale_low = 0.6 }, "
                     "colour_jitter = { strength = 0.5 } }"
                   : "image = { resized_crop = { scale_low = 0.2 }, "
                     "colour_jitter = { strength = 0.5 } }");
  lines.line("projector", Json::array({256, 128}));
  lines.line("temperature", 0.5);
}

/// What fits so many pictures: fewer need more passes.
struct Size {
  int64_t epochs, batch_size;
};

Size size_for(int64_t pictures) {
  if (pictures < 1'000) return {400, 64};
  if (pictures < 10'000) return {200, 128};
  if (pictures < 100'000) return {60, 256};
  return {20, 256};
}

void write_training(const Findings& findings, RecipeLines& lines) {
  lines.table("encoder");
  lines.line("name", "image_resnet");
  if (side(findings) >= kLargeStem) lines.line("stem", "large", "for 96 pixels and more");
  lines.line("filters", Json::array({32, 64, 128, 256}), "wider and deeper learns more, slower");
  lines.line("blocks", Json::array({1, 1, 1, 1}));
  const Size size = size_for(findings.images->trained_on);
  lines.table("train");
  lines.line("epochs", size.epochs, text("for {} pictures", findings.images->trained_on));
  lines.line("batch_size", size.batch_size);
  lines.plain("optimizer = { name = \"adamw\", learning_rate = 1e-3, weight_decay = 1e-4 }");
  lines.plain("schedule = { decay = \"cosine\", warmup_epochs = 2 }");
}

/// `wanted`, ascending, as far as half of the classes have so many, and "all".
Json labels_per_class(const std::vector<int64_t>& class_rows, const std::vector<int64_t>& wanted) {
  const int64_t middle = class_rows[class_rows.size() / 2];
  Json counts = Json::array();
  for (const int64_t count : wanted)
    if (count <= middle) counts.push_back(count);
  counts.push_back("all");
  return counts;
}

void write_training_on_labels(const Findings& findings, RecipeLines& lines) {
  lines.table("probe");
  lines.line("c", 0.01);
  const int64_t border = side(findings) / kShareOfBorder;
  for (const bool finetune : {true, false}) {
    lines.table(finetune ? "finetune" : "supervised");
    lines.line("hidden", 0);
    if (finetune) {
      lines.line("head_start", "linear_probe");
      lines.line("probe_c", 0.01);
    }
    lines.line("update", "all");
    lines.plain("augment = [\"random_crop\", \"flip\"]");
    if (border > kUsualBorder)
      lines.plain(text("image = { random_crop = { padding = {} } }", border));
    lines.line("augment_probability", 1);
    lines.line("epochs", finetune ? 10 : 20);
    lines.line("min_steps", finetune ? 100 : 200);
    lines.plain(text("optimizer = { learning_rate = {} }", finetune ? "3e-4" : "1e-3"));
  }
  const bool numbers = findings.data.target == Target::number;
  const std::vector<int64_t>& class_rows = findings.images->class_rows;
  lines.table("curve");
  lines.line("labels_per_class",
             labels_per_class(class_rows, numbers ? std::vector<int64_t>{20, 100, 500}
                                                  : std::vector<int64_t>{1, 10, 100}),
             text(numbers ? "labelled pictures in all; there are {} to train on"
                          : "labelled pictures of each class; the smallest has {} to train on",
                  class_rows.front()));
  lines.list("models", {{"self_supervised_frozen", ""},
                        {"self_supervised_knn", ""},
                        {"self_supervised_finetuned", ""},
                        {"supervised", ""},
                        {"random_encoder", ""},
                        {"logistic_regression", "on the pixels themselves"}});
  if (numbers)
    lines.line("metric", "r2");
  else
    lines.line("metric", findings.images->uneven ? "macro_f1" : "accuracy",
               findings.images->uneven ? "every class counts alike, small ones too" : "");
  lines.line("seeds", 3, "draws of labels; more make the bands narrower");
}

}  // namespace

void write_images_recipe(const Findings& findings, RecipeLines& lines) {
  write_data(findings, lines);
  write_method(findings, lines);
  write_training(findings, lines);
  if (findings.labelled) write_training_on_labels(findings, lines);
}

}  // namespace tacit
