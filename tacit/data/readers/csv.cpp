// SPDX-License-Identifier: Apache-2.0
#include <arrow/array.h>
#include <arrow/buffer.h>
#include <arrow/csv/api.h>
#include <arrow/io/transform.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <arrow/util/utf8.h>

#include <algorithm>
#include <functional>
#include <limits>

#include "tacit/core/error.h"
#include "tacit/data/readers/bytes.h"
#include "tacit/data/readers/cells.h"
#include "tacit/data/readers/open_quote.h"
#include "tacit/data/readers/rows.h"

namespace tacit {
namespace {

constexpr const char* kNoUtf8 = "it holds bytes that are no UTF-8; save it as CSV in UTF-8";

std::string on_one_line(std::string words) {
  std::ranges::replace(words, '\n', ' ');
  return words;
}

/// What Arrow says, with the file, as one sentence. `row`: the last that was read.
[[noreturn]] void fail(const std::filesystem::path& file, const arrow::Status& status,
                       int64_t row = 1) {
  std::string words = status.message();
  const auto says = [&](const char* part) { return words.find(part) != std::string::npos; };
  if (says("Empty CSV file")) words = "the file is empty; a CSV starts with the columns' names";
  if (says("invalid UTF8")) words = kNoUtf8;
  if (says("straddling object"))
    words = text("a row behind row {} is longer than a megabyte; is a quote (\") not closed there?",
                 row);
  throw DataError(text("{}: {}", file.string(), on_one_line(words)));
}

/// Runs of blanks and tabs become one tab, none at either end of a line.
class BlankRuns {
 public:
  arrow::Result<std::shared_ptr<arrow::Buffer>> operator()(
      const std::shared_ptr<arrow::Buffer>& bytes) {
    std::string out;
    out.reserve(static_cast<size_t>(bytes->size()));
    for (const char c : std::string_view(*bytes)) {
      if (c == '"') quoted_ = !quoted_;
      if (!quoted_ && (c == ' ' || c == '\t')) {
        pending_ = !line_start_;
        continue;
      }
      const bool ends = c == '\n' || c == '\r';
      if (pending_ && !ends) out += '\t';
      pending_ = false;
      line_start_ = ends;
      out += c;
    }
    return arrow::Buffer::FromString(std::move(out));
  }

