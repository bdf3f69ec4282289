// SPDX-License-Identifier: Apache-2.0
#include "tacit/report/headline.h"

#include <algorithm>
#include <iomanip>
#include <optional>
#include <utility>
#include <vector>

#include "tacit/core/error.h"
#include "tacit/report/display_name.h"

namespace tacit {
namespace {

const Json& member(const Json& object, const std::string& key) {
  static const Json kNull;
  const auto found = object.find(key);
  return object.is_object() && found != object.end() ? *found : kNull;
}

std::optional<double> number(const Json& json) {
  return json.is_number() ? std::optional(json.get<double>()) : std::nullopt;
}

std::string fixed(double value, int decimals) {
  std::ostringstream out;
  out << std::fixed << std::setprecision(decimals) << value;
  return std::move(out).str();
}

/// A number of labels as keys and sentences have it: "10", "all".
std::string label_key(const Json& labels) {
  return labels.is_string() ? labels.get<std::string>() : labels.dump();
}

std::string metric_key(const Json& results) {
  const Json& metric = member(results, "metric");
  return metric.is_string() ? metric.get<std::string>() : "weighted_f1";
}

/// "0.912 ± 0.008", or nothing when that cell of the results is empty.
std::optional<std::string> score(const Json& results, const std::string& model,
                                 const std::string& labels) {
  const Json& cell =
      member(member(results, "scores"), metric_key(results) + "/" + model + "/" + labels);
  const std::optional<double> mean = number(member(cell, "mean"));
  if (!mean) return std::nullopt;
  const std::optional<double> deviation = number(member(cell, "std"));
  return fixed(*mean, 3) + (deviation ? " ± " + fixed(*deviation, 3) : "");
}

std::vector<std::string> label_keys(const Json& results) {
  std::vector<std::string> keys{"10"};  // what the project is about: few labels
  const Json& labels = member(results, "labels");
  if (labels.is_array())
    for (const Json& entry : labels) keys.push_back(label_key(entry));
  return keys;
}

std::vector<std::string> model_keys(const Json& results) {
  std::vector<std::string> keys{"self_supervised_finetuned", "self_supervised_frozen",
                                "self_supervised_forest", "self_supervised_and_classical"};
  const Json& models = member(results, "models");
  if (models.is_array())
    for (const Json& entry : models)
      if (entry.is_string()) keys.push_back(entry.get<std::string>());
  return keys;
}

/// "; supervised training needs …", from the label equivalence or else the score beside it.
std::string comparison(const Json& results, const std::string& model, const std::string& labels) {
  const Json& equivalence = member(results, "label_equivalence");
  if (equivalence.is_array()) {
    for (const Json& entry : equivalence) {
      const std::optional<double> factor = number(member(entry, "factor"));
      if (factor && member(entry, "model") == Json(model) &&
          label_key(member(entry, "labels")) == labels)
        return text("; supervised training needs {} × the labels for that",
                    fixed(*factor, *factor < 20 ? 1 : 0));
    }
  }
  const auto supervised =
      model == "supervised" ? std::nullopt : score(results, "supervised", labels);
  return supervised ? text("; supervised training reaches {} with the same labels", *supervised)
                    : "";
}

/// "With 10 labelled windows a class", or of numbers "With 100 labelled rows".
std::string given(const Json& results, const std::string& labels) {
  const bool numbers = member(results, "target") == Json("number");
  if (labels == "all") return "With all labels";
  if (labels.ends_with('%')) return text("With {} of the labels", labels);
  const std::string row = numbers ? "row" : "window", of = numbers ? "" : " a class";
  return labels == "1" ? text("With one labelled {}{}", row, of)
                       : text("With {} labelled {}s{}", labels, row, of);
}

std::string result_sentence(const Json& results) {
  for (const std::string& model : model_keys(results)) {
    for (const std::string& labels : label_keys(results)) {
      const auto reached = score(results, model, labels);
      if (!reached) continue;
      std::string name = display_name(model);
      if (const size_t comma = name.find(", "); comma != std::string::npos)
        name = name.substr(0, comma) + " (" + name.substr(comma + 2) + ")";
      return text("{}, {} reaches {} {}{}.", given(results, labels), name,
                  display_name(metric_key(results)), *reached, comparison(results, model, labels));
    }
  }
  return "";
}

/// What became of a GAN: the distance of its pictures where it was measured, or both losses.
std::string generator_sentence(const Json& metrics) {
  std::vector<std::pair<size_t, double>> distances;  // epoch, value
  for (size_t i = 0; i < metrics.size(); ++i)
    if (const auto fid = number(member(member(metrics[i], "generator"), "fid")))
      distances.emplace_back(i + 1, *fid);
  if (!distances.empty()) {
    const auto best = std::ranges::min(distances, {}, &std::pair<size_t, double>::second);
    return text(
        "Made pictures have a FID, in the features of the run's extractor, of {} after {} "
        "epochs{}.",
        fixed(distances.back().second, 2), distances.back().first,
        best == distances.back()
            ? ""
            : text("; the best was {} after {}", fixed(best.second, 2), best.first));
  }
  const auto loss = [&](const Json& entry, const char* network) {
    return number(member(member(entry, "train"), text("{}/loss", network)));
  };
  const auto first = loss(metrics.front(), "generator"), last = loss(metrics.back(), "generator"),
             opponent_first = loss(metrics.front(), "discriminator"),
             opponent_last = loss(metrics.back(), "discriminator");
  if (!first || !last || !opponent_first || !opponent_last || metrics.size() < 2) return "";
  return text(
      "Over {} epochs of training the discriminator's loss went from {} to {}, the "
      "generator's from {} to {}.",
      metrics.size(), fixed(*opponent_first, 3), fixed(*opponent_last, 3), fixed(*first, 3),
      fixed(*last, 3));
}

/// The first and the last validation loss of the last stage, or the training loss without one.
std::string training_sentence(const Json& metrics) {
  if (!metrics.is_array() || metrics.empty()) return "";
  const Json& stage = member(metrics.back(), "stage");
  for (const std::string part : {"validation", "train"}) {
    std::vector<double> losses;
    for (const Json& entry : metrics)
      if (const auto loss = number(member(member(entry, part), "loss"));
          loss && member(entry, "stage") == stage)
        losses.push_back(*loss);
    if (losses.size() > 1)
      return text("Over {} epochs of training the {} loss went from {} to {}.", losses.size(),
                  part == "train" ? "training" : part, fixed(losses.front(), 3),
                  fixed(losses.back(), 3));
  }
  if (const std::string found = generator_sentence(metrics); !found.empty()) return found;
  return text("Training has written {} so far.",
              metrics.size() == 1 ? "one epoch" : text("{} epochs", metrics.size()));
}

}  // namespace

std::string headline(const Json& results, const Json& metrics) {
  if (const std::string found = result_sentence(results); !found.empty()) return found;
  if (const std::string trained = training_sentence(metrics); !trained.empty()) return trained;
  return "This run has not written any results yet.";
}

}  // namespace tacit
