// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/cells.h"

#include <ATen/ops/full_like.h>
#include <ATen/ops/where.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <numeric>

#include "tacit/data/load.h"
#include "tacit/data/table_writer.h"
#include "tacit/run/probe.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kReadRows = 1024;  // rows held at once

/// A run's model of tables with the rows that it is to look at.
struct Seen {
  Recipe recipe;
  Artifact artifact;
  CellDecoder decoder;
  CellModel model;
  std::shared_ptr<const Table> table;
  Preprocessed rows;
};

Artifact load_table_artifact(const fs::path& run) {
  Artifact artifact = Artifact::load(run / "artifact");
  require<ConfigError>(artifact.spec.modality == Modality::table,
                       "{} was trained on {} data; only models of tables tell cells", run.string(),
                       enum_name(artifact.spec.modality));
  require<StateError>(fs::exists(decoder_file(run / "artifact")),
                      "{} was trained by method {}, which tells no cells; pre-train with "
                      "denoising_autoencoder",
                      run.string(), artifact.manifest.method);
  return artifact;
}

Seen look(const fs::path& run, const std::vector<std::string>& overrides) {
  const Recipe recipe = recipe_of_run(run, overrides);
  const Artifact artifact = load_table_artifact(run);
  CellDecoder decoder = load_decoder(decoder_file(run / "artifact"), artifact);
  auto table = std::dynamic_pointer_cast<const Table>(
      load_examples(recipe.data, known_columns(artifact.preprocessing)));
  require<ConfigError>(table != nullptr, "data.source must be \"table\"");
  CellModel model{std::dynamic_pointer_cast<TableEncoder>(artifact.encoder), decoder.head,
                  FieldOutputs(artifact.encoder_spec().fields)};
  return {
      recipe,           artifact, std::move(decoder),
      std::move(model), table,    Preprocessed(*table, artifact.preprocessing, recipe.data.spool)};
}

std::vector<std::string> column_names(const std::vector<Field>& fields) {
  std::vector<std::string> names;
  for (const Field& field : fields)
    if (names.empty() || names.back() != field.column) names.push_back(field.column);
  return names;
}

std::vector<double> list_of(const Tensor& x) {
  const Tensor flat = x.to(at::kDouble).contiguous();
  return {flat.const_data_ptr<double>(), flat.const_data_ptr<double>() + flat.numel()};
}

/// Row numbers and files of rows begin … end-1.
std::vector<Column> places(const Table& table, int64_t begin, int64_t end) {
  std::vector<int64_t> row;
  std::vector<std::string> file;
  for (int64_t i = begin; i < end; ++i) {
    row.push_back(i);
    file.emplace_back(table.origin(i).recording);
  }
  return {{"row", std::move(row)}, {"file", std::move(file)}};
}

/// "2026-11-26T08:30:00Z" of a day since 1970 and its second; empty where missing.
std::string print_moment(double day, double second) {
  if (std::isnan(day) || std::isnan(second)) return "";
  const std::chrono::year_month_day date{
      std::chrono::sys_days(std::chrono::days(static_cast<int64_t>(day)))};
  const std::chrono::hh_mm_ss time{std::chrono::seconds(std::llround(second))};
  char moment[64];
  std::snprintf(moment, sizeof moment, "%04d-%02u-%02uT%02d:%02d:%02dZ",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(time.hours().count()),
                static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()));
  return moment;
}

/// A column of raw cells [N, width] as it is written; missing texts are empty.
Column write_column(const TableColumn& column, const Tensor& cells) {
  const std::vector<double> value = list_of(cells.select(1, 0));
  if (column.kind == ColumnKind::numeric)
    return {column.name, std::vector<float>(value.begin(), value.end())};
  const std::vector<double> second =
      column.kind == ColumnKind::datetime ? list_of(cells.select(1, 1)) : value;
  std::vector<std::string> words;
  for (size_t i = 0; i < value.size(); ++i) {
    if (column.kind == ColumnKind::datetime)
      words.push_back(print_moment(value[i], second[i]));
    else
      words.push_back(std::isnan(value[i]) ? "" : column.categories[static_cast<size_t>(value[i])]);
  }
  return {column.name, std::move(words)};
}

/// Calls visit(rows begin … end-1, their numbers) for stretches of a table.
template <class Visit>
void each_stretch(const Table& table, const Visit& visit) {
  for (int64_t begin = 0; begin < table.size(); begin += kReadRows) {
    std::vector<int64_t> rows(static_cast<size_t>(std::min(kReadRows, table.size() - begin)));
    std::iota(rows.begin(), rows.end(), begin);
    visit(rows);
  }
}

}  // namespace

void keep_decoder(Method& method, const Fold& fold, const fs::path& artifact_folder) {
  CellDecoder decoder{method.cell_decoder(), {}, {}, {}};
  if (decoder.head == nullptr) return;
  const bool was_training = method.is_training();
  method.eval();
  const Dataset& unseen = fold.validation.size() > 0 ? fold.validation : fold.train;
  const CellModel model{
      std::dynamic_pointer_cast<TableEncoder>(method.encoder().shared_from_this()), decoder.head,
      FieldOutputs(fold.rows.spec().fields)};
  calibrate(decoder, hidden_losses(model, unseen, kReadRows));
  method.train(was_training);
  save_decoder(decoder, decoder_file(artifact_folder));
}

