// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/json_lines.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tacit/core/error.h"
#include "tacit/data/column_kinds.h"
#include "tacit/data/readers/data_files.h"
#include "tacit/data/readers/table.h"
#include "tacit/data/table_writer.h"
#include "tests/data/readers/packed.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

bool has(const std::string& words, const std::string& part) {
  return words.find(part) != std::string::npos;
}

class JsonLines : public testing::Test {
 protected:
  /// x a number, w a text, t a date.
  RowBlock read(const std::string& content, const Columns& columns = {{"x"}, {"w"}, {"t"}}) const {
    const auto stream = open_json_lines(folder.write("a.jsonl", content), columns);
    const auto block = stream->next();
    EXPECT_FALSE(stream->next().has_value());
    EXPECT_TRUE(block.has_value());
    return block.value_or(RowBlock{});
  }
  std::string refusal(const std::string& content, const Columns& columns = {{"x"}, {}}) const {
    const std::string said = message<DataError>([&] { read(content, columns); });
    EXPECT_PRED2(has, said, "a.jsonl");
    EXPECT_EQ(said.find('\n'), std::string::npos) << said;
    return said;
  }
  TemporaryFolder folder;
};

TEST_F(JsonLines, GiveNumbersTextsAndDatesByName) {
  const RowBlock block = read(
      "{\"x\": 1.5, \"w\": \"a b\", \"t\": \"1970-01-02\", \"more\": 3}\n"
      "{\"t\":\"1970-01-01T00:00:07Z\",\"w\":\"\\u00e9\\\"\\n\",\"x\":-2e3}\r\n"
      "  {\"w\": \" c \", \"x\": \" 7 \", \"t\": null}");
  EXPECT_EQ(block.rows, 3);
  EXPECT_EQ(block.numbers[0], (std::vector<double>{1.5, -2000, 7}));
  EXPECT_EQ(block.numbers[1][0], 86400);
  EXPECT_EQ(block.numbers[1][1], 7);
  EXPECT_EQ(block.texts[0], (std::vector<std::string>{"a b", "\xC3\xA9\"\n", "c"}));
}

TEST_F(JsonLines, AreMissingWhereTheySayNullOrNothing) {
  const RowBlock block = read(
      "{\"x\": null, \"w\": null, \"t\": null}\n{}\n{\"x\": \"\", \"w\": \"\", \"t\": \"NA\"}\n"
      "{\"x\": \"n/a\"}\n");
  EXPECT_EQ(block.rows, 4);
  for (size_t row = 0; row < 4; ++row) {
    EXPECT_TRUE(std::isnan(block.numbers[0][row])) << row;
    EXPECT_TRUE(std::isnan(block.numbers[1][row])) << row;
    EXPECT_EQ(block.texts[0][row], "") << row;
  }
}

TEST_F(JsonLines, GiveTextsOfNumbersAndBooleansAsTheyAreWritten) {
  const std::string values[] = {"7",
                                "7.0",
                                "-1",
                                "1E5",
                                "true",
                                "false",
                                "18446744073709551615",
                                "123456789012345678901234567890"};
  std::string lines;
  for (const std::string& value : values) lines += "{\"w\":" + value + "}\n";
  EXPECT_EQ(read(lines, {{}, {"w"}}).texts[0],
            (std::vector<std::string>(std::begin(values), std::end(values))));
}

TEST_F(JsonLines, GiveAKeyAsEverythingThatItIsWantedAs) {
  const RowBlock block = read("{\"x\": \"3\"}\n", {{"x", "x"}, {"x"}});
  EXPECT_EQ(block.numbers, (std::vector<std::vector<double>>{{3}, {3}}));
  EXPECT_EQ(block.texts[0][0], "3");
}

TEST_F(JsonLines, LeaveOtherKeysAndWhatIsInThemAlone) {
  const RowBlock block = read(
      "{\"deep\": {\"x\": 9, \"y\": [{\"x\": 8, \"x\": 7}]}, \"x\": 1, \"list\": [1, [2], "
      "\"x\"]}\n",
      {{"x"}, {}});
  EXPECT_EQ(block.numbers[0], std::vector<double>{1});
}

TEST_F(JsonLines, CountEveryLineAsPeopleDo) {
  const RowBlock apart = read("\xEF\xBB\xBF\n{\"x\": 1}\n\n  \r\n{\"x\": 2}\n\n", {{"x"}, {}});
  ASSERT_EQ(apart.rows, 2);
  EXPECT_EQ(apart.number(0), 2);
  EXPECT_EQ(apart.number(1), 5);
  const RowBlock together = read("\n{\"x\": 1}\n{\"x\": 2}\n", {{"x"}, {}});
  EXPECT_EQ(together.number(1), 3);
  EXPECT_TRUE(together.moved_from.empty());
}

