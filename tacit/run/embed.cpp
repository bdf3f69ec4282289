// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/embed.h"

#include <bit>

#include "tacit/artifact/artifact.h"
#include "tacit/data/load.h"
#include "tacit/data/table_writer.h"
#include "tacit/evaluate/features.h"
#include "tacit/run/probe.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kReadRows = 256;  // windows held at once
static_assert(std::endian::native == std::endian::little, "NPY files are declared little endian");

std::vector<std::string> parts(const Recipe& recipe, const SignalWindows& windows,
                               bool trained_on) {
  std::vector<std::string> part(static_cast<size_t>(windows.size()), "new");
  if (!trained_on) return part;
  const Split split =
      make_splits(recipe.data.split, windows, Rng(recipe.seed).stream("split")).at(0);
  const auto mark = [&](const std::vector<int64_t>& rows, const char* name) {
    for (const int64_t row : rows) part[static_cast<size_t>(row)] = name;
  };
  mark(split.train, "train");
  mark(split.validation, "validation");
  mark(split.test, "test");
  return part;
}

/// What each row of the features is.
std::vector<Column> describe_rows(const SignalWindows& windows, std::vector<std::string> part) {
  std::vector<int64_t> row;
  std::vector<std::string> recording, subject, label;
  std::vector<double> start;
  const Signals& signals = windows.signals();
  for (const Window& window : windows.windows()) {
    const Recording& source = signals.recordings[static_cast<size_t>(window.recording)];
    row.push_back(static_cast<int64_t>(row.size()));
    recording.push_back(source.name);
    subject.push_back(source.subject);
    start.push_back(source.start_seconds + static_cast<double>(window.begin) / source.rate_hz);
    label.push_back(window.label < 0 ? "" : signals.classes[static_cast<size_t>(window.label)]);
  }
  return {{"row", row},         {"part", std::move(part)}, {"recording", recording},
          {"subject", subject}, {"start_seconds", start},  {"label", label}};
}

void append_features(std::vector<Column>& columns, const Tensor& x) {
  const Tensor by_feature = x.t().contiguous();
  for (int64_t d = 0; d < by_feature.size(0); ++d) {
    const float* first = by_feature.const_data_ptr<float>() + d * by_feature.size(1);
    columns.push_back({text("f{}", d), std::vector<float>(first, first + by_feature.size(1))});
  }
}

void write_table(const fs::path& file, const std::vector<Column>& columns) {
  const auto table = create_table(file);
  table->add(columns);
  table->finish();
}

/// Everything of an NPY file before the numbers.
/// Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html, version 1.0.
std::string npy_header(const Tensor& x) {
  std::string header =
      text("{'descr': '<f4', 'fortran_order': False, 'shape': ({}, {}), }", x.size(0), x.size(1));
  constexpr size_t kPrefix = 10, kAlignment = 64;  // magic, version and length come first
  header.append((kAlignment - (kPrefix + header.size() + 1) % kAlignment) % kAlignment, ' ');
  header += '\n';
  std::string start("\x93NUMPY\x01\x00", 8);
  start += static_cast<char>(header.size() & 0xff);
  start += static_cast<char>(header.size() >> 8);
  return start + header;
}

std::string_view bytes_of(const Tensor& x) {
  return {static_cast<const char*>(x.const_data_ptr()), static_cast<size_t>(x.nbytes())};
}

}  // namespace

void run_embed(const fs::path& run, const fs::path& output,
               const std::vector<std::string>& overrides, const Caller& caller) {
  const std::string suffix = output.extension();
  require<ConfigError>(suffix == ".parquet" || suffix == ".npy",
                       "cannot write features to {}: its name must end in .parquet or .npy",
                       output.string());
  const Recipe recipe = recipe_of_run(run, overrides);
  const Artifact artifact = Artifact::load(run / "artifact");
  Signals signals = load_signals(recipe.data);
  const bool trained_on = fingerprint(signals) == artifact.manifest.data_fingerprint;
  const SignalWindows windows(std::move(signals), recipe.data.window);
  require_compatible(artifact.spec, windows.spec());
  const Normalized rows(windows, artifact.normalizer);
  const Tensor x = extract(*artifact.encoder, rows, kReadRows).x.contiguous();
  std::vector<Column> columns = describe_rows(windows, parts(recipe, windows, trained_on));
  if (suffix == ".parquet") {
    append_features(columns, x);
    write_table(output, columns);
  } else {
    write_table(fs::path(output).replace_extension(".csv"), columns);
    write_file(output, {npy_header(x), bytes_of(x)});
  }
  caller.tell(text("{} windows, {} features each", x.size(0), x.size(1)));
}

}  // namespace tacit
