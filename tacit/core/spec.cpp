// SPDX-License-Identifier: Apache-2.0
#include "tacit/core/spec.h"

#include <cmath>

#include "tacit/core/config.h"
#include "tacit/core/error.h"

namespace tacit {

std::vector<std::string> names(Modality) { return {"signal", "table", "image", "video", "audio"}; }

std::vector<int64_t> column_of(const std::vector<Field>& fields) {
  std::vector<int64_t> column;
  for (size_t i = 0; i < fields.size(); ++i) {
    const int64_t before = i == 0 ? -1 : column.back();
    column.push_back(i > 0 && fields[i].column == fields[i - 1].column ? before : before + 1);
  }
  return column;
}

void to_json(Json& json, const Spec& spec) {
  json = {{"modality", enum_name(spec.modality)},
          {"shape", spec.shape},
          {"rate_hz", spec.rate_hz},
          {"channels", spec.channels}};
  for (const Field& field : spec.fields)
    json["fields"].push_back(
        {{"name", field.name}, {"column", field.column}, {"codes", field.codes}});
}

void from_json(const Json& json, Spec& spec) {
  try {
    spec.modality = enum_value<Modality>(json.at("modality").get<std::string>(), "spec.modality");
    json.at("shape").get_to(spec.shape);
    json.at("rate_hz").get_to(spec.rate_hz);
    json.at("channels").get_to(spec.channels);
    spec.fields.clear();
    for (const Json& field : json.value("fields", Json::array()))
      spec.fields.push_back({field.at("name"), field.at("column"), field.at("codes")});
  } catch (const Json::exception& e) {
    throw StateError(text("the stored spec is damaged: {}", e.what()));
  } catch (const ConfigError& e) {  // a modality that does not exist
    throw StateError(text("the stored spec is damaged: {}", e.what()));
  }
}

void require_compatible(const Spec& model, const Spec& data) {
  require<ShapeError>(model.modality == data.modality,
                      "the model was made for {} data but this is {} data",
                      enum_name(model.modality), enum_name(data.modality));
  require<ShapeError>(model.channels == data.channels,
                      "the model was made for channels [{}] but the data has [{}]; select and "
                      "order them with data.channels",
                      join(model.channels), join(data.channels));
  require<ShapeError>(std::abs(model.rate_hz - data.rate_hz) < 1e-6 * (1 + model.rate_hz),
                      "the model was made for {} Hz but the data has {} Hz; set data.rate_hz = {}",
                      model.rate_hz, data.rate_hz, model.rate_hz);
  require<ShapeError>(
      model.shape == data.shape,
      "the model was made for rows of shape {} but the data has {}; set "
      "{}",
      c10::IntArrayRef(model.shape), c10::IntArrayRef(data.shape),
      model.modality == Modality::image ? "data.images.size" : "data.window.length");
}

}  // namespace tacit