std::string ScoreSummary::print(double false_alarms) const {
  char line[320];
  if (std::isinf(threshold))
    std::snprintf(
        line, sizeof line,
        "%lld rows; no alarms: the threshold was to be set on %lld held-out rows, too few "
        "to promise false alarms on at most %g %% of usual rows",
        static_cast<long long>(rows), static_cast<long long>(usual_rows), 100 * false_alarms);
  else
    std::snprintf(
        line, sizeof line,
        "%lld rows, %lld alarms: scores above %.3f, which at most %g %% of usual rows have "
        "(set on %lld held-out rows)",
        static_cast<long long>(rows), static_cast<long long>(alarms), threshold, 100 * false_alarms,
        static_cast<long long>(usual_rows));
  return line;
}

ScoreSummary run_score(const fs::path& run, const fs::path& output, double false_alarms,
                       const std::vector<std::string>& overrides, const Caller& caller) {
  require<ConfigError>(false_alarms > 0 && false_alarms < 1,
                       "--false-alarms is a share of usual rows between 0 and 1, got {}",
                       false_alarms);
  const auto writer = create_table(output);
  const Seen seen = look(run, overrides);
  const std::vector<std::string> names = column_names(seen.model.layout.fields());
  ScoreSummary summary{.rows = seen.table->size(),
                       .threshold = threshold(seen.decoder, false_alarms),
                       .usual_rows = seen.decoder.scores.size(0)};
  each_stretch(*seen.table, [&](const std::vector<int64_t>& rows) {
    const Tensor z =
        standardize(seen.decoder, hidden_losses(seen.model, Subset(seen.rows, rows), kReadRows));
    const Tensor scores = row_scores(z), worst = z.argmax(1);
    std::vector<Column> columns = places(*seen.table, rows.front(), rows.back() + 1);
    std::vector<int64_t> alarm;
    std::vector<std::string> worst_name;
    for (int64_t i = 0; i < scores.size(0); ++i) {
      alarm.push_back(scores[i].item<double>() >= summary.threshold ? 1 : 0);
      summary.alarms += alarm.back();
      worst_name.push_back(names[static_cast<size_t>(worst[i].item<int64_t>())]);
    }
    columns.push_back({"score", list_of(scores)});
    columns.push_back({"p_value", list_of(p_values(seen.decoder, scores))});
    columns.push_back({"alarm", std::move(alarm)});
    columns.push_back({"worst_column", std::move(worst_name)});
    for (size_t i = 0; i < names.size(); ++i)
      columns.push_back({"z_" + names[i], list_of(z.select(1, static_cast<int64_t>(i)))});
    writer->add(columns);
    if (caller.progress) caller.progress("rows", {0, 1, rows.back() + 1, summary.rows, 0});
    if (caller.stop != nullptr && caller.stop->load()) throw Interrupted{};
  });
  writer->finish();
  return summary;
}

int64_t run_impute(const fs::path& run, const fs::path& output,
                   const std::vector<std::string>& overrides, const Caller& caller) {
  const auto writer = create_table(output);
  const Seen seen = look(run, overrides);
  const auto& encoders = std::get<ColumnEncoders>(seen.artifact.preprocessing);
  const std::vector<Field>& fields = seen.model.layout.fields();
  int64_t filled = 0;
  each_stretch(*seen.table, [&](const std::vector<int64_t>& rows) {
    const Expected expected = expect(seen.model, seen.rows.read(rows).x);
    const Tensor told = encoders.invert(expected.x);  // [N, row width]
    const Tensor raw = seen.table->read(rows).x;
    const Tensor cells = at::where(raw.isnan(), told, raw);
    std::vector<Column> columns;
    int64_t cell = 0;
    size_t field = 0;
    for (const TableColumn& column : seen.table->columns()) {
      const Tensor missing = raw.select(1, cell).isnan();
      filled +=
          missing.logical_and(cells.select(1, cell).isnan().logical_not()).sum().item<int64_t>();
      columns.push_back(write_column(column, cells.slice(1, cell, cell + column.width())));
      if (column.kind == ColumnKind::categorical) {
        const Tensor share = expected.probability.select(1, static_cast<int64_t>(field));
        columns.push_back({column.name + "_probability",
                           list_of(at::where(missing, share, at::full_like(share, NAN)))});
      }
      cell += column.width();
      while (field < fields.size() && fields[field].column == column.name) ++field;
    }
    writer->add(columns);
    if (caller.progress) caller.progress("rows", {0, 1, rows.back() + 1, seen.table->size(), 0});
    if (caller.stop != nullptr && caller.stop->load()) throw Interrupted{};
  });
  writer->finish();
  return filled;
}

}  // namespace tacit
