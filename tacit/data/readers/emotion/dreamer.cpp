// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/emotion/dreamer.h"

#include <cmath>

#include "tacit/core/error.h"
#include "tacit/data/readers/emotion/asked_channels.h"
#include "tacit/data/readers/emotion/ratings.h"
#include "tacit/data/readers/labelled_builder.h"
#include "tacit/data/readers/mat.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;
constexpr RatingScale kScale{1, 5};

std::string score_of(EmotionTarget target) {
  switch (target) {
    case EmotionTarget::arousal: return "ScoreArousal";
    case EmotionTarget::valence: return "ScoreValence";
    default: return "ScoreDominance";
  }
}

class Reader {
 public:
  Reader(const fs::path& file, const LongFormConfig& asked, const EmotionConfig& emotion)
      : file_(file.string()),
        mat_(file),
        channels_(asked_channels(asked, {"ecg1", "ecg2"})),
        score_(score_of(emotion.target)),
        ratings_(kScale, emotion) {
    const MatMatrix rate = mat_.numbers("DREAMER.ECG_SamplingRate");
    require<DataError>(
        rate.values.size() == 1 && std::isfinite(rate.values[0]) && rate.values[0] > 0,
        "{}: DREAMER.ECG_SamplingRate is not one number above 0", file_);
    rate_hz_ = rate.values[0];
  }

  void read(LabelledBuilder& builder) {
    const int64_t people = cells_in("DREAMER.Data");
    for (int64_t person = 1; person <= people; ++person) read_person(person, builder);
  }

  std::vector<std::string> notes() const { return ratings_.notes("recordings"); }

 private:
  int64_t cells_in(const std::string& place) {
    const MatItem item = mat_.item(place);
    require<DataError>(item.type == "cell", "{}: {} is {}, and cells are wanted", file_, place,
                       item.words());
    return item.count();
  }

  void read_person(int64_t person, LabelledBuilder& builder) {
    const std::string place = text("DREAMER.Data{{}}", person);
    const std::string stimuli = place + ".ECG.stimuli", baseline = place + ".ECG.baseline";
    const int64_t films = cells_in(stimuli);
    require<DataError>(cells_in(baseline) == films, "{}: {} has {} cells but {} has {}", file_,
                       stimuli, films, baseline, cells_in(baseline));
    const MatMatrix scores = mat_.numbers(place + "." + score_);
    require<DataError>(static_cast<int64_t>(scores.values.size()) == films,
                       "{}: {}.{} has {} ratings but there are {} films", file_, place, score_,
                       scores.values.size(), films);
    const std::string name = std::to_string(person);
    for (int64_t film = 1; film <= films; ++film) {
      const std::string recording = text("{}/{}", name, film);
      const std::string label = ratings_.word(scores.values[static_cast<size_t>(film - 1)]);
      read_film(text("{}{{}}", baseline, film), recording + "/baseline", name, "", builder);
      read_film(text("{}{{}}", stimuli, film), recording, name, label, builder);
    }
  }

  void read_film(const std::string& place, const std::string& recording, const std::string& person,
                 const std::string& label, LabelledBuilder& builder) {
    const MatMatrix samples = mat_.numbers(place);
    require<DataError>(samples.columns == 2, "{}: {} is {} x {}, and samples of 2 leads are wanted",
                       file_, place, samples.rows, samples.columns);
    builder.begin(recording, person, rate_hz_);
    std::vector<float> values(channels_.size());
    for (int64_t row = 0; row < samples.rows; ++row) {
      for (size_t i = 0; i < values.size(); ++i)
        values[i] = sample_of(samples.at(row, static_cast<int64_t>(channels_[i].place)),
                              channels_[i], file_);
      builder.row(values, label, static_cast<double>(row) / rate_hz_);
    }
  }

  std::string file_;
  MatFile mat_;
  std::vector<AskedChannel> channels_;
  std::string score_;
  Ratings ratings_;
  double rate_hz_ = 0;
};

}  // namespace

std::optional<fs::path> find_dreamer(const fs::path& path) {
  for (const fs::path& file : {path, path / "DREAMER.mat"})
    if (file.filename() == "DREAMER.mat" && fs::is_regular_file(file)) return file;
  return std::nullopt;
}

Signals read_dreamer(const LongFormConfig& asked, const EmotionConfig& emotion,
                     const std::string& spool) {
  require_target(emotion, "dreamer",
                 {EmotionTarget::arousal, EmotionTarget::valence, EmotionTarget::dominance});
  const auto file = find_dreamer(asked.path);
  require<DataError>(file.has_value(), "{} is not DREAMER.mat and does not hold it", asked.path);
  Reader reader(*file, asked, emotion);
  LabelledBuilder builder(asked, spool);
  reader.read(builder);
  Signals signals = builder.finish(file->string());
  for (const std::string& note : reader.notes()) signals.notes.push_back(note);
  return signals;
}

}  // namespace tacit
