// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <matio.h>

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>

namespace tacit {

struct CloseMat {
  void operator()(mat_t* file) const { Mat_Close(file); }
};
struct FreeMatVariable {
  void operator()(matvar_t* variable) const { Mat_VarFree(variable); }
};
using MatHandle = std::unique_ptr<mat_t, CloseMat>;
using MatVariable = std::unique_ptr<matvar_t, FreeMatVariable>;

/// Holds matio, which (as HDF5 below it) serves one thread at a time, and collects what it says
/// instead of printing it.
class MatLibrary {
 public:
  MatLibrary();

  /// The first thing matio complained of since the last call; "" where there was none.
  static std::string complaint();

 private:
  std::unique_lock<std::mutex> lock_;
};

}  // namespace tacit
