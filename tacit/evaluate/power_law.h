// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "tacit/core/json.h"
#include "tacit/core/rng.h"

/// How an error falls with the amount of data: error(u) = floor + scale u^-exponent.
namespace tacit {

/// A value with its 95 % interval, whose ends are not a number (null in JSON) where nothing is
/// known of the spread.
struct Estimate {
  double value = 0;
  double low = std::numeric_limits<double>::quiet_NaN();
  double high = std::numeric_limits<double>::quiet_NaN();
};
void to_json(Json&, const Estimate&);

/// Means over seeds at several places of a curve, and draws of what they might have been.
///
/// A draw moves each mean by the weighted sum of its seeds' distances from it, with normal weights:
/// one a seed, shared by all places, so that what a seed does everywhere stays together. It is
/// widened by Student's t over the normal quantile, so that the middle 95 % of draws of a mean are
/// the interval that spread() gives. Resampling seeds themselves would be too narrow: three seeds
/// have ten different resamples. (Wu 1986, Annals of Statistics 14, 1261: weights of mean 0 and
/// variance 1.)
class SeedMeans {
 public:
  /// values[place]: by seed. Throws DataError for a place without values.
  explicit SeedMeans(std::vector<std::map<int64_t, double>> values);

  const std::vector<double>& means() const { return means_; }
  const std::vector<std::map<int64_t, double>>& values() const { return values_; }
  /// Whether there are draws: every place has two seeds or more.
  bool varies() const { return varies_; }
  /// One value a place; the means themselves unless varies().
  std::vector<double> draw(Rng& rng) const;

 private:
  std::vector<std::map<int64_t, double>> values_;
  std::vector<double> means_, widening_;  // a place
  bool varies_ = true;
};

/// An error measured with an amount of data.
struct AmountError {
  double amount = 0;  ///< > 0; any unit, the same throughout
  double error = 0;   ///< >= 0: 1 - score of a score in 0 … 1, or an error
  int64_t seed = 0;   ///< what was drawn anew; points of a seed may share everything else
};

enum class PowerLawVerdict {
  holds,
  too_few,  ///< fewer than three amounts: nothing is fitted
  flat      ///< it explains no more than a constant would by chance
};
std::vector<std::string> names(PowerLawVerdict);

struct PowerLawConfig {
  int64_t resamples = 2000;  ///< draws of intervals, and shuffles of the verdict; 100 or more
};

/// What fit_power_law() found.
class PowerLaw {
 public:
  /// error(u) = floor + scale (u / reference)^-exponent.
  struct Curve {
    double floor = 0, scale = 0, exponent = 0, reference = 1;
    double at(double amount) const;
  };

  PowerLawVerdict verdict = PowerLawVerdict::too_few;
  Estimate floor;     ///< >= 0: what no amount of this data takes away
  Estimate scale;     ///< >= 0: the error above the floor at the amount 1
  Estimate exponent;  ///< in 0.01 … 10; an end of that range stands for it and what is beyond
  /// The share of the (weighted) variation between amounts that the curve explains, and how often
  /// it explains as much when errors are shuffled between the amounts: flat above 0.05.
  double explained = 0, chance = 1;
  int64_t amounts = 0, seeds = 0;
  double fewest = 0, most = 0;  ///< amounts that were tried

  /// The error at an amount > 0; beyond fewest … most it is a guess. Throws DataError with too few
  /// amounts.
  Estimate at(double amount) const;
  /// What it says, for people: "The error falls with …".
  std::string sentence() const;

 private:
  friend PowerLaw fit_power_law(const std::vector<AmountError>&, const Rng&, const PowerLawConfig&);
  Curve curve_;
  std::vector<Curve> draws_;
};
void to_json(Json&, const PowerLaw&);

/// Weighted least squares. For an exponent, floor and scale >= 0 have a closed form; the exponent
/// is the best of a fine grid, then refined until the derivative vanishes: no start to choose, and
/// the same answer always. An amount weighs its number of seeds over their variance, which is taken
/// as the mean of its own and of the one pooled over amounts, by degrees of freedom, the latter
/// having four (so that three seeds that agree by luck do not decide; Smyth 2004,
/// doi:10.2202/1544-6115.1027, whose prior is fixed here). Several points of a seed at an amount
/// count as their mean. Intervals are percentiles of fits to draws of the means (SeedMeans): they
/// are of noise between seeds, not of how right the law is. Throws DataError for amounts that are
/// not positive, errors that are negative or not finite, or no points.
PowerLaw fit_power_law(const std::vector<AmountError>& points, const Rng& rng,
                       const PowerLawConfig& config = {});

}  // namespace tacit
