// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/init_images.h"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <set>

#include "tacit/core/error.h"
#include "tacit/core/files.h"
#include "tacit/data/image_overview.h"
#include "tacit/data/name_words.h"
#include "tacit/data/survey.h"

namespace tacit {
namespace {

using Called = std::initializer_list<const char*>;
constexpr Called kTraining{"train", "training"}, kTest{"test", "testing", "t10k"},
    kValidation{"val", "valid", "validation"};

constexpr size_t kSeen = 100;                 // files whose sizes are looked at
constexpr int64_t kMostKept = 128;            // pixels a side that are left as they are
constexpr std::array kSides{32, 48, 64, 96};  // that pictures are brought to
constexpr int64_t kUsualSide = 64;            // where their sizes are not known
constexpr int64_t kLeastValidated = 20;       // of fewer pictures none are for validation
constexpr int64_t kFewPictures = 500, kFewSubjects = 5;
constexpr size_t kMostListed = 20;  // classes that are told one by one

bool is_called(const std::string& name, const Called& words) {
  return has_any(words_of(name), words);
}

bool is_large(const PictureSize& size) { return std::max(size.height, size.width) > kMostKept; }
std::string words(const PictureSize& size) { return text("{} x {}", size.width, size.height); }

/// Whether all pictures have three channels that are alike.
bool are_grey(const Images& images) {
  const Tensor& pixels = images.pixels();
  return pixels.equal(pixels.narrow(1, 0, 1).expand_as(pixels));
}

/// How many rows of `tested` have the pixels of one of the others.
int64_t repeats(const Images& images, const std::vector<int64_t>& tested) {
  std::map<std::string, int64_t> untested;  // rows of the same pixels
  std::vector<std::string> prints;
  for (int64_t row = 0; row < images.size(); ++row) {
    const Tensor image = images.pixels()[row].contiguous();
    prints.push_back(
        checksum({{static_cast<const char*>(image.const_data_ptr()), image.nbytes()}}));
    ++untested[prints.back()];
  }
  const auto print = [&](int64_t row) { return prints[static_cast<size_t>(row)]; };
  for (const int64_t row : tested) --untested[print(row)];
  return std::ranges::count_if(tested, [&](int64_t row) { return untested[print(row)] > 0; });
}

/// Decides for one set of pictures.
class ImageDecision {
 public:
  ImageDecision(const std::filesystem::path& path, const Json& given) : given_(given) {
    data_.file.path = path.string();
    read_config(data_, given, "data");
    data_.source = Source::images;
    files_ = image_files(data_.file.path);
  }

  Findings run() {
    holes();
    columns();
    size();
    parts_for_classes();
    colour();
    broken();
    require<DataError>(images_->size() > 1, "{} holds one picture only: nothing can be learned",
                       data_.file.path);
    split();
    found_.data = data_;
    read_config(found_.data, given_, "data");
    found_.data.source = Source::images;
    tell();
    found_.images = std::move(about_);
    return std::move(found_);
  }

 private:
  bool is_given(const char* key) const { return given_.contains(key); }
  bool is_given(const char* table, const char* key) const {
    return given_.contains(table) && given_[table].contains(key);
  }
  void fact(std::string sentence) { found_.facts.push_back(std::move(sentence)); }
  void assume(std::string sentence) { found_.assumptions.push_back(std::move(sentence)); }
  void warn(std::string sentence) { found_.warnings.push_back(std::move(sentence)); }

  /// Reads all, as far as it is decided; broken files are passed over unless a person refuses them.
  void read() {
    ImagesConfig config = data_.images;
    if (!is_given("images", "broken")) config.broken = Broken::skip;
    images_.emplace(read_images(data_.file, config, data_.target, data_.spool));
  }

  /// Holes of a pattern that are called as what they are for.
  void holes() {
    for (const std::string& name : holes_of(data_.file.path_pattern)) {
      if (!is_given("label") && has_any({name}, {"label", "class"})) data_.file.label = name;
      if (!is_given("recording") && has_any({name}, {"part", "split"}))
        data_.file.recording = {name};
    }
  }

