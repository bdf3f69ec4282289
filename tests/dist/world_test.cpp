// SPDX-License-Identifier: Apache-2.0
#include "tacit/dist/world.h"

#include <gtest/gtest.h>

#include <map>

#include "tacit/core/error.h"
#include "tests/core/folder.h"

namespace tacit {
namespace {

Variables with(const std::map<std::string, std::string>& set) {
  return [set](const std::string& name) {
    const auto found = set.find(name);
    return found == set.end() ? std::nullopt : std::optional(found->second);
  };
}

TEST(World, IsOneProcessWithoutVariablesOrWithASizeOfOne) {
  EXPECT_FALSE(find_meeting(with({})));
  EXPECT_FALSE(find_meeting(with({{"RANK", "0"}, {"WORLD_SIZE", "1"}})));
  EXPECT_FALSE(find_meeting(with({{"SLURM_PROCID", "0"}, {"SLURM_NTASKS", "1"}})));
  EXPECT_FALSE(find_meeting(with({{"SLURM_NTASKS", "8"}})));  // an allocation's shell, not a task
  EXPECT_EQ(join_world(with({}))->size(), 1);
}

TEST(World, ReadsWhatTorchrunSets) {
  const auto meeting = find_meeting(with({{"RANK", "5"},
                                          {"WORLD_SIZE", "8"},
                                          {"LOCAL_RANK", "1"},
                                          {"MASTER_ADDR", "worker-0"},
                                          {"MASTER_PORT", "29400"},
                                          {"TORCHELASTIC_USE_AGENT_STORE", "True"},
                                          {"TORCHELASTIC_RESTART_COUNT", "2"},
                                          {"SLURM_PROCID", "0"},
                                          {"SLURM_NTASKS", "2"}}));
  ASSERT_TRUE(meeting);
  EXPECT_EQ(meeting->rank, 5);
  EXPECT_EQ(meeting->size, 8);
  EXPECT_EQ(meeting->local_rank, 1);
  EXPECT_EQ(meeting->address, "worker-0");
  EXPECT_EQ(meeting->port, 29400);
  EXPECT_TRUE(meeting->kept_by_launcher);
  EXPECT_EQ(meeting->attempt, "2");
}

TEST(World, ReadsWhatSlurmSets) {
  std::map<std::string, std::string> set{{"SLURM_PROCID", "3"},
                                         {"SLURM_NTASKS", "9"},
                                         {"SLURM_STEP_NUM_TASKS", "4"},
                                         {"SLURM_LOCALID", "1"},
                                         {"SLURM_STEP_NODELIST", "gpu[07-09,12],big1"},
                                         {"SLURM_JOB_ID", "61234"}};
  const auto meeting = find_meeting(with(set));
  ASSERT_TRUE(meeting);
  EXPECT_EQ(meeting->rank, 3);
  EXPECT_EQ(meeting->size, 4);
  EXPECT_EQ(meeting->local_rank, 1);
  EXPECT_EQ(meeting->address, "gpu07");
  EXPECT_EQ(meeting->port, 21234);
  EXPECT_FALSE(meeting->kept_by_launcher);
  for (const auto& [hosts, first] : std::map<std::string, std::string>{{"solo", "solo"},
                                                                       {"a,b", "a"},
                                                                       {"n[3]", "n3"},
                                                                       {"n[3,5]", "n3"},
                                                                       {"a-1,b[1-2]", "a-1"}}) {
    set["SLURM_STEP_NODELIST"] = hosts;
    EXPECT_EQ(find_meeting(with(set))->address, first);
  }
  set["MASTER_ADDR"] = "10.0.0.1", set["MASTER_PORT"] = "4000", set["GLOO_SOCKET_IFNAME"] = "ib0";
  EXPECT_EQ(find_meeting(with(set))->address, "10.0.0.1");
  EXPECT_EQ(find_meeting(with(set))->port, 4000);
  EXPECT_EQ(find_meeting(with(set))->interface, "ib0");
}

TEST(World, NamesTheVariableThatIsMissingOrWrong) {
  const std::map<std::string, std::string> good{
      {"RANK", "1"}, {"WORLD_SIZE", "2"}, {"MASTER_ADDR", "localhost"}, {"MASTER_PORT", "29500"}};
  for (const auto& [name, value] : good) {
    std::map<std::string, std::string> set = good;
    set.erase(name);
    const std::string message = message_of<ConfigError>([&] { find_meeting(with(set)); });
    EXPECT_NE(message.find(name + " is not"), std::string::npos) << message;
  }
  for (const auto& [name, value] : std::map<std::string, std::string>{
           {"RANK", "2"}, {"WORLD_SIZE", "two"}, {"MASTER_PORT", "99999"}, {"LOCAL_RANK", "-1"}}) {
    std::map<std::string, std::string> set = good;
    set[name] = value;
    const std::string message = message_of<ConfigError>([&] { find_meeting(with(set)); });
    EXPECT_NE(message.find(name + " = "), std::string::npos) << message;
  }
}

}  // namespace
}  // namespace tacit
