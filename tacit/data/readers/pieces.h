// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <span>
#include <string>
#include <vector>

#include "tacit/data/readers/long_form.h"
#include "tacit/data/spool.h"

namespace tacit {

/// What was done to missing rows of all files.
struct GapCounts {
  int64_t filled_rows = 0, filled_runs = 0;  ///< by interpolation
  int64_t dropped_rows = 0;                  ///< rows of the file that were left out
  int64_t cuts = 0;                          ///< recordings ended by a gap
};

/// Puts rows of one recording after the other together to pieces without a gap, and samples into
/// the spool. Missing rows wait until the next whole row shows how long the gap is.
class PieceBuilder {
 public:
  PieceBuilder(Missing missing, size_t channels, Spool& spool);

  /// Where the rows that follow belong. Ends the recording before.
  void begin(std::string name, std::string subject, double rate_hz, int64_t longest_gap);
  /// One sample; NaN where a value is missing. `label` -1: unlabelled.
  void row(std::span<const float> values, int64_t label, double seconds);
  /// `rows` samples that the file skips.
  void skip(int64_t rows);
  void end();

  /// The recordings, after the spool is finished.
  std::vector<Recording> recordings() const;
  const GapCounts& counts() const { return counts_; }

 private:
  struct Piece {
    Recording recording;  ///< without samples
    int64_t first_row;    ///< in the spool
    int64_t length;
  };

  void store(std::span<const float> values, int64_t label);
  void fill(std::span<const float> until);
  void cut();

  Missing missing_;
  size_t channels_;
  Spool& spool_;
  Recording current_;  ///< name, subject and rate of the pieces to come
  int64_t longest_gap_ = 0;
  bool open_ = false;  ///< pieces_.back() is being added to
  std::vector<Piece> pieces_;
  std::vector<float> last_;  ///< the last whole row
  int64_t last_label_ = -1;
  std::vector<float> waiting_;  ///< missing rows since then
  std::vector<int64_t> waiting_label_;
  int64_t waiting_from_file_ = 0;  ///< of these, rows that the file has
  GapCounts counts_;
};

}  // namespace tacit
