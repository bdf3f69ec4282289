// SPDX-License-Identifier: Apache-2.0
#include "tacit/dist/world.h"

#include <charconv>
#include <cstdlib>

#include "tacit/core/error.h"

namespace tacit {
namespace {

/// Reads variables that must be there and be numbers.
class Reader {
 public:
  explicit Reader(const Variables& variable) : variable_(variable) {}

  bool has(const std::string& name) const { return variable_(name).has_value(); }
  std::string or_else(const std::string& name, const std::string& value) const {
    return variable_(name).value_or(value);
  }
  std::string needed(const std::string& name, const std::string& beside) const {
    const std::optional<std::string> value = variable_(name);
    require<ConfigError>(value.has_value(),
                         "{} is set but {} is not; set both, or neither to run as one "
                         "process",
                         beside, name);
    return *value;
  }
  static int64_t number(const std::string& name, const std::string& value, int64_t low,
                        int64_t high) {
    int64_t read = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), read);
    require<ConfigError>(
        error == std::errc() && end == value.data() + value.size() && read >= low && read <= high,
        "{} = \"{}\" is not a whole number in {} … {}", name, value, low, high);
    return read;
  }

 private:
  const Variables& variable_;
};

constexpr int64_t kMostProcesses = 1 << 20;

/// The first host of Slurm's short form: "node[07-09,12],gpu1" -> "node07".
std::string first_host(const std::string& hosts) {
  const size_t open = hosts.find_first_of("[,");
  if (open == std::string::npos || hosts[open] == ',') return hosts.substr(0, open);
  const size_t end = hosts.find_first_of("-,]", open);
  require<ConfigError>(end != std::string::npos,
                       "the list of hosts \"{}\" is not Slurm's; set MASTER_ADDR", hosts);
  return hosts.substr(0, open) + hosts.substr(open + 1, end - open - 1);
}

Meeting from_ranks(const Reader& read) {
  Meeting meeting;
  meeting.size = read.number("WORLD_SIZE", read.needed("WORLD_SIZE", "RANK"), 1, kMostProcesses);
  meeting.rank = read.number("RANK", read.needed("RANK", "WORLD_SIZE"), 0, meeting.size - 1);
  meeting.local_rank = read.number(
      "LOCAL_RANK", read.or_else("LOCAL_RANK", std::to_string(meeting.rank)), 0, kMostProcesses);
  if (meeting.size == 1) return meeting;
  meeting.address = read.needed("MASTER_ADDR", "WORLD_SIZE");
  meeting.port = read.number("MASTER_PORT", read.needed("MASTER_PORT", "WORLD_SIZE"), 1, 65535);
  meeting.kept_by_launcher = read.or_else("TORCHELASTIC_USE_AGENT_STORE", "") == "True";
  meeting.attempt = read.or_else("TORCHELASTIC_RESTART_COUNT", "0");
  return meeting;
}

Meeting from_slurm(const Reader& read) {
  Meeting meeting;
  const std::string size =
      read.has("SLURM_STEP_NUM_TASKS") ? "SLURM_STEP_NUM_TASKS" : "SLURM_NTASKS";
  meeting.size = read.number(size, read.needed(size, "SLURM_PROCID"), 1, kMostProcesses);
  meeting.rank =
      read.number("SLURM_PROCID", read.needed("SLURM_PROCID", size), 0, meeting.size - 1);
  meeting.local_rank =
      read.number("SLURM_LOCALID", read.or_else("SLURM_LOCALID", "0"), 0, kMostProcesses);
  if (meeting.size == 1) return meeting;
  meeting.address =
      read.has("MASTER_ADDR")
          ? read.needed("MASTER_ADDR", size)
          : first_host(read.has("SLURM_STEP_NODELIST") ? read.needed("SLURM_STEP_NODELIST", size)
                                                       : read.needed("SLURM_JOB_NODELIST", size));
  const int64_t job = read.number("SLURM_JOB_ID", read.or_else("SLURM_JOB_ID", "0"), 0, INT64_MAX);
  // Two jobs on one machine meet at different ports.
  meeting.port = read.number(
      "MASTER_PORT", read.or_else("MASTER_PORT", std::to_string(20000 + job % 20000)), 1, 65535);
  return meeting;
}

}  // namespace

std::optional<std::string> environment_variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

std::optional<Meeting> find_meeting(const Variables& variable) {
  const Reader read(variable);
  Meeting meeting;
  if (read.has("RANK") || read.has("WORLD_SIZE"))
    meeting = from_ranks(read);
  else if (read.has("SLURM_PROCID"))  // what an allocation sets beside it holds for many programs
    meeting = from_slurm(read);
  meeting.interface = read.or_else("GLOO_SOCKET_IFNAME", "");
  return meeting.size > 1 ? std::optional(meeting) : std::nullopt;
}

std::unique_ptr<Communicator> join_world(const Variables& variable) {
  const std::optional<Meeting> meeting = find_meeting(variable);
  if (!meeting) return std::make_unique<SingleProcess>();
  return std::make_unique<ProcessGroup>(*meeting);
}

}  // namespace tacit