TEST_F(JsonLines, AreReadInBoundedBlocks) {
  std::string lines;
  for (int i = 0; i < 200000; ++i) lines += text("{\"n\": {}, \"w\": \"walk\"}\n", i);
  for (const auto& [name, content] :
       {std::pair("a.jsonl", lines), std::pair("a.jsonl.gz", packed(lines))}) {
    const auto stream = open_json_lines(folder.write(name, content), {{"n"}, {"w"}});
    int64_t rows = 0, blocks = 0;
    while (const auto block = stream->next()) {
      EXPECT_EQ(block->first_row, rows + 1);
      EXPECT_LE(block->rows, kBlockRows);
      EXPECT_EQ(block->numbers[0].front(), static_cast<double>(rows));
      EXPECT_EQ(block->numbers[0].size(), static_cast<size_t>(block->rows));
      EXPECT_EQ(block->texts[0].back(), "walk");
      rows += block->rows;
      ++blocks;
    }
    EXPECT_EQ(rows, 200000);
    EXPECT_EQ(blocks, 4);
  }
  // Rows of much text are fewer in a block.
  std::string wide;
  for (int i = 0; i < 50; ++i) wide += "{\"w\": \"" + std::string(1000000, 'a') + "\"}\n";
  const auto stream = open_json_lines(folder.write("wide.jsonl", wide), {{}, {"w"}});
  int64_t rows = 0;
  while (const auto block = stream->next()) {
    EXPECT_LE(block->rows, 20);
    rows += block->rows;
  }
  EXPECT_EQ(rows, 50);
}

TEST_F(JsonLines, RefuseWhatIsNoObjectWithItsLine) {
  const auto said = [&](const std::string& line) {
    const std::string words = refusal("{\"x\": 1}\n\n" + line + "\n{\"x\": 2}\n");
    EXPECT_PRED2(has, words, "line 3 is no JSON object");
    return words;
  };
  EXPECT_PRED2(has, said("{\"x\": 1"), "end of input");
  EXPECT_PRED2(has, said("{\"x\": 1} {\"x\": 2}"), "expected end of input (at byte 10)");
  EXPECT_PRED2(has, said("{\"x\": 1},"), "unexpected ','");
  for (const char* literal : {"NaN", "Infinity", "-Infinity", "nan", "None", "True", "+1"})
    EXPECT_PRED2(has, said(text("{\"x\": {}}", literal)), "invalid") << literal;
  EXPECT_PRED2(has, said("{\"x\": 01}"), "unexpected number");
  EXPECT_PRED2(has, said("{\"x\": 1e999}"), "number overflow");
  EXPECT_PRED2(has, said("{x: 1}"), "invalid literal");
  EXPECT_PRED2(has, said("{'x': 1}"), "invalid literal");
  EXPECT_PRED2(has, said("{\"x\": \"\xE9\"}"), "ill-formed UTF-8");
  EXPECT_PRED2(has, said("{\"x\": \"\\ud800\"}"), "surrogate");
  EXPECT_PRED2(has, said("{\"x\": 1} // one"), "invalid literal");
  EXPECT_PRED2(has, said(std::string("{\"x\": 1}\0more", 13)), "a byte that is 0");
  for (const char* line : {"[{\"x\": 1}]", "5", "\"x\"", "null", "[", "true", "1.5"})
    EXPECT_PRED2(has, said(line), "starts with no {") << line;
  EXPECT_PRED2(has, said(std::string(900000, '[')), "starts with no {");
  said("{\"deep\": " + std::string(900000, '['));
  EXPECT_LT(said("{\"x\": 1e" + std::string(900000, '9') + "}").size(), 400u);
  EXPECT_PRED2(has, refusal("{\n  \"x\": 1\n}\n"), "line 1 is no JSON object on a line of its own");
}

TEST_F(JsonLines, RefuseAKeyThatComesTwiceInAnObject) {
  EXPECT_PRED2(has, refusal("{\"x\": 1}\n{\"x\": 1, \"y\": 2, \"x\": 1}\n"),
               "line 2 has the key \"x\" twice");
  EXPECT_PRED2(has, refusal("{\"x\": 1, \"y\": 2, \"y\": null}\n"), "the key \"y\" twice");
  EXPECT_PRED2(has, refusal("{\"x\": 1, \" x\": 2}\n"), "the key \"x\" twice");
}

