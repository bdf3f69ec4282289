// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/images/image_table.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <arrow/type.h>
#include <arrow/util/key_value_metadata.h>

#include <optional>

#include "tacit/core/error.h"
#include "tacit/core/json.h"
#include "tacit/data/readers/data_files.h"
#include "tacit/data/readers/parquet_file.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;
constexpr int64_t kRows = 256;  // at a time

bool is_bytes(const arrow::DataType& type) {
  return type.id() == arrow::Type::BINARY || type.id() == arrow::Type::LARGE_BINARY;
}

/// Of the first column that holds pictures; -1 without one.
int picture_column(const arrow::Schema& schema) {
  for (int i = 0; i < schema.num_fields(); ++i) {
    const arrow::DataType& type = *schema.field(i)->type();
    if (is_bytes(type)) return i;
    if (type.id() != arrow::Type::STRUCT) continue;
    const auto bytes = static_cast<const arrow::StructType&>(type).GetFieldByName("bytes");
    if (bytes != nullptr && is_bytes(*bytes->type())) return i;
  }
  return -1;
}

std::string label_column(const arrow::Schema& schema, const std::string& asked) {
  if (asked.empty()) return "";
  for (const std::string& name :
       {asked, std::string("label"), std::string("fine_label"), std::string("class")})
    if (schema.GetFieldIndex(name) >= 0) return name;
  return "";
}

/// The names that Hugging Face's notes in the file give the numbers of a label; none without.
std::vector<std::string> names_of(const arrow::Schema& schema, const std::string& label) {
  if (schema.metadata() == nullptr) return {};
  const auto notes = schema.metadata()->Get("huggingface");
  if (!notes.ok()) return {};
  const Json said = Json::parse(*notes, nullptr, /*allow_exceptions=*/false);
  const auto place = Json::json_pointer("/info/features/" + label + "/names");
  if (!said.is_object() || !said.contains(place) || !said[place].is_array()) return {};
  std::vector<std::string> names;
  for (const Json& name : said[place]) {
    if (!name.is_string()) return {};
    names.push_back(name.get<std::string>());
  }
  return names;
}

/// The bytes of a cell; none where it is empty.
std::optional<std::vector<uint8_t>> bytes_in(const arrow::Array& column, int64_t row) {
  if (column.IsNull(row)) return std::nullopt;
  std::string_view bytes;
  switch (column.type_id()) {
    case arrow::Type::STRUCT:
      return bytes_in(*static_cast<const arrow::StructArray&>(column).GetFieldByName("bytes"), row);
    case arrow::Type::BINARY:
      bytes = static_cast<const arrow::BinaryArray&>(column).GetView(row);
      break;
    default: bytes = static_cast<const arrow::LargeBinaryArray&>(column).GetView(row);
  }
  return std::vector<uint8_t>(bytes.begin(), bytes.end());
}

class Reader {
 public:
  Reader(const fs::path& file, const LongFormConfig& asked)
      : file_(file), asked_(asked), reader_(open_parquet_file(file, kRows)) {
    const auto schema = schema_of(file, *reader_);
    pictures_ = picture_column(*schema);
    require<DataError>(pictures_ >= 0, "{}: no column holds pictures", file.string());
    label_ = label_column(*schema, asked.label);
    names_ = names_of(*schema, label_);
  }

  void read(ImageBuilder& builder) {
    const auto batches = checked_parquet(file_, reader_->GetRecordBatchReader());
    int64_t number = 1;
    while (const auto batch = checked_parquet(file_, batches->Next())) {
      const arrow::Array& pictures = *batch->column(pictures_);
      for (int64_t row = 0; row < batch->num_rows(); ++row, ++number) {
        auto bytes = bytes_in(pictures, row);
        require<DataError>(bytes.has_value(), "{}: row {}: the cell of the picture is empty",
                           file_.string(), number);
        builder.add(std::move(*bytes), origin_of(*batch, row, number));
      }
    }
  }

 private:
  ImageOrigin origin_of(const arrow::RecordBatch& batch, int64_t row, int64_t number) const {
    ImageOrigin origin{.name = text("{}: row {}", file_.string(), number),
                       .recording = file_.filename().string(),
                       .subject = word(batch, asked_.subject, row),
                       .label = word(batch, label_, row)};
    for (const std::string& column : asked_.recording)
      if (const std::string part = word(batch, column, row); !part.empty()) origin.recording = part;
    if (!names_.empty() && !origin.label.empty()) {
      const Json place = Json::parse(origin.label, nullptr, false);
      require<DataError>(place.is_number_unsigned() && place.get<size_t>() < names_.size(),
                         "{}: row {}: label {} is none of the {} that have names", file_.string(),
                         number, origin.label, names_.size());
      origin.label = names_[place.get<size_t>()];
    }
    return origin;
  }

  /// A cell in letters; "" where it is empty or there is no such column.
  std::string word(const arrow::RecordBatch& batch, const std::string& column, int64_t row) const {
    const auto cells = column.empty() ? nullptr : batch.GetColumnByName(column);
    if (cells == nullptr || cells->IsNull(row)) return "";
    return checked_parquet(file_, cells->GetScalar(row))->ToString();
  }

  fs::path file_;
  const LongFormConfig& asked_;
  std::unique_ptr<parquet::arrow::FileReader> reader_;
  int pictures_ = -1;
  std::string label_;
  std::vector<std::string> names_;
};

}  // namespace

bool is_image_table(const fs::path& path) {
  fs::path file = path;
  if (fs::is_directory(path)) {
    std::error_code unreadable;
    for (const auto& entry : fs::directory_iterator(path, unreadable))
      if (entry.path().extension() == ".parquet") file = entry.path();
  }
  if (file.extension() != ".parquet") return false;
  try {
    return picture_column(*schema_of(file, *open_parquet_file(file, kRows))) >= 0;
  } catch (const parquet::ParquetException&) {
    return false;
  } catch (const DataError&) {
    return false;
  }
}

void read_image_table(const LongFormConfig& asked, ImageBuilder& builder) {
  for (const DataFile& file : data_files(asked.path, asked.path_pattern, {".parquet"})) {
    try {
      Reader(file.path, asked).read(builder);
    } catch (const parquet::ParquetException& problem) {
      fail_parquet(file.path, problem.what());
    }
  }
}

}  // namespace tacit
