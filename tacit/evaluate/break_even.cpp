// SPDX-License-Identifier: Apache-2.0
#include "tacit/evaluate/break_even.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iomanip>
#include <map>
#include <sstream>
#include <string_view>
#include <utility>

#include "tacit/core/config.h"
#include "tacit/core/error.h"
#include "tacit/evaluate/power_law.h"

namespace tacit {
namespace {

using Lists = std::map<int64_t, std::vector<double>>;  // scores by seed

/// Two significant digits, whole from 10 on, and no zeros behind the point: "0.083", "1.5", "47".
std::string brief(double value) {
  if (value <= 0) return "0";
  const auto magnitude = static_cast<int>(std::floor(std::log10(value)));
  std::ostringstream out;
  out << std::fixed << std::setprecision(std::max(0, 1 - magnitude)) << value;
  std::string digits = out.str();
  if (digits.find('.') == std::string::npos) return digits;
  digits.erase(digits.find_last_not_of('0') + 1);
  if (digits.back() == '.') digits.pop_back();
  return digits;
}

/// An amount where it is clear from the words before what it is of.
std::string bare(const AmountUnit& unit, double amount) {
  return unit.seconds > 0 ? print_duration(amount * unit.seconds) : brief(amount);
}

/// "31 minutes", "less than 2 minutes" or "more than 60 minutes".
std::string interval_end(const AmountUnit& unit, const NeededLabels& end) {
  const std::string amount = bare(unit, end.labels);
  if (end.bound == FactorBound::exact) return amount;
  return (end.bound == FactorBound::below ? "less than " : "more than ") + amount;
}

bool is_more(const NeededLabels& needed, double labels) {
  if (needed.bound == FactorBound::below) return false;
  return needed.bound == FactorBound::at_least ? needed.labels >= labels : needed.labels > labels;
}

bool is_less(const NeededLabels& needed, double labels) {
  if (needed.bound == FactorBound::at_least) return false;
  return needed.bound == FactorBound::below ? needed.labels <= labels : needed.labels < labels;
}

/// Below the curve comes before all that is on it, and beyond it after.
bool fewer(const NeededLabels& one, const NeededLabels& other) {
  const auto key = [](const NeededLabels& needed) {
    const int place = needed.bound == FactorBound::below      ? -1
                      : needed.bound == FactorBound::at_least ? 1
                                                              : 0;
    return std::pair(place, needed.labels);
  };
  return key(one) < key(other);
}

std::map<int64_t, double> means_of(const Lists& lists) {
  std::map<int64_t, double> means;
  for (const auto& [seed, list] : lists) {
    double sum = 0;
    for (const double score : list) sum += score;
    means[seed] = sum / static_cast<double>(list.size());
  }
  return means;
}

/// What supervised training needs for the scores behind its own, from the means of both.
class Curves {
 public:
  Curves(std::vector<double> labels, std::vector<std::pair<double, double>> pretrained)
      : labels_(std::move(labels)), pretrained_(std::move(pretrained)) {}

  std::vector<NeededLabels> needed(const std::vector<double>& means) const {
    std::vector<CurvePoint> curve;
    for (size_t i = 0; i < labels_.size(); ++i) curve.push_back({labels_[i], means[i]});
    std::vector<NeededLabels> all;
    for (size_t i = 0; i < pretrained_.size(); ++i) {
      const LabelEquivalence found =
          label_equivalence(curve, {pretrained_[i].first, means[labels_.size() + i]});
      all.push_back({found.labels, found.bound});
    }
    return all;
  }

