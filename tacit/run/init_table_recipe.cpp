// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/init_table_recipe.h"

#include <algorithm>
#include <set>

namespace tacit {
namespace {

/// Fields that differ from their defaults, and those in `always`, with what they are for.
template <class Config>
void write_fields(const Config& config, const std::set<std::string>& always,
                  const std::set<std::string>& never, RecipeLines& lines) {
  const Json written = write_config(config), fallback = write_config(Config{});
  for (const FieldInfo& field : config_fields<Config>())
    if (!never.contains(field.name) &&
        (written[field.name] != fallback[field.name] || always.contains(field.name)))
      lines.line(field.name, written[field.name], field.help);
}

void write_columns(const TableConfig& config, const TableFindings& found, RecipeLines& lines) {
  lines.table("data.table");
  lines.comment("What is in none of the lists is left out; a column may be moved to another list.");
  const auto list = [&](const char* key, const std::vector<std::string>& names) {
    std::vector<std::pair<std::string, std::string>> columns;
    for (const std::string& name : names) {
      const auto reason = found.reasons.find(name);
      columns.emplace_back(name, reason == found.reasons.end() ? "" : reason->second);
    }
    lines.list(key, columns);
  };
  list("numeric", config.numeric);
  list("categorical", config.categorical);
  list("datetime", config.datetime);
  write_fields(config, {"group"}, {"numeric", "categorical", "datetime"}, lines);
}

void write_data(const Findings& findings, RecipeLines& lines) {
  const DataConfig& data = findings.data;
  const TableFindings& found = *findings.table;
  lines.table("data");
  lines.line("source", enum_name(data.source));
  lines.line("path", data.file.path);
  if (!data.file.path_pattern.empty()) lines.line("path_pattern", data.file.path_pattern);
  write_fields(data.file.text, {}, {}, lines);
  if (!data.spool.empty()) lines.line("spool", data.spool);
  if (!found.label_reason.empty()) lines.comment(found.label_reason);
  lines.line("label", data.file.label);
  if (data.target == Target::number)
    lines.line("target", enum_name(data.target), "what the label is; or class");
  write_columns(data.table, found, lines);
  lines.table("data.encode");
  write_fields(data.encode, {"scaling"}, {"min_count"}, lines);
  lines.line("min_count", data.encode.min_count, found.min_count_reason);
  lines.table("data.split");
  lines.line("by", enum_name(data.split.by), "what is never torn apart between training and test");
  lines.line("test", data.split.test, found.split_reason);
  lines.line("validation", data.split.validation, "of the rest, to watch training by");
}

/// What fits a table of so many rows: more bear wider networks and need fewer passes.
struct Size {
  int64_t rows;
  std::vector<int64_t> widths;
  int64_t epochs, batch_size;
};

Size size_for(int64_t rows) {
  if (rows < 1'000) return {rows, {64, 64}, 200, 64};
  if (rows < 10'000) return {rows, {128, 128}, 100, 128};
  if (rows < 100'000) return {rows, {256, 256, 256}, 40, 256};
  return {rows, {512, 512, 512}, 10, 512};
}

void write_learning(const Size& size, RecipeLines& lines) {
  lines.table("method");
  lines.line("name", "denoising_autoencoder", "others: tacit methods");
  lines.line("swap", 0.15, "share of cells taken from other rows");
  lines.line("hide", 0.15, "share of cells hidden");
  lines.table("encoder");
  lines.line("name", "table_mlp");
  lines.line("widths", Json(size.widths), text("of its layers, for {} rows", size.rows));
  lines.line("features", "all");
  lines.table("train");
  lines.line("epochs", size.epochs, "more for fewer rows");
  lines.line("batch_size", size.batch_size);
  lines.plain("optimizer = { name = \"adamw\", learning_rate = 1e-3, weight_decay = 1e-5 }");
  lines.plain("schedule = { decay = \"cosine\", warmup_epochs = 1 }");
}

/// `wanted`, ascending, as far as half of the classes have so many, and "all".
Json labels_per_class(const std::vector<int64_t>& class_rows, const std::vector<int64_t>& wanted) {
  const int64_t fewest = class_rows.front();
  const int64_t able = fewest >= wanted.front() ? fewest : class_rows[class_rows.size() / 2];
  Json counts = Json::array();
  for (const int64_t count : wanted)
    if (count <= able) counts.push_back(count);
  if (counts.empty()) counts.push_back(std::clamp<int64_t>(able, 1, 2));
  counts.push_back("all");
  return counts;
}

void write_training_on_labels(const TableFindings& found, Target target, RecipeLines& lines) {
  const bool numbers = target == Target::number;
  lines.table("probe");
  lines.line("c", 0.01);
  lines.table("finetune");
  lines.line("head_start", "linear_probe");
  lines.line("probe_c", 0.01);
  lines.line("hidden", 0);
  lines.line("update", "all");
  lines.line("encoder_mode", "eval");
  lines.line("feature_dropout", 0.3);
  lines.line("epochs", 5);
  lines.line("min_steps", 60);
  lines.table("supervised");
  lines.line("hidden", 0);
  lines.line("update", "all");
  lines.line("epochs", 20);
  lines.line("min_steps", 300);
  lines.table("curve");
  const std::vector<int64_t> wanted =
      numbers ? std::vector<int64_t>{20, 100, 500} : std::vector<int64_t>{5, 10, 50};
  lines.line("labels_per_class", labels_per_class(found.class_rows, wanted),
             text(numbers ? "labelled rows in all; there are {} to train on"
                          : "labelled rows of each class; the smallest has {} to train on",
                  found.class_rows.front()));
  lines.list("models", {{"self_supervised_frozen", ""},
                        {"self_supervised_finetuned", ""},
                        {"supervised", ""},
                        {"random_encoder", ""},
                        {"random_forest", ""}});
  lines.line("metric", numbers ? "r2" : "auroc");
  lines.line("seeds", 3, "draws of labels; more make the bands narrower");
}

}  // namespace

void write_table_recipe(const Findings& findings, RecipeLines& lines) {
  write_data(findings, lines);
  write_learning(size_for(findings.table->rows), lines);
  if (findings.labelled) write_training_on_labels(*findings.table, findings.data.target, lines);
}

}  // namespace tacit
