// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tacit/run/recipe.h"

namespace tacit {

/// What `tacit init` found out about a table besides.
struct TableFindings {
  int64_t rows = 0;
  std::map<std::string, std::string> reasons;  ///< why a column is what it is, by name
  std::string label_reason, split_reason, min_count_reason;
  std::vector<int64_t> class_rows;  ///< training rows of each class, ascending; of numbers, of all
};

/// What `tacit init` found out about pictures besides.
struct ImageFindings {
  int64_t trained_on = 0;                 ///< pictures that pre-training sees
  int64_t height = 0, width = 0;          ///< as the recipe brings them
  bool uneven = false;                    ///< classes are of very different size
  std::string size_reason, split_reason;  ///< behind these fields; empty where a person chose
  /// Training pictures of each class, ascending; where labels are numbers, of all.
  std::vector<int64_t> class_rows;
};

/// What `tacit init` found out and decided.
struct Findings {
  DataConfig data;
  std::optional<TableFindings> table;    ///< of signals and pictures nothing
  std::optional<ImageFindings> images;   ///< of pictures alone
  double rate_hz = 0;                    ///< as read, before data.rate_hz
  bool labelled = false;                 ///< there are classes, or numbers
  bool triads = false;                   ///< every channel belongs to an x, y, z of one sensor
  std::vector<std::string> facts;        ///< what the data hold, a sentence each
  std::vector<std::string> assumptions;  ///< what was taken for what, and may be wrong
  std::vector<std::string> warnings;     ///< what a person should look at
  std::string overview;                  ///< lines as `tacit data info` prints them
};

/// Looks at a text or Parquet file, a folder of such, a folder with X.npy (and Y.npy, pid.npy), or
/// pictures in files, archives or Parquet, and decides whether it holds pictures (see
/// are_images()), signals or a table (see holds_table()), and how to read, cut and split it.
/// `overrides` ("data.time_unit=ms") are taken as given and never overruled. The data are then read
/// as decided, whole, so that what is handed back runs. Throws DataError with one sentence when it
/// cannot be told how the data are to be read: no rate, no signal, two clocks, times that go back
/// and forth, only identifiers …; ConfigError for overrides that do not fit.
Findings look_at(const std::filesystem::path& path, const std::vector<std::string>& overrides);

}  // namespace tacit
