// SPDX-License-Identifier: Apache-2.0
#include "tacit/dsp/heart_rhythm.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>

#include "tacit/core/rng.h"

namespace tacit {
namespace {

double value(const std::vector<double>& features, const std::string& name) {
  const std::vector<std::string> names = heart_rhythm_names();
  const auto at = std::ranges::find(names, name);
  EXPECT_NE(at, names.end()) << name;
  return features.at(static_cast<size_t>(at - names.begin()));
}

/// Beats from 0.4 s on, with these intervals.
std::vector<double> beats_of(size_t count, const std::function<double(double)>& interval) {
  std::vector<double> beats = {0.4};
  for (size_t i = 0; i < count; ++i)
    beats.push_back(beats.back() + interval(static_cast<double>(i)));
  return beats;
}

// numpy 2.4:
//   i = np.arange(25)
//   t = np.concatenate([[.4], .4 + np.cumsum(.8 + .1*np.sin(1.3*i) + .07*np.cos(2.9*i))])
//   rr = np.diff(t); d = np.diff(rr); m = np.median(rr); q = lambda p: np.percentile(rr, p)
//   near = np.abs(rr[:, None] - rr[None]) <= m/10
//   upper = np.triu(np.ones((24, 24), bool), 1)
//   a = near[:-1, :-1] & upper; f = a & near[1:, 1:]
//   hz = np.arange(4, 40)/100
//   p = np.abs((rr - rr.mean()) @ np.exp(-2j*np.pi*np.outer(t[1:] - t[0], hz)))**2
//   s = .02*(t[-1] - t[0])/25**2; lo, hi = p[:11].sum(), p[11:].sum()
//   [26/22, rr.mean(), m, rr.std(), (d**2).mean()**.5, rr.min(), rr.max(), rr.std()/rr.mean(),
//    q(10), q(25), q(75), q(90), (abs(d) > .02).mean(), (abs(d) > .05).mean(),
//    (abs(d) > m/10).mean(), np.median(abs(d))/m, (d**2).mean()**.5/rr.mean(),
//    np.corrcoef(rr[1:], rr[:-1])[0, 1], np.corrcoef(rr[2:], rr[:-2])[0, 1],
//    (rr < .85*m).mean(), (rr > 1.15*m).mean(), (q(75) - q(25))/m,
//    np.log((a.sum() + 1)/(f.sum() + 1)), a.sum()/upper.sum(), (d[1:]*d[:-1] < 0).mean(),
//    d.std()/(d.std() + (rr[1:] + rr[:-1]).std()), (lo*s)**.5, (hi*s)**.5, lo/(lo + hi),
//    hz[11 + p[11:].argmax()], rr.min()/m, rr.max()/m,
//    ((rr[1:-1] < .88*rr[:-2]) & (rr[2:] > 1.05*rr[:-2])).sum()/25]
const std::vector<double> kReference = {
    1.181818182, 0.802350381, 0.807683903, 0.084201428,  0.126858117,  0.647827749, 0.960634653,
    0.104943464, 0.677370627, 0.751434809, 0.858004377,  0.911450057,  0.958333333, 0.750000000,
    0.583333333, 0.108541098, 0.158108129, -0.109090291, -0.310217015, 0.160000000, 0.040000000,
    0.131944649, 0.916290732, 0.449275362, 0.565217391,  0.527353001,  0.010293209, 0.068403720,
    0.022142052, 0.260000000, 0.802080798, 1.189369566,  0.040000000};

TEST(HeartRhythm, MatchesNumpy) {
  const std::vector<double> got = heart_rhythm(
      beats_of(25,
               [](double i) { return 0.8 + 0.1 * std::sin(1.3 * i) + 0.07 * std::cos(2.9 * i); }),
      22);
  const std::vector<std::string> names = heart_rhythm_names();
  ASSERT_EQ(got.size(), kReference.size());
  ASSERT_EQ(got.size(), names.size());
  for (size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(got[i], kReference[i], 1e-8) << names[i];
}

TEST(HeartRhythm, HasNoVariabilityInAClock) {
  const std::vector<double> got = heart_rhythm(beats_of(20, [](double) { return 0.75; }), 16);
  EXPECT_NEAR(value(got, "rr_mean"), 0.75, 1e-12);
  for (const char* name :
       {"rr_sdnn", "rr_rmssd", "rr_pnn20", "rr_lag_1", "rr_irregularity", "rr_hf"})
    EXPECT_NEAR(value(got, name), 0, 1e-9) << name;
  EXPECT_EQ(value(got, "rr_alike"), 1);
}

TEST(HeartRhythm, FindsRespirationAndItsDepth) {
  std::vector<double> beats = {0};
  while (beats.back() < 60)
    beats.push_back(beats.back() + 0.9 +
                    0.05 * std::sin(2 * std::numbers::pi * 0.25 * beats.back()));
  const std::vector<double> got = heart_rhythm(beats, 60);
  EXPECT_NEAR(value(got, "rr_hf_peak_hz"), 0.25, 0.011);
  EXPECT_NEAR(value(got, "rr_hf"), 0.05 / std::numbers::sqrt2, 0.005);
  EXPECT_LT(value(got, "rr_lf_share"), 0.1);
}

TEST(HeartRhythm, TellsNoiseFromAWave) {
  Rng rng(1);
  const auto noise = heart_rhythm(beats_of(100, [&](double) { return rng.uniform(0.5, 1.1); }), 80);
  const auto wave =
      heart_rhythm(beats_of(100, [](double i) { return 0.8 + 0.15 * std::sin(0.3 * i); }), 80);
  EXPECT_GT(value(noise, "rr_irregularity"), 1);
  EXPECT_LT(value(wave, "rr_irregularity"), 0.5);
  EXPECT_NEAR(value(noise, "rr_turning"), 2.0 / 3, 0.1);
  EXPECT_LT(value(wave, "rr_turning"), 0.2);
}

TEST(HeartRhythm, CountsPrematureBeatsWithAPause) {
  const auto got = heart_rhythm(
      beats_of(20,
               [](double i) { return i == 5 || i == 12   ? 0.6
                                     : i == 6 || i == 13 ? 1.1
                                                         : 0.85; }),
      20);
  EXPECT_DOUBLE_EQ(value(got, "rr_premature"), 0.1);
}

TEST(HeartRhythm, SaysHowManyBeatsEvenWithoutIntervals) {
  for (const std::vector<double>& beats :
       {std::vector<double>{}, std::vector<double>{1}, std::vector<double>{1, 2, 3}}) {
    const std::vector<double> got = heart_rhythm(beats, 4);
    EXPECT_DOUBLE_EQ(got[0], static_cast<double>(beats.size()) / 4);
    for (size_t i = 1; i < got.size(); ++i) EXPECT_EQ(got[i], 0) << i;
  }
}

}  // namespace
}  // namespace tacit
