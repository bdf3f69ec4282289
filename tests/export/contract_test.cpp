// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>

#include "tacit/export/parity.h"
#include "tacit/onnx/model.h"
#include "tests/export/pipelines.h"

/// What every encoder of the table promises with every head: in ONNX Runtime it computes the same.
namespace tacit {
namespace {

/// Enumerations of an encoder's options: names to members.
std::map<std::string, std::vector<std::string>> choices(const EncoderEntry& encoder) {
  std::map<std::string, std::vector<std::string>> found;
  for (const FieldInfo& field : encoder.fields()) {
    if (field.type.find(" | ") == std::string::npos) continue;
    std::string rest = field.type + " | ";
    for (size_t bar = 0; (bar = rest.find(" | ")) != std::string::npos; rest = rest.substr(bar + 3))
      found[field.name].push_back(rest.substr(0, bar));
  }
  return found;
}

/// The options as they are, and with every member of every enumeration in every combination.
std::vector<Json> combinations(const EncoderEntry& encoder, const Json& options) {
  std::vector<Json> all{options};
  for (const auto& [name, members] : choices(encoder)) {
    std::vector<Json> more;
    for (const Json& each : all)
      for (const std::string& member : members) {
        more.push_back(each);
        more.back()[name] = member;
      }
    all = std::move(more);
  }
  return all;
}

/// Padding that keeps the length goes with hops of 1 only, several cells of a picture with means.
bool fits(const Json& config) {
  if (config.value("grid_rows", 1) > 1 && config.value("pooling", "mean") != "mean") return false;
  if (config.value("padding", "") != "same") return true;
  const auto strides = config.value("strides", std::vector<int64_t>{1});
  return std::ranges::max(strides) == 1;
}

/// Options that are numbers: the defaults, and for an encoder named here some more.
std::vector<Json> sizes(const std::string& encoder) {
  if (encoder == "temporal_conv")
    return {
        {{"filters", {8}}, {"kernels", {5}}, {"strides", {3}}},
        {{"filters", {6, 4, 8}}, {"kernels", {9, 1, 4}}, {"strides", {2, 1, 3}}, {"dropout", 0.5}},
        {{"filters", {5, 6}},
         {"kernels", {6, 3}},
         {"strides", {1, 1}},
         {"pool_widths", {8, 1}},
         {"pool_strides", {2, 1}},
         {"negative_slope", 0.2}},
        Json::object()};
  if (encoder == "resnet1d")
    return {{{"filters", {4, 6}}, {"blocks", {1, 2}}, {"strides", {2, 1}}, {"groups", 2}},
            Json::object()};
  if (encoder == "patch_transformer")
    return {{{"patch_length", 9}, {"patch_stride", 4}, {"width", 12}, {"heads", 3}, {"hidden", 7}},
            Json::object()};
  if (encoder == "dilated_conv")
    return {{{"width", 6}, {"depth", 2}, {"outputs", 6}, {"kernel", 5}},
            {{"width", 6}, {"depth", 3}, {"outputs", 9}, {"dropout", 0.5}},
            {{"width", 16}, {"outputs", 40}}};
  if (encoder == "cpc_encoder")
    return {{{"filters", {6, 5}}, {"kernels", {6, 4}}, {"strides", {3, 2}}, {"context_width", 8}}};
  if (encoder == "table_mlp")
    return {{{"widths", {16, 12}}}, {{"widths", {6}}, {"bins", 0}, {"dropout", 0.5}}};
  if (encoder == "table_transformer")
    return {{{"width", 12}, {"heads", 3}, {"depth", 2}, {"hidden", 7}, {"bins", 5}},
            Json::object()};
  if (encoder == "image_resnet")
    return {{{"filters", {6}}, {"blocks", {1}}}, {{"filters", {5, 7, 8}}, {"blocks", {1, 2, 1}}}};
  if (encoder == "video_resnet")
    return {{{"filters", {6}}, {"blocks", {1}}, {"time_kernels", {3}}, {"group_width", 3}},
            {{"filters", {4, 6}},
             {"blocks", {1, 1}},
             {"time_kernels", {1, 3}},
             {"group_width", 2},
             {"segment", 2},
             {"grid_rows", 2},
             {"grid_columns", 4}}};
  if (encoder == "video_transformer") {
    const Json small{{"patch", 8}, {"width", 12}, {"heads", 3}, {"depth", 2}, {"hidden", 7}};
    Json cells = small;
    cells["grid_rows"] = 2, cells["grid_columns"] = 4, cells["frames"] = 1;
    return {small, cells};
  }
  if (encoder == "gan_discriminator") return {{{"width", 0.0625}}};
  return {Json::object()};
}

class EveryEncoderInOnnx : public testing::TestWithParam<std::string> {};

TEST_P(EveryEncoderInOnnx, ComputesTheSameWithEveryHead) {
  const OnnxRuntime runtime;
  int64_t models = 0;
  double largest = 0;
  for (const Json& size : sizes(GetParam()))
    for (const Json& config : combinations(find_encoder(GetParam()), size)) {
      if (!fits(config)) continue;
      Pipeline pipeline = pipeline_of(GetParam(), config);
      for (int head = 0; head < 4; ++head) {  // none, of classes, with hidden layers, of numbers
        if (head > 0) add_head(pipeline, head == 1 ? 0 : 16, head == 3 ? 0 : 3, head);
        SCOPED_TRACE(text("{} with head {}", config.dump(), head));
        EXPECT_NO_THROW({
          const Parity parity =
              require_parity(pipeline, onnx::write_model(pipeline.graph()), runtime);
          EXPECT_GE(parity.windows,
                    find_encoder(GetParam()).modality == Modality::video ? 30 : 100);
          largest = std::max(largest, parity.largest);
        });
        ++models;
      }
    }
  RecordProperty("models", static_cast<int>(models));
  std::cout << GetParam() << ": " << models << " models, largest difference " << largest
            << std::endl;
}

std::vector<std::string> all_names() {
  std::vector<std::string> all;
  for (const EncoderEntry& entry : encoders()) all.push_back(entry.name);
  return all;
}
INSTANTIATE_TEST_SUITE_P(Table, EveryEncoderInOnnx, testing::ValuesIn(all_names()),
                         [](const auto& each) { return each.param; });

}  // namespace
}  // namespace tacit
