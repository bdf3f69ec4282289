// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/mat_values.h"

#include <gtest/gtest.h>

#include <limits>

#include "tacit/core/error.h"
#include "tests/core/folder.h"
#include "tests/data/readers/mat_files.h"

namespace tacit {
namespace {

class MatValues : public FolderTest {
 protected:
  /// Writes one variable, opens it again and calls `use` with its place.
  template <class Use>
  auto with(const MatFormat& format, matvar_t* value, const Use& use) {
    const MatLibrary library;
    write_mat(folder / "a.mat", format, {value});
    const MatHandle handle(Mat_Open((folder / "a.mat").c_str(), MAT_ACC_RDONLY));
    const MatVariable read(Mat_VarReadInfo(handle.get(), "v"));
    return use(MatPlace{
        .name = "a.mat: v", .value = read.get(), .file = handle.get(), .most_elements = 1000});
  }
  template <class T>
  void expect_kept(matio_classes kind, matio_types type, const std::vector<T>& values) {
    for (const MatFormat& format : {kMat5, kMat7, kMat73, kMat73Packed})
      EXPECT_EQ(with(format, array<T>("v", kind, type, {1, values.size()}, values), mat_numbers),
                std::vector<double>(values.begin(), values.end()))
          << format.name << ": " << kind;
  }
  template <class Read>
  std::string refusal(const MatFormat& format, matvar_t* value, const Read& read) {
    return message_of<DataError>([&] { with(format, value, read); });
  }
};

template <class T>
std::vector<T> extremes() {
  return {std::numeric_limits<T>::lowest(), 0, 1, std::numeric_limits<T>::max()};
}

TEST_F(MatValues, AreNumbersOfEveryType) {
  expect_kept(MAT_C_DOUBLE, MAT_T_DOUBLE, extremes<double>());
  expect_kept(MAT_C_SINGLE, MAT_T_SINGLE, extremes<float>());
  expect_kept(MAT_C_INT8, MAT_T_INT8, extremes<int8_t>());
  expect_kept(MAT_C_UINT8, MAT_T_UINT8, extremes<uint8_t>());
  expect_kept(MAT_C_INT16, MAT_T_INT16, extremes<int16_t>());
  expect_kept(MAT_C_UINT16, MAT_T_UINT16, extremes<uint16_t>());
  expect_kept(MAT_C_INT32, MAT_T_INT32, extremes<int32_t>());
  expect_kept(MAT_C_UINT32, MAT_T_UINT32, extremes<uint32_t>());
  expect_kept(MAT_C_INT64, MAT_T_INT64, extremes<int64_t>());
  expect_kept(MAT_C_UINT64, MAT_T_UINT64, extremes<uint64_t>());
}

TEST_F(MatValues, MayBeTruthValuesOrNone) {
  for (const MatFormat& format : {kMat5, kMat7, kMat73}) {
    EXPECT_EQ(with(format,
                   array<uint8_t>("v", MAT_C_UINT8, MAT_T_UINT8, {1, 3}, {1, 0, 1}, MAT_F_LOGICAL),
                   mat_numbers),
              (std::vector<double>{1, 0, 1}));
    EXPECT_TRUE(with(format, counting_array("v", 0, 3), mat_numbers).empty()) << format.name;
  }
}

TEST_F(MatValues, AreLettersInUtf8) {
  const std::u16string wide = u"Zo\u00EB \u20AC \U0001F600";
  const std::vector<uint16_t> units(wide.begin(), wide.end());
  for (const MatFormat& format : {kMat5, kMat7, kMat73}) {
    EXPECT_EQ(with(format, letters("v", "plain words"), mat_letters), "plain words");
    EXPECT_EQ(with(format, array<uint16_t>("v", MAT_C_CHAR, MAT_T_UINT16, {1, units.size()}, units),
                   mat_letters),
              "Zo\xC3\xAB \xE2\x82\xAC \xF0\x9F\x98\x80")
        << format.name;
  }
  EXPECT_EQ(with(kMat4, letters("v", "plain"), mat_letters), "plain");
}

TEST_F(MatValues, AreRefusedWhereTheyAreOfAnotherKind) {
  std::vector<double> real{1, 2}, imaginary{3, 4};
  mat_complex_split_t both{real.data(), imaginary.data()};
  size_t shape[] = {1, 2};
  for (const MatFormat& format : {kMat5, kMat7, kMat73}) {
    matvar_t* const complex =
        Mat_VarCreate("v", MAT_C_DOUBLE, MAT_T_DOUBLE, 2, shape, &both, MAT_F_COMPLEX);
    EXPECT_EQ(refusal(format, complex, mat_numbers),
              "a.mat: v is a double array of 1 x 2, of complex numbers, and real numbers are "
              "wanted");
    EXPECT_EQ(refusal(format, letters("v", "ab"), mat_numbers),
              "a.mat: v is a char array of 1 x 2, and real numbers are wanted");
    EXPECT_EQ(refusal(format, counting_array("v", 1, 2), mat_letters),
              "a.mat: v is a double array of 1 x 2, and letters in one row are wanted");
    EXPECT_EQ(
        refusal(format, array<char>("v", MAT_C_CHAR, MAT_T_UINT8, {2, 2}, {'a', 'b', 'c', 'd'}),
                mat_letters),
        "a.mat: v is a char array of 2 x 2, and letters in one row are wanted");
  }
  const std::vector<uint16_t> half{'a', 0xD800};
  EXPECT_NE(
      refusal(kMat73, array<uint16_t>("v", MAT_C_CHAR, MAT_T_UINT16, {1, 2}, half), mat_letters)
          .find("no letter"),
      std::string::npos);
}

TEST_F(MatValues, AreRefusedWhereTheFileCannotHoldThem) {
  const auto too_many = [](MatPlace place) {
    place.most_elements = 9;
    return mat_numbers(place).size();
  };
  EXPECT_EQ(with(kMat73, counting_array("v", 3, 3), too_many), 9U);
  EXPECT_EQ(refusal(kMat73, counting_array("v", 5, 2), too_many),
            "a.mat: v is said to have 10 elements, more than the file can hold; it is damaged");
}

}  // namespace
}  // namespace tacit
