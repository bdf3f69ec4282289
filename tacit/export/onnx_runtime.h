// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <ATen/core/Tensor.h>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tacit {

/// The shared library that the environment variable TACIT_ONNXRUNTIME names, else the one of the
/// Python environment that Tacit was built with; empty when there is neither.
std::filesystem::path onnx_runtime_library();

/// ONNX Runtime, taken from its shared library while the program runs: Tacit is neither compiled
/// nor linked against it. https://onnxruntime.ai
class OnnxRuntime {
 public:
  /// Throws StateError, which says what to install, when there is no such library or it is older
  /// than 1.12, the first that knows opset 17.
  explicit OnnxRuntime(const std::filesystem::path& library = onnx_runtime_library());
  /// "1.32.0".
  const std::string& version() const;

 private:
  friend class OnnxSession;
  struct Library;
  std::shared_ptr<const Library> library_;
};

/// What is fed to an input of that name.
struct OnnxInput {
  std::string name;
  at::Tensor x;  ///< whole numbers become int64, others float32
};

/// A model, loaded and ready, on one thread.
class OnnxSession {
 public:
  /// `model`: the bytes of an ONNX file. Throws StateError with ONNX Runtime's words when it
  /// refuses them.
  OnnxSession(const OnnxRuntime& runtime, std::string_view model);
  ~OnnxSession();
  OnnxSession(const OnnxSession&) = delete;
  OnnxSession& operator=(const OnnxSession&) = delete;

  /// Feeds each input and returns the named outputs, float32. Throws ShapeError when a tensor does
  /// not fit its input, StateError for whatever else fails.
  std::vector<at::Tensor> run(const std::vector<OnnxInput>& inputs,
                              const std::vector<std::string>& outputs) const;
  /// The same of one input, float32 whatever x holds.
  std::vector<at::Tensor> run(const std::string& input, const at::Tensor& x,
                              const std::vector<std::string>& outputs) const;

 private:
  std::shared_ptr<const OnnxRuntime::Library> library_;
  void* session_ = nullptr;
};

}  // namespace tacit
