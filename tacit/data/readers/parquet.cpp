// SPDX-License-Identifier: Apache-2.0
#include <arrow/array.h>
#include <arrow/io/file.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <parquet/arrow/reader.h>
#include <parquet/exception.h>

#include <algorithm>
#include <limits>

#include "tacit/core/error.h"
#include "tacit/data/readers/rows.h"

namespace tacit {
namespace {

[[noreturn]] void fail(const std::filesystem::path& file, std::string words) {
  for (char& letter : words)
    if (letter == '\n') letter = ' ';
  throw DataError(text("{}: cannot be read as Parquet: {}", file.string(), words));
}

template <class T>
T checked(const std::filesystem::path& file, arrow::Result<T> result) {
  if (!result.ok()) fail(file, result.status().message());
  return std::move(result).ValueUnsafe();
}

/// Calls visit(row) where there is a value.
template <class Visit>
void each_valid(const arrow::Array& column, const Visit& visit) {
  for (int64_t row = 0; row < column.length(); ++row)
    if (column.IsValid(row)) visit(row);
}

template <class ArrayType>
std::vector<double> numbers_as(const arrow::Array& column) {
  std::vector<double> values(static_cast<size_t>(column.length()),
                             std::numeric_limits<double>::quiet_NaN());
  const auto& typed = static_cast<const ArrayType&>(column);
  each_valid(column, [&](int64_t row) {
    values[static_cast<size_t>(row)] = static_cast<double>(typed.Value(row));
  });
  return values;
}

template <class ArrayType>
std::vector<std::string> whole_numbers_as_texts(const arrow::Array& column) {
  std::vector<std::string> values(static_cast<size_t>(column.length()));
  const auto& typed = static_cast<const ArrayType&>(column);
  each_valid(column, [&](int64_t row) {
    values[static_cast<size_t>(row)] = std::to_string(typed.Value(row));
  });
  return values;
}

template <class ArrayType>
std::vector<std::string> texts_as(const arrow::Array& column) {
  std::vector<std::string> values(static_cast<size_t>(column.length()));
  const auto& typed = static_cast<const ArrayType&>(column);
  each_valid(column,
             [&](int64_t row) { values[static_cast<size_t>(row)] = typed.GetString(row); });
  return values;
}

/// Nothing when the type is not a number's.
std::optional<std::vector<double>> numbers_of(const arrow::Array& column) {
  switch (column.type_id()) {
    case arrow::Type::FLOAT: return numbers_as<arrow::FloatArray>(column);
    case arrow::Type::DOUBLE: return numbers_as<arrow::DoubleArray>(column);
    case arrow::Type::INT8: return numbers_as<arrow::Int8Array>(column);
    case arrow::Type::INT16: return numbers_as<arrow::Int16Array>(column);
    case arrow::Type::INT32: return numbers_as<arrow::Int32Array>(column);
    case arrow::Type::INT64: return numbers_as<arrow::Int64Array>(column);
    case arrow::Type::UINT8: return numbers_as<arrow::UInt8Array>(column);
    case arrow::Type::UINT16: return numbers_as<arrow::UInt16Array>(column);
    case arrow::Type::UINT32: return numbers_as<arrow::UInt32Array>(column);
    case arrow::Type::UINT64: return numbers_as<arrow::UInt64Array>(column);
    default: return std::nullopt;
  }
}

/// Nothing when the type is neither a text's nor a whole number's.
std::optional<std::vector<std::string>> texts_of(const arrow::Array& column) {
  switch (column.type_id()) {
    case arrow::Type::STRING: return texts_as<arrow::StringArray>(column);
    case arrow::Type::LARGE_STRING: return texts_as<arrow::LargeStringArray>(column);
    case arrow::Type::INT8: return whole_numbers_as_texts<arrow::Int8Array>(column);
    case arrow::Type::INT16: return whole_numbers_as_texts<arrow::Int16Array>(column);
    case arrow::Type::INT32: return whole_numbers_as_texts<arrow::Int32Array>(column);
    case arrow::Type::INT64: return whole_numbers_as_texts<arrow::Int64Array>(column);
    case arrow::Type::UINT8: return whole_numbers_as_texts<arrow::UInt8Array>(column);
    case arrow::Type::UINT16: return whole_numbers_as_texts<arrow::UInt16Array>(column);
    case arrow::Type::UINT32: return whole_numbers_as_texts<arrow::UInt32Array>(column);
    case arrow::Type::UINT64: return whole_numbers_as_texts<arrow::UInt64Array>(column);
    case arrow::Type::DICTIONARY: {
      const auto& coded = static_cast<const arrow::DictionaryArray&>(column);
      const auto words = texts_of(*coded.dictionary());
      if (!words) return std::nullopt;
      std::vector<std::string> values(static_cast<size_t>(column.length()));
      each_valid(column, [&](int64_t row) {
        values[static_cast<size_t>(row)] = (*words)[static_cast<size_t>(coded.GetValueIndex(row))];
      });
      return values;
    }
    default: return std::nullopt;
  }
}

class ParquetRows final : public RowStream {
 public:
  ParquetRows(const std::filesystem::path& file, Columns columns)
      : file_(file), columns_(std::move(columns)) {
    try {
      open();
    } catch (const parquet::ParquetException& problem) {
      fail(file_, problem.what());
    }
  }

