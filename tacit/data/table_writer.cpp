// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/table_writer.h"

#include <arrow/api.h>
#include <arrow/io/memory.h>
#include <parquet/arrow/writer.h>

#include <charconv>
#include <cmath>
#include <concepts>
#include <set>

#include "tacit/core/error.h"
#include "tacit/core/files.h"
#include "tacit/core/json.h"

namespace tacit {
namespace {

size_t rows_of(const Column& column) {
  return std::visit([](const auto& values) { return values.size(); }, column.values);
}

/// The shortest decimal that reads back to the same number.
template <class Number>
void append(std::string& out, Number value) {
  char digits[32];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
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

/// Throws StateError for bytes that are no UTF-8.
std::string json_text(const std::string& value) {
  try {
    return Json(value).dump();
  } catch (const Json::exception&) {
    throw StateError(
        text("cannot write JSON: \"{}\" holds bytes that are no UTF-8", value.substr(0, 60)));
  }
}

void append_json(std::string& json, const std::string& value) {
  json += value.empty() ? "null" : json_text(value);
}

void append_json(std::string& json, int64_t value) { append(json, value); }

template <std::floating_point Number>
void append_json(std::string& json, Number value) {
  if (std::isnan(value))
    json += "null";
  else if (std::isinf(value))
    json += value > 0 ? "\"inf\"" : "\"-inf\"";
  else if (value == 0 && std::signbit(value))
    json += "-0.0";  // to readers "-0" is a whole number, which has no sign
  else
    append(json, value);
}

class JsonLinesWriter final : public TableWriter {
 public:
  explicit JsonLinesWriter(std::filesystem::path file) : file_(std::move(file)) {}

  void add(const std::vector<Column>& rows) override {
    const std::vector<std::string> starts = starts_of(rows);
    for (size_t row = 0; row < rows_of(rows.at(0)); ++row) {
      for (size_t c = 0; c < rows.size(); ++c) {
        json_ += starts[c];
        std::visit([&](const auto& values) { append_json(json_, values[row]); }, rows[c].values);
      }
      json_ += "}\n";
    }
  }
  void finish() override { write_file(file_, {json_}); }

 private:
  /// What stands before each value of a row: {"NAME": or , "NAME":
  static std::vector<std::string> starts_of(const std::vector<Column>& rows) {
    std::set<std::string> names;
    std::vector<std::string> starts;
    for (const Column& column : rows) {
      require<StateError>(names.insert(column.name).second,
                          "cannot write JSON: two columns are called \"{}\"", column.name);
      starts.push_back(text("{}{}: ", starts.empty() ? "{" : ", ", json_text(column.name)));
    }
    return starts;
  }

  std::filesystem::path file_;
  std::string json_;
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
  if (file.extension() == ".jsonl" || file.extension() == ".ndjson")
    return std::make_unique<JsonLinesWriter>(file);
  throw ConfigError(
      text("cannot write a table to {}: its name must end in .csv, .parquet, .jsonl or .ndjson",
           file.string()));
}

}  // namespace tacit