  /// Columns beside those of the pictures, where they lie in a table.
  void columns() {
    if (files_ != ImageFiles::table) return;
    for (const ColumnInfo& column :
         columns_of(data_files(data_.file.path, data_.file.path_pattern, {".parquet"}), {}))
      columns_.push_back(column.name);
    if (is_given("subject") || std::ranges::find(columns_, data_.file.subject) != columns_.end())
      return;
    const auto subject = std::ranges::find_if(columns_, [](const std::string& name) {
      return is_called(name, {"subject", "patient", "person", "participant"});
    });
    if (subject == columns_.end()) return;
    data_.file.subject = *subject;
    assume(text(
        "column \"{}\" was taken for whom a picture is of; another: data.subject=COLUMN, none: "
        "data.subject=",
        *subject));
  }

  /// Reads the pictures at the size that is given or chosen.
  void size() {
    if (is_given("images", "size")) return read();
    const std::vector<PictureSize> sizes = some_sizes(data_.file, kSeen);
    if (std::ranges::adjacent_find(sizes, std::not_equal_to<>()) != sizes.end())
      return bring_to_one(sizes);
    if (!sizes.empty() && is_large(sizes.front())) return shrink(sizes.front());
    try {
      read();
    } catch (const DataError&) {  // of several sizes, or damaged: then reading them says so again
      bring_to(kUsualSide, "pictures of several sizes", "another size: data.images.size=96");
      about_.size_reason = "height and width that all are brought to";
      return;
    }
    const PictureSize all{images_->pixels().size(2), images_->pixels().size(3)};
    if (is_large(all)) return shrink(all);
    fact(text("all pictures have {} pixels, and keep them", words(all)));
    about_.size_reason = text("0: all have {} pixels and keep them", words(all));
  }

  void shrink(const PictureSize& all) {
    bring_to(kSides.back(), text("pictures of {} pixels", words(all)),
             "training time grows with their number; as they are: data.images.size=0");
    about_.size_reason = text("from {}; smaller is faster, 0 keeps them", words(all));
  }

  /// A side that half of the pictures have, at least.
  void bring_to_one(const std::vector<PictureSize>& sizes) {
    std::vector<int64_t> shorter;
    for (const PictureSize& size : sizes) shorter.push_back(std::min(size.height, size.width));
    std::ranges::sort(shorter);
    const int64_t median = (shorter[(shorter.size() - 1) / 2] + shorter[shorter.size() / 2]) / 2;
    int64_t side = kSides.front();
    for (const int64_t wanted : kSides)
      if (wanted <= median) side = wanted;
    bring_to(side,
             text("pictures of several sizes (of {} looked at, the shorter side has {} … {} "
                  "pixels, in the middle {})",
                  sizes.size(), shorter.front(), shorter.back(), median),
             "another size: data.images.size=64");
    about_.size_reason = "height and width that all are brought to";
  }

  void bring_to(int64_t side, const std::string& which, const std::string& more) {
    assume(text("{} were brought to {} x {} ({}); {}", which, side, side,
                data_.images.fit == Fit::crop
                    ? "what exceeds a square is cut off: data.images.fit=stretch squeezes it"
                    : "whatever their proportions",
                more));
    data_.images.size = side;
    read();
  }

  /// Folders called train and test that hold pictures themselves are no classes.
  void parts_for_classes() {
    if (is_given("label") || is_given("path_pattern") || is_given("classes")) return;
    std::set<std::string> parts, classes;
    bool is_one_called_train = false, is_cut_already = false;
    for (int64_t row = 0; row < images_->size(); ++row) {
      const ImageOrigin& from = images_->about(row);
      const bool trains = is_called(from.label, kTraining),
                 in_archive = files_ == ImageFiles::archives;
      const bool is_part =
          trains || is_called(from.label, kTest) || is_called(from.label, kValidation);
      ((from.recording.empty() || in_archive) && is_part ? parts : classes).insert(from.label);
      is_one_called_train = is_one_called_train || trains;
      is_cut_already = is_cut_already || (!in_archive && is_called(from.recording, kTraining));
    }
    classes.erase("");
    if (parts.empty() || !(classes.empty() ? is_one_called_train : is_cut_already)) return;
    const std::string names = join({parts.begin(), parts.end()});
    if (classes.empty()) {
      data_.file.label.clear();
      if (files_ == ImageFiles::pictures) {
        data_.file.path_pattern = "{part}/{}";
        data_.file.recording = {"part"};
      }
      assume(text("{} were taken for parts of the set and not for classes", names));
    } else {
      data_.file.classes = {classes.begin(), classes.end()};
      assume(
          text("pictures in {} were taken for unlabelled, because parts of a set are called so; "
               "pre-training sees them, scores do not count them",
               names));
    }
    read();
  }

