// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/simulate_motion.h"

#include <ATen/ops/empty.h>

#include <array>
#include <cmath>
#include <numbers>

#include "tacit/core/rng.h"

namespace tacit {
namespace {

using Vector = std::array<double, 3>;
using Rotation = std::array<Vector, 3>;

/// What the typical person does. Axes of the body: forward, sideways, up.
struct Activity {
  const char* name;
  double cadence_hz;  ///< steps a second
  Vector sway;        ///< amplitude of acceleration, g
  double turn;        ///< amplitude of the thigh's rotation, rad/s
  double impact;      ///< g, at each step
  double lean;        ///< of the thigh from upright, rad
};
constexpr std::array<Activity, 6> kActivities{{
    {"downstairs", 1.85, {0.20, 0.14, 0.36}, 1.6, 0.25, 0.15},
    {"run", 2.70, {0.50, 0.35, 0.95}, 3.6, 0.90, 0.25},
    {"sit", 0.0, {0.0, 0.0, 0.0}, 0.0, 0.0, 1.05},
    {"stand", 0.0, {0.0, 0.0, 0.0}, 0.0, 0.0, 0.25},
    {"upstairs", 1.65, {0.18, 0.13, 0.24}, 1.7, 0.06, 0.35},
    {"walk", 1.85, {0.21, 0.14, 0.30}, 1.7, 0.12, 0.15},
}};

struct Person {
  double cadence, vigour, impact, harmonic, lean;
  Vector phase, share;
  Rotation carrying;
};

/// About x, then y, then z.
Rotation rotation(const Vector& angle) {
  const double cx = std::cos(angle[0]), sx = std::sin(angle[0]), cy = std::cos(angle[1]),
               sy = std::sin(angle[1]), cz = std::cos(angle[2]), sz = std::sin(angle[2]);
  return {{{cz * cy, cz * sy * sx - sz * cx, cz * sy * cx + sz * sx},
           {sz * cy, sz * sy * sx + cz * cx, sz * sy * cx - cz * sx},
           {-sy, cy * sx, cy * cx}}};
}

Vector turned(const Rotation& by, const Vector& v) {
  Vector out{};
  for (size_t i = 0; i < 3; ++i) out[i] = by[i][0] * v[0] + by[i][1] * v[1] + by[i][2] * v[2];
  return out;
}

/// Phones are carried upright or upside down, screen in or out, and never quite straight.
Person draw_person(Rng rng) {
  Person person{.cadence = std::exp(rng.normal(0, 0.10)),
                .vigour = std::exp(rng.normal(0, 0.30)),
                .impact = std::exp(rng.normal(0, 0.40)),
                .harmonic = rng.uniform(0.25, 0.75),
                .lean = rng.normal(0, 0.35),
                .phase = {},
                .share = {},
                .carrying = {}};
  for (double& phase : person.phase) phase = rng.uniform(0, 2 * std::numbers::pi);
  for (double& share : person.share) share = std::exp(rng.normal(0, 0.25));
  const double upside_down = rng.chance(0.5) ? std::numbers::pi : 0;
  const double screen_out = rng.chance(0.5) ? std::numbers::pi : 0;
  person.carrying = rotation(
      {upside_down + rng.normal(0, 0.3), rng.normal(0, 0.3), screen_out + rng.normal(0, 0.4)});
  return person;
}

/// One recording, sample by sample.
class Motion {
 public:
  Motion(const Activity& activity, const Person& person, double rate_hz, Rng rng)
      : activity_(activity), person_(person), period_(1 / rate_hz), rng_(rng) {
    drift_ = rotation({rng_.normal(0, 0.12), rng_.normal(0, 0.12), rng_.normal(0, 0.12)});
    day_ = std::exp(rng_.normal(0, 0.15));
    lean_ = activity.lean + person.lean + rng_.normal(0, 0.15);
    step_ = rng_.uniform(0, 2 * std::numbers::pi);
  }

