// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace tacit {

/// A port of the loopback that nobody uses.
inline int free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ::bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof address);
  socklen_t size = sizeof address;
  ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
  ::close(socket);
  return ntohs(address.sin_port);
}

/// Copies of this test program that run one test each as the processes of a world. That test is
/// named DISABLED_…, so that it runs in no other way.
class Processes {
 public:
  /// `variables` are set beside RANK and its kind.
  Processes(int size, const std::string& test, const std::filesystem::path& folder,
            const std::map<std::string, std::string>& variables = {})
      : folder_(folder) {
    const std::string port = std::to_string(free_port());
    for (int rank = 0; rank < size; ++rank) {
      std::map<std::string, std::string> all = variables;
      all.insert({{"RANK", std::to_string(rank)},
                  {"WORLD_SIZE", std::to_string(size)},
                  {"MASTER_ADDR", "127.0.0.1"},
                  {"MASTER_PORT", port},
                  {"TACIT_TEST_FOLDER", folder.string()},
                  {"OMP_NUM_THREADS", "1"}});
      start(rank, test, all);
    }
  }
  ~Processes() {
    for (const pid_t process : running_)
      if (process > 0) ::kill(process, SIGKILL), ::waitpid(process, nullptr, 0);
  }
  Processes(const Processes&) = delete;
  Processes& operator=(const Processes&) = delete;

  pid_t pid(int rank) const { return running_[static_cast<size_t>(rank)]; }
  /// Waits for a process to end: its exit status, or minus the signal that killed it.
  int wait(int rank) {
    int status = 0;
    ::waitpid(pid(rank), &status, 0);
    running_[static_cast<size_t>(rank)] = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }
  /// What it printed.
  std::string output(int rank) const {
    std::ifstream file(log(rank));
    return (std::stringstream() << file.rdbuf()).str();
  }
  void expect_success() {
    for (int rank = 0; rank < static_cast<int>(running_.size()); ++rank)
      EXPECT_EQ(wait(rank), 0) << output(rank);
  }

 private:
  std::filesystem::path log(int rank) const {
    return folder_ / ("process" + std::to_string(rank) + ".txt");
  }

  void start(int rank, const std::string& test,
             const std::map<std::string, std::string>& variables) {
    std::vector<std::string> words{"/proc/self/exe", "--gtest_filter=" + test,
                                   "--gtest_also_run_disabled_tests", "--gtest_color=no"};
    std::vector<std::string> environment;
    for (char** entry = environ; *entry != nullptr; ++entry)
      if (!variables.contains(std::string(*entry).substr(0, std::string(*entry).find('='))))
        environment.emplace_back(*entry);
    for (const auto& [name, value] : variables) environment.push_back(name + "=" + value);
    const auto pointers = [](std::vector<std::string>& texts) {
      std::vector<char*> all;
      for (std::string& text : texts) all.push_back(text.data());
      all.push_back(nullptr);
      return all;
    };
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, log(rank).c_str(), O_CREAT | O_TRUNC | O_WRONLY,
                                     0600);
    posix_spawn_file_actions_adddup2(&actions, 1, 2);
    pid_t process = 0;
    const int failed = ::posix_spawn(&process, "/proc/self/exe", &actions, nullptr,
                                     pointers(words).data(), pointers(environment).data());
    posix_spawn_file_actions_destroy(&actions);
    EXPECT_EQ(failed, 0);
    running_.push_back(process);
  }

  std::filesystem::path folder_;
  std::vector<pid_t> running_;
};

/// Within such a process: the folder that it shares with the test that started it.
inline std::filesystem::path shared_folder() { return std::getenv("TACIT_TEST_FOLDER"); }

}  // namespace tacit
