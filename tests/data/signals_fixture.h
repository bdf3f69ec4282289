// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <ATen/ops/empty.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tacit/data/signals.h"

namespace tacit {

/// A recording whose sample at (channel, step) is `base` + 1000 channel + step.
inline Recording counting(const std::string& name, const std::string& subject,
                          std::vector<LabelSpan> labels, int64_t channels = 2, float base = 0) {
  const int64_t length = labels.back().end;
  Recording recording{
      name, subject, 50, 0, at::empty({channels, length}, at::kFloat), std::move(labels)};
  float* out = recording.samples.mutable_data_ptr<float>();
  for (int64_t channel = 0; channel < channels; ++channel)
    for (int64_t step = 0; step < length; ++step)
      *out++ = base + static_cast<float>(1000 * channel + step);
  return recording;
}

/// People "1" … with one recording of `length` samples each; label 0 first, then 1.
inline Signals people(int count, int64_t length = 100) {
  Signals signals{{"x", "y"}, {"a", "b"}, {}, {}};
  for (int i = 1; i <= count; ++i) {
    const std::string name = std::to_string(i);
    signals.recordings.push_back(
        counting("r" + name, name, {{0, length / 2, 0}, {length / 2, length, 1}}));
  }
  return signals;
}

/// A folder that is gone after the test.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "tacit-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make " + name);
    path_ = name;
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::string write(const std::string& name, const std::string& content) const {
    std::ofstream(path_ / name) << content;
    return (path_ / name).string();
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// The message of the E that `call` throws; "" when it throws none.
template <class E, class Call>
std::string message(const Call& call) {
  try {
    call();
  } catch (const E& error) {
    return error.what();
  }
  return "";
}

}  // namespace tacit
