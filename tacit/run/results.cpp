// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/results.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numeric>
#include <set>

#include "tacit/core/error.h"
#include "tacit/core/files.h"
#include "tacit/evaluate/label_equivalence.h"
#include "tacit/evaluate/metrics.h"
#include "tacit/evaluate/spread.h"
#include "tacit/report/display_name.h"

namespace tacit {
namespace {

std::string score_key(const std::string& metric, const std::string& model,
                      const std::string& labels) {
  return metric + "/" + model + "/" + labels;
}

double number_or_nan(const Json& value) {
  return value.is_number() ? value.get<double>() : std::nan("");
}

Tensor to_tensor(const Json& matrix) {
  const auto size = static_cast<int64_t>(matrix.size());
  const Tensor confusion = at::zeros({size, size}, at::kLong);
  for (int64_t i = 0; i < size; ++i)
    for (int64_t j = 0; j < size; ++j)
      confusion[i][j] = matrix[static_cast<size_t>(i)][static_cast<size_t>(j)].get<int64_t>();
  return confusion;
}

Json to_json_matrix(const Tensor& confusion) {
  Json matrix = Json::array();
  for (int64_t i = 0; i < confusion.size(0); ++i) {
    Json row = Json::array();
    for (int64_t j = 0; j < confusion.size(1); ++j) row.push_back(confusion[i][j].item<int64_t>());
    matrix.push_back(row);
  }
  return matrix;
}

Json to_entry(const Outcome& outcome) {
  Json entry = Json::object();
  if (outcome.numbers) {
    entry = *outcome.numbers;  // what is not defined becomes null in the file
  } else {
    entry["confusion"] = to_json_matrix(outcome.confusion);
    if (std::isfinite(outcome.auroc)) entry["auroc"] = outcome.auroc;
  }
  return entry;
}

Outcome to_outcome(const Json& entry) {
  if (entry.contains("confusion"))
    return {to_tensor(entry["confusion"]), entry.value("auroc", std::nan(""))};
  return {{},
          std::nan(""),
          NumberScores{.rmse = number_or_nan(entry.at("rmse")),
                       .mae = number_or_nan(entry.at("mae")),
                       .r2 = number_or_nan(entry.at("r2")),
                       .correlation = number_or_nan(entry.value("correlation", Json()))}};
}

constexpr double kMoreThanAny = 1e12;  // labels, to sort "5%" and "all" behind numbers

/// As results.json lists it: a number where it is one.
Json label_entry(const std::string& labels) {
  return labels == "all" || labels.ends_with('%') ? Json(labels) : Json(std::stoll(labels));
}

/// Part `index` of "fold/seed/labels/model".
std::string key_part(const std::string& key, int index) {
  size_t begin = 0;
  while (index-- > 0) begin = key.find('/', begin) + 1;
  return key.substr(begin, key.find('/', begin) - begin);
}

/// Members of `results`: a mean, or nothing where no cell was measured.
const Json* find_score(const Json& results, const std::string& model, const std::string& labels) {
  const auto found =
      results["scores"].find(score_key(results["metric"].get<std::string>(), model, labels));
  return found == results["scores"].end() ? nullptr : &*found;
}

/// What numbers of labels count.
std::string labels_unit(const Json& results) {
  return results.value("target", "") == enum_name(Target::number) ? "labels" : "labels a class";
}

Json equivalences(const Json& results, const std::vector<std::string>& labels,
                  const std::vector<std::string>& models, double labels_in_all) {
  std::vector<CurvePoint> supervised;
  for (const std::string& count : labels)
    if (const Json* score = find_score(results, "supervised", count))
      supervised.push_back({label_number(count, labels_in_all), score->at("mean").get<double>()});
  Json list = Json::array();
  if (supervised.empty()) return list;
  const std::string unit = labels_unit(results);
  for (const std::string& model : models)
    for (const std::string& count : labels) {
      const Json* score = find_score(results, model, count);
      if (!is_self_supervised(model) || score == nullptr) continue;
      const LabelEquivalence found = label_equivalence(
          supervised, {label_number(count, labels_in_all), score->at("mean").get<double>()});
      list.push_back({{"model", model},
                      {"labels", label_entry(count)},
                      {"factor", found.bound == FactorBound::exact ? Json(found.factor) : Json()},
                      {"print", found.print()},
                      {"sentence", display_name(model) + ": " + found.sentence(unit)}});
    }
  return list;
}

/// ".873", "1.00" for what rounds to one, "-.12", "-3.4": four characters.
std::string four_letters(const Json& score) {
  char digits[64];
  for (int decimals = 3; decimals >= 0; --decimals) {
    std::snprintf(digits, sizeof digits, "%.*f", decimals, score.get<double>());
    std::string short_form = digits;
    const size_t zero = short_form.find("0.");
    if (zero != std::string::npos && zero == short_form.find_first_of("0123456789"))
      short_form.erase(zero, 1);
    if (short_form.size() <= 4) return std::string(4 - short_form.size(), ' ') + short_form;
  }
  return digits;
}

/// Mean and deviation in 13 columns; a single measurement has no deviation.
std::string print_score(const Json& score) {
  const bool alone = !std::isfinite(number_or_nan(score["std"]));
  return "  " + four_letters(score["mean"]) +
         (alone ? "       " : " ± " + four_letters(score["std"]));
}

/// In 36 columns of a terminal; all bytes of a letter but the first are of the form 10xxxxxx.
std::string padded(const std::string& words) {
  const auto width = std::ranges::count_if(words, [](char c) { return (c & 0xc0) != 0x80; });
  return words + std::string(static_cast<size_t>(std::max<int64_t>(0, 36 - width)), ' ');
}

/// The count nearest ten, on a logarithmic scale.
std::string nearest_ten(const std::vector<std::string>& labels, double labels_in_all) {
  std::string nearest;
  double best = INFINITY;
  for (const std::string& count : labels) {
    const double distance = std::abs(std::log(label_number(count, labels_in_all) / 10));
    if (distance < best) best = distance, nearest = count;
  }
  return nearest;
}

}  // namespace

bool is_self_supervised(const std::string& model) { return model.starts_with("self_supervised"); }

double label_number(const std::string& labels, double labels_in_all) {
  if (labels == "all") return labels_in_all;
  const double number = std::stod(labels);
  return labels.ends_with('%') ? number / 100 * labels_in_all : number;
}

Outcome Outcome::of(const Tensor& truth, const Tensor& answers) {
  if (truth.is_floating_point()) return {{}, std::nan(""), number_scores(truth, answers)};
  return {confusion_matrix(truth, answers.argmax(1), answers.size(1)),
          tacit::auroc(truth, answers)};
}

std::map<std::string, double> Outcome::measures() const {
  Json all = numbers ? Json(*numbers) : Json(scores(confusion));
  if (!numbers) all["auroc"] = auroc;
  std::map<std::string, double> defined;
  for (const auto& [name, value] : all.items())
    if (std::isfinite(value.get<double>())) defined[name] = value.get<double>();
  return defined;
}

std::string Cell::key() const { return text("{}/{}/{}/{}", fold, seed, labels, model); }

Cells::Cells(std::filesystem::path file) : file_(std::move(file)) {
  if (!std::filesystem::exists(file_)) return;
  try {
    outcomes_ = Json::parse(read_file(file_));
  } catch (const Json::exception& e) {
    throw StateError(
        text("{} is damaged: {}; remove it to measure again", file_.string(), e.what()));
  }
}

void Cells::record(const Cell& cell, const Outcome& outcome) {
  outcomes_[cell.key()] = to_entry(outcome);
  write_file(file_, {outcomes_.dump(), "\n"});
}

Outcome Cells::outcome(const Cell& cell) const {
  require<StateError>(contains(cell), "{} does not hold {}", file_.string(), cell.key());
  return to_outcome(outcomes_.at(cell.key()));
}

void Cells::forget(const std::string& labels, const std::string& model) {
  Json kept = Json::object();
  for (const auto& [key, outcome] : outcomes_.items())
    if (!key.ends_with("/" + labels + "/" + model)) kept[key] = outcome;
  outcomes_ = std::move(kept);
}

std::vector<std::string> Cells::labels() const {
  std::set<std::pair<double, std::string>> found;
  for (const auto& [key, outcome] : outcomes_.items()) {
    const std::string labels = key_part(key, 2);
    found.emplace(label_number(labels, kMoreThanAny), labels);
  }
  std::vector<std::string> sorted;
  for (const auto& [number, labels] : found) sorted.push_back(labels);
  return sorted;
}

std::vector<std::string> Cells::models() const {
  std::vector<std::string> found;
  for (const auto& [key, outcome] : outcomes_.items())
    if (const std::string model = key_part(key, 3);
        std::find(found.begin(), found.end(), model) == found.end())
      found.push_back(model);
  return found;
}

std::vector<Outcome> Cells::outcomes(const std::string& labels, const std::string& model) const {
  std::vector<Outcome> found;
  for (const auto& [key, outcome] : outcomes_.items())
    if (key.ends_with("/" + labels + "/" + model)) found.push_back(to_outcome(outcome));
  return found;
}

std::map<int64_t, double> Cells::by_seed(const std::string& labels, const std::string& model,
                                         Metric metric) const {
  std::map<int64_t, std::vector<double>> of_seed;
  for (const auto& [key, outcome] : outcomes_.items()) {
    if (!key.ends_with("/" + labels + "/" + model)) continue;
    const auto measures = to_outcome(outcome).measures();
    if (const auto found = measures.find(enum_name(metric)); found != measures.end())
      of_seed[std::stoll(key_part(key, 1))].push_back(found->second);
  }
  std::map<int64_t, double> means;
  for (const auto& [seed, values] : of_seed)
    means[seed] =
        std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  return means;
}

Json summarize(const Cells& cells, const std::vector<std::string>& labels,
               const std::vector<std::string>& models, const std::vector<std::string>& classes,
               double labels_in_all, Metric metric) {
  Json results{{"metric", enum_name(metric)},
               {"target", enum_name(target_of(metric))},
               {"labels", Json::array()},
               {"classes", classes},
               {"models", models},
               {"labels_in_all", labels_in_all},
               {"scores", Json::object()}};
  for (const std::string& count : labels) {
    results["labels"].push_back(label_entry(count));
    for (const std::string& model : models) {
      std::map<std::string, std::vector<double>> values;
      for (const Outcome& outcome : cells.outcomes(count, model))
        for (const auto& [name, value] : outcome.measures()) values[name].push_back(value);
      for (const auto& [name, list] : values)
        results["scores"][score_key(name, model, count)] = spread(list);
    }
  }
  results["label_equivalence"] = equivalences(results, labels, models, labels_in_all);
  const std::string shown = nearest_ten(labels, labels_in_all);
  std::string best;
  for (const std::string& model : models) {
    const Json* score = find_score(results, model, shown);
    if (!is_self_supervised(model) || score == nullptr) continue;
    if (best.empty() || (*score)["mean"] > (*find_score(results, best, shown))["mean"])
      best = model;
  }
  if (!best.empty() && target_of(metric) == Target::category) {
    Tensor sum;
    for (const Outcome& outcome : cells.outcomes(shown, best))
      sum = sum.defined() ? sum + outcome.confusion : outcome.confusion;
    results["confusion"] = {{"model", best}, {"labels", shown}, {"matrix", to_json_matrix(sum)}};
  }
  return results;
}

std::string print_curve(const Json& results) {
  std::ostringstream out;
  char cell[64];
  out << padded(display_name(results["metric"].get<std::string>()) + ", " + labels_unit(results));
  for (const Json& count : results["labels"]) {
    std::snprintf(cell, sizeof cell, "%13s",
                  (count.is_string() ? count.get<std::string>() : count.dump()).c_str());
    out << cell;
  }
  for (const Json& model : results["models"]) {
    out << "\n" << padded(display_name(model.get<std::string>()));
    for (const Json& count : results["labels"]) {
      const std::string labels = count.is_string() ? count.get<std::string>() : count.dump();
      if (const Json* score = find_score(results, model.get<std::string>(), labels))
        out << print_score(*score);
      else
        out << std::string(12, ' ') << "-";
    }
  }
  return out.str();
}

}  // namespace tacit
