// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/input_files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "temporary_directory.h"

namespace espcap::source {
namespace {

class FilesOfDirectoryTest : public ::testing::Test {
 protected:
  // The files' paths, from the directory on.
  std::vector<std::string> Found(bool recursive, const std::string& ending = "") {
    const std::string root = directory_.Path() + ending;
    const auto files = FilesOfDirectory(root, recursive);
    if (!files) {
      ADD_FAILURE() << files.error().message;
      return {};
    }
    std::vector<std::string> names;
    for (const std::string& file : *files) {
      names.push_back(std::filesystem::path(file).lexically_relative(root).native());
      EXPECT_TRUE(std::filesystem::exists(file)) << file;
    }
    return names;
  }

  const testing::TemporaryDirectory directory_;
};

using Names = std::vector<std::string>;

TEST_F(FilesOfDirectoryTest, AreSortedByBytes) {
  for (const char* name : {"b.pcap", "a.pcap", "B.pcap", "10.pcap", "9.pcap", "\xC3\xA4.pcap"}) {
    directory_.Write(name, "");
  }
  EXPECT_EQ(Found(false),
            (Names{"10.pcap", "9.pcap", "B.pcap", "a.pcap", "b.pcap", "\xC3\xA4.pcap"}));
}

TEST_F(FilesOfDirectoryTest, AreThoseOfItsFoldersOnlyWhereAsked) {
  for (const char* name : {"b.pcap", "a/2.pcap", "a/x/1.pcap", "a.pcap", ".hidden/h.pcap"}) {
    directory_.Write(name, "");
  }
  EXPECT_EQ(Found(false), (Names{"a.pcap", "b.pcap"}));
  EXPECT_EQ(Found(true), (Names{".hidden/h.pcap", "a.pcap", "a/2.pcap", "a/x/1.pcap", "b.pcap"}));
}

TEST_F(FilesOfDirectoryTest, AreNamedFromTheDirectoryAsItWasGiven) {
  directory_.Write("a.pcap", "");
  for (const char* ending : {"", "/", "/."}) {
    EXPECT_EQ(Found(false, ending), Names{"a.pcap"}) << ending;
  }
}

TEST_F(FilesOfDirectoryTest, AnEmptyDirectoryHasNone) {
  EXPECT_EQ(Found(false), Names{});
  EXPECT_EQ(Found(true), Names{});
}

TEST_F(FilesOfDirectoryTest, LinksToFilesAreFollowedAndLinksToFoldersAreNot) {
  namespace fs = std::filesystem;
  directory_.Write("folder/a.pcap", "");
  fs::create_symlink("folder/a.pcap", directory_.Path("link.pcap"));
  fs::create_symlink("missing.pcap", directory_.Path("dangling.pcap"));
  fs::create_directory_symlink("folder", directory_.Path("linked-folder"));
  fs::create_directory_symlink("..", directory_.Path("folder/loop"));
  EXPECT_EQ(Found(true), (Names{"folder/a.pcap", "link.pcap"}));
}

TEST_F(FilesOfDirectoryTest, WhatIsNoRegularFileIsLeftOut) {
  ASSERT_EQ(::mkfifo(directory_.Path("fifo").c_str(), 0600), 0);
  directory_.Write("a.pcap", "");
  EXPECT_EQ(Found(true), Names{"a.pcap"});
}

TEST_F(FilesOfDirectoryTest, EntriesAreThoseOfTheDirectoryItself) {
  namespace fs = std::filesystem;
  directory_.Write("a.pcap", "");
  directory_.Write("folder/b.pcap", "");
  fs::create_symlink("a.pcap", directory_.Path("link.pcap"));
  fs::create_directory_symlink("folder", directory_.Path("linked-folder"));
  ASSERT_EQ(::mkfifo(directory_.Path("fifo").c_str(), 0600), 0);
  auto entries = EntriesOfDirectory(directory_.Path());
  ASSERT_TRUE(entries) << entries.error().message;
  std::sort(entries->files.begin(), entries->files.end());
  EXPECT_EQ(entries->files, (Names{directory_.Path("a.pcap"), directory_.Path("link.pcap")}));
  EXPECT_EQ(entries->folders, Names{directory_.Path("folder")});
}

TEST_F(FilesOfDirectoryTest, ADirectoryThatCantBeReadIsAnErrorThatNamesIt) {
  const auto missing = FilesOfDirectory(directory_.Path("missing"), false);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().message,
            "read directory " + directory_.Path("missing") + ": No such file or directory");
  const auto file = FilesOfDirectory(directory_.Write("a.pcap", ""), true);
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().message,
            "read directory " + directory_.Path("a.pcap") + ": Not a directory");
}

TEST_F(FilesOfDirectoryTest, AFolderThatCantBeReadIsAnErrorThatNamesIt) {
  namespace fs = std::filesystem;
  directory_.Write("closed/a.pcap", "");
  fs::permissions(directory_.Path("closed"), fs::perms::none);
  fs::permissions(directory_.Path(), fs::perms(0755));
  const uid_t user = ::geteuid();
  constexpr uid_t kNobody = 65534;
  if (user == 0) {  // root reads everything
    ASSERT_EQ(::seteuid(kNobody), 0);
  }
  const auto files = FilesOfDirectory(directory_.Path(), true);
  ASSERT_EQ(::seteuid(user), 0);
  fs::permissions(directory_.Path("closed"), fs::perms::owner_all);
  ASSERT_FALSE(files);
  EXPECT_EQ(files.error().message,
            "read directory " + directory_.Path("closed") + ": Permission denied");
}

TEST(IsCaptureName, IsToldByTheEnding) {
  for (const char* name : {"a.pcap", "/x/A.PcapNG", "a.pcap.gz", "a.cap.zst", "a.pcap12",
                           "a.pcap.12", "a.pcapng.xz", "a.erf", "a.b.ntar.bz2"}) {
    EXPECT_TRUE(IsCaptureName(name)) << name;
  }
  for (const char* name : {"", "pcap", "README", "a.gz", "a.zip", "a.txt", "a.pcap/README",
                           "a.pcap.txt", "12", ".12", "a.pcap.gz.gz"}) {
    EXPECT_FALSE(IsCaptureName(name)) << name;
  }
}

}  // namespace
}  // namespace espcap::source