  void colour() {
    if (is_given("images", "colour") || !are_grey(*images_)) return;
    data_.images.colour = Colour::grey;
    fact("all pictures are grey: one channel instead of three");
    read();
  }

  void broken() {
    if (is_given("images", "broken")) return;
    data_.images.broken = images_->notes().empty() ? Broken::refuse : Broken::skip;
    for (const std::string& note : images_->notes())
      warn(text("{}; to refuse such files: data.images.broken=refuse", note));
  }

  /// By subject, else the part that is called test or validation, else pictures.
  void split() {
    data_.split = {.by = SplitBy::row, .test = 0.2, .validation = 0.1};
    if (images_->size() < kLeastValidated) data_.split.validation = 0;
    about_.split_reason = "held out; also a list of parts, or {folds = 5}";
    if (split_by_subject() || is_given("split", "test")) return;
    std::map<std::string, int64_t> labelled;  // of each part
    for (int64_t row = 0; row < images_->size(); ++row)
      labelled[images_->about(row).recording] += has_label(*images_, row) ? 1 : 0;
    const bool has_labels =
        std::ranges::any_of(labelled, [](auto& part) { return part.second > 0; });
    for (const Called& wanted : {kTest, kValidation}) {
      std::vector<std::string> parts;
      int64_t labels = 0;
      for (const auto& [part, count] : labelled)
        if (is_called(part, wanted)) parts.push_back(part), labels += count;
      if (parts.empty() || parts.size() == labelled.size() || (labels == 0 && has_labels)) continue;
      data_.split.test = parts;
      about_.split_reason = "the part that is called so";
      return assume(text("{} was taken for the test, all else for training", join(parts)));
    }
    assume(
        "single pictures are held out; where several are of one person or thing, scores will "
        "flatter: name it, by data.path_pattern={subject}/{} or data.subject=COLUMN");
  }

  /// Whether pictures are of several subjects, all of them named.
  bool split_by_subject() {
    std::set<std::string> subjects;
    for (int64_t row = 0; row < images_->size(); ++row)
      subjects.insert(images_->about(row).subject);
    const bool is_unknown = subjects.contains("");
    if (is_unknown && subjects.size() == 1) return false;
    if ((is_unknown || subjects.size() == 1) && !is_given("subject")) {
      warn(text("{}, so pictures are not held out by subject",
                is_unknown ? "some pictures name no subject" : "all pictures are of one subject"));
      data_.file.subject.clear();
      read();
      return false;
    }
    data_.split.by = SplitBy::subject;
    if (static_cast<int64_t>(subjects.size()) < kFewSubjects) {
      data_.split.validation = 0;
      warn(text("there are only {} subjects: scores on new ones will be uncertain",
                subjects.size()));
    }
    return true;
  }

  /// What is there, and what a person should look at.
  void tell() {
    const Images& images = *images_;
    const Split split = make_splits(found_.data.split, images, Rng(1).stream("split")).front();
    about_.trained_on = static_cast<int64_t>(split.pretrained_on().size());
    about_.height = images.pixels().size(2);
    about_.width = images.pixels().size(3);
    constexpr std::array kKinds{"files of MNIST's kind", "files of CIFAR's kind", "tar archives",
                                "Parquet", "files of JPEG, PNG or WebP"};
    found_.facts.insert(
        found_.facts.begin(),
        text("{} pictures in {}: {} are trained on, {} watch training, {} are tested",
             images.size(), kKinds[static_cast<size_t>(files_)], split.train.size(),
             split.validation.size(), split.test.size()));
    if (about_.trained_on < kFewPictures)
      warn(text("there are only {} pictures to learn from: take scores for a first try",
                about_.trained_on));
    if (images.target() == Target::number)
      count_numbers(split);
    else if (!images.classes().empty())
      count_classes(split);
    else
      no_labels();
    const ImageOverview seen = overview(images);
    found_.overview = seen.print();
    if (seen.repeated == 0) return;
    fact(text("pictures that repeat the pixels of another one: {}", seen.repeated));
    if (const int64_t leaking = repeats(images, split.test); leaking > 0)
      warn(
          text("{} of {} test pictures have the same pixels as one that is not tested: scores will "
               "flatter; take one of each away",
               leaking, split.test.size()));
  }

