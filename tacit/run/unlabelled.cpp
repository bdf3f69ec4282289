// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/unlabelled.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "tacit/evaluate/break_even.h"
#include "tacit/evaluate/power_law.h"
#include "tacit/evaluate/spread.h"
#include "tacit/report/display_name.h"

namespace tacit {
namespace {

std::string words_of(const Json& labels) {
  return labels.is_string() ? labels.get<std::string>() : labels.dump();
}

/// What encoders learn from is counted in: time where rows are stretches of it.
AmountUnit unlabelled_unit(Modality modality, bool is_time) {
  switch (modality) {
    case Modality::table: return {"rows", "row"};
    case Modality::image: return {"images", "image"};
    case Modality::video: return {is_time ? "video" : "clips", "clip", is_time ? 1.0 : 0.0};
    default: return {is_time ? "recordings" : "windows", "window", is_time ? 1.0 : 0.0};
  }
}

/// Seconds of what was recorded that a row stands for: of overlapping ones a part each.
double seconds_a_row(const Examples& examples) {
  std::vector<int64_t> rows(static_cast<size_t>(examples.size()));
  std::iota(rows.begin(), rows.end(), 0);
  return covered_seconds(examples, rows) / static_cast<double>(rows.size());
}

/// What labels are counted in, likewise.
AmountUnit labels_unit(const Prepared& prepared) {
  const double seconds = seconds_a_row(*prepared.examples);
  if (seconds > 0)
    return {.many = "labels",
            .seconds = seconds * static_cast<double>(std::max<int64_t>(1, prepared.class_count()))};
  if (prepared.examples->target() == Target::number) return {"labels", "label"};
  return {};
}

}  // namespace

std::string share_suffix(double share) { return share == 1 ? "" : text("@{}", share); }

Recipe of_equal_steps(Recipe recipe, int64_t some, int64_t all) {
  const auto batches = [&](int64_t rows) {
    return static_cast<double>((rows + recipe.train.batch_size - 1) / recipe.train.batch_size);
  };
  const double factor = batches(all) / batches(some);
  recipe.train.epochs = std::llround(static_cast<double>(recipe.train.epochs) * factor);
  recipe.train.schedule.warmup_epochs *= factor;
  return recipe;
}

Json summarize_unlabelled(const Cells& cells, const Json& results,
                          const std::vector<UnlabelledAmount>& amounts, const Prepared& prepared,
                          Metric metric, const Rng& rng) {
  const double labels_in_all = results.at("labels_in_all").get<double>();
  const bool is_time = std::ranges::all_of(
      amounts, [](const UnlabelledAmount& amount) { return amount.seconds > 0; });
  const auto size_of = [&](const UnlabelledAmount& amount) {
    return is_time ? amount.seconds : static_cast<double>(amount.rows);
  };
  Json summary{{"unit", is_time ? "seconds" : "rows"},
               {"amounts", Json::array()},
               {"scores", Json::object()},
               {"power_laws", Json::array()},
               {"break_even", Json::array()}};
  for (const UnlabelledAmount& amount : amounts)
    summary["amounts"].push_back(
        {{"share", amount.share}, {"rows", amount.rows}, {"seconds", amount.seconds}});

  std::vector<LabelScore> supervised;
  for (const Json& labels : results.at("labels"))
    for (const auto& [seed, score] : cells.by_seed(words_of(labels), "supervised", metric))
      supervised.push_back({label_number(words_of(labels), labels_in_all), score, seed});

  for (const Json& entry : results.at("models")) {
    const auto model = entry.get<std::string>();
    if (!is_self_supervised(model)) continue;
    std::vector<PretrainedScore> pretrained;
    for (const Json& labels : results.at("labels")) {
      const std::string count = words_of(labels);
      std::vector<AmountError> errors;
      for (const UnlabelledAmount& amount : amounts) {
        std::vector<double> values;
        const auto by_seed = cells.by_seed(count, model + share_suffix(amount.share), metric);
        for (const auto& [seed, score] : by_seed) {
          values.push_back(score);
          errors.push_back({size_of(amount), 1 - score, seed});
          pretrained.push_back({label_number(count, labels_in_all), size_of(amount), score, seed});
        }
        if (!values.empty())
          summary["scores"][text("{}/{}/{}", model, count, amount.share)] = spread(values);
      }
      if (errors.empty()) continue;
      const PowerLaw law = fit_power_law(errors, rng.stream("law").stream(model).stream(count));
      summary["power_laws"].push_back(
          {{"model", model},
           {"labels", labels},
           {"law", law},
           {"sentence", text("{}, {} labels: {}", display_name(model), count, law.sentence())}});
    }
    if (supervised.empty() || pretrained.empty()) continue;
    const AmountUnit of_labels = labels_unit(prepared);
    const AmountUnit of_rows = unlabelled_unit(prepared.examples->spec().modality, is_time);
    for (const BreakEven& found : break_even(supervised, pretrained, rng.stream("break even")))
      summary["break_even"].push_back(
          {{"model", model},
           {"found", found},
           {"sentence", text("{}: {}", display_name(model), found.sentence(of_labels, of_rows))}});
  }
  return summary;
}

}  // namespace tacit
