// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/simulate_hearts.h"

#include <ATen/ops/empty.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "tacit/core/rng.h"

namespace tacit {
namespace {

constexpr double kTurn = 2 * std::numbers::pi;

/// What the typical heart draws in the typical lead, while it beats once a second.
struct Wave {
  double height;      ///< mV
  double at;          ///< s after R
  double rise, fall;  ///< standard deviation before and after its top, s
};
constexpr size_t kP = 0, kQ = 1, kR = 2, kS = 3, kT = 4;
constexpr std::array<Wave, 5> kWaves{{{0.12, -0.165, 0.022, 0.022},
                                      {-0.09, -0.026, 0.009, 0.009},
                                      {1.05, 0.0, 0.011, 0.011},
                                      {-0.22, 0.028, 0.010, 0.010},
                                      {0.28, 0.290, 0.052, 0.036}}};

/// What a person, a recording and a state multiply.
struct Heart {
  double rate;  ///< beats a second
  double breath_hz;
  double respiratory, mayer, wander;  ///< sway of the log rate: amplitudes, deviation
  double mains, muscle, baseline;     ///< mV
  double artefacts;                   ///< a second
  std::array<Wave, 5> waves;
};

double about(double middle, double spread, Rng& rng) {
  return middle * std::exp(rng.normal(0, spread));
}

Heart draw_person(Rng rng) {
  Heart heart{.rate = about(1.2, 0.12, rng),
              .breath_hz = about(0.25, 0.17, rng),
              .respiratory = about(0.04, 0.42, rng),
              .mayer = about(0.03, 0.35, rng),
              .wander = about(0.03, 0.3, rng),
              .mains = about(0.006, 0.7, rng),
              .muscle = about(0.012, 0.5, rng),
              .baseline = about(0.06, 0.5, rng),
              .artefacts = about(0.012, 0.6, rng),
              .waves = kWaves};
  const double gain = about(1, 0.3, rng), axis = std::clamp(rng.normal(0, 0.5), -1.2, 1.2);
  const double t_axis = axis + rng.normal(0, 0.4);
  for (Wave& wave : heart.waves) {
    wave.height *= gain * about(1, 0.2, rng);
    wave.at *= about(1, 0.06, rng);
    wave.rise *= about(1, 0.1, rng);
    wave.fall *= about(1, 0.1, rng);
  }
  heart.waves[kP].height *= std::cos(axis);
  heart.waves[kR].height *= std::cos(axis);
  heart.waves[kS].height *= 1 - 1.5 * std::sin(axis);
  heart.waves[kT].height *= std::cos(t_axis);
  return heart;
}

/// `arousal` and `valence`: 1 high, -1 low. response: how strongly this person feels.
Heart in_state(Heart heart, double arousal, double valence, double response, Rng rng) {
  const double aroused = arousal * response, pleased = valence * response;
  heart.rate *= about(std::exp(0.05 * aroused), 0.045, rng);
  heart.respiratory *= about(std::exp(-0.2 * aroused + 0.12 * pleased), 0.15, rng);
  heart.mayer *= about(std::exp(-0.15 * pleased), 0.15, rng);
  heart.breath_hz *= about(std::exp(-0.08 * pleased), 0.05, rng);
  heart.waves[kT].height *= about(std::exp(-0.1 * aroused), 0.08, rng);
  heart.waves[kT].at *= about(std::exp(-0.015 * aroused), 0.01, rng);
  for (Wave& wave : heart.waves) wave.height *= about(1, 0.03, rng);
  heart.muscle *= about(1, 0.3, rng);
  heart.baseline *= about(1, 0.3, rng);
  return heart;
}

/// Noise of deviation 1 that forgets in `seconds`.
class Wander {
 public:
  Wander(double seconds, double period, Rng& rng)
      : keep_(std::exp(-period / seconds)),
        add_(std::sqrt(1 - keep_ * keep_)),
        value_(rng.normal()) {}
  double next(Rng& rng) { return value_ = keep_ * value_ + add_ * rng.normal(); }

 private:
  double keep_, add_, value_;
};

/// One recording, sample by sample.
class Electrocardiogram {
 public:
  Electrocardiogram(const Heart& heart, double rate_hz, Rng rng)
      : heart_(heart), period_(1 / rate_hz), rng_(rng) {
    for (const double seconds : {4.0, 16.0, 64.0}) slow_.emplace_back(seconds, period_, rng_);
    beat_ = rng_.uniform(), breath_ = rng_.uniform(), mayer_ = rng_.uniform();
    mains_ = rng_.uniform();
  }

  float next() {
    breath_ += heart_.breath_hz * std::exp(0.12 * breathing_.next(rng_)) * period_;
    mayer_ += 0.1 * std::exp(0.15 * vessels_.next(rng_)) * period_;
    double slow = 0;
    for (Wander& each : slow_) slow += each.next(rng_) / std::sqrt(3.0);
    const double rate =
        heart_.rate * std::exp(heart_.respiratory * std::sin(kTurn * breath_) +
                               heart_.mayer * std::sin(kTurn * mayer_) + heart_.wander * slow);
    beat_ += rate * period_;
    return static_cast<float>((1 + 0.04 * std::sin(kTurn * breath_ + 1)) * waves(rate) + noise());
  }

