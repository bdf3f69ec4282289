// SPDX-License-Identifier: Apache-2.0
#include "tacit/report/html.h"

#include <charconv>
#include <map>
#include <string>
#include <string_view>

#include "tacit/core/error.h"
#include "tacit/core/files.h"
#include "tacit/core/json.h"
#include "tacit/embedded/chart_library_js.h"
#include "tacit/embedded/report_charts_js.h"
#include "tacit/embedded/report_css.h"
#include "tacit/embedded/report_html.h"
#include "tacit/embedded/report_js.h"
#include "tacit/embedded/report_pictures_js.h"
#include "tacit/embedded/report_record_js.h"
#include "tacit/embedded/report_unlabelled_js.h"
#include "tacit/report/display_name.h"
#include "tacit/report/headline.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;

/// An object, or StateError. `where`: the file, and the line if it has several documents.
Json parse_object(std::string_view content, const std::string& where) {
  Json json;
  try {
    json = Json::parse(content);
  } catch (const Json::parse_error& error) {
    throw StateError(
        text("{} is damaged at byte {}: delete it or write it again", where, error.byte));
  }
  require<StateError>(json.is_object(),
                      "{} is damaged: it holds {} instead of an object; delete it or write it "
                      "again",
                      where, json.type_name());
  return json;
}

Json read_object(const fs::path& file) {
  return fs::exists(file) ? parse_object(read_file(file), file.string()) : Json();
}

Json read_lines(const fs::path& file) {
  Json entries = Json::array();
  if (!fs::exists(file)) return entries;
  const std::string content = read_file(file);
  std::string_view rest = content;
  // Only whole lines: a writer that was stopped leaves its last one without an end.
  for (size_t line = 1, end = rest.find('\n'); end != std::string_view::npos;
       ++line, end = rest.find('\n')) {
    if (end > 0)
      entries.push_back(
          parse_object(rest.substr(0, end), text("{}, line {}", file.string(), line)));
    rest.remove_prefix(end + 1);
  }
  return entries;
}

/// The keys' display names, so that the page and the headline say the same.
Json display_names(const Json& results) {
  Json names = Json::object();
  for (const std::string key : {"weighted_f1", "macro_f1", "accuracy", "kappa", "auroc", "r2",
                                "correlation", "rmse", "mae"})
    names[key] = display_name(key);
  if (!results.is_object() || !results.contains("models")) return names;
  for (const Json& model : results["models"]) {
    if (!model.is_string()) continue;
    const auto key = model.get<std::string>();
    names[key] = display_name(key);
  }
  return names;
}

/// RFC 4648, section 4.
std::string base64(std::string_view bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string written;
  written.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t group = 0;  // three bytes, zeros behind the last
    for (size_t j = 0; j < 3; ++j)
      group = group << 8 | (i + j < bytes.size() ? static_cast<uint8_t>(bytes[i + j]) : 0U);
    for (size_t j = 0; j < 4; ++j)
      written += i + j <= bytes.size() ? kDigits[group >> (18 - 6 * j) & 63U] : '=';
  }
  return written;
}

/// The first, the middle and the last of the files NNNN.png in a folder, NNNN the epoch: epochs and
/// files in base64, in order; fewer when there are not as many.
Json sample_grids(const fs::path& folder) {
  std::map<int64_t, fs::path> files;
  if (fs::is_directory(folder))
    for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
      const std::string digits = entry.path().stem().string();
      int64_t epoch = 0;
      const auto [end, error] =
          std::from_chars(digits.data(), digits.data() + digits.size(), epoch);
      if (entry.path().extension() == ".png" && error == std::errc() &&
          end == digits.data() + digits.size())
        files[epoch] = entry.path();
    }
  Json grids = Json::array();
  const size_t last = files.size() - 1, middle = last / 2;
  size_t place = 0;
  for (const auto& [epoch, file] : files) {
    if (place == 0 || place == middle || place == last)
      grids.push_back({{"epoch", epoch}, {"png", base64(read_file(file))}});
    ++place;
  }
  return grids;
}

/// JSON inside <script> ends at the first "</script", wherever it stands; "<" is never needed bare.
std::string script_json(const Json& json) {
  const std::string plain = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  std::string safe;
  safe.reserve(plain.size());
  for (const char c : plain) c == '<' ? safe += "\\u003c" : safe += c;
  return safe;
}

std::string html_text(std::string_view plain) {
  static const std::map<char, std::string_view> kEntities{
      {'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}};
  std::string safe;
  for (const char c : plain) {
    const auto entity = kEntities.find(c);
    entity == kEntities.end() ? safe += c : safe += entity->second;
  }
  return safe;
}

/// The page with each {{name}} replaced, in one pass: what is filled in is not searched again.
std::string fill(std::string_view page, const std::map<std::string_view, std::string_view>& parts) {
  std::string filled;
  for (size_t open = page.find("{{"); open != std::string_view::npos; open = page.find("{{")) {
    const size_t close = page.find("}}", open);
    filled += page.substr(0, open);
    filled += parts.at(page.substr(open + 2, close - open - 2));
    page.remove_prefix(close + 2);
  }
  return filled += page;
}

std::string title_of(const Json& run, const fs::path& folder) {
  if (run.is_object() && run.contains("title") && run["title"].is_string())
    return run["title"].get<std::string>();
  return fs::absolute(folder / "").parent_path().filename().string();
}

}  // namespace

void write_report(const fs::path& run_folder) {
  require<StateError>(fs::is_directory(run_folder),
                      "there is no run folder {}: name the folder that a run has written",
                      run_folder.string());
  const Json run = read_object(run_folder / "run.json");
  const Json results = read_object(run_folder / "results.json");
  const Json metrics = read_lines(run_folder / "metrics.jsonl");
  const std::string data = script_json(Json{{"run", run},
                                            {"metrics", metrics},
                                            {"results", results},
                                            {"names", display_names(results)},
                                            {"samples", sample_grids(run_folder / "samples")}});
  const std::string title = html_text(title_of(run, run_folder));
  const std::string sentence = html_text(headline(results, metrics));
  const std::string page =
      fill(embedded::report_html, {{"title", title},
                                   {"headline", sentence},
                                   {"style", embedded::report_css},
                                   {"data", data},
                                   {"chart_library", embedded::chart_library_js},
                                   {"charts", embedded::report_charts_js},
                                   {"script", embedded::report_js},
                                   {"pictures", embedded::report_pictures_js},
                                   {"unlabelled", embedded::report_unlabelled_js},
                                   {"record", embedded::report_record_js}});
  write_file(run_folder / "report.html", {page});
}

}  // namespace tacit
