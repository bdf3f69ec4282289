// SPDX-License-Identifier: Apache-2.0
#include "tacit/core/spec.h"

#include <gtest/gtest.h>

#include "tacit/core/error.h"
#include "tests/core/folder.h"

namespace tacit {
namespace {

const Spec kWatch{Modality::signal, {3, 400}, 50, {"x", "y", "z"}};

TEST(Spec, SurvivesJson) {
  EXPECT_EQ(Json(kWatch).get<Spec>(), kWatch);
  const Spec table{Modality::table, {12}, 0, {}};
  EXPECT_EQ(Json::parse(Json(table).dump()).get<Spec>(), table);
}

const Spec kTable{Modality::table,
                  {3},
                  0,
                  {"age", "seen"},
                  {{"age", "age", 0}, {"seen", "seen"}, {"d", "seen", 7}}};

TEST(Spec, KeepsTheFieldsOfATable) {
  EXPECT_EQ(Json::parse(Json(kTable).dump()).get<Spec>(), kTable);
  EXPECT_FALSE(Json(kWatch).contains("fields"));  // as files have it that were written before
  Spec reused = kTable;
  Json(kWatch).get_to(reused);
  EXPECT_TRUE(reused.fields.empty());
}

TEST(Spec, RefusesADamagedField) {
  Json damaged = kTable;
  damaged["fields"][1].erase("column");
  EXPECT_THROW(damaged.get<Spec>(), StateError);
}

TEST(ColumnOf, CountsColumnsAndNotFields) {
  EXPECT_EQ(column_of({{"a", "a"}, {"t", "t"}, {"t/sin", "t"}, {"b", "b", 3}}),
            (std::vector<int64_t>{0, 1, 1, 2}));
  EXPECT_TRUE(column_of({}).empty());
}

TEST(Spec, RefusesDamagedJson) {
  for (const char* key : {"modality", "shape", "rate_hz", "channels"}) {
    Json missing = kWatch;
    missing.erase(key);
    EXPECT_THROW(missing.get<Spec>(), StateError) << key;
    Json wrong = kWatch;
    wrong[key] = Json::object();
    EXPECT_THROW(wrong.get<Spec>(), StateError) << key;
  }
  Json unknown = kWatch;
  unknown["modality"] = "smell";
  EXPECT_THROW(unknown.get<Spec>(), StateError);
  EXPECT_THROW(Json("signal").get<Spec>(), StateError);
}

TEST(RequireCompatible, AcceptsTheSame) {
  EXPECT_NO_THROW(require_compatible(kWatch, kWatch));
  Spec almost = kWatch;
  almost.rate_hz = 50.00000001;
  EXPECT_NO_THROW(require_compatible(kWatch, almost));
}

TEST(RequireCompatible, RefusesATableWithOtherColumns) {
  Spec other = kTable;
  other.channels[0] = "years";
  EXPECT_THROW(require_compatible(kTable, other), ShapeError);
}

TEST(RequireCompatible, NamesWhatDiffers) {
  const auto refusal = [](auto change) {
    Spec other = kWatch;
    change(other);
    return message_of<ShapeError>([&] { require_compatible(kWatch, other); });
  };
  const auto holds = [](const std::string& message, const char* part) {
    return message.find(part) != std::string::npos;
  };
  EXPECT_TRUE(holds(refusal([](Spec& s) { s.modality = Modality::image; }), "image"));
  EXPECT_TRUE(holds(refusal([](Spec& s) { s.rate_hz = 49.9; }), "49.9 Hz"));
  EXPECT_TRUE(holds(refusal([](Spec& s) { s.channels = {"y", "x", "z"}; }), "y, x, z"));
  EXPECT_TRUE(holds(refusal([](Spec& s) { s.shape = {3, 200}; }), "[3, 200]"));
}

}  // namespace
}  // namespace tacit
