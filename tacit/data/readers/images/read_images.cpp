// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/images/read_images.h"

#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <arrow/type.h>

#include <algorithm>
#include <optional>
#include <string_view>

#include "tacit/core/error.h"
#include "tacit/core/files.h"
#include "tacit/data/readers/data_files.h"
#include "tacit/data/readers/images/cifar.h"
#include "tacit/data/readers/images/decode.h"
#include "tacit/data/readers/images/idx.h"
#include "tacit/data/readers/images/image_archive.h"
#include "tacit/data/readers/images/image_folder.h"
#include "tacit/data/readers/images/image_table.h"
#include "tacit/data/readers/npy_windows.h"
#include "tacit/data/readers/parquet_file.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;
constexpr int64_t kFirstRows = 16;           // of a table, looked at for a picture
constexpr int64_t kPicturesEach = 10;        // for a file of rows that may list or label them
constexpr std::string_view kPacked = ".gz";  // behind the ending of such a file

bool holds_archives(const fs::path& path) {
  if (!fs::is_directory(path)) return is_archive_name(path.string());
  for (const auto& entry : fs::directory_iterator(path))
    if (is_archive_name(entry.path().string())) return true;
  return false;
}

/// Height and width of what the bytes decode to; nothing where they do not.
std::optional<PictureSize> size_in(std::span<const uint8_t> bytes) {
  try {
    const Picture picture = decode_image(bytes, Colour::grey);
    return PictureSize{picture.height, picture.width};
  } catch (const DataError&) {
    return std::nullopt;
  }
}

/// Of a cell of bytes, or of a struct with bytes.
bool is_picture(const arrow::Scalar& cell) {
  switch (cell.type->id()) {
    case arrow::Type::STRUCT: {
      const auto bytes = static_cast<const arrow::StructScalar&>(cell).field({"bytes"});
      return bytes.ok() && is_picture(**bytes);
    }
    case arrow::Type::BINARY:
    case arrow::Type::LARGE_BINARY: {
      const auto& value = static_cast<const arrow::BaseBinaryScalar&>(cell).value;
      return cell.is_valid && value != nullptr &&
             size_in({value->data(), static_cast<size_t>(value->size())}).has_value();
    }
    default: return false;
  }
}

/// Whether a column of a Parquet file has a picture in its first rows.
bool begins_with_pictures(const fs::path& file) {
  const auto reader = open_parquet_file(file, kFirstRows);
  const auto batches = checked_parquet(file, reader->GetRecordBatchReader());
  const auto batch = checked_parquet(file, batches->Next());
  if (batch == nullptr) return false;
  for (const auto& column : batch->columns())
    for (int64_t row = 0; row < batch->num_rows(); ++row)
      if (is_picture(*checked_parquet(file, column->GetScalar(row)))) return true;
  return false;
}

bool is_table_of_pictures(const fs::path& path) {
  if (!is_image_table(path)) return false;
  try {
    return begins_with_pictures(data_files(path, "", {".parquet"}).front().path);
  } catch (const parquet::ParquetException&) {
    return false;
  } catch (const DataError&) {
    return false;
  }
}

bool is_of_rows(const std::string& name) {
  const std::string_view whole = name;
  const std::string_view plain =
      whole.substr(0, whole.size() - (whole.ends_with(kPacked) ? kPacked.size() : 0));
  for (const char* const end :
       {".csv", ".tsv", ".jsonl", ".ndjson", ".parquet", ".hea", ".edf", ".bdf", ".mat"})
    if (plain.ends_with(end)) return true;
  return false;
}

struct Below {
  int64_t pictures = 0, of_rows = 0;  ///< files
};

/// Of a folder and those below it; nothing hidden.
Below files_below(const fs::path& folder) {
  Below found;
  std::error_code problem;
  for (fs::recursive_directory_iterator at(folder, problem), end; !problem && at != end;
       at.increment(problem)) {
    const std::string name = at->path().filename().string();
    std::error_code unreadable;
    if (name.starts_with('.')) {
      if (at->is_directory(unreadable)) at.disable_recursion_pending();
      continue;
    }
    if (!at->is_regular_file(unreadable)) continue;
    found.pictures += is_image_name(name) ? 1 : 0;
    found.of_rows += is_of_rows(name) ? 1 : 0;
  }
  return found;
}

}  // namespace

ImageFiles image_files(const fs::path& path) {
  if (is_idx(path)) return ImageFiles::idx;
  if (is_cifar(path)) return ImageFiles::cifar;
  if (holds_archives(path)) return ImageFiles::archives;
  return is_image_table(path) ? ImageFiles::table : ImageFiles::pictures;
}

bool holds_images(const fs::path& path) {
  if (!fs::exists(path)) return false;
  const std::string name = path.filename().string();
  if (is_idx(path) || is_table_of_pictures(path)) return true;
  if (!fs::is_directory(path)) return is_archive_name(name) || is_image_name(name);
  if (has_window_files(path)) return false;
  const Below found = files_below(path);
  if (is_cifar(path) || holds_archives(path)) return found.of_rows == 0;
  return found.pictures > 0 && found.pictures >= kPicturesEach * found.of_rows;
}

std::vector<PictureSize> some_sizes(const LongFormConfig& asked, size_t most) {
  if (image_files(asked.path) != ImageFiles::pictures) return {};
  const std::vector<DataFile> files =
      data_files(asked.path, asked.path_pattern,
                 {".jpg", ".jpeg", ".png", ".webp", ".JPG", ".JPEG", ".PNG", ".WEBP"});
  const size_t looked_at = std::min(most, files.size());
  std::vector<PictureSize> sizes;
  for (size_t i = 0; i < looked_at; ++i) {
    const std::string bytes = read_file(files[i * files.size() / looked_at].path);
    if (const auto size = size_in({reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()}))
      sizes.push_back(*size);
  }
  return sizes;
}

Images read_images(const LongFormConfig& asked, const ImagesConfig& config, Target target,
                   const std::string& spool) {
  const fs::path path = asked.path;
  require<DataError>(fs::exists(path), "data.path: there is no {}", asked.path);
  ImageBuilder builder(config, spool);
  switch (image_files(path)) {
    case ImageFiles::idx: read_idx(asked, builder); break;
    case ImageFiles::cifar: read_cifar(asked, builder); break;
    case ImageFiles::archives: read_image_archives(asked, builder); break;
    case ImageFiles::table: read_image_table(asked, builder); break;
    case ImageFiles::pictures: read_image_folder(asked, builder); break;
  }
  return builder.finish(asked.path, target, asked.classes);
}

}  // namespace tacit
