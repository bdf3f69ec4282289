// SPDX-License-Identifier: Apache-2.0
#include "tacit/evaluate/power_law.h"

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <numeric>
#include <set>
#include <span>
#include <sstream>

#include "tacit/core/config.h"
#include "tacit/core/error.h"
#include "tacit/evaluate/spread.h"

namespace tacit {
namespace {

using SeedValues = std::map<int64_t, double>;

constexpr double kNormalQuantile = 1.959963984540054;  // 97.5 %
constexpr double kPooledDegrees = 4;                   // that the pooled variance counts for
constexpr double kLeastExponent = 0.01, kMostExponent = 10;
constexpr size_t kGrid = 80;  // steps of 9 %
constexpr double kUsualChance = 0.05;
constexpr size_t kFewestAmounts = 3;

double mean_of(const SeedValues& values) {
  double sum = 0;
  for (const auto& [seed, value] : values) sum += value;
  return sum / static_cast<double>(values.size());
}

double squares_of(const SeedValues& values) {
  const double mean = mean_of(values);
  double sum = 0;
  for (const auto& [seed, value] : values) sum += (value - mean) * (value - mean);
  return sum;
}

/// Of each amount, as fit_power_law() says; they sum to one.
std::vector<double> weigh(const std::vector<SeedValues>& errors) {
  double squares = 0, degrees = 0;
  for (const SeedValues& values : errors) {
    squares += squares_of(values);
    degrees += static_cast<double>(values.size()) - 1;
  }
  const double pooled = degrees > 0 ? squares / degrees : 0;
  std::vector<double> weights;
  for (const SeedValues& values : errors) {
    const auto n = static_cast<double>(values.size());
    const double variance =
        (squares_of(values) + kPooledDegrees * pooled) / (n - 1 + kPooledDegrees);
    weights.push_back(pooled > 0 ? n / variance : n);
  }
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  for (double& weight : weights) weight /= sum;
  return weights;
}

double weighted_mean(const std::vector<double>& weights, const std::vector<double>& values) {
  return std::inner_product(weights.begin(), weights.end(), values.begin(), 0.0);
}

/// Fits of many errors at the same amounts. The basis at an exponent b is x = (u / most)^-b - 1:
/// it differs from zero by what matters also where b is small.
class Profile {
 public:
  Profile(const std::vector<double>& amounts, std::vector<double> weights)
      : weights_(std::move(weights)), most_(amounts.back()) {
    for (const double amount : amounts) fall_.push_back(std::log(most_ / amount));
    for (size_t step = 0; step <= kGrid; ++step) {
      const double share = static_cast<double>(step) / kGrid;
      exponents_.push_back(
          std::exp(std::lerp(std::log(kLeastExponent), std::log(kMostExponent), share)));
      grid_.push_back(basis(exponents_.back()));
    }
  }

  PowerLaw::Curve fit(const std::vector<double>& errors) const {
    size_t best = 0;
    double least = INFINITY;
    for (size_t step = 0; step <= kGrid; ++step)
      if (const double loss = squares(errors, grid_[step], solve(errors, grid_[step]));
          loss < least)
        least = loss, best = step;
    const double exponent = refine(errors, exponents_[best > 0 ? best - 1 : 0],
                                   exponents_[std::min(best + 1, kGrid)], exponents_[best]);
    const Line line = solve(errors, basis(exponent));
    return {line.floor, line.scale, exponent, most_};
  }

  /// Share of the variation about the best constant that is gone.
  double explained(const std::vector<double>& errors, const PowerLaw::Curve& curve) const {
    const double mean = weighted_mean(weights_, errors);
    double left = 0, all = 0;
    for (size_t i = 0; i < errors.size(); ++i) {
      const double apart =
          errors[i] - curve.floor - curve.scale * std::exp(curve.exponent * fall_[i]);
      left += weights_[i] * apart * apart;
      all += weights_[i] * (errors[i] - mean) * (errors[i] - mean);
    }
    return all > 0 ? std::max(0.0, 1 - left / all) : 0;
  }

 private:
  struct Line {
    double floor, scale;
  };

  std::vector<double> basis(double exponent) const {
    std::vector<double> x;
    for (const double fall : fall_) x.push_back(std::expm1(exponent * fall));
    return x;
  }

  /// The best floor, scale >= 0: the free line where it is allowed, else the best on the edge that
  /// it crosses.
  Line solve(const std::vector<double>& errors, const std::vector<double>& x) const {
    const double mean_x = weighted_mean(weights_, x), mean = weighted_mean(weights_, errors);
    double xx = 0, xe = 0;
    for (size_t i = 0; i < x.size(); ++i) {
      xx += weights_[i] * (x[i] - mean_x) * (x[i] - mean_x);
      xe += weights_[i] * (x[i] - mean_x) * (errors[i] - mean);
    }
    if (xe <= 0) return {std::max(0.0, mean), 0};  // a draw of a mean may lie below zero
    const double scale = xe / xx, floor = mean - scale * (mean_x + 1);
    if (floor >= 0) return {floor, scale};
    double yy = 0, ye = 0;
    for (size_t i = 0; i < x.size(); ++i) {
      yy += weights_[i] * (x[i] + 1) * (x[i] + 1);
      ye += weights_[i] * (x[i] + 1) * errors[i];
    }
    return {0, std::max(0.0, ye / yy)};
  }

