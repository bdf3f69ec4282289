// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/images/image_table.h"

#include <arrow/api.h>
#include <arrow/io/file.h>
#include <gtest/gtest.h>
#include <parquet/arrow/writer.h>

#include "tacit/core/error.h"
#include "tests/data/readers/images/image_files.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

std::shared_ptr<arrow::Array> pictures(const std::vector<Bytes>& files) {
  arrow::BinaryBuilder builder;
  for (const Bytes& file : files) {
    const auto status = file.empty()
                            ? builder.AppendNull()
                            : builder.Append(file.data(), static_cast<int32_t>(file.size()));
    EXPECT_TRUE(status.ok());
  }
  return builder.Finish().ValueOrDie();
}
std::shared_ptr<arrow::Array> numbers(const std::vector<int64_t>& values) {
  arrow::Int64Builder builder;
  EXPECT_TRUE(builder.AppendValues(values).ok());
  return builder.Finish().ValueOrDie();
}
/// As Hugging Face has it: a struct of bytes and a path.
std::shared_ptr<arrow::Array> in_struct(const std::shared_ptr<arrow::Array>& bytes) {
  return arrow::StructArray::Make({bytes}, {arrow::field("bytes", arrow::binary())}).ValueOrDie();
}

class ImageTable : public testing::Test {
 protected:
  void write(const std::shared_ptr<arrow::Array>& cells, const std::vector<int64_t>& labels,
             const std::string& notes = "") const {
    auto schema = arrow::schema(
        {arrow::field("label", arrow::int64()), arrow::field("image", cells->type())});
    if (!notes.empty())
      schema = schema->WithMetadata(arrow::key_value_metadata({"huggingface"}, {notes}));
    const auto table = arrow::Table::Make(schema, {numbers(labels), cells});
    const auto file =
        arrow::io::FileOutputStream::Open((folder_.path() / "train.parquet").string()).ValueOrDie();
    const auto with_notes = parquet::ArrowWriterProperties::Builder().store_schema()->build();
    EXPECT_TRUE(parquet::arrow::WriteTable(*table, arrow::default_memory_pool(), file, 1024,
                                           parquet::default_writer_properties(), with_notes)
                    .ok());
    EXPECT_TRUE(file->Close().ok());
  }
  Images read() const {
    ImageBuilder builder({}, "");
    read_image_table(asked_, builder);
    return builder.finish(asked_.path, Target::category, {});
  }
  TemporaryFolder folder_;
  LongFormConfig asked_{.path = folder_.path().string()};
};

TEST_F(ImageTable, HasPicturesAndLabels) {
  write(pictures({png_file(sample_picture()), jpeg_file(sample_picture())}), {3, 1});
  EXPECT_TRUE(is_image_table(folder_.path()));
  const Images images = read();
  ASSERT_EQ(images.size(), 2);
  EXPECT_EQ(images.classes(), (std::vector<std::string>{"1", "3"}));
  EXPECT_EQ(images.label(0), 1);
  EXPECT_EQ(images.origin(0).recording, "train.parquet");
  asked_.label = "";
  EXPECT_TRUE(read().classes().empty());
}

TEST_F(ImageTable, HasTheNamesOfItsNotes) {
  const auto cells = in_struct(pictures({png_file(sample_picture()), png_file(sample_picture())}));
  const std::string notes =
      R"({"info": {"features": {"label": {"names": ["cat", "dog"], "_type": "ClassLabel"}}}})";
  write(cells, {1, 0}, notes);
  EXPECT_EQ(read().classes(), (std::vector<std::string>{"cat", "dog"}));
  EXPECT_EQ(read().label(0), 1);
  write(cells, {1, 2}, notes);
  EXPECT_NE(message<DataError>([&] { read(); }).find("row 2: label 2 is none of the 2"),
            std::string::npos);
  write(cells, {1, 0}, "no JSON");
  EXPECT_EQ(read().classes(), (std::vector<std::string>{"0", "1"}));
}

TEST_F(ImageTable, RefusesAnEmptyCell) {
  write(pictures({png_file(sample_picture()), {}}), {0, 1});
  EXPECT_NE(message<DataError>([&] { read(); }).find("row 2: the cell of the picture is empty"),
            std::string::npos);
}

TEST_F(ImageTable, IsNoneWithoutPictures) {
  write(numbers({1, 2}), {0, 1});
  EXPECT_FALSE(is_image_table(folder_.path()));
  EXPECT_FALSE(is_image_table("/nowhere"));
  folder_.write("train.parquet", "no Parquet");
  EXPECT_FALSE(is_image_table(folder_.path()));
}

}  // namespace
}  // namespace tacit
