// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/prepare.h"

#include <ATen/ops/tensor.h>

#include <set>

#include "tacit/data/load.h"

namespace tacit {

Prepared prepare(const Recipe& recipe) {
  Signals signals = load_signals(recipe.data);
  const std::string print = fingerprint(signals);
  const auto windows =
      std::make_shared<const SignalWindows>(std::move(signals), recipe.data.window);
  return {windows, make_splits(recipe.data.split, *windows, Rng(recipe.seed).stream("split")),
          print};
}

Fold::Fold(const Prepared& prepared, const Split& parts, Normalizer fitted)
    : split(parts),
      normalizer(std::move(fitted)),
      rows(*prepared.windows, normalizer),
      train(rows, parts.train),
      validation(rows, parts.validation) {
  const auto keep_labelled = [&](const std::vector<int64_t>& part, std::vector<int64_t>& kept) {
    for (const int64_t row : part)
      if (prepared.windows->windows()[static_cast<size_t>(row)].label >= 0) kept.push_back(row);
  };
  keep_labelled(parts.train, pool);
  keep_labelled(parts.validation, pool);
  keep_labelled(parts.test, scored);
}

Tensor labels_of(const Prepared& prepared, const std::vector<int64_t>& rows) {
  std::vector<int64_t> y;
  for (const int64_t row : rows)
    y.push_back(prepared.windows->windows()[static_cast<size_t>(row)].label);
  return at::tensor(y, at::kLong);
}

Fold fit_fold(const Recipe& recipe, const Prepared& prepared, const Split& split) {
  return Fold(prepared, split,
              Normalizer::fit(recipe.data.normalize, *prepared.windows, split.train));
}

Json describe_data(const Prepared& prepared) {
  const Signals& signals = prepared.windows->signals();
  std::set<std::string> subjects;
  double hours = 0;
  for (const Recording& recording : signals.recordings) {
    subjects.insert(recording.subject);
    hours += static_cast<double>(recording.length()) / recording.rate_hz / 3600;
  }
  Json classes = Json::object();
  for (const std::string& name : signals.classes) classes[name] = 0;
  int64_t unlabelled = 0;
  for (const Window& window : prepared.windows->windows()) {
    if (window.label < 0)
      ++unlabelled;
    else
      classes[signals.classes[static_cast<size_t>(window.label)]] =
          classes[signals.classes[static_cast<size_t>(window.label)]].get<int64_t>() + 1;
  }
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
  return {{"data",
           {{"recordings", signals.recordings.size()},
            {"subjects", subjects.size()},
            {"hours", hours},
            {"windows", prepared.windows->size()},
            {"unlabelled_windows", unlabelled},
            {"classes", classes},
            {"fingerprint", prepared.fingerprint}}},
          {"split", parts},
          {"notes", signals.notes}};
}

}  // namespace tacit