  void no_labels() {
    fact("no labels: tacit pretrain can learn from these pictures, tacit curve cannot score");
    if (!is_given("label") && !columns_.empty())
      warn(
          text("no column is called label or class; if another one is the label, say "
               "data.label=COLUMN: {}",
               join(columns_)));
  }

  void count_numbers(const Split& split) {
    const auto labelled = [&](const std::vector<int64_t>& rows) {
      return std::ranges::count_if(rows, [&](int64_t row) { return has_label(*images_, row); });
    };
    about_.class_rows = {labelled(split.train)};
    found_.labelled = labelled(split.train) > 0 && labelled(split.test) > 0;
    fact(text("the label is a number; of the pictures with one, {} are trained on and {} tested",
              labelled(split.train), labelled(split.test)));
  }

  void count_classes(const Split& split) {
    const std::vector<std::string>& classes = images_->classes();
    std::vector<int64_t> all(classes.size()), trained = all, tested = all;
    const auto count = [&](const std::vector<int64_t>& rows, std::vector<int64_t>& counts) {
      for (const int64_t row : rows)
        if (const int64_t label = images_->label(row); label >= 0)
          ++counts[static_cast<size_t>(label)], ++all[static_cast<size_t>(label)];
    };
    count(split.validation, tested);
    std::ranges::fill(tested, 0);
    count(split.train, trained);
    count(split.test, tested);
    std::vector<std::string> parts, alone;
    for (size_t i = 0; i < classes.size(); ++i) {
      parts.push_back(text("{} {}", classes[i], all[i]));
      if (trained[i] == 0 || tested[i] == 0) alone.push_back(classes[i]);
    }
    const auto [fewest, most] = std::ranges::minmax(all);
    about_.uneven = most > 5 * std::max<int64_t>(1, fewest);
    fact(text("pictures of each class: {}{}",
              classes.size() <= kMostListed
                  ? join(parts)
                  : text("{} … {}, of {} classes", fewest, most, classes.size()),
              about_.uneven ? "; the classes are of very different size" : ""));
    if (files_ == ImageFiles::pictures && !is_given("label") && !is_given("path_pattern"))
      assume(
          "the folder that a picture lies in was taken for its class; none: data.label=, that "
          "above it: data.path_pattern={label}/{}/{}");
    if (!alone.empty())
      warn(text("of these classes no pictures are trained on, or none tested: {}", join(alone)));
    if (classes.size() == 1)
      warn(text("there is one class only, \"{}\": nothing can be scored", classes.front()));
    std::ranges::sort(trained);
    found_.labelled = classes.size() > 1 && std::ranges::max(tested) > 0;
    about_.class_rows = std::move(trained);
  }

  const Json& given_;
  DataConfig data_;
  ImageFiles files_;
  std::vector<std::string> columns_;  ///< of a table
  std::optional<Images> images_;      ///< as read last
  ImageFindings about_;
  Findings found_;
};

}  // namespace

bool are_images(const std::filesystem::path& path, const Json& given) {
  if (given.contains("source")) return given["source"] == enum_name(Source::images);
  if (given.contains("images")) return true;
  static const std::set<std::string> of_images{"path",   "path_pattern", "subject",
                                               "label",  "recording",    "classes",
                                               "target", "spool",        "split"};
  for (const auto& [key, value] : given.items())
    if (!of_images.contains(key)) return false;
  return !published_at(path) && holds_images(path);
}

Findings look_at_images(const std::filesystem::path& path, const Json& given) {
  return ImageDecision(path, given).run();
}

}  // namespace tacit