  double squares(const std::vector<double>& errors, const std::vector<double>& x,
                 const Line& line) const {
    double sum = 0;
    for (size_t i = 0; i < x.size(); ++i) {
      const double apart = errors[i] - line.floor - line.scale * (x[i] + 1);
      sum += weights_[i] * apart * apart;
    }
    return sum;
  }

  /// Half the derivative of the least squares by the exponent; floor and scale, being best, add
  /// nothing to it.
  double slope(const std::vector<double>& errors, double exponent) const {
    const std::vector<double> x = basis(exponent);
    const Line line = solve(errors, x);
    double sum = 0;
    for (size_t i = 0; i < x.size(); ++i)
      sum -= weights_[i] * (errors[i] - line.floor - line.scale * (x[i] + 1)) * line.scale *
             fall_[i] * (x[i] + 1);
    return sum;
  }

  /// Where the slope turns positive between two exponents, or `best` where it does not.
  double refine(const std::vector<double>& errors, double low, double high, double best) const {
    if (!(slope(errors, low) < 0 && slope(errors, high) > 0)) return best;
    while (true) {
      const double middle = low + (high - low) / 2;
      if (middle <= low || middle >= high) return middle;  // neighbours among the doubles
      (slope(errors, middle) < 0 ? low : high) = middle;
    }
  }