  std::optional<RowBlock> next() override {
    std::shared_ptr<arrow::RecordBatch> batch;
    try {
      do {
        batch = checked(file_, batches_->Next());
        if (batch == nullptr) return std::nullopt;
      } while (batch->num_rows() == 0);
    } catch (const parquet::ParquetException& problem) {
      fail(file_, problem.what());
    }
    RowBlock block{.first_row = row_, .rows = batch->num_rows(), .numbers = {}, .texts = {}};
    for (const std::string& name : columns_.numbers)
      block.numbers.push_back(take(numbers_of(*batch->GetColumnByName(name)), *batch, name));
    for (const std::string& name : columns_.texts)
      block.texts.push_back(take(texts_of(*batch->GetColumnByName(name)), *batch, name));
    row_ += block.rows;
    return block;
  }

 private:
  void open() {
    const auto bytes = checked(file_, arrow::io::ReadableFile::Open(file_.string()));
    reader_ = checked(file_, parquet::arrow::OpenFile(bytes, arrow::default_memory_pool()));
    reader_->set_use_threads(false);
    reader_->set_batch_size(kBlockRows);
    std::shared_ptr<arrow::Schema> schema;
    if (const auto status = reader_->GetSchema(&schema); !status.ok()) fail(file_, status.message());
    require_columns(file_, columns_, schema->field_names());
    std::vector<int> wanted;
    for (const auto* names : {&columns_.numbers, &columns_.texts})
      for (const std::string& name : *names) wanted.push_back(leaf(*schema, name));
    std::sort(wanted.begin(), wanted.end());
    wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
    std::vector<int> groups(static_cast<size_t>(reader_->num_row_groups()));
    for (size_t i = 0; i < groups.size(); ++i) groups[i] = static_cast<int>(i);
    batches_ = checked(file_, reader_->GetRecordBatchReader(groups, wanted));
  }

  /// Parquet counts leaves, so nested columns before this one would shift its number.
  int leaf(const arrow::Schema& schema, const std::string& name) const {
    const std::vector<int> found = schema.GetAllFieldIndices(name);
    require<DataError>(found.size() == 1, "{}: {} columns are called \"{}\"", file_.string(),
                       found.size(), name);
    const auto& type = schema.field(found.front())->type();
    require<DataError>(type->num_fields() == 0, "{}: column \"{}\" is of type {}, which cannot be "
                       "read as numbers or texts", file_.string(), name, type->ToString());
    return reader_->parquet_reader()->metadata()->schema()->ColumnIndex(name);
  }

  template <class Values>
  Values take(std::optional<Values> values, const arrow::RecordBatch& batch,
              const std::string& name) const {
    require<DataError>(values.has_value(),
                       "{}: column \"{}\" is of type {}, which cannot be read as {}", file_.string(),
                       name, batch.GetColumnByName(name)->type()->ToString(),
                       std::is_same_v<Values, std::vector<double>> ? "numbers" : "names");
    return std::move(*values);
  }

  std::filesystem::path file_;
  Columns columns_;
  std::unique_ptr<parquet::arrow::FileReader> reader_;
  std::unique_ptr<arrow::RecordBatchReader> batches_;
  int64_t row_ = 1;
};

}  // namespace

std::unique_ptr<RowStream> open_parquet(const std::filesystem::path& file, Columns columns) {
  return std::make_unique<ParquetRows>(file, std::move(columns));
}

}  // namespace tacit
