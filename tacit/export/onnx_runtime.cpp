// SPDX-License-Identifier: Apache-2.0
#include "tacit/export/onnx_runtime.h"

#include <ATen/ops/empty.h>
#include <dlfcn.h>

#include <cstdlib>
#include <cstring>

#include "tacit/core/error.h"
#include "tacit/embedded/onnxruntime.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;

constexpr uint32_t kApi = 12;  // of ONNX Runtime 1.12
constexpr const char* kAdvice =
    "pip install onnxruntime and name its libonnxruntime.so in TACIT_ONNXRUNTIME (./setup does "
    "both), "
    "or export with --unchecked";

// Values of the enumerations of the C interface.
constexpr int kLogFatal = 4, kInvalidArgument = 2, kDeviceAllocator = 0, kDefaultMemory = 0,
              kFloat = 1, kInt64 = 7;

using Object = void*;  // each type of the interface is opaque
using Status = void*;  // null: all went well

/// What OrtGetApiBase() returns.
struct Base {
  const void* const* (*table)(uint32_t version);
  const char* (*version)();
};

/// An object of the interface and the function that releases it.
using Handle = std::unique_ptr<void, void (*)(Object)>;

}  // namespace

/// The functions that we call. Their places in the table never change from one version to the next
/// (rules at the end of onnxruntime/core/session/onnxruntime_c_api.cc).
struct OnnxRuntime::Library {
  explicit Library(const fs::path& file);

  int (*error_code)(Status);
  const char* (*error_message)(Status);
  Status (*create_env)(int log_level, const char* name, Object*);
  Status (*disable_telemetry)(Object env);
  Status (*create_session)(Object env, const void* model, size_t size, Object options, Object*);
  Status (*run)(Object session, Object options, const char* const* input_names,
                const Object* inputs, size_t input_count, const char* const* output_names,
                size_t output_count, Object* outputs);
  Status (*create_options)(Object*);
  Status (*set_threads)(Object options, int count);
  Status (*create_tensor)(Object memory, void* data, size_t bytes, const int64_t* shape,
                          size_t rank, int type, Object*);
  Status (*data_of)(Object value, void**);
  Status (*type_of)(Object shape, int*);
  Status (*rank_of)(Object shape, size_t*);
  Status (*sizes_of)(Object shape, int64_t*, size_t rank);
  Status (*shape_of)(Object value, Object*);
  Status (*create_memory)(int allocator, int kind, Object*);
  void (*release_env)(Object);
  void (*release_status)(Status);
  void (*release_memory)(Object);
  void (*release_session)(Object);
  void (*release_value)(Object);
  void (*release_shape)(Object);
  void (*release_options)(Object);

  std::string version;
  Handle env{nullptr, nullptr};

  /// Throws E with the library's words unless all went well.
  template <class E = StateError>
  void check(Status status) const;
  /// The tensor in a value, copied.
  at::Tensor tensor_of(Object value) const;

 private:
  void fill(const void* const* table);
};

namespace {

const Base* base_of(const fs::path& file) {
  require<StateError>(!file.empty(), "there is no ONNX Runtime to compare the file with: {}",
                      kAdvice);
  // Never unloaded: it starts threads and registers handlers of its own.
  void* const library = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  const char* const reason = library == nullptr ? ::dlerror() : "";
  require<StateError>(library != nullptr, "cannot load ONNX Runtime from {} ({}): {}",
                      file.string(), reason == nullptr ? "" : reason, kAdvice);
  void* const found = ::dlsym(library, "OrtGetApiBase");
  require<StateError>(found != nullptr, "{} is not ONNX Runtime: {}", file.string(), kAdvice);
  return reinterpret_cast<const Base* (*)()>(found)();
}

}  // namespace

OnnxRuntime::Library::Library(const fs::path& file) {
  const Base* const base = base_of(file);
  version = base->version();
  const void* const* const table = base->table(kApi);
  require<StateError>(table != nullptr, "{} is ONNX Runtime {}, but 1.12 or later is needed: {}",
                      file.string(), version, kAdvice);
  fill(table);
  Object made = nullptr;
  check(create_env(kLogFatal, "tacit", &made));
  env = Handle(made, release_env);
  check(disable_telemetry(made));
}

