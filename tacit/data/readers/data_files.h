// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace tacit {

/// A file of a data set, and what its path says.
struct DataFile {
  std::filesystem::path path;
  std::string name;                          ///< relative to the folder, without the ending
  std::map<std::string, std::string> words;  ///< by the names of the pattern's holes
};

/// "{activity}_{}/sub_{subject}": names of the holes, in order, {} left out. Throws ConfigError for
/// a brace without its partner, a name that comes twice and two holes side by side.
std::vector<std::string> holes_of(const std::string& pattern);

/// The ending of a name, if rows are read from such files: .parquet, or .csv, .tsv, .txt, .dat,
/// .jsonl or .ndjson, or one of these with .gz behind it; "" for any other.
std::string ending_of(const std::string& name);

/// The file itself, or all .csv, .tsv, .jsonl and .ndjson files, also with .gz, and all .parquet
/// files of a folder and of those below it, by name; what begins with a point is left alone. With a
/// pattern, only files whose path below the folder (for a file: whose name) matches it, without the
/// ending or, if the pattern has one, with it: then .txt and .dat may be meant, too. A hole stands
/// for one or more letters, none of them a slash, as few as possible. Throws DataError when there
/// is no such file, ConfigError like holes_of.
std::vector<DataFile> data_files(const std::filesystem::path& path, const std::string& pattern);

/// The same of files with one of these endings, such as ".hea", instead of files of rows.
std::vector<DataFile> data_files(const std::filesystem::path& path, const std::string& pattern,
                                 const std::vector<std::string>& endings);

}  // namespace tacit