 private:
  bool pending_ = false, line_start_ = true, quoted_ = false;
};

char arrow_delimiter(Delimiter delimiter) {
  switch (delimiter) {
    case Delimiter::comma: return ',';
    case Delimiter::semicolon: return ';';
    case Delimiter::pipe: return '|';
    case Delimiter::tab:
    case Delimiter::space: return '\t';
  }
  return ',';
}

/// Arrow's reader of texts in `dialect`, with rows of another number of cells going to `ragged`.
/// `quotes`, if any, sees all bytes.
std::shared_ptr<arrow::csv::StreamingReader> open_reader(
    const std::filesystem::path& file, const Dialect& dialect,
    const arrow::csv::ConvertOptions& convert, arrow::csv::InvalidRowHandler ragged,
    const std::function<void(const arrow::Status&)>& stop,
    const std::shared_ptr<OpenQuote>& quotes = nullptr) {
  auto read = arrow::csv::ReadOptions::Defaults();
  read.use_threads = false;  // only then does Arrow know row numbers
  read.block_size = 1 << 20;
  read.skip_rows = static_cast<int32_t>(std::min<int64_t>(dialect.skip_lines, 1 << 20));
  read.column_names = dialect.columns;
  auto parse = arrow::csv::ParseOptions::Defaults();
  parse.delimiter = arrow_delimiter(dialect.delimiter);
  parse.newlines_in_values = true;  // else a file of several blocks may be cut within a cell
  parse.invalid_row_handler = std::move(ragged);
  auto bytes = open_bytes(file);
  if (dialect.delimiter == Delimiter::space)
    bytes = std::make_shared<arrow::io::TransformInputStream>(bytes, BlankRuns());
  if (quotes) {
    const auto watch = [quotes](const std::shared_ptr<arrow::Buffer>& part)
        -> arrow::Result<std::shared_ptr<arrow::Buffer>> {
      quotes->read(std::string_view(*part));
      return part;
    };
    bytes = std::make_shared<arrow::io::TransformInputStream>(bytes, watch);
  }
  const auto made = arrow::csv::StreamingReader::Make(arrow::io::default_io_context(), bytes, read,
                                                      parse, convert);
  if (!made.ok()) stop(made.status());
  return *made;
}

/// The names in the heading as they stand there, without reading further.
std::vector<std::string> heading(const std::filesystem::path& file, const Dialect& dialect) {
  const auto later = [](const arrow::csv::InvalidRow&) {
    return arrow::csv::InvalidRowResult::Skip;  // reported when the row is reached
  };
  const auto reader = open_reader(file, dialect, arrow::csv::ConvertOptions::Defaults(), later,
                                  [&](const arrow::Status& status) { fail(file, status); });
  std::vector<std::string> names = reader->schema()->field_names();
  arrow::util::InitializeUTF8();
  for (const std::string& name : names)
    require<DataError>(arrow::util::ValidateUTF8(name) && name.find('\0') == std::string::npos,
                       "{}: {}", file.string(), kNoUtf8);
  return names;
}

/// Cells are read as texts and turned to numbers here, because Arrow guesses types from the first
/// block and cannot say in which cell a guess failed.
class CsvRows final : public RowStream {
 public:
  CsvRows(const std::filesystem::path& file, Columns columns, const Dialect& dialect)
      : file_(file),
        columns_(std::move(columns)),
        dialect_(dialect),
        quotes_(
            std::make_shared<OpenQuote>(arrow_delimiter(dialect.delimiter), dialect.skip_lines)),
        row_(dialect.skip_lines + (dialect.columns.empty() ? 2 : 1)) {
    names_ = heading(file, dialect);
    std::vector<std::string> available;
    for (const std::string& name : names_) available.emplace_back(trimmed(name));
    require_columns(file, columns_, available);
    require_different(available);
    auto convert = arrow::csv::ConvertOptions::Defaults();
    for (const auto* wanted : {&columns_.numbers, &columns_.texts, &columns_.instants})
      for (const std::string& name : *wanted) {
        if (!convert.column_types.emplace(raw(name), arrow::utf8()).second) continue;
        convert.include_columns.push_back(raw(name));
      }
    const auto ragged = [this](const arrow::csv::InvalidRow& row) {
      const bool is_open = std::ranges::count(row.text, '"') % 2 == 1;
      ragged_ = text("{}: row {} has {} cells but {} has {}: \"{}\"{}", file_.string(), row.number,
                     row.actual_columns, dialect_.columns.empty() ? "the heading" : "data.columns",
                     row.expected_columns, on_one_line(std::string(row.text.substr(0, 200))),
                     is_open ? "; a quote in it is not closed" : "");
      return arrow::csv::InvalidRowResult::Error;
    };
    reader_ = open_reader(
        file, dialect_, convert, ragged, [this](const arrow::Status& status) { stop(status); },
        quotes_);
  }

  std::optional<RowBlock> next() override {
    while (batch_ == nullptr || begin_ == batch_->num_rows()) {
      if (const arrow::Status status = reader_->ReadNext(&batch_); !status.ok()) stop(status);
      if (batch_ == nullptr) {
        require<DataError>(!quotes_->is_open(),
                           "{}: row {} opens a quote (\") that is not closed, so all that follows "
                           "would be one cell",
                           file_.string(), row_ - 1);
        return std::nullopt;
      }
      begin_ = 0;
    }
    const auto part = batch_->Slice(begin_, std::min(kBlockRows, batch_->num_rows() - begin_));
    begin_ += part->num_rows();
    RowBlock block{.first_row = row_, .rows = part->num_rows(), .numbers = {}, .texts = {}};
    for (const std::string& name : columns_.numbers) block.numbers.push_back(numbers(*part, name));
    for (const std::string& name : columns_.instants)
      block.numbers.push_back(instants(*part, name));
    for (const std::string& name : columns_.texts) block.texts.push_back(texts(*part, name));
    row_ += block.rows;
    return block;
  }

