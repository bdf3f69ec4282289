// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tacit/data/readers/long_form.h"

namespace tacit {

/// The folder RawData: the path itself, in it, or in a folder hapt of it.
std::optional<std::filesystem::path> find_hapt(const std::filesystem::path& path);

/// HAPT (Reyes-Ortiz et al. 2015) as published: RawData/acc_expNN_userNN.txt and gyro_…, three
/// numbers a line, in g and rad/s, at 50 Hz; labels.txt with EXPERIMENT USER ACTIVITY FIRST LAST,
/// samples counted from 1 and LAST included; activity_labels.txt in the folder above. Samples
/// outside all labels are unlabelled. config.path is what find_hapt() gave. Recordings are called
/// by experiment and come in its order. Throws DataError naming file and row, also where the two
/// sensors' files differ in length and for a label of an activity without a name.
Signals read_hapt(const LongFormConfig& config, const std::string& spool);

/// The six activities; what people do between two of them counts as unlabelled unless asked for.
std::vector<std::string> hapt_activities();

/// Lines of NUMBER NAME, as in activity_labels.txt. Throws DataError.
std::map<int64_t, std::string> read_activity_names(const std::filesystem::path& file);

}  // namespace tacit
