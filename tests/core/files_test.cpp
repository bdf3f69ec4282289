// SPDX-License-Identifier: Apache-2.0
#include "tacit/core/files.h"

#include <dlfcn.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <optional>

#include "tacit/core/error.h"
#include "tests/core/folder.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;
using Files = FolderTest;

/// What `action` answers in a process of its own: its exit status, 0 … 255.
int in_child(const std::function<int()>& action) {
  const pid_t child = ::fork();
  if (child == 0) {
    int answer = 99;
    try {
      answer = action();
    } catch (...) {
    }
    ::_exit(answer);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/// 0 if `action` throws a StateError that names `file`, else 1.
int refused(const fs::path& file, const std::function<void()>& action) {
  try {
    action();
  } catch (const StateError& e) {
    return std::string(e.what()).find(file.string()) != std::string::npos ? 0 : 1;
  }
  return 1;
}

TEST_F(Files, WriteJoinsPartsAndReplaces) {
  const fs::path file = folder / "a";
  write_file(file, {"one", "", std::string_view("\0two", 4)});
  EXPECT_EQ(read_file(file), std::string("one\0two", 7));
  write_file(file, {"x"});
  EXPECT_EQ(read_file(file), "x");
  write_file(file, {});
  EXPECT_EQ(read_file(file), "");
  EXPECT_EQ(content(), std::set<std::string>{"a"});
}

TEST_F(Files, ANewFileAppearsWholeOrNotAtAll) {
  const fs::path file = folder / "a";
  {
    NewFile given_up(file);
    given_up.write("one");
    EXPECT_FALSE(fs::exists(file));
  }
  EXPECT_EQ(content(), std::set<std::string>{});
  NewFile kept(file);
  kept.write("one");
  kept.write(std::string(1 << 20, 'x'));
  kept.finish();
  EXPECT_EQ(read_file(file).size(), 3u + (1 << 20));
  EXPECT_EQ(content(), std::set<std::string>{"a"});
}

TEST(Filesystem, IsTheSystemsAndNotAWheels) {
  // std::filesystem::remove_all(const path&), which libtorch_cpu.so and libarrow.so export too.
  void* const found = ::dlsym(RTLD_DEFAULT, "_ZNSt10filesystem10remove_allERKNS_7__cxx114pathE");
  Dl_info where{};
  ASSERT_NE(::dladdr(found, &where), 0);
  EXPECT_NE(std::string(where.dli_fname).find("libstdc++"), std::string::npos) << where.dli_fname;
}

TEST_F(Files, WriteTakesAPathWithoutFolder) {
  const fs::path before = fs::current_path();
  fs::current_path(folder);
  write_file("plain", {"x"});
  fs::current_path(before);
  EXPECT_EQ(read_file(folder / "plain"), "x");
}

TEST_F(Files, AFullDiskKeepsTheOldContentAndLeavesNoTemporary) {
  const fs::path file = folder / "a";
  write_file(file, {"old"});
  EXPECT_EQ(0, in_child([&] {
              ::signal(SIGXFSZ, SIG_IGN);
              const rlimit limit{1000, 1000};
              if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return 2;
              return refused(file, [&] { write_file(file, {std::string(5000, 'x')}); });
            }));
  EXPECT_EQ(read_file(file), "old");
  EXPECT_EQ(content(), std::set<std::string>{"a"});
}

TEST_F(Files, AReadOnlyFolderKeepsTheOldContent) {
  const fs::path file = folder / "a";
  write_file(file, {"old"});
  ASSERT_EQ(::chmod(folder.c_str(), 0555), 0);
  EXPECT_EQ(0, in_child([&] {
              if (::getuid() == 0 && ::setuid(65534) != 0) return 2;
              return refused(file, [&] { write_file(file, {"new"}); });
            }));
  ASSERT_EQ(::chmod(folder.c_str(), 0755), 0);
  EXPECT_EQ(read_file(file), "old");
  EXPECT_EQ(content(), std::set<std::string>{"a"});
}

TEST_F(Files, AFolderInTheWayIsRefusedAndLeavesNoTemporary) {
  fs::create_directories(folder / "a" / "b");
  EXPECT_EQ(0, refused(folder / "a", [&] { write_file(folder / "a", {"new"}); }));
  EXPECT_EQ(content(), std::set<std::string>{"a"});
}

TEST_F(Files, AMissingFolderIsRefused) {
  EXPECT_EQ(0, refused(folder / "no" / "a", [&] { write_file(folder / "no" / "a", {"new"}); }));
}

TEST_F(Files, AKilledWriterLeavesTheOldContentWhole) {
  const fs::path file = folder / "a";
  const std::string old(1 << 20, 'o'), fresh(1 << 20, 'n');
  write_file(file, {old});
  for (int round = 0; round < 5; ++round) {
    const pid_t child = ::fork();
    if (child == 0)
      for (;;) {
        write_file(file, {fresh});
        write_file(file, {old});
      }
    ::usleep(3000 + 2000 * static_cast<useconds_t>(round));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    const std::string found = read_file(file);
    EXPECT_TRUE(found == old || found == fresh) << round;
  }
}

TEST_F(Files, ReadNamesTheFileAndTheReason) {
  const auto message = [&](const fs::path& file) {
    return message_of<DataError>([&] { read_file(file); });
  };
  EXPECT_NE(message(folder / "none").find("none: No such file"), std::string::npos);
  EXPECT_NE(message(folder).find("it is a folder"), std::string::npos);
}

TEST_F(Files, CreateFolderMakesParentsAndMayBeRepeated) {
  create_folder(folder / "a" / "b");
  create_folder(folder / "a" / "b");
  EXPECT_TRUE(fs::is_directory(folder / "a" / "b"));
  write_file(folder / "file", {"x"});
  EXPECT_EQ(0, refused(folder / "file" / "c", [&] { create_folder(folder / "file" / "c"); }));
  EXPECT_EQ(0, refused(folder / "file", [&] { create_folder(folder / "file"); }));
}

TEST_F(Files, RenameReplacesAndRefusesWhatIsMissing) {
  write_file(folder / "a", {"a"});
  write_file(folder / "b", {"b"});
  rename_file(folder / "a", folder / "b");
  EXPECT_EQ(read_file(folder / "b"), "a");
  EXPECT_EQ(content(), std::set<std::string>{"b"});
  EXPECT_EQ(0, refused(folder / "a", [&] { rename_file(folder / "a", folder / "c"); }));
}

TEST(Checksum, IsXxh3OfTheConcatenation) {
  EXPECT_EQ(checksum({}), "2d06800538d394c2");  // published: XXH3-64 of nothing, seed 0
  EXPECT_EQ(checksum({"ab", "", "c"}), checksum({"abc"}));
  EXPECT_NE(checksum({"abc"}), checksum({"abd"}));
  EXPECT_EQ(checksum({"abc"}).size(), 16U);
}

using Lock = FolderTest;

/// Whether another process can have the folder now.
bool is_free(const fs::path& folder) {
  return in_child([&] { return refused(folder, [&] { const FolderLock lock(folder); }); }) != 0;
}

TEST_F(Lock, ExcludesAnotherProcessForAsLongAsItLives) {
  {
    const FolderLock lock(folder);
    EXPECT_FALSE(is_free(folder));
    EXPECT_FALSE(is_free(folder));
  }
  EXPECT_TRUE(is_free(folder));
}

TEST_F(Lock, ExcludesASecondLockInTheSameProcess) {
  std::optional<FolderLock> first(folder);
  EXPECT_EQ(0, refused(folder, [&] { const FolderLock second(folder); }));
  first.reset();
  EXPECT_NO_THROW(FolderLock{folder});
}

TEST_F(Lock, IsReleasedWhenItsProcessIsKilled) {
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t holder = ::fork();
  if (holder == 0) {
    const FolderLock lock(folder);
    if (::write(ready[1], "x", 1) == 1)
      for (;;) ::pause();
    ::_exit(1);
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  EXPECT_FALSE(is_free(folder));
  ::kill(holder, SIGKILL);
  ::waitpid(holder, nullptr, 0);
  EXPECT_TRUE(is_free(folder));
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST_F(Lock, RefusesAMissingFolder) {
  EXPECT_EQ(0, refused(folder / "none", [&] { const FolderLock lock(folder / "none"); }));
}

}  // namespace
}  // namespace tacit