 private:
  std::vector<double> labels_;
  std::vector<std::pair<double, double>> pretrained_;  // labels, unlabelled amount
};

Gain judge(const BreakEven& point) {
  if (!point.has_interval) return Gain::open;
  if (is_more(point.low, point.labels)) return Gain::gain;
  return is_less(point.high, point.labels) ? Gain::loss : Gain::open;
}

}  // namespace

std::string print_duration(double seconds) {
  constexpr std::array<std::pair<double, std::string_view>, 4> kUnits{
      {{86400, "day"}, {3600, "hour"}, {60, "minute"}, {1, "second"}}};
  for (const auto& [size, name] : kUnits)
    // What rounds to a whole one is one: 59.7 seconds are a minute. Days begin with two of them.
    if (seconds >= (size == 86400 ? 2 : 0.995) * size || size == 1) {
      const std::string count = brief(seconds / size);
      return text("{} {}{}", count, name, count == "1" ? "" : "s");
    }
  return "";
}

std::string AmountUnit::print(double amount) const {
  if (seconds > 0) return text("{} of {}", print_duration(amount * seconds), many);
  const std::string count = brief(amount);
  return text("{} {}", count, count == "1" ? one : many);
}

std::vector<std::string> names(Gain) { return {"gain", "open", "loss"}; }

std::string BreakEven::sentence(const AmountUnit& labels_unit,
                                const AmountUnit& unlabelled_unit) const {
  std::ostringstream out;
  out << text("With {}, pre-training on {} equals ", labels_unit.print(labels),
              unlabelled_unit.print(unlabelled));
  switch (needed.bound) {
    case FactorBound::exact: out << labels_unit.print(needed.labels); break;
    case FactorBound::at_least:
      out << text("at least {}, the most that was tried without it",
                  labels_unit.print(needed.labels));
      break;
    case FactorBound::below:
      out << text("less than {}, the fewest that were tried without it",
                  labels_unit.print(needed.labels));
      break;
  }
  if (!has_interval) {
    out << ". How sure that is cannot be said from one seed.";
    return out.str();
  }
  const bool is_beyond = low.bound == high.bound && low.bound != FactorBound::exact;
  if (is_beyond && low.bound == needed.bound)
    out << " (as the whole 95 % interval does)";
  else if (is_beyond)
    out << text(" (95 % interval: {})", interval_end(labels_unit, low));
  else
    out << text(" (95 % interval: {} to {})", interval_end(labels_unit, low),
                interval_end(labels_unit, high));
  switch (gain) {
    case Gain::gain: out << "."; break;
    case Gain::open: out << ": the interval includes no gain."; break;
    case Gain::loss: out << ": it does worse than the same labels alone."; break;
  }
  return out.str();
}

void to_json(Json& json, const BreakEven& point) {
  json = Json{{"labels", point.labels},
              {"unlabelled", point.unlabelled},
              {"needed", point.needed.labels},
              {"bound", enum_name(point.needed.bound)},
              {"gain", enum_name(point.gain)}};
  if (!point.has_interval) return;
  json["low"] = point.low.labels;
  json["low_bound"] = enum_name(point.low.bound);
  json["high"] = point.high.labels;
  json["high_bound"] = enum_name(point.high.bound);
}

std::vector<BreakEven> break_even(const std::vector<LabelScore>& supervised,
                                  const std::vector<PretrainedScore>& pretrained, const Rng& rng,
                                  int64_t resamples) {
  require<ConfigError>(resamples >= 100, "resamples must be at least 100, got {}", resamples);
  std::map<double, Lists> curve;
  std::map<std::pair<double, double>, Lists> reached;
  for (const LabelScore& score : supervised) curve[score.labels][score.seed].push_back(score.score);
  for (const PretrainedScore& score : pretrained) {
    require<DataError>(score.unlabelled > 0 && std::isfinite(score.unlabelled),
                       "amounts of unlabelled data must be positive, got {}", score.unlabelled);
    reached[{score.labels, score.unlabelled}][score.seed].push_back(score.score);
  }
  require<DataError>(!curve.empty() && !reached.empty(),
                     "a break-even point needs scores of supervised training and of a pre-trained "
                     "model, got {} and {}",
                     supervised.size(), pretrained.size());
  std::vector<double> labels;
  std::vector<std::pair<double, double>> points;
  std::vector<std::map<int64_t, double>> scores;
  for (const auto& [count, lists] : curve) {
    labels.push_back(count);
    scores.push_back(means_of(lists));
  }
  for (const auto& [point, lists] : reached) {
    points.push_back(point);
    scores.push_back(means_of(lists));
  }
  const SeedMeans means(scores);
  const Curves curves(labels, points);
  const std::vector<NeededLabels> needed = curves.needed(means.means());
  std::vector<std::vector<NeededLabels>> drawn(points.size());
  Rng draws = rng;
  for (int64_t i = 0; means.varies() && i < resamples; ++i) {
    const std::vector<NeededLabels> found = curves.needed(means.draw(draws));
    for (size_t point = 0; point < points.size(); ++point) drawn[point].push_back(found[point]);
  }
  std::vector<BreakEven> result;
  for (size_t i = 0; i < points.size(); ++i) {
    BreakEven& point = result.emplace_back();
    point.labels = points[i].first;
    point.unlabelled = points[i].second;
    point.needed = needed[i];
    point.has_interval = means.varies();
    if (point.has_interval) {
      // Order statistics: bounds cannot be interpolated.
      std::ranges::sort(drawn[i], fewer);
      const auto last = static_cast<double>(resamples - 1);
      point.low = drawn[i][static_cast<size_t>(std::floor(0.025 * last))];
      point.high = drawn[i][static_cast<size_t>(std::ceil(0.975 * last))];
    }
    point.gain = judge(point);
  }
  return result;
}

}  // namespace tacit
