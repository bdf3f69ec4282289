// SPDX-License-Identifier: Apache-2.0
#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <arrow/type_traits.h>
#include <arrow/util/decimal.h>
#include <arrow/util/float16.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "tacit/core/error.h"
#include "tacit/data/readers/cells.h"
#include "tacit/data/readers/parquet_file.h"
#include "tacit/data/readers/rows.h"

namespace tacit {
namespace {

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
  each_valid(column, [&](int64_t row) { values[static_cast<size_t>(row)] = typed.GetString(row); });
  return values;
}

std::vector<std::string> booleans_as_texts(const arrow::Array& column) {
  std::vector<std::string> values(static_cast<size_t>(column.length()));
  const auto& typed = static_cast<const arrow::BooleanArray&>(column);
  each_valid(column, [&](int64_t row) {
    values[static_cast<size_t>(row)] = typed.Value(row) ? "true" : "false";
  });
  return values;
}

template <class Decimal, class ArrayType>
std::vector<double> decimals_as_numbers(const arrow::Array& column) {
  std::vector<double> values(static_cast<size_t>(column.length()),
                             std::numeric_limits<double>::quiet_NaN());
  const auto& typed = static_cast<const ArrayType&>(column);
  const int32_t scale = static_cast<const arrow::DecimalType&>(*column.type()).scale();
  each_valid(column, [&](int64_t row) {
    values[static_cast<size_t>(row)] = Decimal(typed.GetValue(row)).ToDouble(scale);
  });
  return values;
}

std::vector<double> half_floats_as_numbers(const arrow::Array& column) {
  std::vector<double> values(static_cast<size_t>(column.length()),
                             std::numeric_limits<double>::quiet_NaN());
  const auto& typed = static_cast<const arrow::HalfFloatArray&>(column);
  each_valid(column, [&](int64_t row) {
    values[static_cast<size_t>(row)] = arrow::util::Float16::FromBits(typed.Value(row)).ToDouble();
  });
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
    case arrow::Type::HALF_FLOAT: return half_floats_as_numbers(column);
    case arrow::Type::DECIMAL128:
      return decimals_as_numbers<arrow::Decimal128, arrow::Decimal128Array>(column);
    case arrow::Type::DECIMAL256:
      return decimals_as_numbers<arrow::Decimal256, arrow::Decimal256Array>(column);
    default: return std::nullopt;
  }
}

std::optional<std::vector<std::string>> texts_of(const arrow::Array& column);

/// Floats that are whole, as pandas writes whole numbers among which some are missing.
template <class ArrayType>
std::optional<std::vector<std::string>> whole_floats_as_texts(const arrow::Array& column) {
  std::vector<std::string> values(static_cast<size_t>(column.length()));
  const auto& typed = static_cast<const ArrayType&>(column);
  bool whole = true;
  each_valid(column, [&](int64_t row) {
    const double value = typed.Value(row);
    if (std::isnan(value)) return;
    whole = whole && value == std::floor(value) && std::abs(value) < 1e15;
    if (whole) values[static_cast<size_t>(row)] = std::to_string(static_cast<int64_t>(value));
  });
  if (!whole) return std::nullopt;
  return values;
}

/// Seconds since 1970; nothing when the type is neither a timestamp's, a date's nor a text's.
std::optional<std::vector<double>> instants_of(const arrow::Array& column) {
  if (column.type_id() == arrow::Type::STRING || column.type_id() == arrow::Type::LARGE_STRING) {
    const std::vector<std::string> words = texts_of(column).value();
    std::vector<double> values;
    for (const std::string& word : words) {
      const std::string_view cell = trimmed(word);
      const auto instant =
          is_missing(cell) ? std::numeric_limits<double>::quiet_NaN() : moment_in(cell);
      if (!instant) return std::nullopt;
      values.push_back(*instant);
    }
    return values;
  }
  if (column.type_id() == arrow::Type::DATE32) {
    std::vector<double> days = numbers_as<arrow::Date32Array>(column);
    for (double& day : days) day *= 86400;
    return days;
  }
  if (column.type_id() == arrow::Type::DATE64) {
    std::vector<double> milliseconds = numbers_as<arrow::Date64Array>(column);
    for (double& moment : milliseconds) moment *= 1e-3;
    return milliseconds;
  }
  if (column.type_id() != arrow::Type::TIMESTAMP) return std::nullopt;
  const auto unit = static_cast<const arrow::TimestampType&>(*column.type()).unit();
  const double seconds = unit == arrow::TimeUnit::SECOND  ? 1
                         : unit == arrow::TimeUnit::MILLI ? 1e-3
                         : unit == arrow::TimeUnit::MICRO ? 1e-6
                                                          : 1e-9;
  std::vector<double> values = numbers_as<arrow::TimestampArray>(column);
  for (double& value : values) value *= seconds;
  return values;
}

