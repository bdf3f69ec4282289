// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tacit/core/config.h"
#include "tacit/data/signals.h"

namespace tacit {

struct SimulateMotionConfig {
  int64_t people = 30;
  double seconds = 60;  ///< of each activity of each person
  double rate_hz = 50;
  int64_t seed = 1;
};
template <class Visitor>
void describe(Visitor& visit, SimulateMotionConfig& config) {
  visit("people", config.people, "simulated people", at_least(1));
  visit("seconds", config.seconds, "of each activity of each person", above(0));
  visit("rate_hz", config.rate_hz, "samples a second", above(0));
  visit("seed", config.seed, "of everything that is drawn", at_least(0));
}

/// Simulated motion of a phone in a trouser pocket: channels ax ay az (g) and gx gy gz (rad/s), for
/// tests, demonstrations and first steps without a download. It is NOT measured data, and scores on
/// it say nothing about people.
///
/// The model, activity by activity (sit, stand, walk, run, upstairs, downstairs): a step phase
/// whose speed wanders about the person's cadence drives three harmonics of vertical, forward and
/// sideways acceleration and of rotation; running adds an impact each step; gravity is tilted by a
/// posture (the thigh: level when sitting, upright otherwise); everything is turned by the person's
/// way of carrying the phone, which drifts a little between recordings; sensor noise and a slow
/// wander are added. Cadence, vigour, harmonics and carrying differ between people more than
/// between walking and stairs, so that classes overlap between people.
Signals simulate_motion(const SimulateMotionConfig& config);

}  // namespace tacit
