// SPDX-License-Identifier: GPL-2.0-or-later
//
// Real files, at times of the test's own.
#include "source/pending_files.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "forked_writer.h"
#include "temporary_directory.h"
#include "without_leases.h"

namespace espcap::source {
namespace {

using Cause = PendingFiles::Cause;
using Paths = std::vector<std::string>;
using std::chrono::milliseconds;
using testing::ForkedWriter;
using testing::TemporaryDirectory;
using testing::WithoutLeases;

class PendingFilesTest : public ::testing::Test {
 protected:
  static PendingFiles::Clock::time_point At(milliseconds time) {
    return PendingFiles::Clock::time_point(std::chrono::hours(1)) + time;
  }
  static PendingFiles::Clock::time_point At(int time_ms) { return At(milliseconds(time_ms)); }

  [[nodiscard]] std::string Path(const std::string& name) const { return directory_.Path(name); }

  const TemporaryDirectory directory_;
  PendingFiles files_;
};

TEST_F(PendingFilesTest, WhatIsPresentIsGivenAtOnceInTheOrderNoted) {
  const Paths paths = {directory_.Write("b", "1"), directory_.Write("a", "2"),
                       directory_.Write("empty", "")};
  for (const auto& path : paths) files_.Note(path, Cause::kPresent, At(0));
  EXPECT_EQ(files_.PopComplete(At(0)), paths);
  EXPECT_EQ(files_.PopComplete(At(5000)), Paths{});
  EXPECT_EQ(files_.NextLook(), std::nullopt);
}

TEST_F(PendingFilesTest, WhatWasClosedIsGivenWhenItHasSettled) {
  const std::string path = directory_.Write("a", "1");
  files_.Note(path, Cause::kFinished, At(0));
  EXPECT_EQ(files_.PopComplete(At(0)), Paths{});
  EXPECT_EQ(files_.NextLook(), At(100));
  EXPECT_EQ(files_.PopComplete(At(99)), Paths{});
  EXPECT_EQ(files_.PopComplete(At(100)), Paths{path});
}

TEST_F(PendingFilesTest, AFileThatGetsItsNameAfterItsCloseIsGivenByThatName) {
  files_.Note(directory_.Write(".a.tmp", "1"), Cause::kFinished, At(0));
  EXPECT_EQ(files_.PopComplete(At(0)), Paths{});
  std::filesystem::rename(Path(".a.tmp"), Path("a"));
  files_.Note(Path("a"), Cause::kFinished, At(50));
  EXPECT_EQ(files_.PopComplete(At(200)), Paths{Path("a")});
}

TEST_F(PendingFilesTest, AChangeLetsItSettleAnew) {
  const std::string path = directory_.Write("a", "1");
  files_.Note(path, Cause::kFinished, At(0));
  EXPECT_EQ(files_.PopComplete(At(0)), Paths{});
  directory_.Write("a", "12");
  EXPECT_EQ(files_.PopComplete(At(100)), Paths{});
  EXPECT_EQ(files_.NextLook(), At(200));
  EXPECT_EQ(files_.PopComplete(At(200)), Paths{path});
}

TEST_F(PendingFilesTest, AFileWithAWriterIsLookedAtEverLessOften) {
  ForkedWriter writer(Path("a"), "1");
  files_.Note(Path("a"), Cause::kPresent, At(0));
  std::vector<milliseconds> waits;
  for (auto time = At(0); waits.size() < 10;) {
    EXPECT_EQ(files_.PopComplete(time), Paths{});
    const auto next = files_.NextLook();
    ASSERT_TRUE(next);
    waits.push_back(std::chrono::duration_cast<milliseconds>(*next - time));
    time = *next;
  }
  std::vector<milliseconds> expected;
  for (const int wait : {10, 20, 40, 80, 160, 320, 640, 1280, 2000, 2000}) {
    expected.emplace_back(wait);
  }
  EXPECT_EQ(waits, expected);
  writer.End(0);
  EXPECT_EQ(files_.PopComplete(At(60'000)), Paths{Path("a")});
}

TEST_F(PendingFilesTest, ItsCloseIsLookedAfterAtOnce) {
  ForkedWriter writer(Path("a"), "1");
  files_.Note(Path("a"), Cause::kPresent, At(0));
  for (int time = 0; time < 60'000; time += 10) {
    EXPECT_EQ(files_.PopComplete(At(time)), Paths{});
  }
  files_.Note(Path("a"), Cause::kFinished, At(60'000));
  EXPECT_EQ(files_.PopComplete(At(60'000)), Paths{});  // the event comes first
  EXPECT_EQ(files_.NextLook(), At(60'010));
  writer.End(0);
  EXPECT_EQ(files_.PopComplete(At(60'010)), Paths{});
  EXPECT_EQ(files_.PopComplete(At(60'100)), Paths{Path("a")});
}

TEST_F(PendingFilesTest, WhatTheKernelDoesntTellOfHasToBeQuiet) {
  const WithoutLeases without;
  files_.Note("/etc/passwd", Cause::kPresent, At(0));
  EXPECT_EQ(files_.PopComplete(At(0)), Paths{});
  EXPECT_EQ(files_.NextLook(), At(base::kQuiet));
  EXPECT_EQ(files_.PopComplete(At(1999)), Paths{});
  EXPECT_EQ(files_.PopComplete(At(base::kQuiet)), Paths{"/etc/passwd"});
}

TEST_F(PendingFilesTest, AChangeIsTheQuietsBeginning) {
  namespace fs = std::filesystem;
  fs::permissions(directory_.Path(), fs::perms(0755));
  fs::create_symlink("/etc/passwd", Path("a"));
  {
    const WithoutLeases without;
    files_.Note(Path("a"), Cause::kFinished, At(0));
    EXPECT_EQ(files_.PopComplete(At(0)), Paths{});
  }
  fs::remove(Path("a"));
  fs::create_symlink("/etc/group", Path("a"));
  const WithoutLeases without;
  EXPECT_EQ(files_.PopComplete(At(2000)), Paths{});
  EXPECT_EQ(files_.PopComplete(At(3999)), Paths{});
  EXPECT_EQ(files_.PopComplete(At(4000)), Paths{Path("a")});
}

TEST_F(PendingFilesTest, WhatWasCreatedIsGivenOnlyIfItIsALink) {
  const std::string empty = directory_.Write("empty", "");  // its writer is about to come
  const std::string linked = directory_.Write("linked", "1");
  files_.Note(empty, Cause::kCreated, At(0));
  files_.Note(linked, Cause::kCreated, At(0));
  EXPECT_EQ(files_.PopComplete(At(0)), Paths{});
  EXPECT_EQ(files_.PopComplete(At(100)), Paths{linked});
  EXPECT_EQ(files_.NextLook(), std::nullopt);
  const WithoutLeases without;
  files_.Note("/etc/passwd", Cause::kCreated, At(0));
  EXPECT_EQ(files_.PopComplete(At(5000)), Paths{});
  EXPECT_EQ(files_.NextLook(), std::nullopt);
}

TEST_F(PendingFilesTest, WhatWasCreatedAndHasAWriterIsWaitedFor) {
  ForkedWriter writer(Path("a"), "1");
  files_.Note(Path("a"), Cause::kCreated, At(0));
  EXPECT_EQ(files_.PopComplete(At(0)), Paths{});
  writer.End(0);
  EXPECT_EQ(files_.PopComplete(At(100)), Paths{Path("a")});
}

TEST_F(PendingFilesTest, AContentIsGivenOnce) {
  const std::string path = directory_.Write("a", "1");
  files_.Note(path, Cause::kPresent, At(0));
  EXPECT_EQ(files_.PopComplete(At(0)), Paths{path});
  std::filesystem::rename(path, Path("b"));
  std::filesystem::create_hard_link(Path("b"), Path("c"));
  for (const auto& again : {path, Path("b"), Path("c")}) {
    files_.Note(again, Cause::kPresent, At(1000));
  }
  EXPECT_EQ(files_.PopComplete(At(1000)), Paths{});
  EXPECT_EQ(files_.NextLook(), std::nullopt);
  directory_.Write("b", "12");
  files_.Note(Path("b"), Cause::kPresent, At(2000));
  EXPECT_EQ(files_.PopComplete(At(2000)), Paths{Path("b")});
}

TEST_F(PendingFilesTest, RemembersNoMoreThanTheFilesThatThereAre) {
  const std::string kept = directory_.Write("kept", "1");
  files_.KeepOnly({});
  files_.Note(kept, Cause::kPresent, At(0));
  EXPECT_EQ(files_.PopComplete(At(0)), Paths{kept});
  const std::string grows = Path("grows");
  for (int content = 0; content < 1023; ++content) {
    std::ofstream(grows, std::ios::app) << 'x';
    files_.Note(grows, Cause::kPresent, At(0));
    EXPECT_EQ(files_.PopComplete(At(0)), Paths{grows});
  }
  EXPECT_FALSE(files_.RemembersTooMuch());
  std::ofstream(grows, std::ios::app) << 'x';
  files_.Note(grows, Cause::kPresent, At(0));
  EXPECT_EQ(files_.PopComplete(At(0)), Paths{grows});
  EXPECT_TRUE(files_.RemembersTooMuch());
  files_.KeepOnly({kept, grows, Path("missing")});
  EXPECT_FALSE(files_.RemembersTooMuch());
  for (const auto& path : {kept, grows}) files_.Note(path, Cause::kPresent, At(0));
  EXPECT_EQ(files_.PopComplete(At(0)), Paths{});
  files_.KeepOnly({grows});
  files_.Note(kept, Cause::kPresent, At(0));
  EXPECT_EQ(files_.PopComplete(At(0)), Paths{kept});
}

}  // namespace
}  // namespace espcap::source
