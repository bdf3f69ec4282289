// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/table_writer.h"

#include <arrow/api.h>
#include <arrow/io/memory.h>
#include <parquet/arrow/writer.h>

#include <charconv>

#include "tacit/core/error.h"
#include "tacit/core/files.h"

namespace tacit {
namespace {

size_t rows_of(const Column& column) {
  return std::visit([](const auto& values) { return values.size(); }, column.values);
}

/// Quoted when the CSV format asks for it (RFC 4180).
void append(std::string& csv, const std::string& value) {
  if (value.find_first_of("\",\r\n") == std::string::npos) {
    csv += value;
    return;
  }
  csv += '"';
  for (const char c : value) {
    if (c == '"') csv += '"';
    csv += c;
  }
  csv += '"';
}

/// The shortest decimal that reads back to the same number.
template <class Number>
void append(std::string& csv, Number value) {
  char digits[32];
  csv.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

class CsvWriter final : public TableWriter {
 public:
  explicit CsvWriter(std::filesystem::path file) : file_(std::move(file)) {}

  void add(const std::vector<Column>& rows) override {
    if (csv_.empty()) {
      for (size_t c = 0; c < rows.size(); ++c) separated(c, rows.size(), rows[c].name);
    }
    for (size_t row = 0; row < rows_of(rows.at(0)); ++row)
      for (size_t c = 0; c < rows.size(); ++c)
        std::visit([&](const auto& values) { separated(c, rows.size(), values[row]); },
                   rows[c].values);
  }
  void finish() override { write_file(file_, {csv_}); }

 private:
  template <class Value>
  void separated(size_t column, size_t columns, const Value& value) {
    append(csv_, value);
    csv_ += column + 1 < columns ? ',' : '\n';
  }

  std::filesystem::path file_;
  std::string csv_;
};

void check(const arrow::Status& status) {
  require<StateError>(status.ok(), "cannot write Parquet: {}", status.message());
}

template <class Value>
std::shared_ptr<arrow::Array> to_arrow(const std::vector<Value>& values) {
  typename arrow::CTypeTraits<Value>::BuilderType builder;
  std::shared_ptr<arrow::Array> array;
  check(builder.AppendValues(values));
  check(builder.Finish(&array));
  return array;
}

class ParquetWriter final : public TableWriter {
 public:
  explicit ParquetWriter(std::filesystem::path file) : file_(std::move(file)) {
    auto memory = arrow::io::BufferOutputStream::Create();
    check(memory.status());
    memory_ = *memory;
  }

  void add(const std::vector<Column>& rows) override {
    arrow::FieldVector fields;
    arrow::ArrayVector arrays;
    for (const Column& column : rows) {
      arrays.push_back(
          std::visit([](const auto& values) { return to_arrow(values); }, column.values));
      fields.push_back(arrow::field(column.name, arrays.back()->type()));
    }
    const auto table = arrow::Table::Make(arrow::schema(fields), arrays);
    if (!writer_) open(*table->schema());
    check(writer_->WriteTable(*table, std::max<int64_t>(1, table->num_rows())));
  }
  void finish() override {
    if (writer_) check(writer_->Close());
    const auto buffer = memory_->Finish();
    check(buffer.status());
    write_file(file_, {std::string_view(**buffer)});
  }

 private:
  void open(const arrow::Schema& schema) {
    auto opened = parquet::arrow::FileWriter::Open(
        schema, arrow::default_memory_pool(), memory_,
        parquet::WriterProperties::Builder().compression(parquet::Compression::ZSTD)->build());
    check(opened.status());
    writer_ = std::move(*opened);
  }

  std::filesystem::path file_;
  std::shared_ptr<arrow::io::BufferOutputStream> memory_;
  std::unique_ptr<parquet::arrow::FileWriter> writer_;
};

}  // namespace

std::unique_ptr<TableWriter> create_table(const std::filesystem::path& file) {
  if (file.extension() == ".csv") return std::make_unique<CsvWriter>(file);
  if (file.extension() == ".parquet") return std::make_unique<ParquetWriter>(file);
  throw ConfigError(
      text("cannot write a table to {}: its name must end in .csv or .parquet", file.string()));
}

}  // namespace tacit
