// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/emotion/amigos.h"

#include <limits>
#include <string_view>

#include "tacit/core/error.h"
#include "tacit/data/readers/data_files.h"
#include "tacit/data/readers/emotion/asked_channels.h"
#include "tacit/data/readers/emotion/ratings.h"
#include "tacit/data/readers/labelled_builder.h"
#include "tacit/data/readers/mat.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;
constexpr double kRateHz = 128;
constexpr int64_t kBefore = 5 * 128;  // samples in front of a video
constexpr RatingScale kScale{1, 9};
constexpr std::string_view kPrefix = "Data_Preprocessed_P";

/// In the order of the columns.
std::vector<std::string> channels() {
  return {"AF3", "F7",  "F3", "FC5", "T7",  "P7",        "O1",       "O2", "P8",
          "T8",  "FC6", "F4", "F8",  "AF4", "ecg_right", "ecg_left", "gsr"};
}

/// The column of labels_selfassessment.
int64_t column_of(EmotionTarget target) {
  switch (target) {
    case EmotionTarget::arousal: return 0;
    case EmotionTarget::valence: return 1;
    default: return 2;
  }
}

bool is_of_amigos(const fs::path& path) { return path.filename().string().starts_with(kPrefix); }

std::vector<DataFile> people_in(const std::string& path) {
  std::vector<DataFile> files = data_files(path, "", {".mat"});
  std::erase_if(files, [](const DataFile& file) { return !is_of_amigos(file.path); });
  require<DataError>(!files.empty(),
                     "{} holds no file {}01.mat, {}02.mat …; the preprocessed part of AMIGOS is "
                     "read, not the original one",
                     path, kPrefix, kPrefix);
  return files;
}

class Reader {
 public:
  Reader(const LongFormConfig& asked, const EmotionConfig& emotion)
      : channels_(asked_channels(asked, channels())),
        column_(column_of(emotion.target)),
        ratings_(kScale, emotion) {}

  void read(const fs::path& file, LabelledBuilder& builder) {
    MatFile mat(file);
    const int64_t videos = cells_in(mat, "joined_data", file);
    const int64_t rated = cells_in(mat, "labels_selfassessment", file);
    require<DataError>(videos == rated, "{}: joined_data has {} cells but labels_selfassessment {}",
                       file.string(), videos, rated);
    std::vector<double> ratings;  // all first: a variable that is left must be opened anew
    for (int64_t video = 1; video <= videos; ++video)
      ratings.push_back(rating_of(mat, text("labels_selfassessment{{}}", video), file));
    const std::string person = "P" + file.stem().string().substr(kPrefix.size());
    for (int64_t video = 1; video <= videos; ++video)
      read_video(mat, text("joined_data{{}}", video), ratings[static_cast<size_t>(video - 1)],
                 person, text("{}/{}", person, video), file, builder);
  }

  std::vector<std::string> notes() const {
    std::vector<std::string> notes = ratings_.notes("recordings");
    if (unwatched_ > 0)
      notes.push_back(text("{} videos are empty, as not everybody watched all", unwatched_));
    return notes;
  }

 private:
  static int64_t cells_in(MatFile& mat, const std::string& variable, const fs::path& file) {
    const MatItem item = mat.item(variable);
    require<DataError>(item.type == "cell", "{}: {} is {}, and cells are wanted", file.string(),
                       variable, item.words());
    return item.count();
  }

  double rating_of(MatFile& mat, const std::string& cell, const fs::path& file) const {
    if (mat.item(cell).count() == 0) return std::numeric_limits<double>::quiet_NaN();
    const MatMatrix row = mat.numbers(cell);
    require<DataError>(row.rows == 1 && row.columns > column_,
                       "{}: {} is {} x {}, and one row of ratings is wanted", file.string(), cell,
                       row.rows, row.columns);
    return row.at(0, column_);
  }

  void read_video(MatFile& mat, const std::string& cell, double rating, const std::string& person,
                  const std::string& name, const fs::path& file, LabelledBuilder& builder) {
    if (mat.item(cell).count() == 0) {
      ++unwatched_;
      return;
    }
    const MatMatrix samples = mat.numbers(cell);
    const auto wanted = static_cast<int64_t>(channels().size());
    require<DataError>(samples.columns == wanted,
                       "{}: {} is {} x {}, and samples of {} channels are wanted", file.string(),
                       cell, samples.rows, samples.columns, wanted);
    builder.begin(name, person, kRateHz);
    const std::string label = ratings_.word(rating);
    std::vector<float> values(channels_.size());
    for (int64_t row = 0; row < samples.rows; ++row) {
      for (size_t i = 0; i < values.size(); ++i)
        values[i] = sample_of(samples.at(row, static_cast<int64_t>(channels_[i].place)),
                              channels_[i], file.native());
      builder.row(values, row < kBefore ? "" : label, static_cast<double>(row) / kRateHz);
    }
  }

  std::vector<AskedChannel> channels_;
  int64_t column_;
  Ratings ratings_;
  int64_t unwatched_ = 0;
};

}  // namespace

bool is_amigos(const fs::path& path) {
  if (!fs::is_directory(path)) return is_of_amigos(path) && path.extension() == ".mat";
  if (is_of_amigos(path)) return true;
  std::error_code unreadable;
  for (const fs::directory_entry& entry : fs::directory_iterator(path, unreadable))
    if (is_of_amigos(entry.path())) return true;
  return false;
}

Signals read_amigos(const LongFormConfig& asked, const EmotionConfig& emotion,
                    const std::string& spool) {
  require_target(emotion, "amigos",
                 {EmotionTarget::arousal, EmotionTarget::valence, EmotionTarget::dominance});
  Reader reader(asked, emotion);
  LabelledBuilder builder(asked, spool);
  for (const DataFile& file : people_in(asked.path)) reader.read(file.path, builder);
  Signals signals = builder.finish(asked.path);
  for (const std::string& note : reader.notes()) signals.notes.push_back(note);
  return signals;
}

}  // namespace tacit