  /// ax ay az gx gy gz
  std::array<float, 6> next() {
    pace_ += -0.5 * pace_ * period_ + 0.08 * std::sqrt(period_) * rng_.normal();
    step_ +=
        2 * std::numbers::pi * activity_.cadence_hz * person_.cadence * std::exp(pace_) * period_;
    const double strength = person_.vigour * day_;
    fidget_ += -0.8 * fidget_ * period_ + 0.06 * std::sqrt(period_) * rng_.normal();
    const double swing = 0.15 * activity_.turn * std::sin(step_ / 2 + person_.phase[0]);
    const double lean = lean_ + swing + fidget_;
    Vector force{std::sin(lean), 0.05, std::cos(lean)};
    Vector spin{fidget_, activity_.turn * strength * wave(0, step_ / 2), 0.3 * fidget_};
    for (size_t axis = 0; axis < 3; ++axis) {
      force[axis] += strength * person_.share[axis] * activity_.sway[axis] *
                     wave(axis, axis == 1 ? step_ / 2 : step_);
      if (axis != 1) spin[axis] += 0.4 * strength * activity_.turn * wave(axis, step_ / 2);
    }
    force[2] +=
        activity_.impact * person_.impact * day_ * std::pow(std::max(0.0, std::sin(step_)), 8);
    force = turned(person_.carrying, turned(drift_, force));
    spin = turned(person_.carrying, turned(drift_, spin));
    std::array<float, 6> sample{};
    for (size_t axis = 0; axis < 3; ++axis) {
      sample[axis] = static_cast<float>(force[axis] + rng_.normal(0, 0.02));
      sample[axis + 3] = static_cast<float>(spin[axis] + rng_.normal(0, 0.04));
    }
    return sample;
  }

 private:
  double wave(size_t axis, double phase) const {
    const double h = person_.harmonic;
    const double shift = person_.phase[axis];
    return std::sin(phase + shift) + h * std::sin(2 * phase + 2.1 * shift) +
           0.5 * h * h * std::sin(3 * phase + 3.3 * shift);
  }

  const Activity& activity_;
  const Person& person_;
  double period_;
  Rng rng_;
  Rotation drift_{};
  double day_ = 1, lean_ = 0, step_ = 0, pace_ = 0, fidget_ = 0;
};

Recording simulate(size_t activity, const Person& person, const std::string& subject,
                   const SimulateMotionConfig& config, Rng rng) {
  const int64_t length = std::max<int64_t>(1, std::llround(config.seconds * config.rate_hz));
  Motion motion(kActivities[activity], person, config.rate_hz, rng);
  Recording recording{.name = subject + "/" + kActivities[activity].name,
                      .subject = subject,
                      .rate_hz = config.rate_hz,
                      .samples = at::empty({6, length}, at::kFloat),
                      .labels = {{0, length, static_cast<int64_t>(activity)}}};
  float* const out = recording.samples.mutable_data_ptr<float>();
  for (int64_t step = 0; step < length; ++step) {
    const auto sample = motion.next();
    for (int64_t channel = 0; channel < 6; ++channel)
      out[channel * length + step] = sample[static_cast<size_t>(channel)];
  }
  return recording;
}

}  // namespace

Signals simulate_motion(const SimulateMotionConfig& config) {
  Signals signals{.channels = {"ax", "ay", "az", "gx", "gy", "gz"},
                  .classes = {},
                  .recordings = {},
                  .notes = {"the motion is simulated, not measured"}};
  for (const Activity& activity : kActivities) signals.classes.emplace_back(activity.name);
  const Rng rng = Rng(static_cast<uint64_t>(config.seed)).stream("simulate_motion");
  for (int64_t number = 1; number <= config.people; ++number) {
    const Rng mine = rng.stream(static_cast<uint64_t>(number));
    const Person person = draw_person(mine.stream("person"));
    for (size_t activity = 0; activity < kActivities.size(); ++activity)
      signals.recordings.push_back(simulate(activity, person, std::to_string(number), config,
                                            mine.stream("recording").stream(activity)));
  }
  return signals;
}

}  // namespace tacit
