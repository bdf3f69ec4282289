// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/mat.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "tacit/core/error.h"
#include "tacit/data/readers/mat_bytes.h"
#include "tacit/data/readers/mat_element.h"
#include "tacit/data/readers/mat_item.h"
#include "tacit/data/readers/mat_library.h"
#include "tacit/data/readers/mat_outline.h"
#include "tacit/data/readers/mat_path.h"
#include "tacit/data/readers/mat_place.h"
#include "tacit/data/readers/mat_values.h"

namespace tacit {
namespace {

constexpr int64_t kMostPacked = 1100;  // bytes that zlib packs into one, and a little more
constexpr double kLargest = std::numeric_limits<float>::max();

}  // namespace

/// matio's handle and the variable that was asked for last, without its numbers.
class MatFile::Reader {
 public:
  explicit Reader(const std::filesystem::path& file)
      : file_(file.string()), size_(size_of_file(file)), outline_(mat_outline(file)) {
    checked_.resize(outline_.elements.size());
    const MatLibrary library;
    handle_.reset(Mat_Open(file_.c_str(), MAT_ACC_RDONLY));
    const std::string complaint = MatLibrary::complaint();
    require<DataError>(handle_ != nullptr && complaint.empty(),
                       "{}: it cannot be opened as a file of MATLAB: {}", file_, complaint);
  }
  ~Reader() {
    const MatLibrary library;
    current_.reset();
    handle_.reset();
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  std::vector<MatItem> variables() {
    for (size_t i = 0; i < checked_.size(); ++i) check(i, MatDepth::header);
    const MatLibrary library;
    return list();
  }

  /// Calls `use` with the place while the library is held.
  template <class Use>
  auto at(const std::string& words, const Use& use) {
    const MatPath path = mat_path(words);
    check_up_to(path.variable);
    const MatLibrary library;
    load(path.variable);
    MatPlace place = mat_place(*current_, path, file_);
    place.file = handle_.get();
    place.most_elements = kMostPacked * size_;
    return use(place);
  }

 private:
  void check(size_t element, MatDepth depth) {
    std::optional<MatChecked>& known = checked_[element];
    if (!known || (depth == MatDepth::whole && !known->is_whole))
      known = check_mat_element(file_, outline_.elements[element], depth);
  }

  /// What matio passes on its way to a variable, and the variable.
  void check_up_to(const std::string& variable) {
    for (size_t i = 0; i < checked_.size(); ++i) {
      check(i, MatDepth::header);
      if (checked_[i]->name != variable) continue;
      check(i, MatDepth::whole);
      return;
    }
  }

  std::vector<MatItem> list() {
    std::vector<MatItem> items;
    Mat_Rewind(handle_.get());
    while (true) {
      MatLibrary::complaint();
      const MatVariable each{Mat_VarReadNextInfo(handle_.get())};
      if (each == nullptr) break;
      const std::string name = each->name == nullptr ? "" : each->name;
      const MatPlace place{.name = text("{}: {}", file_, name), .value = each.get()};
      if (!name.empty()) items.push_back(mat_item(place));  // MATLAB's own notes have no name
    }
    const std::string complaint = MatLibrary::complaint();
    require<DataError>(complaint.empty(), "{}: its variables cannot be listed: {}", file_,
                       complaint);
    return items;
  }

  std::vector<std::string> names() {
    std::vector<std::string> names;
    for (const MatItem& item : list()) names.push_back(item.name);
    return names;
  }

  void load(const std::string& variable) {
    if (current_ != nullptr && current_->name == variable) return;
    current_.reset(Mat_VarReadInfo(handle_.get(), variable.c_str()));
    if (current_ != nullptr && current_->name != nullptr) return;
    const std::string complaint = MatLibrary::complaint();
    const std::vector<std::string> there = names();
    require<DataError>(std::ranges::find(there, variable) == there.end(),
                       "{}: variable {} cannot be read; the file is damaged: {}", file_, variable,
                       complaint);
    throw DataError(text("{}: there is no variable {}; there are: {}", file_, variable,
                         there.empty() ? "none" : join(there)));
  }

  std::string file_;
  int64_t size_;
  MatOutline outline_;
  std::vector<std::optional<MatChecked>> checked_;  ///< of each element
  MatHandle handle_;
  MatVariable current_;
};

MatFile::MatFile(const std::filesystem::path& file) : reader_(std::make_unique<Reader>(file)) {}
MatFile::~MatFile() = default;

std::vector<MatItem> MatFile::variables() { return reader_->variables(); }

MatItem MatFile::item(const std::string& path) {
  return reader_->at(path, [](const MatPlace& place) { return mat_item(place); });
}

MatMatrix MatFile::numbers(const std::string& path) {
  return reader_->at(path, [](const MatPlace& place) {
    const std::vector<int64_t> shape = mat_item(place).shape;
    MatMatrix matrix{.values = mat_numbers(place)};
    matrix.rows = shape[0];
    matrix.columns = 1;
    for (size_t i = 1; i < shape.size(); ++i) matrix.columns *= shape[i];
    return matrix;
  });
}

std::string MatFile::words(const std::string& path) {
  return reader_->at(path, [](const MatPlace& place) { return mat_letters(place); });
}

SignalFile read_mat(const std::filesystem::path& file, const std::string& variable,
                    const std::vector<std::string>& leads, double rate_hz) {
  require<ConfigError>(std::isfinite(rate_hz) && rate_hz > 0, "rate_hz is {}; it must be above 0",
                       rate_hz);
  MatFile mat(file);
  const MatItem item = mat.item(variable);
  const int64_t rows = item.shape[0], columns = item.shape[1];
  const bool is_flat = std::all_of(item.shape.begin() + 2, item.shape.end(),
                                   [](int64_t extent) { return extent == 1; });
  require<DataError>(is_flat && rows > 0 && columns > 0,
                     "{}: {} is {}; rows and columns of numbers are wanted", file.string(),
                     variable, item.words());
  const bool is_down = rows >= columns;  // time
  const int64_t count = std::min(rows, columns), length = std::max(rows, columns);
  require<DataError>(static_cast<int64_t>(leads.size()) == count,
                     "{}: {} of {} has {} leads of {} samples, and {} names are given: {}",
                     file.string(), variable, item.extents(), count, length, leads.size(),
                     leads.empty() ? "none" : join(leads));
  const MatMatrix matrix = mat.numbers(variable);
  SignalFile signals;
  for (int64_t i = 0; i < count; ++i) {
    Lead lead{.name = leads[static_cast<size_t>(i)], .unit = {}, .rate_hz = rate_hz, .samples = {}};
    lead.samples.reserve(static_cast<size_t>(length));
    for (int64_t step = 0; step < length; ++step) {
      const double value = is_down ? matrix.at(step, i) : matrix.at(i, step);
      require<DataError>(std::isnan(value) || std::abs(value) <= kLargest,
                         "{}: {}: sample {} of lead {} is infinite or beyond 3.4e38", file.string(),
                         variable, step + 1, lead.name);
      lead.samples.push_back(static_cast<float>(value));
    }
    signals.leads.push_back(std::move(lead));
  }
  signals.notes.push_back(text("{} of {} was taken as {} leads of {} samples", variable,
                               item.extents(), count, length));
  return signals;
}

}  // namespace tacit