TEST_F(JsonLines, RefuseValuesThatAreNotWhatTheyAreWantedAs) {
  const auto said = [&](const std::string& value, const Columns& columns) {
    return refusal("{\"x\": null}\n{\"x\": " + value + "}\n", columns);
  };
  const Columns number{{"x"}, {}}, word{{}, {"x"}}, date{{}, {}, {"x"}};
  EXPECT_PRED2(has, said("\"high\"", number), "line 2, key \"x\": \"high\" is not a number");
  EXPECT_PRED2(has, said("\"0,5\"", number), "\"0,5\" is not a number");
  EXPECT_PRED2(has, said("true", number), "\"true\" is not a number");
  EXPECT_PRED2(has, said("1714557600", date), "\"1714557600\" is not a date");
  EXPECT_PRED2(has, said("\"05/01/2024\"", date), "is not a date");
  for (const Columns& columns : {number, word, date}) {
    EXPECT_PRED2(has, said("[1, 2]", columns), "line 2, key \"x\": a list stands");
    EXPECT_PRED2(has, said("{}", columns), "line 2, key \"x\": an object stands");
  }
  EXPECT_LT(said("\"" + std::string(500000, 'a') + "\"", number).size(), 300u);
}

TEST_F(JsonLines, RefuseAColumnThatNoLineHasAndNamesThoseThereAre) {
  const auto said = [&](const std::string& file) {
    return message<ConfigError>([&] {
      const auto stream = open_json_lines(file, {{"age"}, {"job"}});
      while (stream->next()) continue;
    });
  };
  const std::string one = said(folder.write("one.jsonl", "{\"aged\": 3, \"job\": \"a\"}\n"));
  for (const char* part : {"one.jsonl", "unknown column \"age\"", "mean \"aged\"", "aged, job"})
    EXPECT_PRED2(has, one, part);
  // At once, where the rows are one block.
  EXPECT_THROW(open_json_lines(folder.write("one.jsonl", "{\"age\": 3}\n"), {{"age"}, {"job"}}),
               ConfigError);
  EXPECT_EQ(said(folder.write("null.jsonl", "{\"age\": null, \"job\": null}\n")), "");
  std::string lines;
  for (int64_t row = 0; row <= kBlockRows; ++row) lines += "{\"age\": 3}\n";
  EXPECT_PRED2(has, said(folder.write("long.jsonl", lines)), "unknown column \"job\"");
  EXPECT_EQ(said(folder.write("late.jsonl", lines + "{\"job\": \"a\"}\n")), "");
}

TEST_F(JsonLines, RefuseFilesWithoutObjectsAndKeysThatAreData) {
  for (const char* content : {"", "\n", " \r\n\n", "\xEF\xBB\xBF"}) {
    EXPECT_PRED2(has, refusal(content), "holds no object");
    EXPECT_PRED2(has,
                 message<DataError>([&] { json_lines_columns(folder.write("a.jsonl", content)); }),
                 "holds no object");
  }
  std::string lines;
  for (int i = 0; i < 300000; ++i) lines += text("{\"x\": 1, \"id {}\": 2}\n", i);
  EXPECT_PRED2(has, message<DataError>([&] {
                 const auto stream = open_json_lines(folder.write("a.jsonl", lines), {{"x"}, {}});
                 while (stream->next()) continue;
               }),
               "different keys");
}

TEST_F(JsonLines, CutAnywhereGiveTheRowsBeforeOrARefusal) {
  const std::string whole =
      "{\"x\": 1.25, \"w\": \"a\xC3\xA9\"}\n{\"x\": -2, \"w\": null}\n{\"x\": 3e1, \"w\": true}\n";
  for (size_t length = 0; length < whole.size(); ++length) {
    const std::string content = whole.substr(0, length);
    const bool complete = content.ends_with('}') || content.ends_with('\n');
    const auto rows = std::ranges::count(content, '}');
    if (complete)
      EXPECT_EQ(read(content, {{"x"}, {"w"}}).rows, rows) << length;
    else
      EXPECT_PRED2(has, refusal(content, {{"x"}, {"w"}}), length == 0 ? "no object" : "line");
  }
  const std::string gz = packed(whole);
  for (size_t length = 0; length < gz.size(); ++length) {
    const std::string file = folder.write("cut.jsonl.gz", gz.substr(0, length));
    EXPECT_NE(message<DataError>([&] { open_json_lines(file, {{"x"}, {}}); }), "") << length;
  }
}

TEST_F(JsonLines, NameTheirColumnsInTheOrderOfFirstAppearance) {
  const auto columns = [&](const std::string& content) {
    std::string all;
    for (const ColumnInfo& info : json_lines_columns(folder.write("a.jsonl", content))) {
      EXPECT_EQ(info.kind == CellKind::text, info.type.empty());
      all += info.name + (info.type.empty() ? "" : " (" + info.type + ")") + ", ";
    }
    return all;
  };
  EXPECT_EQ(columns("{\"b\": 1, \"a\": \"x\"}\n{\"c\": null, \" a \": 2}\n"), "b, a, c, ");
  EXPECT_EQ(columns("{\"b\": {\"d\": 1}, \"a\": 1}\n{\"a\": [2], \"b\": 3}\n"),
            "b (object), a (list), ");
  std::string lines;
  for (int64_t line = 0; line < kLinesForColumns; ++line) lines += "{\"a\": 1}\n";
  EXPECT_EQ(columns(lines + "{\"late\": 1}\nno JSON"), "a, ");
  EXPECT_PRED2(has, message<DataError>([&] { columns("{\"a\": 1}\n{\"a\": 1"); }), "line 2");
}

