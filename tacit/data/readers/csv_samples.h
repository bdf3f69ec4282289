// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tacit/data/readers/sample_stream.h"

namespace tacit {

/// Lines of text as a stream of samples; see sample_stream().
class CsvSamples final : public SampleStream {
 public:
  CsvSamples(const LongFormConfig& config, double rate_hz,
             std::function<void(const std::string&)> tell);

  void read(std::string_view bytes, const Take& take) override;
  void finish(const Take& take) override;
  int64_t unreadable() const override { return unreadable_; }

 private:
  using Cells = std::vector<std::string>;

  void line(std::string_view words, const Take& take);
  bool is_heading(const Cells& cells) const;
  void settle(const Cells& names);
  std::string read_cells(const Cells& cells);
  std::string read_time(const std::string& cell);
  std::optional<int64_t> follow_time();
  void leave_out(const std::string& problem, const Take& take);

  LongFormConfig config_;
  double rate_hz_;
  std::function<void(const std::string&)> tell_;
  std::string buffer_;                            // the beginning of a line
  bool ended_ = false;                            // buffer_ is all that comes
  int64_t number_ = 0;                            // of the line, as people count
  bool has_heading_ = false, has_begun_ = false;  // a line was a heading, a sample
  int64_t unreadable_ = 0;
  size_t width_ = 0;             // cells of a line
  std::vector<size_t> columns_;  // of the channels
  std::optional<size_t> time_;   // column
  std::vector<float> sample_;
  double now_ = 0;                     // of the line, in units of the time column
  std::optional<double> before_;       // of the sample before it
  int64_t steps_ = 0, odd_steps_ = 0;  // all, and those of another rate
};

}  // namespace tacit