 private:
  /// mV
  double waves(double rate) const {
    double sum = 0;
    for (size_t i = 0; i < kWaves.size(); ++i) {
      const auto& [height, at, rise, fall] = heart_.waves[i];
      const double slower = i == kT ? std::sqrt(1 / rate) : std::pow(1 / rate, 0.2);
      const double turns = beat_ - rate * at * slower;  // since the wave's top
      const double since = (turns - std::round(turns)) / rate;
      const double width = (since < 0 ? rise : fall) * (i == kT ? slower : 1);
      sum += height * std::exp(-since * since / (2 * width * width));
    }
    return sum;
  }

  /// mV
  double noise() {
    mains_ += 50 * period_;
    const double tension = std::exp(0.6 * swelling_.next(rng_));
    const double muscle = heart_.muscle * tension * rng_.normal();
    const double drift = 0.5 * std::sin(kTurn * breath_) + 0.7 * drift_.next(rng_);
    return heart_.baseline * drift + heart_.mains * std::sin(kTurn * mains_) + muscle + artefact();
  }

  /// A jerk that swells and fades.
  double artefact() {
    if (remaining_ <= 0) {
      if (!rng_.chance(heart_.artefacts * period_)) return 0;
      duration_ = remaining_ = rng_.uniform(0.3, 1.5);
      size_ = about(0.5, 0.6, rng_);
    }
    remaining_ -= period_;
    const double swell = std::sin(std::numbers::pi * std::max(0.0, remaining_) / duration_);
    return size_ * swell * jerk_.next(rng_);
  }

  Heart heart_;
  double period_;
  Rng rng_;
  std::vector<Wander> slow_{};
  Wander breathing_{5, period_, rng_}, vessels_{10, period_, rng_}, swelling_{2, period_, rng_},
      drift_{1.5, period_, rng_}, jerk_{0.06, period_, rng_};
  double beat_ = 0, breath_ = 0, mayer_ = 0, mains_ = 0;  // phases, in turns
  double remaining_ = 0, duration_ = 1, size_ = 0;        // of an artefact
};

std::vector<std::string> classes_of(HeartLabel label) {
  if (label != HeartLabel::quadrant) return {"high", "low"};
  return {"high arousal high valence", "high arousal low valence", "low arousal high valence",
          "low arousal low valence"};
}

/// Recordings 0, 1, 2, 3 … of a person hold low low, high low, low high, high high …
bool aroused(int64_t recording) { return recording % 2 == 1; }
bool pleased(int64_t recording) { return recording / 2 % 2 == 1; }

int64_t label_of(HeartLabel label, int64_t recording) {
  const int64_t arousal = aroused(recording) ? 0 : 1, valence = pleased(recording) ? 0 : 1;
  if (label == HeartLabel::arousal) return arousal;
  return label == HeartLabel::valence ? valence : 2 * arousal + valence;
}

Tensor simulate(const Heart& heart, const SimulateHeartsConfig& config, Rng rng) {
  const int64_t length = std::max<int64_t>(1, std::llround(config.seconds * config.rate_hz));
  Electrocardiogram ecg(heart, config.rate_hz, rng);
  Tensor samples = at::empty({1, length}, at::kFloat);
  float* const out = samples.mutable_data_ptr<float>();
  for (int64_t step = 0; step < length; ++step) out[step] = ecg.next();
  return samples;
}

}  // namespace

Signals simulate_hearts(const SimulateHeartsConfig& config) {
  Signals signals{.channels = {"ecg"},
                  .classes = classes_of(config.label),
                  .recordings = {},
                  .notes = {"the electrocardiograms are simulated, not measured"}};
  const Rng rng = Rng(static_cast<uint64_t>(config.seed)).stream("simulate_hearts");
  for (int64_t number = 1; number <= config.people; ++number) {
    const Rng mine = rng.stream(static_cast<uint64_t>(number));
    const Heart person = draw_person(mine.stream("person"));
    Rng feeling = mine.stream("response");
    const double response = about(1, 0.3, feeling);
    for (int64_t take = 0; take < config.recordings; ++take) {
      const Rng own = mine.stream("recording").stream(static_cast<uint64_t>(take));
      const Heart heart = in_state(person, aroused(take) ? 1 : -1, pleased(take) ? 1 : -1, response,
                                   own.stream("state"));
      const std::string subject = std::to_string(number);
      Tensor samples = simulate(heart, config, own.stream("samples"));
      const int64_t length = samples.size(1);
      signals.recordings.push_back({.name = subject + "/" + std::to_string(take + 1),
                                    .subject = subject,
                                    .rate_hz = config.rate_hz,
                                    .samples = std::move(samples),
                                    .labels = {{0, length, label_of(config.label, take)}}});
    }
  }
  return signals;
}

}  // namespace tacit
