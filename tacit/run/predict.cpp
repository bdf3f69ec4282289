// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/predict.h"

#include <c10/core/GradMode.h>

#include <algorithm>
#include <numeric>

#include "tacit/data/load.h"
#include "tacit/run/probe.h"
#include "tacit/run/row_columns.h"
#include "tacit/run/trained.h"

namespace tacit {
namespace {

constexpr int64_t kReadRows = 1024;  // rows held at once

std::vector<float> list_of(const Tensor& x) {
  const Tensor flat = x.to(at::kFloat).contiguous();
  return {flat.const_data_ptr<float>(), flat.const_data_ptr<float>() + flat.numel()};
}

/// What a head says of rows, [N, K] logits or [N, 1] numbers.
void append_answers(std::vector<Column>& columns, const Tensor& told,
                    const std::vector<std::string>& classes) {
  if (classes.empty()) {
    columns.push_back({"predicted", list_of(told)});
    return;
  }
  const Tensor p = told.softmax(1), best = p.argmax(1);
  std::vector<std::string> names;
  for (int64_t row = 0; row < best.size(0); ++row)
    names.push_back(classes[static_cast<size_t>(best[row].item<int64_t>())]);
  columns.push_back({"predicted", std::move(names)});
  for (size_t i = 0; i < classes.size(); ++i)
    columns.push_back({"p_" + classes[i], list_of(p.select(1, static_cast<int64_t>(i)))});
}

}  // namespace

int64_t run_predict(const std::filesystem::path& run, const std::filesystem::path& output,
                    const std::vector<std::string>& overrides, const Caller& caller) {
  const auto writer = create_table(output);
  const Recipe recipe = recipe_of_run(run, overrides);
  const Finetuned model = load_finetuned(run);
  const auto examples = load_examples(recipe.data, known_columns(model.artifact.preprocessing));
  require_compatible(model.artifact.spec, examples->spec());
  const Preprocessed data(*examples, model.artifact.preprocessing, recipe.data.spool);
  const c10::AutoGradMode no_grad(false);
  for (int64_t begin = 0; begin < examples->size(); begin += kReadRows) {
    std::vector<int64_t> rows(static_cast<size_t>(std::min(kReadRows, examples->size() - begin)));
    std::iota(rows.begin(), rows.end(), begin);
    const Tensor features = model.artifact.encoder->forward(data.read(rows).x);
    std::vector<Column> columns = describe_rows(*examples, begin, rows.back() + 1);
    append_answers(columns, model.head->forward(features), model.artifact.manifest.classes);
    writer->add(columns);
    if (caller.progress) caller.progress("rows", {0, 1, rows.back() + 1, examples->size(), 0});
    if (caller.stop != nullptr && caller.stop->load()) throw Interrupted{};
  }
  writer->finish();
  return examples->size();
}

}  // namespace tacit
