// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "tacit/core/config.h"
#include "tacit/data/signals.h"

/// A gate for windows of an electrocardiogram: which of them hold no readable heart beat. All
/// measures are relative to the window itself, so that units and gains do not matter; windows
/// should come as they were read, since filters and resampling blur what is flat or clipped.
namespace tacit {

/// Why a window is left out; where several hold, lead_off is named before clipped, flat and noise.
enum class Fault {
  none,
  flat,      ///< stands still for a while: a dropout, a gap that was filled with a constant
  clipped,   ///< cut off at the end of the amplifier's or the converter's range
  lead_off,  ///< a sample is missing (not finite), or half of the window or more stands still
  noise,     ///< the band of the QRS complex is weak, or does not stand out in peaks
};
inline std::vector<std::string> names(Fault) {
  return {"none", "flat", "clipped", "lead_off", "noise"};
}

/// Thresholds. Of windows of 10 s from 1040 records of the PhysioNet/CinC Challenge 2017 (one lead
/// held between the fingers, 300 Hz) the defaults leave out 2.6 % in records called normal, 1.3 %
/// in atrial fibrillation, 1.9 % in other rhythms and 24 % in records called too noisy, of which
/// many windows can still be read; of records 100 (MIT-BIH) and e0103, e0110, e0124 (ST-T) none.
struct QualityConfig {
  bool enabled = false;
  double seconds = 10;
  double flat_seconds = 1;
  double clipped_share = 0.01;
  /// The usual 5 would also leave out fast atrial fibrillation and wide, paced complexes, which
  /// come down to 3.8; 10 s of noise reach 3.9 at most and 3.3 usually.
  double min_kurtosis = 3.8;
  double min_qrs_share = 0.1;
};
template <class Visitor>
void describe(Visitor& visit, QualityConfig& config) {
  visit("enabled", config.enabled,
        "end recordings of an ECG where no beat can be read, and begin again behind");
  visit("seconds", config.seconds, "of the stretches that are judged one by one", above(0));
  visit("flat_seconds", config.flat_seconds, "a window that stands still for so long is flat",
        above(0));
  visit("clipped_share", config.clipped_share,
        "a window with a larger share of samples cut off at its extremes is clipped; 1: none is",
        between(0, 1));
  visit("min_kurtosis", config.min_kurtosis,
        "a window whose QRS band is less peaked than this is noise; 0: none is", at_least(0));
  visit("min_qrs_share", config.min_qrs_share,
        "a window with a smaller share of its power in the QRS band is noise; 0: none is",
        between(0, 1));
}

/// What is measured in one channel of a window.
struct QualityMeasures {
  /// The longest stretch whose samples differ by no more than 1 % of the window's range, as leads
  /// without contact were looked for in the PhysioNet/CinC Challenge 2011: Silva, Moody & Celi
  /// 2011, Computing in Cardiology 38:273-276.
  double still_seconds = 0;
  double still_share = 0;  ///< of the window, which that stretch takes
  /// Samples at the window's largest or smallest value, in runs of at least 10 ms and 3 samples.
  double clipped_share = 0;
  /// Fourth moment over the squared variance (kSQI), of the band 5 … 20 Hz, so that neither a
  /// wandering baseline nor the T wave counts: 3 for noise, above 5 where QRS complexes stand out.
  /// Li, Mark & Clifford 2008, Physiological Measurement 29(1):15-32.
  double kurtosis = 0;
  /// Power within 5 … 20 Hz of that above 1 Hz, after pSQI in Li, Mark & Clifford 2008 and Clifford
  /// et al. 2012, Physiological Measurement 33(9):1419-1433: small where electrodes move, muscles
  /// tremble or mains hum.
  double qrs_share = 0;
};

/// x: [T], finite, at least 1. Kurtosis and share of power are 0 where all samples are alike, and
/// in windows below 1 s. Throws ConfigError unless rate_hz is above 40.
QualityMeasures measure_quality(std::span<const float> x, double rate_hz);

/// The fault of one channel, x: [T]; noise is not judged in windows below 2 s, which may hold no
/// beat. `none` where the gate is not enabled. Throws ShapeError when the window is empty and
/// ConfigError unless rate_hz is above 40.
Fault fault_of(std::span<const float> x, double rate_hz, const QualityConfig& config);
/// window: [C, T] float32 -> the fault of the first channel that has one.
Fault fault_of(const Tensor& window, double rate_hz, const QualityConfig& config);

/// How many windows had which fault.
struct QualityCounts {
  std::array<int64_t, 5> windows{};  ///< by Fault

  void add(Fault fault) { ++windows[static_cast<size_t>(fault)]; }
  int64_t all() const;
  int64_t left_out() const { return all() - windows[0]; }
  /// "12 of 300 windows left out: 5 flat, 7 clipped".
  std::string print() const;
};

/// Recordings without their faulty stretches: each is judged in stretches of config.seconds, the
/// last as long as what remains, and ends where one is faulty, as it does at a gap. To be done with
/// samples as they were read, since filters hide where an amplifier was cut off. The notes say how
/// many stretches were left out and why. Throws DataError when nothing is left.
Signals leave_out_faults(Signals signals, const QualityConfig& config);

}  // namespace tacit
