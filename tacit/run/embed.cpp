// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/embed.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <optional>

#include "tacit/artifact/artifact.h"
#include "tacit/core/files.h"
#include "tacit/core/weights.h"
#include "tacit/data/load.h"
#include "tacit/data/table_writer.h"
#include "tacit/evaluate/features.h"
#include "tacit/nn/registry.h"
#include "tacit/run/probe.h"
#include "tacit/run/row_columns.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kReadRows = 1024;  // rows held at once
static_assert(std::endian::native == std::endian::little, "NPY files are declared little endian");

std::vector<std::string> parts(const Recipe& recipe, const Examples& examples, bool trained_on) {
  std::vector<std::string> part(static_cast<size_t>(examples.size()), "new");
  if (!trained_on) return part;
  const Split split =
      make_splits(recipe.data.split, examples, Rng(recipe.seed).stream("split")).at(0);
  const auto mark = [&](const std::vector<int64_t>& rows, const char* name) {
    for (const int64_t row : rows) part[static_cast<size_t>(row)] = name;
  };
  mark(split.train, "train");
  mark(split.validation, "validation");
  mark(split.test, "test");
  return part;
}

/// The same encoder with other layers as its features.
void choose_layers(Artifact& artifact, const std::string& layers) {
  require<ConfigError>(artifact.encoder_config.contains("features"),
                       "--layers is for encoders of tables; {} has no choice of layers",
                       artifact.encoder_name);
  artifact.encoder_config["features"] = layers;
  const auto encoder = find_encoder(artifact.encoder_name)
                           .make(artifact.encoder_config, artifact.encoder_spec(), Rng(0));
  set_weights(*encoder, weights(*artifact.encoder));
  encoder->eval();
  artifact.encoder = encoder;
}

void append_features(std::vector<Column>& columns, const Tensor& x) {
  const Tensor by_feature = x.t().contiguous();
  for (int64_t d = 0; d < by_feature.size(0); ++d) {
    const float* first = by_feature.const_data_ptr<float>() + d * by_feature.size(1);
    columns.push_back({text("f{}", d), std::vector<float>(first, first + by_feature.size(1))});
  }
}

/// Everything of an NPY file of [rows, width] before the numbers.
/// Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html, version 1.0.
std::string npy_header(int64_t rows, int64_t width) {
  std::string header =
      text("{'descr': '<f4', 'fortran_order': False, 'shape': ({}, {}), }", rows, width);
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

/// Features and what each row is, stretch by stretch.
class FeatureFile {
 public:
  FeatureFile(const fs::path& output, int64_t rows, int64_t width)
      : table_(create_table(is_npy(output) ? fs::path(output).replace_extension(".csv") : output)) {
    if (!is_npy(output)) return;
    numbers_.emplace(output);
    numbers_->write(npy_header(rows, width));
  }
  static bool is_npy(const fs::path& output) { return output.extension() == ".npy"; }

  void add(std::vector<Column> columns, const Tensor& x) {
    if (numbers_)
      numbers_->write(bytes_of(x));
    else
      append_features(columns, x);
    table_->add(columns);
  }
  void finish() {
    table_->finish();
    if (numbers_) numbers_->finish();
  }

 private:
  std::unique_ptr<TableWriter> table_;
  std::optional<NewFile> numbers_;
};

}  // namespace

void run_embed(const fs::path& run, const fs::path& output,
               const std::vector<std::string>& overrides, const Caller& caller,
               const std::string& layers) {
  const std::string suffix = output.extension();
  require<ConfigError>(
      suffix == ".npy" || suffix == ".parquet" || suffix == ".csv" || suffix == ".jsonl",
      "cannot write features to {}: its name must end in .parquet, .csv, .jsonl or .npy",
      output.string());
  const Recipe recipe = recipe_of_run(run, overrides);
  Artifact artifact = Artifact::load(run / "artifact");
  if (!layers.empty()) choose_layers(artifact, layers);
  const auto examples = load_examples(recipe.data, known_columns(artifact.preprocessing));
  const bool trained_on = fingerprint(*examples) == artifact.manifest.data_fingerprint;
  require_compatible(artifact.spec, examples->spec());
  const Preprocessed rows(*examples, artifact.preprocessing, recipe.data.spool);
  const std::vector<std::string> part = parts(recipe, *examples, trained_on);
  const int64_t size = examples->size(), width = artifact.encoder->features();
  FeatureFile file(output, size, width);
  for (int64_t begin = 0; begin < size; begin += kReadRows) {
    const int64_t end = std::min(size, begin + kReadRows);
    std::vector<int64_t> some(static_cast<size_t>(end - begin));
    std::iota(some.begin(), some.end(), begin);
    const Tensor x = extract(*artifact.encoder, Subset(rows, some), end - begin).x;
    std::vector<Column> columns = describe_rows(*examples, begin, end);
    columns.insert(columns.begin() + 1,
                   {"part", std::vector<std::string>(part.begin() + begin, part.begin() + end)});
    file.add(std::move(columns), x);
    if (caller.progress) caller.progress("rows", {0, 1, end, size, 0});
    if (caller.stop != nullptr && caller.stop->load()) throw Interrupted{};
  }
  file.finish();
  caller.tell(text("{} rows, {} features each", size, width));
}

}  // namespace tacit