 private:
  [[noreturn]] void stop(const arrow::Status& status) const {
    if (!ragged_.empty()) throw DataError(ragged_);
    fail(file_, status, row_ - 1);
  }

  /// Of the columns asked for; Arrow would take the first.
  void require_different(const std::vector<std::string>& available) const {
    for (const auto* wanted : {&columns_.numbers, &columns_.texts, &columns_.instants})
      for (const std::string& name : *wanted)
        require<DataError>(std::ranges::count(available, name) == 1,
                           "{}: {} columns are called \"{}\"; give each a name of its own",
                           file_.string(), std::ranges::count(available, name), name);
  }

  /// The name as the heading has it, blanks included.
  const std::string& raw(const std::string& name) const {
    return *std::ranges::find_if(names_,
                                 [&](const std::string& each) { return trimmed(each) == name; });
  }

  std::shared_ptr<arrow::Array> column(const arrow::RecordBatch& part,
                                       const std::string& name) const {
    return part.GetColumnByName(raw(name));
  }

  static std::string_view cell(const arrow::Array& column, int64_t row) {
    return trimmed(static_cast<const arrow::StringArray&>(column).GetView(row));
  }

  std::vector<double> numbers(const arrow::RecordBatch& part, const std::string& name) const {
    return values(part, name, "a number",
                  [this](std::string_view cell) { return number_in(cell, dialect_.decimal); });
  }
  std::vector<double> instants(const arrow::RecordBatch& part, const std::string& name) const {
    return values(part, name, "a date and time such as 2024-05-01T10:00:00.02",
                  [](std::string_view cell) { return moment_in(cell); });
  }

  template <class Parse>
  std::vector<double> values(const arrow::RecordBatch& part, const std::string& name,
                             const char* what, const Parse& parse) const {
    const auto cells = column(part, name);
    std::vector<double> values;
    values.reserve(static_cast<size_t>(part.num_rows()));
    for (int64_t row = 0; row < part.num_rows(); ++row) {
      const std::string_view here = cell(*cells, row);
      const auto value = is_missing(here) ? std::numeric_limits<double>::quiet_NaN() : parse(here);
      require<DataError>(value.has_value(), "{}: row {}, column \"{}\": \"{}\" is not {}",
                         file_.string(), row_ + row, name, here.substr(0, 60), what);
      values.push_back(*value);
    }
    return values;
  }

  std::vector<std::string> texts(const arrow::RecordBatch& part, const std::string& name) const {
    const auto cells = column(part, name);
    std::vector<std::string> values(static_cast<size_t>(part.num_rows()));
    for (int64_t row = 0; row < part.num_rows(); ++row)
      values[static_cast<size_t>(row)] = cell(*cells, row);
    return values;
  }

  std::filesystem::path file_;
  Columns columns_;
  Dialect dialect_;
  std::vector<std::string> names_;
  std::string ragged_;
  std::shared_ptr<OpenQuote> quotes_;
  std::shared_ptr<arrow::csv::StreamingReader> reader_;
  std::shared_ptr<arrow::RecordBatch> batch_;
  int64_t begin_ = 0;  // first row of batch_ that was not handed out
  int64_t row_;
};

}  // namespace

std::unique_ptr<RowStream> open_csv(const std::filesystem::path& file, Columns columns,
                                    const Dialect& dialect) {
  return std::make_unique<CsvRows>(file, std::move(columns), dialect);
}

std::vector<ColumnInfo> csv_columns(const std::filesystem::path& file, const Dialect& dialect) {
  std::vector<ColumnInfo> columns;
  for (const std::string& name : heading(file, dialect))
    columns.push_back({std::string(trimmed(name)), CellKind::text});
  return columns;
}

std::string head_of(const std::filesystem::path& file, size_t bytes) {
  const auto stream = open_bytes(file);
  std::string head;
  while (head.size() < bytes) {
    const std::string part = next_bytes(file, *stream, bytes - head.size());
    if (part.empty()) break;
    head += part;
  }
  return head;
}

}  // namespace tacit
