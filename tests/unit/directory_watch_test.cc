// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/directory_watch.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "base/file_descriptor.h"
#include "forked_writer.h"
#include "temporary_directory.h"
#include "without_leases.h"

namespace espcap::source {
namespace {

namespace fs = std::filesystem;
using Names = std::vector<std::string>;
using std::chrono::milliseconds;
using testing::ForkedWriter;
using testing::TemporaryDirectory;
using testing::WithoutLeases;

constexpr milliseconds kPatience{10'000};
constexpr milliseconds kAWhile{350};  // more than a close needs to settle

class DirectoryWatchTest : public ::testing::Test {
 protected:
  DirectoryWatchTest() { fs::create_directory(root_); }

  void Open(bool recursive = false) {
    auto watch = DirectoryWatch::Open(root_, recursive);
    if (!watch) throw std::runtime_error(watch.error().message);
    watch_ = std::move(*watch);
  }

  // Opens it, and takes the files that are there.
  Names Started(bool recursive = false) {
    Open(recursive);
    return ReadArrivals();
  }

  // The files' paths from the directory on.
  Names ReadArrivals() {
    auto arrivals = watch_->ReadArrivals();
    if (!arrivals) throw std::runtime_error(arrivals.error().message);
    problems_.insert(problems_.end(), arrivals->problems.begin(), arrivals->problems.end());
    Names names;
    for (const std::string& file : arrivals->files) {
      EXPECT_TRUE(fs::exists(file)) << file;
      names.push_back(fs::path(file).lexically_relative(root_).native());
    }
    return names;
  }

  [[nodiscard]] bool IsReadable(milliseconds within) const {
    pollfd wake = {watch_->fd(), POLLIN, 0};
    return ::poll(&wake, 1, static_cast<int>(within.count())) == 1;
  }

  // What comes until there are this many files; what comes in a while, where none is expected. Only
  // the descriptor says when to look.
  Names Await(size_t count) {
    const auto end = std::chrono::steady_clock::now() + (count == 0 ? kAWhile : kPatience);
    Names names;
    while (count == 0 || names.size() < count) {
      const auto left =
          std::chrono::duration_cast<milliseconds>(end - std::chrono::steady_clock::now());
      if (left.count() <= 0 || !IsReadable(left)) break;
      const Names taken = ReadArrivals();
      names.insert(names.end(), taken.begin(), taken.end());
    }
    return names;
  }
  Names AwaitNothing() { return Await(0); }

  [[nodiscard]] std::string Path(const std::string& name) const { return root_ + '/' + name; }
  std::string Write(const std::string& name, std::string_view content = "packets") const {
    return directory_.Write("root/" + name, content);
  }

  // As the kernel counts them, of this process.
  static int WatchedFolders() {
    int count = 0;
    for (const auto& descriptor : fs::directory_iterator("/proc/self/fdinfo")) {
      std::ifstream facts(descriptor.path());
      for (std::string line; std::getline(facts, line);) {
        if (line.starts_with("inotify ")) ++count;
      }
    }
    return count;
  }

  [[nodiscard]] std::string ErrorOfTake() const {
    const auto arrivals = watch_->ReadArrivals();
    return arrivals ? "none" : arrivals.error().message;
  }
  [[nodiscard]] std::string Gone() const {
    return "watch directory " + root_ + ": it was deleted, moved or unmounted";
  }

  const TemporaryDirectory directory_;
  const std::string root_ = directory_.Path("root");
  std::unique_ptr<DirectoryWatch> watch_;
  Names problems_;
};

TEST_F(DirectoryWatchTest, TheFirstCallGivesWhatIsThereSortedByPath) {
  for (const char* name : {"b.pcap", "a.pcap", "folder/c.pcap", "B.pcap", "empty"}) Write(name);
  Open();
  EXPECT_TRUE(IsReadable(milliseconds(1000)));
  EXPECT_EQ(ReadArrivals(), (Names{"B.pcap", "a.pcap", "b.pcap", "empty"}));
  EXPECT_FALSE(IsReadable(kAWhile));
  EXPECT_EQ(ReadArrivals(), Names{});
  EXPECT_EQ(Started(true), (Names{"B.pcap", "a.pcap", "b.pcap", "empty", "folder/c.pcap"}));
  EXPECT_EQ(problems_, Names{});
}

TEST_F(DirectoryWatchTest, PathsBeginWithTheDirectoryAsItWasGiven) {
  Write("a.pcap");
  auto watch = DirectoryWatch::Open(root_ + '/', false);
  ASSERT_TRUE(watch) << watch.error().message;
  EXPECT_EQ((*watch)->ReadArrivals()->files, Names{root_ + "/a.pcap"});
  watch_ = std::move(*watch);
  Write("b.pcap");
  ASSERT_TRUE(IsReadable(kPatience));
  EXPECT_EQ(Await(1), Names{"b.pcap"});
}

TEST_F(DirectoryWatchTest, AFileIsGivenWhenItsWriterHasClosedIt) {
  ForkedWriter early(Path("early.pcap"), "half a packet");
  Write("whole.pcap");
  EXPECT_EQ(Started(), Names{"whole.pcap"});
  ForkedWriter late(Path("late.pcap"), "half a packet");
  EXPECT_EQ(AwaitNothing(), Names{});
  late.End(0);
  EXPECT_EQ(Await(1), Names{"late.pcap"});
  early.WriteByte();
  EXPECT_EQ(AwaitNothing(), Names{});
  early.End(SIGKILL);
  EXPECT_EQ(Await(1), Names{"early.pcap"});
  EXPECT_EQ(AwaitNothing(), Names{});
}

TEST_F(DirectoryWatchTest, TheLastOfItsWritersCounts) {
  EXPECT_EQ(Started(), Names{});
  ForkedWriter first(Path("a.pcap"), "1");
  ForkedWriter second(Path("a.pcap"), "2", O_APPEND);
  first.End(0);
  EXPECT_EQ(AwaitNothing(), Names{});
  second.End(0);
  EXPECT_EQ(Await(1), Names{"a.pcap"});
}

// Each close's event comes while the kernel still counts the writer.
TEST_F(DirectoryWatchTest, ManyFilesOfARotatingCaptureAreAllGivenOnceInOrder) {
  EXPECT_EQ(Started(), Names{});
  Names expected;
  Names given;
  for (int number = 1000; number < 1100; ++number) {
    expected.push_back(std::to_string(number) + ".pcap");
    ForkedWriter(Path(expected.back()), "packets").End(0);
    const Names taken = ReadArrivals();
    given.insert(given.end(), taken.begin(), taken.end());
  }
  const Names rest = Await(expected.size() - given.size());
  given.insert(given.end(), rest.begin(), rest.end());
  EXPECT_EQ(given, expected);
  EXPECT_EQ(AwaitNothing(), Names{});
}

TEST_F(DirectoryWatchTest, AFileThatIsMovedHereIsGiven) {
  EXPECT_EQ(Started(), Names{});
  fs::rename(directory_.Write("elsewhere.pcap", "packets"), Path("a.pcap"));
  EXPECT_EQ(Await(1), Names{"a.pcap"});
}

TEST_F(DirectoryWatchTest, AFileThatIsMovedHereAndStillWrittenIsGivenAtItsClose) {
  EXPECT_EQ(Started(), Names{});
  ForkedWriter writer(directory_.Path("elsewhere.pcap"), "half a packet");
  fs::rename(directory_.Path("elsewhere.pcap"), Path("a.pcap"));
  EXPECT_EQ(AwaitNothing(), Names{});
  writer.End(0);
  EXPECT_EQ(Await(1), Names{"a.pcap"});
}

TEST_F(DirectoryWatchTest, ARenameIsNoNews) {
  Write("a.pcap");
  EXPECT_EQ(Started(), Names{"a.pcap"});
  fs::rename(Path("a.pcap"), Path("b.pcap"));
  EXPECT_EQ(AwaitNothing(), Names{});
}

TEST_F(DirectoryWatchTest, AFileThatIsWrittenUnderATemporaryNameIsGivenByItsLastOne) {
  EXPECT_EQ(Started(), Names{});
  ForkedWriter(Path(".a.pcap.Xy12"), "packets").End(0);
  EXPECT_EQ(ReadArrivals(), Names{});  // closed, and not renamed yet
  fs::rename(Path(".a.pcap.Xy12"), Path("a.pcap"));
  EXPECT_EQ(Await(1), Names{"a.pcap"});
  EXPECT_EQ(AwaitNothing(), Names{});
}

TEST_F(DirectoryWatchTest, AFileThatIsWrittenAnewIsGivenAgain) {
  const std::string path = Write("a.pcap");
  EXPECT_EQ(Started(), Names{"a.pcap"});
  { const base::FileDescriptor unchanged(::open(path.c_str(), O_WRONLY)); }
  EXPECT_EQ(AwaitNothing(), Names{});
  Write("a.pcap", "other packets");
  EXPECT_EQ(Await(1), Names{"a.pcap"});
  std::ofstream(path, std::ios::app) << "more";
  EXPECT_EQ(Await(1), Names{"a.pcap"});
  fs::rename(directory_.Write("elsewhere.pcap", "packets"), path);
  EXPECT_EQ(Await(1), Names{"a.pcap"});
  fs::remove(path);
  Write("a.pcap", "packets");
  EXPECT_EQ(Await(1), Names{"a.pcap"});
}

TEST_F(DirectoryWatchTest, AFileThatIsLinkedHereIsGiven) {
  EXPECT_EQ(Started(), Names{});
  const std::string elsewhere = directory_.Write("elsewhere.pcap", "packets");
  fs::create_hard_link(elsewhere, Path("a.pcap"));
  EXPECT_EQ(Await(1), Names{"a.pcap"});
  fs::create_symlink(directory_.Write("other.pcap", "packets"), Path("b.pcap"));
  EXPECT_EQ(Await(1), Names{"b.pcap"});
  fs::create_symlink("missing.pcap", Path("dangling.pcap"));
  fs::create_directory_symlink(directory_.Path(), Path("folder"));
  EXPECT_EQ(AwaitNothing(), Names{});
}

TEST_F(DirectoryWatchTest, WhatIsNoRegularFileIsLeftOut) {
  ASSERT_EQ(::mkfifo(Path("early").c_str(), 0600), 0);
  EXPECT_EQ(Started(), Names{});
  ASSERT_EQ(::mkfifo(Path("late").c_str(), 0600), 0);
  { const base::FileDescriptor both_ends(::open(Path("late").c_str(), O_RDWR)); }
  EXPECT_EQ(AwaitNothing(), Names{});
}

TEST_F(DirectoryWatchTest, FoldersAreFollowedOnlyWhereAsked) {
  fs::create_directory(Path("early"));
  EXPECT_EQ(Started(false), Names{});
  Write("early/a.pcap");
  Write("late/b.pcap");
  EXPECT_EQ(AwaitNothing(), Names{});
  EXPECT_EQ(Started(true), (Names{"early/a.pcap", "late/b.pcap"}));
  Write("early/c.pcap");
  EXPECT_EQ(Await(1), Names{"early/c.pcap"});
  // Made, and filled, before anybody can watch it.
  Write("later/deep/deeper/d.pcap");
  EXPECT_EQ(Await(1), Names{"later/deep/deeper/d.pcap"});
  Write("later/deep/deeper/e.pcap");
  EXPECT_EQ(Await(1), Names{"later/deep/deeper/e.pcap"});
  EXPECT_EQ(AwaitNothing(), Names{});
}

TEST_F(DirectoryWatchTest, AFolderThatIsMovedTakesItsFilesAlong) {
  Write("old/deep/a.pcap");
  EXPECT_EQ(Started(true), Names{"old/deep/a.pcap"});
  fs::rename(Path("old"), Path("new"));
  EXPECT_EQ(AwaitNothing(), Names{});
  Write("new/deep/b.pcap");
  EXPECT_EQ(Await(1), Names{"new/deep/b.pcap"});
  fs::rename(Path("new"), directory_.Path("outside"));
  directory_.Write("outside/deep/c.pcap", "packets");
  EXPECT_EQ(AwaitNothing(), Names{});
  EXPECT_EQ(WatchedFolders(), 1);  // no watch is left on what has gone
  fs::rename(directory_.Path("outside"), Path("back"));
  EXPECT_EQ(Await(1), Names{"back/deep/c.pcap"});
  EXPECT_EQ(AwaitNothing(), Names{});
}

TEST_F(DirectoryWatchTest, AFolderThatIsDeletedAndMadeAgainIsFollowed) {
  Write("folder/a.pcap");
  EXPECT_EQ(Started(true), Names{"folder/a.pcap"});
  for (int round = 0; round < 5; ++round) {
    fs::remove_all(Path("folder"));
    Write("folder/b.pcap");
    EXPECT_EQ(Await(1), Names{"folder/b.pcap"});
  }
}

TEST_F(DirectoryWatchTest, AFolderThatCantBeFollowedIsAProblemThatNamesIt) {
  fs::permissions(directory_.Path(), fs::perms(0755));
  Write("closed/a.pcap");
  fs::permissions(Path("closed"), fs::perms::none);
  Write("b.pcap");
  Names names;
  {
    const WithoutLeases as_nobody;  // root may enter any folder
    names = Started(true);
  }
  fs::permissions(Path("closed"), fs::perms::owner_all);
  EXPECT_EQ(problems_, Names{"watch directory " + Path("closed") + ": Permission denied"});
  Write("c.pcap");  // the rest is followed
  for (const std::string& name : Await(2 - names.size())) names.push_back(name);
  std::sort(names.begin(), names.end());
  EXPECT_EQ(names, (Names{"b.pcap", "c.pcap"}));
}

TEST_F(DirectoryWatchTest, WhereTheKernelDoesntTellFilesComeWhenTheyAreQuiet) {
  fs::permissions(directory_.Path(), fs::perms(0755));
  fs::create_symlink("/etc/passwd", Path("a.pcap"));
  fs::create_symlink("/etc/group", Path("b.pcap"));
  const WithoutLeases without;
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(Started(), Names{});
  EXPECT_EQ(Await(2), (Names{"a.pcap", "b.pcap"}));
  EXPECT_GE(std::chrono::steady_clock::now() - begin, base::kQuiet);
}

TEST_F(DirectoryWatchTest, WhatHappenedWhileEventsWereMissedIsFound) {
  Write("known.pcap");
  Write("folder/known.pcap");
  Write("moved/known.pcap");
  EXPECT_EQ(Started(true), (Names{"folder/known.pcap", "known.pcap", "moved/known.pcap"}));
  size_t queue_length = 0;
  std::ifstream("/proc/sys/fs/inotify/max_queued_events") >> queue_length;
  ASSERT_GT(queue_length, 0U);
  for (size_t events = 0; events <= queue_length; events += 2) {
    fs::rename(Path("known.pcap"), Path("renamed.pcap"));
    fs::rename(Path("renamed.pcap"), Path("known.pcap"));
  }
  Write("a.pcap");
  Write("folder/b.pcap");
  Write("new/deep/c.pcap");
  fs::rename(Path("moved"), Path("elsewhere"));
  ForkedWriter writer(Path("d.pcap"), "half a packet");
  EXPECT_EQ(Await(3), (Names{"a.pcap", "folder/b.pcap", "new/deep/c.pcap"}));
  EXPECT_EQ(AwaitNothing(), Names{});
  writer.End(0);
  EXPECT_EQ(Await(1), Names{"d.pcap"});
  for (const char* name : {"e.pcap", "folder/f.pcap", "new/deep/g.pcap", "elsewhere/h.pcap"}) {
    Write(name);
    EXPECT_EQ(Await(1), Names{name});
  }
}

TEST_F(DirectoryWatchTest, MoreFilesThanAreRememberedWithoutARescanAreGivenOnce) {
  EXPECT_EQ(Started(), Names{});
  constexpr int kFiles = 1100;
  for (int number = 0; number < kFiles; ++number) Write(std::to_string(number));
  EXPECT_EQ(Await(kFiles).size(), size_t{kFiles});
  for (int number = 0; number < kFiles; ++number) {
    fs::rename(Path(std::to_string(number)), Path("renamed-" + std::to_string(number)));
  }
  EXPECT_EQ(AwaitNothing(), Names{});
}

TEST_F(DirectoryWatchTest, ADirectoryThatIsGoneIsTheEnd) {
  Write("a.pcap");
  EXPECT_EQ(Started(), Names{"a.pcap"});
  fs::remove_all(root_);
  ASSERT_TRUE(IsReadable(kPatience));
  EXPECT_EQ(ErrorOfTake(), Gone());
  EXPECT_EQ(ErrorOfTake(), Gone());
}

TEST_F(DirectoryWatchTest, ADirectoryThatIsDeletedAndMadeAgainIsAnother) {
  EXPECT_EQ(Started(), Names{});
  fs::remove_all(root_);
  fs::create_directory(root_);
  ASSERT_TRUE(IsReadable(kPatience));
  EXPECT_EQ(ErrorOfTake(), Gone());
  EXPECT_EQ(ErrorOfTake(), Gone());
}

TEST_F(DirectoryWatchTest, ADirectoryThatIsMovedIsTheEnd) {
  EXPECT_EQ(Started(), Names{});
  fs::rename(root_, directory_.Path("elsewhere"));
  ASSERT_TRUE(IsReadable(kPatience));
  EXPECT_EQ(ErrorOfTake(), Gone());
}

TEST_F(DirectoryWatchTest, ADirectoryAboveThatIsMovedIsTheEndAtTheNextFile) {
  fs::create_directory(directory_.Path("above"));
  fs::rename(root_, directory_.Path("above/root"));
  auto watch = DirectoryWatch::Open(directory_.Path("above/root"), false);
  ASSERT_TRUE(watch) << watch.error().message;
  watch_ = std::move(*watch);
  EXPECT_EQ(ErrorOfTake(), "none");
  fs::rename(directory_.Path("above"), directory_.Path("moved"));
  directory_.Write("moved/root/a.pcap", "packets");
  ASSERT_TRUE(IsReadable(kPatience));
  EXPECT_EQ(ErrorOfTake(), "watch directory " + directory_.Path("above/root") +
                               ": it was deleted, moved or unmounted");
}

TEST_F(DirectoryWatchTest, WhatCantBeWatchedIsAnErrorThatNamesIt) {
  const std::pair<std::string, std::string> cases[] = {
      {Path("missing"), "No such file or directory"},
      {Write("a.pcap"), "Not a directory"},
      {"", "No such file or directory"},
  };
  for (const auto& [path, reason] : cases) {
    const auto watch = DirectoryWatch::Open(path, true);
    ASSERT_FALSE(watch) << path;
    EXPECT_EQ(watch.error().message, "watch directory " + path + ": " + reason);
  }
}

#ifndef __SANITIZE_ADDRESS__  // the sanitizers themselves need one
TEST_F(DirectoryWatchTest, NoMoreDescriptorsIsAnErrorThatSaysWhatToRaise) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit none = {0, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  const auto watch = DirectoryWatch::Open(root_, false);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  ASSERT_FALSE(watch);
  EXPECT_EQ(
      watch.error().message,
      "watch directory " + root_ +
          ": start inotify: too many open; raise the sysctl fs.inotify.max_user_instances, or "
          "the limit of open files (ulimit -n)");
}
#endif

}  // namespace
}  // namespace espcap::source
