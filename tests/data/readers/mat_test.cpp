// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/mat.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <limits>
#include <numeric>

#include "tacit/core/error.h"
#include "tests/core/folder.h"
#include "tests/data/readers/mat_arrays.h"
#include "tests/data/readers/mat_files.h"

namespace tacit {
namespace {

using Names = std::vector<std::string>;

/// As a set of several people has it.
matvar_t* study() {
  const auto person = [](size_t columns, const std::string& age) {
    std::vector<matvar_t*> stimuli;
    for (size_t i = 0; i < 3; ++i) stimuli.push_back(counting_array("", 4 + i, columns));
    return structure(
        "", {1, 1}, {"ECG", "Age"},
        {structure("", {1, 1}, {"stimuli"}, {cells("", {3, 1}, stimuli)}), letters("", age)});
  };
  return structure(
      "DREAMER", {1, 1}, {"Data", "noPeople"},
      {cells("", {1, 2}, {person(2, "31"), person(3, "22")}), counting_array("", 1, 1)});
}

class Mat : public FolderTest {
 protected:
  std::filesystem::path write(const MatFormat& format, const std::vector<matvar_t*>& variables) {
    return write_mat(folder / "study.mat", format, variables);
  }
  std::filesystem::path write_bytes(const std::string& bytes) const {
    std::ofstream(folder / "cut.mat", std::ios::binary) << bytes;
    return folder / "cut.mat";
  }
  std::string bytes_of(const std::filesystem::path& file) const {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  void expect_refused_where_cut(const std::filesystem::path& file, const std::string& path,
                                const char* format) const {
    for (auto length = std::filesystem::file_size(file); length-- > 0;) {
      std::filesystem::resize_file(file, length);
      EXPECT_THROW(MatFile(file).numbers(path), DataError) << format << ": " << length;
    }
  }
  template <class Action>
  void expect_refused(const Action& action, const Names& parts) const {
    const std::string said = message_of<DataError>(action);
    EXPECT_TRUE(said.starts_with((folder / "study.mat: ").string())) << said;
    EXPECT_EQ(said.find('\n'), std::string::npos) << said;
    for (const std::string& part : parts) EXPECT_NE(said.find(part), std::string::npos) << said;
  }
};

void expect_counting(const MatMatrix& matrix, int64_t rows, int64_t columns) {
  EXPECT_EQ(matrix.rows, rows);
  EXPECT_EQ(matrix.columns, columns);
  ASSERT_EQ(matrix.values.size(), static_cast<size_t>(rows * columns));
  for (int64_t column = 0; column < columns; ++column)
    for (int64_t row = 0; row < rows; ++row)
      EXPECT_EQ(matrix.at(row, column), static_cast<double>(column * rows + row) + 0.5);
}

TEST_F(Mat, GivesVariablesInEveryFormat) {
  for (const MatFormat& format : {kMat4, kMat5, kMat7, kMat73, kMat73Packed}) {
    MatFile file(write(format, {counting_array("val", 2, 50), letters("who", "somebody")}));
    const std::vector<MatItem> variables = file.variables();
    ASSERT_EQ(variables.size(), 2U) << format.name;
    EXPECT_EQ(variables[0].name, "val");
    EXPECT_EQ(variables[0].type, "double");
    EXPECT_EQ(variables[0].shape, (std::vector<int64_t>{2, 50}));
    EXPECT_EQ(variables[1].words(), "a char array of 1 x 8");
    EXPECT_EQ(file.words("who"), "somebody") << format.name;
    expect_counting(file.numbers("val"), 2, 50);
    EXPECT_EQ(file.words("who"), "somebody") << format.name;
  }
}

TEST_F(Mat, GivesWhatLiesInStructuresAndCells) {
  for (const MatFormat& format : {kMat5, kMat7, kMat73, kMat73Packed}) {
    MatFile file(write(format, {counting_array("other", 1, 3), study()}));
    EXPECT_EQ(file.item("DREAMER").fields, (Names{"Data", "noPeople"}));
    EXPECT_EQ(file.item("DREAMER.Data").words(), "a cell array of 1 x 2");
    EXPECT_EQ(file.item("DREAMER.Data{2}.ECG.stimuli").shape, (std::vector<int64_t>{3, 1}));
    for (int64_t person = 1; person <= 2; ++person)
      for (int64_t i = 3; i >= 1; --i)
        expect_counting(file.numbers(text("DREAMER.Data{{}}.ECG.stimuli{{}}", person, i)), 3 + i,
                        1 + person);
    EXPECT_EQ(file.words("DREAMER.Data{1}.Age"), "31") << format.name;
    EXPECT_EQ(file.words("DREAMER.Data{2}.Age"), "22") << format.name;
    expect_counting(file.numbers("other"), 1, 3);
    EXPECT_EQ(file.numbers("DREAMER.noPeople").values, std::vector<double>{0.5});
  }
}

TEST_F(Mat, GivesOneOfAnArrayOfStructures) {
  for (const MatFormat& format : {kMat5, kMat7, kMat73}) {
    MatFile file(write(format, {structure("people", {1, 2}, {"age", "name"},
                                          {counting_array("", 1, 1), letters("", "a"),
                                           counting_array("", 2, 1), letters("", "bc")})}));
    expect_counting(file.numbers("people(2).age"), 2, 1);
    EXPECT_EQ(file.words("people(1).name"), "a");
    EXPECT_EQ(file.item("people(2)").shape, (std::vector<int64_t>{1, 1}));
    expect_refused([&] { file.numbers("people.age"); },
                   {"people is a struct array of 1 x 2", "(1)"});
    expect_refused([&] { file.numbers("people(3).age"); }, {"has 2 elements", "no 3"});
  }
}

TEST_F(Mat, SaysWhatIsThereInsteadOfWhatIsNot) {
  for (const MatFormat& format : {kMat5, kMat7, kMat73}) {
    MatFile file(write(format, {counting_array("val", 1, 3), study()}));
    expect_refused([&] { file.numbers("vla"); }, {"no variable vla", "val", "DREAMER"});
    expect_refused([&] { file.item("DREAMER.data"); },
                   {"DREAMER has no field data", "Data, noPeople"});
    expect_refused([&] { file.item("DREAMER.Data{3}"); }, {"DREAMER.Data has 2 cells", "no 3"});
    expect_refused([&] { file.item("DREAMER{1}"); }, {"DREAMER is a struct array", "no cells"});
    expect_refused([&] { file.item("DREAMER.Data.ECG"); },
                   {"DREAMER.Data is a cell array of 1 x 2", "no field ECG"});
    expect_refused([&] { file.numbers("DREAMER.Data"); }, {"is a cell array", "numbers"});
    expect_refused([&] { file.words("val"); }, {"is a double array of 1 x 3", "letters"});
    EXPECT_THROW(file.item("DREAMER.Data{"), ConfigError);
    expect_counting(file.numbers("val"), 1, 3);
  }
}

TEST_F(Mat, JoinsTheDimensionsBehindTheFirst) {
  std::vector<double> values(24);
  for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<double>(i) + 0.5;
  for (const MatFormat& format : {kMat5, kMat73}) {
    MatFile file(
        write(format, {array<double>("x", MAT_C_DOUBLE, MAT_T_DOUBLE, {2, 3, 4}, values)}));
    EXPECT_EQ(file.item("x").shape, (std::vector<int64_t>{2, 3, 4}));
    expect_counting(file.numbers("x"), 2, 12);
  }
}

TEST_F(Mat, IsReadAroundAVariableThatIsDamaged) {
  const auto file =
      write(kMat7, {counting_array("first", 3, 100), counting_array("damaged", 300, 1000)});
  std::filesystem::resize_file(file, std::filesystem::file_size(file) - 4);
  std::ofstream(file, std::ios::binary | std::ios::app)
      << "oops"
      << bytes_of(write_mat(folder / "more.mat", kMat7, {counting_array("last", 2, 2), study()}))
             .substr(128);
  MatFile mat(file);
  expect_counting(mat.numbers("first"), 3, 100);
  expect_counting(mat.numbers("last"), 2, 2);
  expect_counting(mat.numbers("DREAMER.Data{1}.ECG.stimuli{1}"), 4, 2);
  expect_refused([&] { mat.numbers("damaged"); }, {"inflate"});
  expect_counting(mat.numbers("first"), 3, 100);
}

TEST_F(Mat, IsReadUpToTheVariableThatIsAskedFor) {
  const auto file = write(kMat7, {counting_array("first", 3, 100), study()});
  std::filesystem::resize_file(file, std::filesystem::file_size(file) - 4);
  std::ofstream(file, std::ios::binary | std::ios::app) << "oops";
  MatFile mat(file);
  expect_counting(mat.numbers("first"), 3, 100);
  expect_refused([&] { mat.item("DREAMER"); }, {"inflate"});
  expect_refused([&] { mat.variables(); }, {"inflate"});
}

TEST_F(Mat, IsRefusedWhereAVariableHasFewerNumbersThanItsShape) {
  const MatWriter writer;
  constexpr uint32_t kDouble = 6, kReal = 9;
  const std::string one = writer.element(kReal, std::string(8, '\0'));
  std::ofstream(folder / "study.mat", std::ios::binary)
      << writer.header() << writer.array(kDouble, {1, 100}, "short", one)
      << writer.array(kDouble, {1, 1}, "good", one);
  MatFile mat(folder / "study.mat");
  EXPECT_EQ(mat.numbers("good").values, std::vector<double>{0});
  expect_refused([&] { mat.numbers("short"); }, {"sizes in a variable contradict each other"});
}

TEST_F(Mat, IsRefusedWhereItIsCutAtAnyByte) {
  testing::internal::CaptureStderr();
  for (const MatFormat& format : {kMat4, kMat5, kMat7, kMat73}) {
    const auto file = write(
        format, {counting_array("val", 2, 9), letters("who", "me"), counting_array("zero", 1, 2)});
    EXPECT_EQ(MatFile(file).numbers("zero").values.size(), 2U);
    expect_refused_where_cut(file, "zero", format.name);
  }
  for (const MatFormat& format : {kMat5, kMat7})
    expect_refused_where_cut(write(format, {study()}), "DREAMER.Data{2}.ECG.stimuli{3}",
                             format.name);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST_F(Mat, SurvivesAnyByteBeingAnother) {
  const std::string others("\0\1\x7F\xFF", 4);
  for (const MatFormat& format : {kMat5, kMat7}) {
    const auto path = write(format, {study()});
    const std::string bytes = bytes_of(path);
    std::fstream stream(path, std::ios::in | std::ios::out | std::ios::binary);
    const auto put = [&](size_t at, char byte) {
      stream.seekp(static_cast<std::streamoff>(at)).put(byte).flush();
    };
    for (size_t at = 120; at < bytes.size(); ++at) {
      put(at, others[at * 7 % 4]);
      try {
        MatFile file(path);
        file.numbers("DREAMER.Data{1}.ECG.stimuli{1}");
        file.variables();
      } catch (const DataError&) {
      }
      put(at, bytes[at]);
    }
  }
}

TEST_F(Mat, IsRefusedWhereThereIsNone) {
  EXPECT_THROW(MatFile(folder / "none.mat"), DataError);
  EXPECT_THROW(MatFile{folder}, DataError);
  EXPECT_THROW(MatFile(write_bytes("")), DataError);
  EXPECT_THROW(MatFile(write_bytes("time,ecg\n0,1\n0.1,2\n0.2,3\n")), DataError);
}

TEST_F(Mat, GivesLeadsAlongTheLongerDimension) {
  const auto file = write(kMat5, {counting_array("wide", 2, 5), counting_array("high", 5, 2),
                                  counting_array("square", 2, 2)});
  const SignalFile wide = read_mat(file, "wide", {"I", "II"}, 250);
  ASSERT_EQ(wide.leads.size(), 2U);
  EXPECT_EQ(wide.leads[1].name, "II");
  EXPECT_EQ(wide.leads[1].rate_hz, 250);
  EXPECT_EQ(wide.leads[1].samples, (std::vector<float>{1.5, 3.5, 5.5, 7.5, 9.5}));
  EXPECT_EQ(wide.notes, Names{"wide of 2 x 5 was taken as 2 leads of 5 samples"});
  const SignalFile high = read_mat(file, "high", {"I", "II"}, 250);
  EXPECT_EQ(high.leads[1].samples, (std::vector<float>{5.5, 6.5, 7.5, 8.5, 9.5}));
  const SignalFile square = read_mat(file, "square", {"I", "II"}, 250);
  EXPECT_EQ(square.leads[0].samples, (std::vector<float>{0.5, 1.5}));
}

TEST_F(Mat, RefusesLeadsThatDoNotFit) {
  const auto file =
      write(kMat5, {counting_array("val", 2, 5), counting_array("none", 0, 5), letters("who", "me"),
                    array<double>("inf", MAT_C_DOUBLE, MAT_T_DOUBLE, {1, 3},
                                  {1, std::nan(""), std::numeric_limits<double>::max()}),
                    array<double>("deep", MAT_C_DOUBLE, MAT_T_DOUBLE, {1, 2, 2}, {1, 2, 3, 4})});
  expect_refused([&] { read_mat(file, "val", {"I"}, 250); },
                 {"val of 2 x 5", "2 leads of 5 samples", "1 names are given: I"});
  expect_refused([&] { read_mat(file, "val", {}, 250); }, {"0 names are given: none"});
  expect_refused([&] { read_mat(file, "none", {}, 250); }, {"0 x 5"});
  expect_refused([&] { read_mat(file, "deep", {"I"}, 250); }, {"1 x 2 x 2"});
  expect_refused([&] { read_mat(file, "who", {"I"}, 250); }, {"char", "numbers"});
  expect_refused([&] { read_mat(file, "inf", {"I"}, 250); }, {"sample 3 of lead I is infinite"});
  for (const double rate : {0.0, -1.0, std::nan(""), HUGE_VAL})
    EXPECT_THROW(read_mat(file, "val", {"I", "II"}, rate), ConfigError) << rate;
}

/// Expected numbers: scipy.io.loadmat, SciPy 1.17.1.
TEST(RealMat, IsReadAsScipyReadsIt) {
  const char* const data = std::getenv("TACIT_DATA");
  if (data == nullptr) GTEST_SKIP() << "set TACIT_DATA to the folder that holds ecg/wfdb/";
  const SignalFile file = read_mat(std::filesystem::path(data) / "ecg" / "wfdb" / "a103l.mat",
                                   "val", {"II", "V", "PLETH"}, 250);
  ASSERT_EQ(file.leads.size(), 3U);
  const std::vector<std::vector<float>> wanted{
      {-171, -421, -339}, {9127, 8309, 8011}, {6042, 6852, 6301}};
  const std::vector<double> sums{-1.38554990e+07, 7.12769235e+08, 5.08279825e+08};
  for (size_t i = 0; i < 3; ++i) {
    const std::vector<float>& samples = file.leads[i].samples;
    ASSERT_EQ(samples.size(), 82500U);
    EXPECT_EQ((std::vector<float>{samples[0], samples[777], samples.back()}), wanted[i]);
    EXPECT_EQ(std::accumulate(samples.begin(), samples.end(), 0.0), sums[i]);
  }
}

}  // namespace
}  // namespace tacit
