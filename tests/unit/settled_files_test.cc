// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/settled_files.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>

#include "base/file_descriptor.h"
#include "forked_writer.h"
#include "temporary_directory.h"

namespace espcap::resume {
namespace {

namespace fs = std::filesystem;
using testing::ReadWhole;
using testing::TemporaryDirectory;
using Action = AfterSettled::Action;

base::FileIdentity IdentityOf(const std::string& path) {
  struct stat status {};
  EXPECT_EQ(::lstat(path.c_str(), &status), 0);
  return base::FileIdentity(status);
}

class SettledFilesTest : public ::testing::Test {
 protected:
  SettledFilesTest() { fs::create_directories(done_); }

  std::unique_ptr<SettledFiles> Open(AfterSettled after) const {
    return std::move(
        SettledFiles::Open(std::move(after), {captures_}, true, base::HoldFileHere).value());
  }
  FileFate Delete(const std::string& path, const base::FileIdentity& read) const {
    return Open({Action::kDelete, {}})->Dispose(path, read);
  }

  const TemporaryDirectory folder_;
  const std::string capture_ = folder_.Write("in/a.pcap.gz", "bytes");
  const std::string captures_ = folder_.Path("in");
  const std::string done_ = folder_.Path("done");
};

TEST(AfterSettledTest, IsOneOfThree) {
  EXPECT_EQ(AfterSettled::Parse("keep")->action, Action::kKeep);
  EXPECT_EQ(AfterSettled::Parse("delete")->action, Action::kDelete);
  const auto move = AfterSettled::Parse("move:/a b");
  ASSERT_TRUE(move);
  EXPECT_EQ(move->action, Action::kMove);
  EXPECT_EQ(move->folder, "/a b");
  for (const char* other : {"", "move", "move:", "Delete", "delete:", "remove"}) {
    EXPECT_FALSE(AfterSettled::Parse(other)) << other;
  }
}

TEST_F(SettledFilesTest, DeletesWhatWasRead) {
  const FileFate fate = Delete(capture_, IdentityOf(capture_));
  EXPECT_EQ(fate.kind, FileFate::Kind::kGone) << fate.message;
  EXPECT_FALSE(fs::exists(capture_));
}

TEST_F(SettledFilesTest, KeepsWhatIsInDoubt) {
  struct Case {
    const char* what;
    std::function<void(const std::string& path)> change;
    const char* said;
  };
  const Case cases[] = {
      {"more bytes", [](const auto& path) { std::ofstream(path, std::ios::app) << "more"; },
       "changed or replaced"},
      {"other bytes, as many", [](const auto& path) { std::ofstream(path) << "BYTES"; },
       "changed or replaced"},
      {"the same bytes and time in another file",
       [](const auto& path) {
         const auto time = fs::last_write_time(path);
         fs::copy_file(path, path + ".new");
         fs::last_write_time(path + ".new", time);
         fs::rename(path + ".new", path);
       },
       "changed or replaced"},
      {"away and back",
       [](const auto& path) {
         fs::rename(path, path + ".old");
         fs::rename(path + ".old", path);
       },
       "changed or replaced"},
      {"a link to it",
       [](const auto& path) {
         fs::rename(path, path + ".old");
         fs::create_symlink(path + ".old", path);
       },
       "is a link"},
      {"nothing", [](const auto& path) { fs::remove(path); }, "is gone already"},
  };
  for (const Case& c : cases) {
    const std::string path = folder_.Write(std::string("in/") + c.what, "bytes");
    const base::FileIdentity read = IdentityOf(path);
    c.change(path);
    const bool is_there = fs::exists(path);
    const FileFate fate = Delete(path, read);
    EXPECT_EQ(fate.kind, FileFate::Kind::kKept) << c.what;
    EXPECT_NE(fate.message.find(c.said), std::string::npos) << c.what << ": " << fate.message;
    EXPECT_EQ(fs::exists(path), is_there) << c.what;
  }
}

TEST_F(SettledFilesTest, KeepsWhatAProgramHasOpenForWriting) {
  const base::FileIdentity read = IdentityOf(capture_);
  const base::FileDescriptor writer(::open(capture_.c_str(), O_WRONLY | O_CLOEXEC));
  const FileFate fate = Delete(capture_, read);
  EXPECT_EQ(fate.kind, FileFate::Kind::kKept);
  EXPECT_NE(fate.message.find("open for writing"), std::string::npos) << fate.message;
  EXPECT_TRUE(fs::exists(capture_));
}

TEST_F(SettledFilesTest, AFileThatChangedWhileItWasHashedStays) {
  EXPECT_EQ(Delete(capture_, base::FileIdentity()).kind, FileFate::Kind::kKept);
}

TEST_F(SettledFilesTest, MovesToTheSamePlaceAndNeverOverwrites) {
  const auto files = Open({Action::kMove, done_});
  const auto move = [&](const std::string& name, const std::string& content) {
    const std::string path = folder_.Write("in/" + name, content);
    const FileFate fate = files->Dispose(path, IdentityOf(path));
    EXPECT_EQ(fate.kind, FileFate::Kind::kGone) << fate.message;
    EXPECT_FALSE(fs::exists(path));
  };
  move("a.pcap.gz", "1");
  move("a.pcap.gz", "2");
  move("monday/eth0/a.pcap.gz", "3");
  move(".hidden", "4");
  move(".hidden", "5");
  EXPECT_EQ(ReadWhole(done_ + "/a.pcap.gz"), "1");
  EXPECT_EQ(ReadWhole(done_ + "/a-2.pcap.gz"), "2");
  EXPECT_EQ(ReadWhole(done_ + "/monday/eth0/a.pcap.gz"), "3");
  EXPECT_EQ(ReadWhole(done_ + "/.hidden-2"), "5");
}

TEST_F(SettledFilesTest, NothingIsMovedThroughALink) {
  const TemporaryDirectory elsewhere;
  fs::create_directory_symlink(elsewhere.Path(), done_ + "/monday");
  const std::string path = folder_.Write("in/monday/a.pcap", "1");
  const FileFate fate = Open({Action::kMove, done_})->Dispose(path, IdentityOf(path));
  EXPECT_EQ(fate.kind, FileFate::Kind::kFailed) << fate.message;
  EXPECT_TRUE(fs::exists(path));
  EXPECT_TRUE(fs::is_empty(elsewhere.Path()));
}

TEST_F(SettledFilesTest, APlaceThatCannotBeIsKnownAtOnce) {
  struct Case {
    std::string folder;
    bool recursive;
    const char* said;  // null: it can be
  };
  fs::create_directories(captures_ + "/done");
  const Case cases[] = {
      {folder_.Path("none"), false, "No such file or directory"},
      {capture_, false, "Not a directory"},
      {captures_, false, "would be read again"},
      {captures_ + "/../in", false, "would be read again"},
      {captures_ + "/done", true, "would be read again"},
      {captures_ + "/done", false, nullptr},
      {"/proc", false, "another file system"},
      {done_, true, nullptr},
  };
  for (const Case& c : cases) {
    const auto files =
        SettledFiles::Open({Action::kMove, c.folder}, {captures_}, c.recursive, base::HoldFileHere);
    EXPECT_EQ(files.has_value(), c.said == nullptr) << c.folder;
    if (!files && c.said != nullptr) {
      EXPECT_NE(files.error().message.find(c.said), std::string::npos) << files.error().message;
    }
  }
}

}  // namespace
}  // namespace espcap::resume
