// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "tacit/data/readers/signal_file.h"

namespace tacit {

/// Reads a recording in European Data Format: EDF and EDF+ (samples of 16 bits), BDF and BDF+ (24
/// bits); of one that is called *.gz, unpacked. Up to 4 GiB.
/// A parser of our own, because edflib says only "format error" and refuses interrupted recordings.
///
/// leads: names in the order wanted; {}: all signals except annotations, in the file's order.
/// Samples are scaled to the signal's unit, also those outside the range that the header gives. An
/// interrupted recording (EDF+D) has NaN where it paused, up to 2^27 samples in all leads, so that
/// sample i is at i / rate_hz seconds.
///
/// Marks are the annotations, by time, without those that only say when a record begins. Seconds
/// count from the first sample, which may be a fraction of a second behind the start in the header.
///
/// Notes say what was filled and what was left out: behind the last whole record where the header
/// does not know their number, behind the records that it promises, and damaged annotations.
///
/// Throws DataError for a header that contradicts itself or the file's size, for a lead that is not
/// there or there twice, and for records that overlap or do not say when they begin (EDF+D).
/// Sources: tacit/data/readers/edf_header.h.
SignalFile read_edf(const std::filesystem::path& file, const std::vector<std::string>& leads = {});

/// The same from a file's bytes, unpacked; `name` is for messages.
SignalFile read_edf_bytes(std::string_view bytes, const std::string& name,
                          const std::vector<std::string>& leads = {});

}  // namespace tacit
