// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "tacit/data/readers/emotion/ratings.h"

namespace tacit {

/// A person's running annotation, as classes with the times that they begin at.
class CaseAnnotation {
 public:
  /// Reads a CSV with columns `time` (ms) and `target`. Where `video` is not "", it names a column,
  /// and rows count whose number there is 1 to 8. Throws DataError naming file and row where time
  /// does not increase, and like open_csv().
  CaseAnnotation(const std::filesystem::path& file, const std::string& time,
                 const std::string& target, const std::string& video, Ratings& ratings);

  /// The class at a time; "" where none holds. Times that are asked for must not fall.
  std::string_view at(double ms);

 private:
  std::vector<double> begins_;
  std::vector<std::string> words_;
  size_t next_ = 0;  ///< the first that begins after the time that was asked for
};

/// Whether the number is of one of the eight videos, and not of what is shown between them.
bool is_rated_video(double video);

}  // namespace tacit