void OnnxRuntime::Library::fill(const void* const* table) {
  const auto take = [table]<class F>(F& function, size_t place) {
    function = reinterpret_cast<F>(const_cast<void*>(table[place]));
  };
  take(error_code, 1), take(error_message, 2), take(create_env, 3), take(disable_telemetry, 6);
  take(create_session, 8), take(run, 9), take(create_options, 10), take(set_threads, 24);
  take(create_tensor, 49), take(data_of, 51), take(type_of, 60), take(rank_of, 61);
  take(sizes_of, 62), take(shape_of, 65), take(create_memory, 69);
  take(release_env, 92), take(release_status, 93), take(release_memory, 94);
  take(release_session, 95), take(release_value, 96), take(release_shape, 99);
  take(release_options, 100);
}

template <class E>
void OnnxRuntime::Library::check(Status status) const {
  if (status == nullptr) return;
  const Handle released(status, release_status);
  throw E(text("ONNX Runtime {}: {}", version, error_message(status)));
}

at::Tensor OnnxRuntime::Library::tensor_of(Object value) const {
  Object found = nullptr;
  check(shape_of(value, &found));
  const Handle shape(found, release_shape);
  int type = 0;
  size_t rank = 0;
  check(type_of(found, &type));
  require<StateError>(type == kFloat, "ONNX Runtime {}: an output is not float32", version);
  check(rank_of(found, &rank));
  std::vector<int64_t> sizes(rank);
  check(sizes_of(found, sizes.data(), rank));
  void* data = nullptr;
  check(data_of(value, &data));
  at::Tensor copy = at::empty(sizes, at::kFloat);
  if (copy.numel() > 0) std::memcpy(copy.mutable_data_ptr(), data, copy.nbytes());
  return copy;
}

fs::path onnx_runtime_library() {
  const char* const named = std::getenv("TACIT_ONNXRUNTIME");
  return named != nullptr ? fs::path(named) : fs::path(embedded::onnxruntime);
}

OnnxRuntime::OnnxRuntime(const fs::path& library) : library_(std::make_shared<Library>(library)) {}

const std::string& OnnxRuntime::version() const { return library_->version; }

OnnxSession::OnnxSession(const OnnxRuntime& runtime, std::string_view model)
    : library_(runtime.library_) {
  Object made = nullptr;
  library_->check(library_->create_options(&made));
  const Handle options(made, library_->release_options);
  library_->check(library_->set_threads(made, 1));
  library_->check(
      library_->create_session(library_->env.get(), model.data(), model.size(), made, &session_));
}

OnnxSession::~OnnxSession() { library_->release_session(session_); }

std::vector<at::Tensor> OnnxSession::run(const std::string& input, const at::Tensor& x,
                                         const std::vector<std::string>& outputs) const {
  return run({{input, x.to(at::kFloat)}}, outputs);
}

std::vector<at::Tensor> OnnxSession::run(const std::vector<OnnxInput>& inputs,
                                         const std::vector<std::string>& outputs) const {
  Object made = nullptr;
  library_->check(library_->create_memory(kDeviceAllocator, kDefaultMemory, &made));
  const Handle memory(made, library_->release_memory);
  std::vector<at::Tensor> held;  // until the model has run
  std::vector<Handle> values;
  std::vector<Object> fed;
  std::vector<const char*> input_names;
  for (const auto& [name, x] : inputs) {
    const bool is_whole = at::isIntegralType(x.scalar_type(), /*includeBool=*/true);
    const at::Tensor& own =
        held.emplace_back(x.to(at::kCPU, is_whole ? at::kLong : at::kFloat).contiguous());
    library_->check(library_->create_tensor(memory.get(), const_cast<void*>(own.const_data_ptr()),
                                            own.nbytes(), own.sizes().data(), own.sizes().size(),
                                            is_whole ? kInt64 : kFloat, &made));
    fed.push_back(made);
    values.emplace_back(made, library_->release_value);
    input_names.push_back(name.c_str());
  }
  std::vector<const char*> names;
  for (const std::string& name : outputs) names.push_back(name.c_str());
  std::vector<Object> found(outputs.size(), nullptr);
  const Status status = library_->run(session_, nullptr, input_names.data(), fed.data(), fed.size(),
                                      names.data(), names.size(), found.data());
  if (status != nullptr && library_->error_code(status) == kInvalidArgument)
    library_->check<ShapeError>(status);
  library_->check(status);
  std::vector<at::Tensor> tensors;
  std::vector<Handle> released;
  for (const Object each : found) released.emplace_back(each, library_->release_value);
  for (const Object each : found) tensors.push_back(library_->tensor_of(each));
  return tensors;
}

}  // namespace tacit
