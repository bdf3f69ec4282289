// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "tacit/data/examples.h"
#include "tacit/data/readers/dialect.h"

namespace tacit {

/// Of the column of times.
enum class FrameTimeUnit { s, ms };
inline std::vector<std::string> names(FrameTimeUnit) { return {"s", "ms"}; }

/// Which columns of a table of labels say what; "" where none does.
struct LabelColumns {
  std::string label{};    ///< of a frame, as `target` says
  std::string time{};     ///< since the first frame
  std::string frame{};    ///< its number
  std::string segment{};  ///< any word: where it changes, another take begins
  std::string video{};    ///< which video a row is of, where a table is of several
  FrameTimeUnit unit = FrameTimeUnit::s;
  Target target = Target::category;
};

/// What a table says of one video, a row at a place of each list that is not empty.
struct LabelRows {
  std::vector<double> seconds{};     ///< rising
  std::vector<int64_t> frames{};     ///< rising
  std::vector<std::string> words{};  ///< labels that name a class, "" without
  std::vector<float> numbers{};      ///< labels that are numbers, NaN without
  std::vector<int64_t> segments{};   ///< counted from 0, one more where the word changes

  size_t size() const { return seconds.empty() ? frames.size() : seconds.size(); }
};

/// The rows of a file like open_rows() reads, by the word in the column of videos, "" without one.
/// Throws like it, and DataError naming file, row and column for a time or a number of a frame that
/// is missing, no such number, or does not rise within a video.
std::map<std::string, LabelRows> read_label_rows(const std::filesystem::path& file,
                                                 const LabelColumns& columns,
                                                 const Dialect& dialect);

/// Which row each frame has, -1 without one, and how many rows lie before the first frame or behind
/// the last.
struct RowsOfFrames {
  std::vector<int64_t> row{};
  int64_t outside = 0;
};

/// The row nearest in time, if it is no more than `within` seconds away; of two as near the
/// earlier. Both lists rise; there is a frame.
RowsOfFrames rows_by_time(std::span<const double> rows, std::span<const double> frames,
                          double within);

/// The row of the same number. Both lists rise; there is a frame.
RowsOfFrames rows_by_number(std::span<const int64_t> rows, std::span<const int64_t> frames);

/// A segment a frame: its row's, else that of the frame before; before any, of the first that has a
/// row.
std::vector<int64_t> segments_of_frames(const std::vector<int64_t>& segments,
                                        const std::vector<int64_t>& row_of_frame);

}  // namespace tacit
