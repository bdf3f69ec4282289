// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tacit/data/readers/mat_item.h"
#include "tacit/data/readers/signal_file.h"

namespace tacit {

/// Numbers of MATLAB, columns one after the other.
struct MatMatrix {
  int64_t rows = 0, columns = 0;
  std::vector<double> values{};

  double at(int64_t row, int64_t column) const {
    return values[static_cast<size_t>(column * rows + row)];
  }
};

/// A file of MATLAB (.mat), formats 4, 5 to 7.2 and 7.3, read through matio.
///
/// A path names a variable and the way into it, counted from 1: "val", "joined_data{1}",
/// "DREAMER.Data{3}.ECG.stimuli{2}", "people(2).age". Numbers and texts are read from the file when
/// they are asked for; where a variable of cells and structures is packed (formats 7 to 7.2), it is
/// unpacked to find them, as are such variables in front of it.
///
/// All functions throw DataError, which names the file and the path, where the file is cut or
/// damaged or has nothing at the path (then it lists what is there), and ConfigError for a path
/// that is none. Several threads may each have an object of their own; they take turns. A file of
/// format 7.3 that was damaged inside may crash HDF5.
class MatFile {
 public:
  explicit MatFile(const std::filesystem::path& file);
  ~MatFile();
  MatFile(const MatFile&) = delete;
  MatFile& operator=(const MatFile&) = delete;

  /// In the file's order; of format 7.3 by name.
  std::vector<MatItem> variables();
  MatItem item(const std::string& path);
  /// Of an array of real numbers or truth values. Of more than two dimensions, those behind the
  /// first are one: element (i, j, k) of a x b x c is at row i and column j + b k.
  MatMatrix numbers(const std::string& path);
  /// Of an array of letters in one row, or of none, in UTF-8.
  std::string words(const std::string& path);

 private:
  class Reader;
  std::unique_ptr<Reader> reader_;
};

/// The leads in a variable of two dimensions: time is along the longer one, which the notes say
/// (down the columns of a square one). leads: their names, as many as the shorter dimension is
/// long. rate_hz: samples in a second, as the file does not say it. Units are unknown, "". Throws
/// DataError as MatFile does and where the leads do not fit, ConfigError where rate_hz is not above
/// 0.
SignalFile read_mat(const std::filesystem::path& file, const std::string& variable,
                    const std::vector<std::string>& leads, double rate_hz);

}  // namespace tacit
