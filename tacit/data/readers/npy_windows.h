// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "tacit/data/signals.h"

namespace tacit {

/// Windows that somebody has cut: a folder with X.npy [N, T, C] and beside it, one element a
/// window, Y.npy (labels: texts or whole numbers) and pid.npy (people).
struct WindowFiles {
  std::filesystem::path x, y, people;  ///< y and people empty where there is none
};

/// The files of a folder, or beside a .npy file; also called x.npy, y.npy, P.npy, subject.npy.
/// Throws DataError without X.npy.
WindowFiles window_files(const std::filesystem::path& path);
/// Whether window_files() would find X.npy.
bool has_window_files(const std::filesystem::path& path);

struct NpyWindowsConfig {
  WindowFiles files;
  std::vector<std::string> channels;  ///< a name for each of X's last dimension
  std::vector<double> scale;          ///< factors; empty: all 1
  double rate_hz = 0;
};

/// Each window becomes a recording of its own, T samples long and named by its number, so that it
/// is never cut or joined; neighbours may have been cut from overlapping stretches, so split by
/// subject. Samples go to a Spool in `spool`. Windows with a value that is not finite are left out
/// and counted in the notes; an empty label is none. Throws DataError (shapes that do not fit
/// together, no window left) and ConfigError (another number of channels or factors, no rate).
Signals read_npy_windows(const NpyWindowsConfig& config, const std::string& spool);

}  // namespace tacit
