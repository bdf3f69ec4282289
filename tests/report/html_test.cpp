// SPDX-License-Identifier: Apache-2.0
#include "tacit/report/html.h"

#include <gtest/gtest.h>

#include <regex>
#include <string>

#include "tacit/core/error.h"
#include "tacit/core/files.h"
#include "tacit/core/json.h"
#include "tests/report/sample_run.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;

class Report : public ::testing::Test {
 protected:
  Report() {
    fs::remove_all(folder_);
    create_folder(folder_);
  }
  ~Report() override { fs::remove_all(folder_); }

  std::string page() const {
    write_report(folder_);
    return read_file(folder_ / "report.html");
  }
  std::string failure() const {
    try {
      write_report(folder_);
    } catch (const StateError& error) {
      return error.what();
    }
    return "no StateError";
  }

  const fs::path folder_ =
      fs::path(::testing::TempDir()) /
      text("tacit_report_{}", ::testing::UnitTest::GetInstance()->current_test_info()->name());
};

size_t count(const std::string& page, const std::string& part) {
  size_t found = 0;
  for (size_t at = page.find(part); at != std::string::npos; at = page.find(part, at + 1)) ++found;
  return found;
}

/// The page's data as a browser would read it.
Json embedded_data(const std::string& page) {
  const std::string open = R"(<script id="data" type="application/json">)";
  const size_t begin = page.find(open) + open.size();
  return Json::parse(page.substr(begin, page.find("</script", begin) - begin));
}

bool matches(const std::string& page, const std::string& pattern) {
  return std::regex_search(page, std::regex(pattern, std::regex::icase));
}

