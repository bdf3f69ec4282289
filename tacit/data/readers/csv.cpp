// SPDX-License-Identifier: Apache-2.0
#include <arrow/array.h>
#include <arrow/csv/api.h>
#include <arrow/io/compressed.h>
#include <arrow/io/file.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <arrow/util/compression.h>

#include <charconv>
#include <cmath>
#include <limits>

#include "tacit/core/error.h"
#include "tacit/data/readers/rows.h"

namespace tacit {
namespace {

std::string_view trimmed(std::string_view cell) {
  while (!cell.empty() && (cell.front() == ' ' || cell.front() == '\t')) cell.remove_prefix(1);
  while (!cell.empty() && (cell.back() == ' ' || cell.back() == '\t')) cell.remove_suffix(1);
  return cell;
}

bool is_missing(std::string_view cell) {
  return cell.empty() || cell == "NaN" || cell == "nan" || cell == "NA" || cell == "null";
}

/// What Arrow says, with the file, as one sentence.
[[noreturn]] void fail(const std::filesystem::path& file, const arrow::Status& status) {
  std::string words = status.message();
  if (words == "Empty CSV file") words = "the file is empty; a CSV starts with the columns' names";
  for (char& letter : words)
    if (letter == '\n') letter = ' ';
  throw DataError(text("{}: {}", file.string(), words));
}

std::shared_ptr<arrow::io::InputStream> open_bytes(const std::filesystem::path& file) {
  const auto plain = arrow::io::ReadableFile::Open(file.string());
  if (!plain.ok()) fail(file, plain.status());
  if (file.extension() != ".gz") return *plain;
  const auto codec = arrow::util::Codec::Create(arrow::Compression::GZIP);
  if (!codec.ok()) fail(file, codec.status());
  const auto unpacked = arrow::io::CompressedInputStream::Make(codec->get(), *plain);
  if (!unpacked.ok()) fail(file, unpacked.status());
  return *unpacked;
}

/// The names in the heading, without reading further.
std::vector<std::string> heading(const std::filesystem::path& file) {
  auto parse = arrow::csv::ParseOptions::Defaults();
  parse.invalid_row_handler = [](const arrow::csv::InvalidRow&) {
    return arrow::csv::InvalidRowResult::Skip;  // reported when the row is reached
  };
  const auto reader = arrow::csv::StreamingReader::Make(
      arrow::io::default_io_context(), open_bytes(file), arrow::csv::ReadOptions::Defaults(), parse,
      arrow::csv::ConvertOptions::Defaults());
  if (!reader.ok()) fail(file, reader.status());
  return (*reader)->schema()->field_names();
}

/// Cells are read as texts and turned to numbers here, because Arrow guesses types from the first
/// block and cannot say in which cell a guess failed.
class CsvRows final : public RowStream {
 public:
  CsvRows(const std::filesystem::path& file, Columns columns)
      : file_(file), columns_(std::move(columns)) {
    const std::vector<std::string> names = heading(file);
    require_columns(file, columns_, names);
    auto read = arrow::csv::ReadOptions::Defaults();
    read.use_threads = false;  // only then does Arrow know row numbers
    read.block_size = 1 << 20;
    auto parse = arrow::csv::ParseOptions::Defaults();
    parse.invalid_row_handler = [this](const arrow::csv::InvalidRow& row) {
      ragged_ = text("{}: row {} has {} cells but the heading has {}: \"{}\"", file_.string(),
                     row.number, row.actual_columns, row.expected_columns, row.text);
      return arrow::csv::InvalidRowResult::Error;
    };
    auto convert = arrow::csv::ConvertOptions::Defaults();
    for (const auto* wanted : {&columns_.numbers, &columns_.texts})
      for (const std::string& name : *wanted) {
        if (!convert.column_types.emplace(name, arrow::utf8()).second) continue;
        convert.include_columns.push_back(name);
      }
    const auto made = arrow::csv::StreamingReader::Make(arrow::io::default_io_context(),
                                                        open_bytes(file), read, parse, convert);
    if (!made.ok()) stop(made.status());
    reader_ = *made;
  }

  std::optional<RowBlock> next() override {
    while (batch_ == nullptr || begin_ == batch_->num_rows()) {
      if (const arrow::Status status = reader_->ReadNext(&batch_); !status.ok()) stop(status);
      if (batch_ == nullptr) return std::nullopt;
      begin_ = 0;
    }
    const auto part = batch_->Slice(begin_, std::min(kBlockRows, batch_->num_rows() - begin_));
    begin_ += part->num_rows();
    RowBlock block{.first_row = row_, .rows = part->num_rows(), .numbers = {}, .texts = {}};
    for (const std::string& name : columns_.numbers) block.numbers.push_back(numbers(*part, name));
    for (const std::string& name : columns_.texts) block.texts.push_back(texts(*part, name));
    row_ += block.rows;
    return block;
  }

 private:
  [[noreturn]] void stop(const arrow::Status& status) const {
    if (!ragged_.empty()) throw DataError(ragged_);
    fail(file_, status);
  }

  static std::string_view cell(const arrow::Array& column, int64_t row) {
    return trimmed(static_cast<const arrow::StringArray&>(column).GetView(row));
  }

  std::vector<double> numbers(const arrow::RecordBatch& part, const std::string& name) const {
    const auto column = part.GetColumnByName(name);
    if (column == nullptr) fail(file_, arrow::Status::Invalid("two columns are called " + name));
    std::vector<double> values(static_cast<size_t>(part.num_rows()));
    for (int64_t row = 0; row < part.num_rows(); ++row)
      values[static_cast<size_t>(row)] = number(cell(*column, row), row_ + row, name);
    return values;
  }

  double number(std::string_view cell, int64_t row, const std::string& name) const {
    if (is_missing(cell)) return std::numeric_limits<double>::quiet_NaN();
    const std::string_view digits = cell.starts_with('+') ? cell.substr(1) : cell;
    double value = 0;
    const char* const end = digits.data() + digits.size();
    const auto [rest, failed] = std::from_chars(digits.data(), end, value);
    require<DataError>(failed == std::errc() && rest == end,
                       "{}: row {}, column \"{}\": \"{}\" is not a number", file_.string(), row, name,
                       cell.substr(0, 60));
    return value;
  }

  static std::vector<std::string> texts(const arrow::RecordBatch& part, const std::string& name) {
    const auto column = part.GetColumnByName(name);
    std::vector<std::string> values(static_cast<size_t>(part.num_rows()));
    for (int64_t row = 0; row < part.num_rows(); ++row)
      values[static_cast<size_t>(row)] = cell(*column, row);
    return values;
  }

  std::filesystem::path file_;
  Columns columns_;
  std::string ragged_;
  std::shared_ptr<arrow::csv::StreamingReader> reader_;
  std::shared_ptr<arrow::RecordBatch> batch_;
  int64_t begin_ = 0;  // first row of batch_ that was not handed out
  int64_t row_ = 2;
};

}  // namespace

std::unique_ptr<RowStream> open_csv(const std::filesystem::path& file, Columns columns) {
  return std::make_unique<CsvRows>(file, std::move(columns));
}

}  // namespace tacit
