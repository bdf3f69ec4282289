// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <matio.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "tacit/data/readers/mat_library.h"

namespace tacit {

/// Parts of a file of MATLAB to write with matio. What is put into another belongs to it.
template <class T>
matvar_t* array(const std::string& name, matio_classes kind, matio_types type,
                std::vector<size_t> shape, std::vector<T> values, int flags = 0) {
  return Mat_VarCreate(name.empty() ? nullptr : name.c_str(), kind, type,
                       static_cast<int>(shape.size()), shape.data(), values.data(), flags);
}

/// 0.5, 1.5, … down the columns.
inline matvar_t* counting_array(const std::string& name, size_t rows, size_t columns) {
  std::vector<double> values(rows * columns);
  for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<double>(i) + 0.5;
  return array<double>(name, MAT_C_DOUBLE, MAT_T_DOUBLE, {rows, columns}, std::move(values));
}

inline matvar_t* letters(const std::string& name, const std::string& words) {
  return array<char>(name, MAT_C_CHAR, MAT_T_UINT8, {1, words.size()},
                     {words.begin(), words.end()});
}

inline matvar_t* cells(const std::string& name, std::vector<size_t> shape,
                       std::vector<matvar_t*> content) {
  return array<matvar_t*>(name, MAT_C_CELL, MAT_T_CELL, std::move(shape), std::move(content));
}

/// `content`: all fields of the first element, then of the second, …
inline matvar_t* structure(const std::string& name, std::vector<size_t> shape,
                           const std::vector<const char*>& fields,
                           const std::vector<matvar_t*>& content) {
  matvar_t* const made = Mat_VarCreateStruct(name.empty() ? nullptr : name.c_str(), 2, shape.data(),
                                             const_cast<const char**>(fields.data()),
                                             static_cast<unsigned>(fields.size()));
  for (size_t i = 0; i < content.size(); ++i)
    Mat_VarSetStructFieldByName(made, fields[i % fields.size()], i / fields.size(), content[i]);
  return made;
}

/// How a file is stored.
struct MatFormat {
  mat_ft version;
  matio_compression compression;
  const char* name;
};
inline const MatFormat kMat4{MAT_FT_MAT4, MAT_COMPRESSION_NONE, "4"};
inline const MatFormat kMat5{MAT_FT_MAT5, MAT_COMPRESSION_NONE, "5"};
inline const MatFormat kMat7{MAT_FT_MAT5, MAT_COMPRESSION_ZLIB, "7"};
inline const MatFormat kMat73{MAT_FT_MAT73, MAT_COMPRESSION_NONE, "7.3"};
inline const MatFormat kMat73Packed{MAT_FT_MAT73, MAT_COMPRESSION_ZLIB, "7.3, packed"};

/// Writes the variables and frees them.
inline std::filesystem::path write_mat(const std::filesystem::path& file, const MatFormat& format,
                                       const std::vector<matvar_t*>& variables) {
  const MatHandle handle(Mat_CreateVer(file.c_str(), nullptr, format.version));
  for (matvar_t* const each : variables) {
    const MatVariable variable(each);
    Mat_VarWrite(handle.get(), each, format.compression);
  }
  return file;
}

}  // namespace tacit