TEST_F(Report, AsksNothingOfTheNetwork) {
  write_sample_run(folder_);
  const std::string whole = page();
  EXPECT_NE(whole.find("default-src 'none'"), std::string::npos);
  EXPECT_NE(whole.find("Chart.js v3"), std::string::npos) << "the library is not inlined";
  EXPECT_FALSE(matches(
      whole, R"(<(script|img|link|iframe|source|object|embed)[^>]{0,200}(src|href|data)=)"));
  EXPECT_FALSE(
      matches(whole, R"(@import|[^a-z]url\(|\bfetch\(|XMLHttpRequest|sendBeacon|WebSocket)"));
  EXPECT_FALSE(matches(whole, R"((src|href)\s*=\s*["']?\s*(https?:)?//)"));
}

TEST_F(Report, HoldsTheRunsDataUnchanged) {
  write_sample_run(folder_);
  const Json data = embedded_data(page());
  EXPECT_EQ(data["run"], Json::parse(read_file(folder_ / "run.json")));
  EXPECT_EQ(data["results"], Json::parse(read_file(folder_ / "results.json")));
  EXPECT_EQ(data["metrics"].size(), 60U);
  EXPECT_EQ(data["names"]["random_encoder"], "random encoder");
  EXPECT_EQ(data["names"]["random_forest"], "random forest on classical features");
}

TEST_F(Report, HostileTextsStayTexts) {
  write_file(folder_ / "run.json", {Json{{"title", kHostile}, {"notes", {kHostile}}}.dump()});
  write_file(folder_ / "results.json",
             {Json{{"metric", kHostile},
                   {"labels", {10}},
                   {"models", {kHostile}},
                   {"scores", {{text("{}/{}/10", kHostile, kHostile), {{"mean", 0.5}}}}}}
                  .dump()});
  const std::string whole = page();
  EXPECT_EQ(count(whole, "<img"), 0U);
  EXPECT_EQ(count(whole, "</script"), 3U) << "data has closed a script";
  EXPECT_EQ(embedded_data(whole)["run"]["title"], kHostile);
  EXPECT_NE(whole.find("<title>&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;</title>"),
            std::string::npos);
}

TEST_F(Report, PlaceholdersInDataAreNotFilled) {
  write_file(folder_ / "run.json", {R"({"title": "{{script}} and {{nothing}}"})"});
  EXPECT_NE(page().find("<title>{{script}} and {{nothing}}</title>"), std::string::npos);
}

TEST_F(Report, AnEmptyFolderGivesAPage) {
  EXPECT_NE(page().find("This run has not written any results yet."), std::string::npos);
}

TEST_F(Report, ATitleIsTheFoldersNameWithoutRunJson) {
  EXPECT_NE(page().find("<title>" + folder_.filename().string() + "</title>"), std::string::npos);
}

TEST_F(Report, APretrainRunNeedsNoResults) {
  write_sample_run(folder_);
  fs::remove(folder_ / "results.json");
  EXPECT_NE(page().find("Over 29 epochs of training the validation loss went from "),
            std::string::npos);
}

TEST_F(Report, ALastLineCutShortIsIgnored) {
  write_file(folder_ / "metrics.jsonl", {"{\"epoch\": 0}\n{\"epoch\": 1}\n{\"epo"});
  EXPECT_EQ(embedded_data(page())["metrics"].size(), 2U);
}

TEST_F(Report, DamageIsOneSentenceThatNamesTheFile) {
  write_file(folder_ / "metrics.jsonl", {"{\"epoch\": 0}\n{\"epo\n{}\n"});
  EXPECT_NE(failure().find("metrics.jsonl, line 2 is damaged"), std::string::npos) << failure();
  fs::remove(folder_ / "metrics.jsonl");
  write_file(folder_ / "results.json", {R"({"metric": "acc)"});
  EXPECT_NE(failure().find("results.json is damaged at byte "), std::string::npos) << failure();
  write_file(folder_ / "results.json", {"[1]"});
  EXPECT_NE(failure().find("holds array instead of an object"), std::string::npos) << failure();
  EXPECT_FALSE(fs::exists(folder_ / "report.html"));
}

TEST_F(Report, AMissingFolderIsSaid) {
  fs::remove_all(folder_);
  EXPECT_NE(failure().find("there is no run folder"), std::string::npos) << failure();
}

TEST_F(Report, NamesTheMetricsOfNumbers) {
  write_file(folder_ / "results.json",
             {R"({"target": "number", "metric": "r2", "labels": [20], "models": ["supervised"],
                  "scores": {"rmse/supervised/20": {"mean": 3}}})"});
  const Json names = embedded_data(page())["names"];
  EXPECT_EQ(names["r2"], "R²");
  EXPECT_EQ(names["rmse"], "RMSE");
  EXPECT_EQ(names["mae"], "MAE");
}

TEST_F(Report, HoldsTheFirstTheMiddleAndTheLastGridInBase64) {
  EXPECT_EQ(embedded_data(page())["samples"], Json::array());
  create_folder(folder_ / "samples");
  const auto write = [&](const std::string& name, const std::string& bytes) {
    write_file(folder_ / "samples" / name, {bytes});
  };
  write("0002.png", "f");
  EXPECT_EQ(embedded_data(page())["samples"], Json::parse(R"([{"epoch": 2, "png": "Zg=="}])"));
  write("0001.png", "fo");
  EXPECT_EQ(embedded_data(page())["samples"][0], Json::parse(R"({"epoch": 1, "png": "Zm8="})"));
  EXPECT_EQ(embedded_data(page())["samples"].size(), 2U);
  for (const int epoch : {3, 4, 12000, 9999})
    write(text("{}{}.png", epoch < 5 ? "000" : "", epoch),
          "\xfb\xff\xfe"
          "ar");
  write("notes.png", "no grid");
  write("0000.png.7.tmp", "left by a kill");
  EXPECT_EQ(embedded_data(page())["samples"], Json::parse(R"([{"epoch": 1, "png": "Zm8="},
      {"epoch": 3, "png": "+//+YXI="}, {"epoch": 12000, "png": "+//+YXI="}])"));
}

TEST_F(Report, APageWithPicturesAsksNothingOfTheNetworkEither) {
  write_sample_gan_run(folder_);
  const std::string whole = page();
  EXPECT_NE(whole.find("default-src 'none'; img-src data:;"), std::string::npos);
  EXPECT_EQ(embedded_data(whole)["samples"].size(), 3U);
  EXPECT_EQ(count(whole, "<img"), 0U) << "the page's script makes them";
  EXPECT_FALSE(matches(whole, R"((src|href)\s*=\s*["']?\s*(https?:)?//)"));
}

}  // namespace
}  // namespace tacit