/// Nothing when the type is neither a text's, a boolean's nor a whole number's.
std::optional<std::vector<std::string>> texts_of(const arrow::Array& column) {
  switch (column.type_id()) {
    case arrow::Type::STRING: return texts_as<arrow::StringArray>(column);
    case arrow::Type::LARGE_STRING: return texts_as<arrow::LargeStringArray>(column);
    case arrow::Type::BOOL: return booleans_as_texts(column);
    case arrow::Type::INT8: return whole_numbers_as_texts<arrow::Int8Array>(column);
    case arrow::Type::INT16: return whole_numbers_as_texts<arrow::Int16Array>(column);
    case arrow::Type::INT32: return whole_numbers_as_texts<arrow::Int32Array>(column);
    case arrow::Type::INT64: return whole_numbers_as_texts<arrow::Int64Array>(column);
    case arrow::Type::UINT8: return whole_numbers_as_texts<arrow::UInt8Array>(column);
    case arrow::Type::UINT16: return whole_numbers_as_texts<arrow::UInt16Array>(column);
    case arrow::Type::UINT32: return whole_numbers_as_texts<arrow::UInt32Array>(column);
    case arrow::Type::UINT64: return whole_numbers_as_texts<arrow::UInt64Array>(column);
    case arrow::Type::FLOAT: return whole_floats_as_texts<arrow::FloatArray>(column);
    case arrow::Type::DOUBLE: return whole_floats_as_texts<arrow::DoubleArray>(column);
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

CellKind kind_of(const arrow::DataType& type) {
  switch (type.id()) {
    case arrow::Type::TIMESTAMP:
    case arrow::Type::DATE32:
    case arrow::Type::DATE64: return CellKind::instant;
    case arrow::Type::STRING:
    case arrow::Type::LARGE_STRING:
    case arrow::Type::BOOL: return CellKind::text;
    case arrow::Type::DICTIONARY: {
      const arrow::DataType& value = *static_cast<const arrow::DictionaryType&>(type).value_type();
      const bool words = kind_of(value) == CellKind::text || arrow::is_integer(value.id());
      return words ? CellKind::text : CellKind::other;
    }
    case arrow::Type::HALF_FLOAT:
    case arrow::Type::FLOAT:
    case arrow::Type::DOUBLE:
    case arrow::Type::DECIMAL128:
    case arrow::Type::DECIMAL256: return CellKind::number;
    default: return arrow::is_integer(type.id()) ? CellKind::number : CellKind::other;
  }
}

class ParquetRows final : public RowStream {
 public:
  ParquetRows(const std::filesystem::path& file, Columns columns)
      : file_(file), columns_(std::move(columns)) {
    try {
      open();
    } catch (const parquet::ParquetException& problem) {
      fail_parquet(file_, problem.what());
    }
  }

  std::optional<RowBlock> next() override {
    std::shared_ptr<arrow::RecordBatch> batch;
    try {
      do {
        batch = checked_parquet(file_, batches_->Next());
        if (batch == nullptr) return std::nullopt;
      } while (batch->num_rows() == 0);
    } catch (const parquet::ParquetException& problem) {
      fail_parquet(file_, problem.what());
    }
    RowBlock block{.first_row = row_, .rows = batch->num_rows(), .numbers = {}, .texts = {}};
    for (const std::string& name : columns_.numbers)
      block.numbers.push_back(
          take(numbers_of(*batch->GetColumnByName(name)), *batch, name, "numbers"));
    for (const std::string& name : columns_.instants)
      block.numbers.push_back(
          take(instants_of(*batch->GetColumnByName(name)), *batch, name, "dates with a time"));
    for (const std::string& name : columns_.texts)
      block.texts.push_back(take(texts_of(*batch->GetColumnByName(name)), *batch, name, "names"));
    row_ += block.rows;
    return block;
  }

 private:
  void open() {
    reader_ = open_parquet_file(file_, kBlockRows);
    const std::shared_ptr<arrow::Schema> schema = schema_of(file_, *reader_);
    require_columns(file_, columns_, schema->field_names());
    std::vector<int> wanted;
    for (const auto* names : {&columns_.numbers, &columns_.texts, &columns_.instants})
      for (const std::string& name : *names) wanted.push_back(leaf(*schema, name));
    std::sort(wanted.begin(), wanted.end());
    wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
    std::vector<int> groups(static_cast<size_t>(reader_->num_row_groups()));
    for (size_t i = 0; i < groups.size(); ++i) groups[i] = static_cast<int>(i);
    batches_ = checked_parquet(file_, reader_->GetRecordBatchReader(groups, wanted));
  }

  /// Parquet counts leaves, so nested columns before this one would shift its number.
  int leaf(const arrow::Schema& schema, const std::string& name) const {
    const std::vector<int> found = schema.GetAllFieldIndices(name);
    require<DataError>(found.size() == 1, "{}: {} columns are called \"{}\"", file_.string(),
                       found.size(), name);
    const auto& type = schema.field(found.front())->type();
    require<DataError>(type->num_fields() == 0,
                       "{}: column \"{}\" is of type {}, which cannot be "
                       "read as numbers or texts",
                       file_.string(), name, type->ToString());
    return reader_->parquet_reader()->metadata()->schema()->ColumnIndex(name);
  }

  template <class Values>
  Values take(std::optional<Values> values, const arrow::RecordBatch& batch,
              const std::string& name, const char* what) const {
    require<DataError>(values.has_value(),
                       "{}: column \"{}\" is of type {}, which cannot be read as {}",
                       file_.string(), name, batch.GetColumnByName(name)->type()->ToString(), what);
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

std::vector<ColumnInfo> parquet_columns(const std::filesystem::path& file) {
  std::vector<ColumnInfo> columns;
  try {
    const auto reader = open_parquet_file(file, kBlockRows);
    const auto schema = schema_of(file, *reader);
    for (const auto& field : schema->fields())
      columns.push_back({field->name(), kind_of(*field->type()), field->type()->ToString()});
  } catch (const parquet::ParquetException& problem) {
    fail_parquet(file, problem.what());
  }
  return columns;
}

}  // namespace tacit
