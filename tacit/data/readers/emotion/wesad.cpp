// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/emotion/wesad.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "tacit/core/error.h"
#include "tacit/data/readers/data_files.h"
#include "tacit/data/readers/emotion/asked_channels.h"
#include "tacit/data/readers/emotion/pickle.h"
#include "tacit/data/readers/emotion/ratings.h"
#include "tacit/data/readers/labelled_builder.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;
constexpr double kRateHz = 700;
constexpr int kCodes = 8;  // 0 is between conditions, 5 to 7 are not to be used

/// Where a channel is in a pickle: a column of an array of the chest.
struct Place {
  const char *channel, *array;
  int64_t column;
};
constexpr std::array<Place, 8> kPlaces{{{"ecg", "ECG", 0},
                                        {"eda", "EDA", 0},
                                        {"emg", "EMG", 0},
                                        {"resp", "Resp", 0},
                                        {"temp", "Temp", 0},
                                        {"acc_x", "ACC", 0},
                                        {"acc_y", "ACC", 1},
                                        {"acc_z", "ACC", 2}}};

std::vector<std::string> channels() {
  std::vector<std::string> channels;
  for (const Place& place : kPlaces) channels.emplace_back(place.channel);
  return channels;
}

std::array<std::string_view, kCodes> conditions(EmotionLevels levels) {
  if (levels == EmotionLevels::binary) return {"", "no_stress", "stress", "no_stress"};
  return {"", "baseline", "stress", "amusement", "meditation"};
}

/// S and a number.
bool is_person(const std::string& name) {
  return name.size() > 1 && name[0] == 'S' &&
         name.find_first_not_of("0123456789", 1) == std::string::npos;
}

std::vector<DataFile> people_in(const std::string& path) {
  std::vector<DataFile> files = data_files(path, "", {".pkl"});
  std::erase_if(files, [](const DataFile& file) { return !is_person(file.path.stem().string()); });
  require<DataError>(!files.empty(), "{} holds no file S2.pkl, S3.pkl … of WESAD", path);
  return files;
}

/// One channel in a pickle of a person.
struct Column {
  const PickledArray* array;
  int64_t column;
  AskedChannel channel;
};

std::vector<Column> columns_of(const Pickle& pickle, const std::vector<AskedChannel>& channels,
                               const PickledArray& label, const fs::path& file) {
  std::vector<Column> columns;
  for (const AskedChannel& channel : channels) {
    const Place& place = kPlaces[channel.place];
    const PickledArray& array = pickle.array({"signal", "chest", place.array});
    require<DataError>(place.column < array.columns(), "{}: {} has {} columns", file.string(),
                       place.array, array.columns());
    require<DataError>(array.rows() == label.rows(), "{}: {} has {} rows but label has {}",
                       file.string(), place.array, array.rows(), label.rows());
    columns.push_back({&array, place.column, channel});
  }
  return columns;
}

class Reader {
 public:
  Reader(const LongFormConfig& asked, const EmotionConfig& emotion)
      : words_(conditions(emotion.levels)), channels_(asked_channels(asked, channels())) {}

  void read(const fs::path& file, LabelledBuilder& builder) const {
    const Pickle pickle(file);
    const std::string person = file.stem().string();
    require<DataError>(pickle.words({"subject"}) == person, "{}: it is of {}", file.string(),
                       pickle.words({"subject"}));
    const PickledArray& label = pickle.array({"label"});
    require<DataError>(label.columns() == 1 && label.is_whole(),
                       "{}: label is no column of whole numbers", file.string());
    const std::vector<Column> columns = columns_of(pickle, channels_, label, file);
    builder.begin(person, person, kRateHz);
    std::vector<float> values(columns.size());
    for (int64_t row = 0; row < label.rows(); ++row) {
      for (size_t i = 0; i < values.size(); ++i)
        values[i] = sample_of(columns[i].array->at(row, columns[i].column), columns[i].channel,
                              file.native());
      builder.row(values, word(label.at(row, 0), row, file), static_cast<double>(row) / kRateHz);
    }
  }

 private:
  std::string_view word(double code, int64_t row, const fs::path& file) const {
    require<DataError>(code >= 0 && code < kCodes, "{}: label {} of sample {} is not 0 to {}",
                       file.string(), code, row + 1, kCodes - 1);
    return words_[static_cast<size_t>(code)];
  }

  std::array<std::string_view, kCodes> words_;
  std::vector<AskedChannel> channels_;
};

}  // namespace

bool is_wesad(const fs::path& path) {
  const auto is_pickle = [](const fs::path& file) {
    return file.extension() == ".pkl" && is_person(file.stem().string()) &&
           fs::is_regular_file(file);
  };
  if (!fs::is_directory(path)) return is_pickle(path);
  std::error_code unreadable;
  for (const fs::directory_entry& entry : fs::directory_iterator(path, unreadable)) {
    const std::string name = entry.path().filename().string();
    if (is_pickle(entry.path()) || is_pickle(entry.path() / (name + ".pkl"))) return true;
  }
  return false;
}

Signals read_wesad(const LongFormConfig& asked, const EmotionConfig& emotion,
                   const std::string& spool) {
  require_target(emotion, "wesad", {EmotionTarget::stress});
  const Reader reader(asked, emotion);
  LabelledBuilder builder(asked, spool);
  for (const DataFile& file : people_in(asked.path)) reader.read(file.path, builder);
  return builder.finish(asked.path);
}

}  // namespace tacit
