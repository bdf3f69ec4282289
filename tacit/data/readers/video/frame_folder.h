// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "tacit/data/readers/images/image_builder.h"
#include "tacit/data/readers/video/frame_stream.h"

namespace tacit {

/// A video whose frames are pictures (JPEG, PNG, WebP) with a number at the end of their names:
/// 17.png, frame_0017.jpg, 17_cam.jpg, where what follows the last digits does not matter.
class FrameFolder final : public FrameStream {
 public:
  /// `files`: of one folder, in any order. `rate_hz`: frames a second; the step between most of the
  /// numbers counts as one frame, a greater one as frames that are missing. 0: not known, and then
  /// seconds() just counts frames. Throws DataError naming a picture without a number or two with
  /// the same; later one that cannot be decoded, or, where the shape leaves the size open, whose
  /// size is not that of the first.
  FrameFolder(std::vector<std::filesystem::path> files, double rate_hz, const FrameShape& shape,
              Broken broken = Broken::refuse);

  bool next() override;
  void seek(int64_t number, std::span<const FrameMark> marks) override;
  /// The one in the name.
  int64_t number() const override;
  double seconds() const override;
  const std::vector<uint8_t>& planes() override;
  const FrameShape& shape() const override { return scaler_.shape(); }
  const std::vector<FrameMark>& marks() const override { return no_marks_; }
  /// Pictures left out.
  std::vector<std::string> notes() const override;

 private:
  struct Numbered {
    int64_t number;
    std::filesystem::path file;
  };

  bool decode(const std::filesystem::path& file);

  std::vector<Numbered> frames_;
  std::vector<FrameMark> no_marks_{};
  double rate_hz_;
  double step_ = 1;  ///< between the numbers of most neighbours
  bool has_size_;
  Broken broken_;
  FrameScaler scaler_;
  Picture picture_{};
  size_t next_ = 0, first_ = 0;
  bool has_first_ = false;
  int64_t lost_ = 0;
  std::string first_lost_{};
};

}  // namespace tacit
