// SPDX-License-Identifier: Apache-2.0
#include "tests/run/habits.h"

#include <map>

namespace tacit {
namespace {

namespace fs = std::filesystem;

fs::path plain(const fs::path& folder) {
  const Motion motion;
  std::string out = "subject,activity,time,ax,ay,az\n";
  motion.each([&](size_t p, size_t a, int row) {
    out += motion.people[p] + "," + motion.activities[a] + "," + fixed(motion.seconds(a, row), 2) +
           axes(motion, p, a, row, ",") + "\n";
  });
  write(folder / "plain.csv", out);
  return folder / "plain.csv";
}

/// Semicolons, decimal commas, a byte order mark, titles above, day first.
fs::path spreadsheet(const fs::path& folder) {
  const Motion motion;
  std::string out =
      "\xEF\xBB\xBFMessung Ost;;;;;\r\nexportiert am 06.03.2024;;;;;\r\n"
      "Zeitstempel;Proband;Aktivität;Beschl X;Beschl Y;Beschl Z\r\n";
  motion.each([&](size_t p, size_t a, int row) {
    out += clock(motion.seconds(a, row), "05.03.2024 ", ',') + ";" + motion.people[p] + ";" +
           motion.activities[a] + axes(motion, p, a, row, ";", 0, ',') + "\r\n";
  });
  write(folder / "export.csv", out);
  return folder / "export.csv";
}

/// Tabs, milliseconds since 1970 with jitter, numbers for people and classes, another order.
fs::path phone_app(const fs::path& folder) {
  const Motion motion;
  std::string out =
      "Acceleration X\tAcceleration Y\tAcceleration Z\tGyroscope X\tGyroscope Y\tGyroscope "
      "Z\tclass\tuserId\ttimestamp\n";
  motion.each([&](size_t p, size_t a, int row) {
    const int jitter = row * 7 % 5 - 2;
    out += axes(motion, p, a, row, "\t").substr(1) + axes(motion, p, a, row, "\t", 3) + "\t" +
           std::to_string(a) + "\t" + std::to_string(p + 101) + "\t" +
           std::to_string(1709629200000 + 100000 * static_cast<int64_t>(p) +
                          std::llround(1000 * motion.seconds(a, row)) + jitter) +
           "\n";
  });
  write(folder / "phone.tsv", out);
  return folder / "phone.tsv";
}

/// Pipes, comment lines, ISO times with a zone, missing values and a gap of a second.
fs::path logger(const fs::path& folder) {
  const Motion motion;
  std::string out =
      "# logger 2.1\n# place: wrist\ndatetime|participant|label|acc.x|acc.y|acc.z|note\n";
  motion.each([&](size_t p, size_t a, int row) {
    if (row >= 70 && row < 120 && a == 1) return;
    const std::string signal = row % 40 == 5 ? "|NaN|NaN|NaN" : axes(motion, p, a, row, "|");
    out += clock(motion.seconds(a, row)) + "+01:00|" + motion.people[p] + "|" +
           motion.activities[a] + signal + "|ok\n";
  });
  write(folder / "logger.txt", out);
  return folder / "logger.txt";
}

/// No heading, runs of blanks, nanoseconds of uptime.
fs::path bare(const fs::path& folder) {
  const Motion motion;
  std::string out;
  motion.each([&](size_t p, size_t a, int row) {
    out += "  " + std::to_string(33 + p) + " " + motion.activities[a] + "   " +
           std::to_string(49105962326000 + 90000000000 * static_cast<int64_t>(p) +
                          std::llround(1e9 * motion.seconds(a, row))) +
           axes(motion, p, a, row, "  ") + "\n";
  });
  write(folder / "bare.dat", out);
  return folder / "bare.dat";
}

/// A file a person, seconds, the person in the file's name only.
fs::path file_per_person(const fs::path& folder) {
  const Motion motion;
  std::vector<std::string> out(motion.people.size(), "seconds_elapsed,z,y,x,activity\n");
  motion.each([&](size_t p, size_t a, int row) {
    out[p] += fixed(motion.seconds(a, row), 3) + axes(motion, p, a, row, ",") + "," +
              motion.activities[a] + "\n";
  });
  for (size_t p = 0; p < out.size(); ++p)
    write(folder / "people" / ("sub_" + std::to_string(p + 8) + ".csv"), out[p]);
  return folder / "people";
}

/// A folder a person and a file an activity: neither stands in a column.
fs::path folders(const fs::path& folder) {
  const Motion motion;
  std::map<std::string, std::string> files;
  motion.each([&](size_t p, size_t a, int row) {
    files[motion.people[p] + "/" + motion.activities[a] + ".csv"] +=
        std::to_string(std::llround(1e6 * motion.seconds(0, row))) + axes(motion, p, a, row, ",") +
        "\n";
  });
  for (const auto& [name, rows] : files) write(folder / "lab" / name, "t_us,ax,ay,az\n" + rows);
  return folder / "lab";
}

/// Rows of all people mixed, in no order of time, some written twice.
fs::path shuffled(const fs::path& folder) {
  const Motion motion;
  std::vector<std::string> rows;
  motion.each([&](size_t p, size_t a, int row) {
    rows.push_back(std::to_string(std::llround(1000 * motion.seconds(a, row))) + "," +
                   motion.activities[a] + axes(motion, p, a, row, ",") + "," + motion.people[p] +
                   "\n");
    if (row % 50 == 3) rows.push_back(rows.back());
  });
  for (size_t i = 0; i < rows.size(); ++i) std::swap(rows[i], rows[i * 7919 % rows.size()]);
  std::string out = "time_ms,state,accX,accY,accZ,person\n";
  for (const std::string& row : rows) out += row;
  write(folder / "server.csv", out);
  return folder / "server.csv";
}

/// A gyroscope at half the rate, a counter of rows, time that starts again with each activity.
fs::path two_sensors(const fs::path& folder) {
  const Motion motion;
  std::string out = "row,uid,time (s),acc_x,gyr_x,acc_y,gyr_y,acc_z,gyr_z,act,battery\n";
  int counter = 0;
  motion.each([&](size_t p, size_t a, int row) {
    out +=
        std::to_string(counter++) + "," + motion.people[p] + "," + fixed(row / motion.rate_hz, 2);
    for (int channel = 0; channel < 3; ++channel) {
      out += "," + fixed(motion.value(p, a, row, channel), 4) + ",";
      if (row % 2 == 0) out += fixed(motion.value(p, a, row, channel + 3), 4);
    }
    out += "," + motion.activities[a] + "," + std::to_string(80 - p) + "\n";
  });
  write(folder / "watch.csv", out);
  return folder / "watch.csv";
}

}  // namespace

std::vector<Habit> habits() {
  return {{"plain", plain},
          {"spreadsheet", spreadsheet},
          {"phone_app", phone_app, 6, 50, {"0", "1", "2"}},
          {"logger", logger},
          {"bare", bare},
          {"file_per_person", file_per_person},
          {"folders", folders},
          {"shuffled", shuffled},
          {"two_sensors", two_sensors, 6}};
}

}  // namespace tacit
