// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "tacit/core/config.h"
#include "tacit/data/signals.h"

namespace tacit {

/// What simulated electrocardiograms are labelled with.
enum class HeartLabel { arousal, valence, quadrant };
inline std::vector<std::string> names(HeartLabel) { return {"arousal", "valence", "quadrant"}; }

struct SimulateHeartsConfig {
  int64_t people = 20;
  int64_t recordings = 8;  ///< of each person
  double seconds = 60;     ///< of each recording
  double rate_hz = 256;
  HeartLabel label = HeartLabel::arousal;
  int64_t seed = 1;
};
template <class Visitor>
void describe(Visitor& visit, SimulateHeartsConfig& config) {
  visit("people", config.people, "simulated people", at_least(1));
  visit("recordings", config.recordings, "of each person; four hold each state once", at_least(1));
  visit("seconds", config.seconds, "of each recording", above(0));
  visit("rate_hz", config.rate_hz, "samples a second", above(0));
  visit("label", config.label, "high or low arousal, high or low valence, or the four quadrants");
  visit("seed", config.seed, "of everything that is drawn", at_least(0));
}

/// Simulated electrocardiograms of one lead, channel "ecg" in mV, of people in four states of
/// emotion, for tests, demonstrations and first steps without data that needs an agreement. It is
/// NOT measured data, and scores on it say nothing about people.
///
/// The model: a phase that runs on by one a beat, and on it five Gaussians P, Q, R, S and T (the
/// idea of McSharry, Clifford, Tarassenko & Smith 2003, "A dynamical model for generating synthetic
/// electrocardiogram signals", IEEE Transactions on Biomedical Engineering 50(3)), of which T falls
/// faster than it rises and comes later when the heart is slow. The rate of the phase is the
/// person's, swayed by respiration (HF), a Mayer wave of 0.1 Hz (LF) and a slow wander that is
/// stronger the slower, like 1/f. Added are a baseline that breathes and wanders, 50 Hz of mains,
/// muscle noise that swells, and now and then an artefact of motion.
///
/// High arousal beats faster, sways less with respiration, and has a flatter and earlier T. High
/// valence breathes slower and deeper, which the heart follows, and has a weaker Mayer wave. People
/// differ in all of these, in the heart's axis and the lead's gain (some leads are small), in the
/// waves' forms, in noise, and in how strongly they respond, by more than the states do; so do
/// recordings of one person, a little. States follow each other in each person's recordings:
/// low arousal low valence, high low, low high, high high, and again. Person p and recording r do
/// not depend on how many there are.
Signals simulate_hearts(const SimulateHeartsConfig& config);

}  // namespace tacit