TEST_F(JsonLines, GiveTheSameTableAsCsvOfTheSameRows) {
  TableConfig config;
  config.numeric = {"age", "paid"};
  config.categorical = {"job", "code"};
  config.datetime = {"seen"};
  config.label = "rich";
  const auto table = [&](const std::string& name, const std::string& content) {
    config.path = folder.write(name, content);
    return read_table(config, folder.path().string());
  };
  const Table csv = table("a.csv",
                          "age,job,paid,seen,rich,code\n"
                          "39, clerk,2.5,1970-01-02T00:00:01Z,no,7\n"
                          "50,?,,1970-01-01T12:00:00Z,yes,7.0\n"
                          ",smith,-1e3,,no,true\n"
                          "28,clerk,0.1,1969-12-31,,\n");
  const std::string lines =
      "{\"age\": 39, \"job\": \"clerk\", \"paid\": 2.5, \"seen\": \"1970-01-02T00:00:01Z\", "
      "\"rich\": \"no\", \"code\": 7}\n"
      "{\"rich\": \"yes\", \"age\": \"50\", \"job\": \"?\", \"paid\": null, "
      "\"seen\": \"1970-01-01T12:00:00Z\", \"code\": 7.0}\n\n"
      "{\"job\": \" smith\", \"paid\": -1e3, \"rich\": \"no\", \"code\": true}\n"
      "{\"age\": 28, \"job\": \"clerk\", \"paid\": 0.1, \"seen\": \"1969-12-31\", \"code\": "
      "\"\"}\n";
  for (const auto& [name, content] :
       {std::pair("a.jsonl", lines), std::pair("a.ndjson.gz", packed(lines))}) {
    const Table json = table(name, content);
    EXPECT_TRUE(at::allclose(json.cells(), csv.cells(), 0, 0, /*equal_nan=*/true)) << json.cells();
    EXPECT_EQ(json.labels(), csv.labels());
    EXPECT_EQ(json.classes(), csv.classes());
    for (size_t i = 0; i < csv.columns().size(); ++i)
      EXPECT_EQ(json.columns()[i].categories, csv.columns()[i].categories) << i;
  }
  // One row alone, of a model that knows the others.
  config.path = folder.write("one.jsonl",
                             "{\"age\": null, \"job\": \"smith\", \"paid\": 1, \"seen\": null, "
                             "\"rich\": null, \"code\": \"7.0\"}");
  const Table one = read_table(config, folder.path().string(), csv.columns());
  EXPECT_EQ(one.size(), 1);
  EXPECT_EQ(one.cells()[0][2].item<float>(), 1);  // smith
  EXPECT_EQ(one.cells()[0][3].item<float>(), 1);  // 7.0
}

TEST_F(JsonLines, LookLikeTheSameKindsOfColumnsAsCsvOfTheSameRows) {
  std::string csv = "id,age,job,sparse,share,nothing\n", json;
  for (int i = 0; i < 200; ++i) {
    const std::string sparse = i % 9 == 0 ? "yes" : "", share = text("{}", i / 7.0);
    csv += text("{},{},job{},{},{},\n", i, i % 40, i % 5, sparse, share);
    json += text(R"({"id": {}, "age": {}, "job": "job{}", "sparse": "{}", "share": {})", i, i % 40,
                 i % 5, sparse, share);
    json += R"(, "nothing": null})";
    json += "\n";
  }
  const auto kinds = [&](const std::string& name, const std::string& content) {
    std::vector<std::string> all;
    const auto files = data_files(folder.write(name, content), "");
    for (const ColumnGuess& guess : guess_kinds(files, {}).columns)
      all.push_back(text("{}: {} {}", guess.name, guess.kind ? enum_name(*guess.kind) : "none",
                         guess.reason));
    return all;
  };
  EXPECT_EQ(kinds("a.jsonl", json), kinds("a.csv", csv));
}

TEST_F(JsonLines, NameTheLineOfACellThatATableRefuses) {
  TableConfig config;
  config.numeric = {"x"};
  config.path = folder.write("a.jsonl", "{\"x\": 1}\n\n{\"x\": \"inf\"}\n");
  EXPECT_PRED2(has, message<DataError>([&] { read_table(config, folder.path().string()); }),
               "row 3, column \"x\" is infinite");
}

}  // namespace
}  // namespace tacit