  std::vector<double> weights_, fall_, exponents_;
  double most_;
  std::vector<std::vector<double>> grid_;  // basis at each of exponents_
};

/// The means after each seed's errors were shuffled between the amounts that it has.
std::vector<double> shuffled_means(std::vector<SeedValues> errors, const std::set<int64_t>& seeds,
                                   Rng& rng) {
  for (const int64_t seed : seeds) {
    std::vector<double*> own;
    for (SeedValues& values : errors)
      if (const auto found = values.find(seed); found != values.end())
        own.push_back(&found->second);
    std::vector<double> order;
    for (const double* value : own) order.push_back(*value);
    rng.shuffle(std::span(order));
    for (size_t i = 0; i < own.size(); ++i) *own[i] = order[i];
  }
  std::vector<double> means;
  for (const SeedValues& values : errors) means.push_back(mean_of(values));
  return means;
}

/// Of `sorted` (not empty), linear between order statistics.
double quantile(const std::vector<double>& sorted, double share) {
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<size_t>(place);
  const double rest = place - static_cast<double>(below);
  if (rest == 0) return sorted.at(below);
  return sorted.at(below) + rest * (sorted.at(below + 1) - sorted.at(below));
}

/// The value of `what` of the curve and its percentiles over draws.
template <class What>
Estimate estimate(const PowerLaw::Curve& curve, const std::vector<PowerLaw::Curve>& draws,
                  const What& what) {
  Estimate result{.value = what(curve)};
  if (draws.empty()) return result;
  std::vector<double> values;
  for (const PowerLaw::Curve& draw : draws) values.push_back(what(draw));
  std::ranges::sort(values);
  result.low = quantile(values, 0.025);
  result.high = quantile(values, 0.975);
  return result;
}

std::string decimals(double value, int digits) {
  std::ostringstream out;
  out << std::fixed << std::setprecision(digits) << value;
  return out.str();
}

/// "0.152 (0.141 to 0.163)".
std::string with_interval(const Estimate& estimate, int digits) {
  const std::string value = decimals(estimate.value, digits);
  if (!std::isfinite(estimate.low)) return value;
  return text("{} ({} to {})", value, decimals(estimate.low, digits),
              decimals(estimate.high, digits));
}

}  // namespace

void to_json(Json& json, const Estimate& estimate) {
  json = Json{{"value", estimate.value}, {"low", estimate.low}, {"high", estimate.high}};
}

SeedMeans::SeedMeans(std::vector<SeedValues> values) : values_(std::move(values)) {
  for (const SeedValues& place : values_) {
    require<DataError>(!place.empty(), "there are no values to take the mean of");
    const auto n = static_cast<double>(place.size());
    means_.push_back(mean_of(place));
    varies_ = varies_ && place.size() > 1;
    widening_.push_back(place.size() < 2 ? 0
                                         : student_t(0.95, static_cast<int64_t>(place.size()) - 1) /
                                               kNormalQuantile / std::sqrt(n * (n - 1)));
  }
}

std::vector<double> SeedMeans::draw(Rng& rng) const {
  std::vector<double> drawn = means_;
  if (!varies_) return drawn;
  const Rng seeds = rng.split();
  SeedValues weights;
  for (size_t place = 0; place < drawn.size(); ++place)
    for (const auto& [seed, value] : values_[place]) {
      const auto [weight, is_new] = weights.emplace(seed, 0);
      if (is_new) weight->second = seeds.stream(static_cast<uint64_t>(seed)).normal();
      drawn[place] += widening_[place] * weight->second * (value - means_[place]);
    }
  return drawn;
}

std::vector<std::string> names(PowerLawVerdict) { return {"holds", "too_few", "flat"}; }

double PowerLaw::Curve::at(double amount) const {
  return floor + scale * std::pow(amount / reference, -exponent);
}

PowerLaw fit_power_law(const std::vector<AmountError>& points, const Rng& rng,
                       const PowerLawConfig& config) {
  require<ConfigError>(config.resamples >= 100, "resamples must be at least 100, got {}",
                       config.resamples);
  require<DataError>(!points.empty(), "a power law needs points");
  std::map<double, std::map<int64_t, std::vector<double>>> cells;
  for (const AmountError& point : points) {
    require<DataError>(point.amount > 0 && std::isfinite(point.amount) && point.error >= 0 &&
                           std::isfinite(point.error),
                       "a power law needs positive amounts and errors of 0 or more, got the error "
                       "{} at the amount {}",
                       point.error, point.amount);
    cells[point.amount][point.seed].push_back(point.error);
  }
  std::vector<double> amounts;
  std::vector<SeedValues> errors;
  std::set<int64_t> seeds;
  for (const auto& [amount, by_seed] : cells) {
    amounts.push_back(amount);
    SeedValues& values = errors.emplace_back();
    for (const auto& [seed, list] : by_seed) {
      values[seed] =
          std::accumulate(list.begin(), list.end(), 0.0) / static_cast<double>(list.size());
      seeds.insert(seed);
    }
  }
  PowerLaw law;
  law.amounts = static_cast<int64_t>(amounts.size());
  law.seeds = static_cast<int64_t>(seeds.size());
  law.fewest = amounts.front();
  law.most = amounts.back();
  if (amounts.size() < kFewestAmounts) return law;

  const SeedMeans means(errors);
  const Profile profile(amounts, weigh(errors));
  law.curve_ = profile.fit(means.means());
  law.explained = profile.explained(means.means(), law.curve_);
  Rng draws = rng.stream("draws"), shuffles = rng.stream("shuffles");
  int64_t as_good = 1;
  for (int64_t i = 0; i < config.resamples; ++i) {
    if (means.varies()) law.draws_.push_back(profile.fit(means.draw(draws)));
    const std::vector<double> shuffled = shuffled_means(errors, seeds, shuffles);
    const double explained = profile.explained(shuffled, profile.fit(shuffled));
    if (explained >= law.explained - 1e-9) ++as_good;  // the same order comes by again
  }
  law.chance = static_cast<double>(as_good) / static_cast<double>(config.resamples + 1);
  law.verdict = law.curve_.scale > 0 && law.chance <= kUsualChance ? PowerLawVerdict::holds
                                                                   : PowerLawVerdict::flat;
  law.floor = estimate(law.curve_, law.draws_, [](const auto& curve) { return curve.floor; });
  law.scale = estimate(law.curve_, law.draws_, [](const auto& curve) {
    return curve.scale * std::pow(curve.reference, curve.exponent);
  });
  law.exponent = estimate(law.curve_, law.draws_, [](const auto& curve) { return curve.exponent; });
  return law;
}

Estimate PowerLaw::at(double amount) const {
  require<DataError>(verdict != PowerLawVerdict::too_few,
                     "a power law needs three amounts to say an error, and there are {}", amounts);
  require<DataError>(amount > 0 && std::isfinite(amount),
                     "a power law says errors at positive amounts, not at {}", amount);
  return estimate(curve_, draws_, [&](const Curve& curve) { return curve.at(amount); });
}

std::string PowerLaw::sentence() const {
  switch (verdict) {
    case PowerLawVerdict::too_few:
      return text(
          "How the error falls with the amount of unlabelled data cannot be said from {} of them: "
          "it takes three.",
          amounts);
    case PowerLawVerdict::flat:
      return "Over the amounts of unlabelled data that were tried the error does not fall more "
             "than it may by chance.";
    case PowerLawVerdict::holds:
      return text(
          "The error falls with the power {} of the amount of unlabelled data, towards {}; if that "
          "went on, ten times the most that was tried would take it from {} to {}.",
          with_interval(exponent, 2), with_interval(floor, 3), with_interval(at(most), 3),
          with_interval(at(10 * most), 3));
  }
  return "";
}

void to_json(Json& json, const PowerLaw& law) {
  json = Json{{"verdict", enum_name(law.verdict)},
              {"amounts", law.amounts},
              {"seeds", law.seeds},
              {"fewest", law.fewest},
              {"most", law.most},
              {"sentence", law.sentence()}};
  if (law.verdict == PowerLawVerdict::too_few) return;
  json["floor"] = law.floor;
  json["scale"] = law.scale;
  json["exponent"] = law.exponent;
  json["explained"] = law.explained;
  json["chance"] = law.chance;
}

}  // namespace tacit
