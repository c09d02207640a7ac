// SPDX-License-Identifier: GPL-2.0-or-later
#include "retrieve/archive_roots.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "temporary_directory.h"

namespace espcap::retrieve {
namespace {

using espcap::testing::TemporaryDirectory;

TEST(PathBelow, IsTheRestOfAPath) {
  struct Case {
    const char* path;
    const char* folder;
    std::optional<std::string> rest;
  };
  const std::vector<Case> cases = {
      {"/a/b/c", "/a", "b/c"},       {"/a/b", "/a/b", std::nullopt},
      {"/ab/c", "/a", std::nullopt}, {"/a/../b", "/a", std::nullopt},
      {"/a//b", "/a", "b"},          {"/a/", "/a", std::nullopt},
      {"/a/b", "/", "a/b"},          {"a/b", "/a", std::nullopt},
      {"a/b", "/", std::nullopt},    {"", "/a", std::nullopt},
      {"", "/", std::nullopt},       {"/a/b/..", "/a", std::nullopt},
      {"/a/..b", "/a", "..b"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(PathBelow(c.path, c.folder), c.rest) << c.path << " below " << c.folder;
  }
}

TEST(MapPath, GoesByTheLongestFolder) {
  const std::vector<PathMap> maps = {{"/a", "/x"}, {"/a/b", "/y"}, {"/", "/z"}};
  EXPECT_EQ(MapPath("/a/c.pcap", maps), "/x/c.pcap");
  EXPECT_EQ(MapPath("/a/b/c.pcap", maps), "/y/c.pcap");
  EXPECT_EQ(MapPath("/ab/c.pcap", maps), "/z/ab/c.pcap");
  EXPECT_EQ(MapPath("/ab/c.pcap", {}), "/ab/c.pcap");
  EXPECT_EQ(MapPath("relative", maps), "relative");
}

TEST(ParsePathMap, IsTwoAbsoluteFolders) {
  const auto map = ParsePathMap("/a/=/b//c/");
  ASSERT_TRUE(map) << map.error().message;
  EXPECT_EQ(map->from, "/a");
  EXPECT_EQ(map->to, "/b/c");
  for (const char* wrong : {"", "=", "/a", "/a=", "=/b", "a=/b", "/a=b"}) {
    EXPECT_FALSE(ParsePathMap(wrong)) << wrong;
  }
}

class ArchiveRootsTest : public ::testing::Test {
 protected:
  std::string ReasonFor(const std::string& path) const {
    const auto roots = ArchiveRoots::Open({archive_}, {});
    EXPECT_TRUE(roots);
    const auto file = roots->OpenFile(path);
    return file ? "" : file.error().message;
  }

  const TemporaryDirectory directory_;
  const std::string outside_ = directory_.Write("outside.pcap", "x");
  const std::string inside_ = directory_.Write("archive/below/a.pcap", "x");
  const std::string archive_ = directory_.Path("archive");
};

TEST_F(ArchiveRootsTest, OpensRegularFilesBelowAndNothingElse) {
  std::filesystem::create_symlink(outside_, archive_ + "/link");
  std::filesystem::create_symlink("below/a.pcap", archive_ + "/inner");
  std::filesystem::create_directory_symlink("/", archive_ + "/root");
  ASSERT_EQ(::mkfifo((archive_ + "/fifo").c_str(), 0600), 0);
  EXPECT_EQ(ReasonFor(inside_), "");
  EXPECT_EQ(ReasonFor(archive_ + "//below/./a.pcap"), "");
  EXPECT_EQ(ReasonFor(outside_), "no --archive-root has it");
  EXPECT_EQ(ReasonFor(archive_), "no --archive-root has it");
  EXPECT_EQ(ReasonFor("below/a.pcap"), "no --archive-root has it");
  EXPECT_EQ(ReasonFor(archive_ + "/../outside.pcap"), "there is a .. in its path");
  EXPECT_EQ(ReasonFor(archive_ + "/none"), "there is no such file");
  EXPECT_EQ(ReasonFor(archive_ + "/below/none/x"), "there is no such file");
  EXPECT_EQ(ReasonFor(archive_ + "/fifo/x"), "this is no regular file");
  EXPECT_NE(ReasonFor(archive_ + "/inner/x").find("symbolic link"), std::string::npos);
  EXPECT_EQ(ReasonFor(archive_ + std::string("/below/a.pcap\0x", 15)), "this is no path");
  EXPECT_EQ(ReasonFor(archive_ + "/below"), "this is no regular file");
  EXPECT_EQ(ReasonFor(archive_ + "/fifo"), "this is no regular file");
  for (const char* link : {"/link", "/inner", "/root/etc/passwd"}) {
    EXPECT_NE(ReasonFor(archive_ + link).find("symbolic link"), std::string::npos) << link;
  }
}

TEST_F(ArchiveRootsTest, APathMayGoOnBehindAFile) {
  const auto roots = ArchiveRoots::Open({archive_}, {{"/old.zip", inside_}});
  ASSERT_TRUE(roots) << roots.error().message;
  struct Case {
    std::string path;
    std::string member;
  };
  const std::vector<Case> cases = {
      {inside_, ""},
      {inside_ + "/x", "x"},
      {inside_ + "/x/y.pcap", "x/y.pcap"},
      {inside_ + "/" + std::string(1000, 'x'), std::string(1000, 'x')},
      {"/old.zip/x", "x"},
  };
  for (const Case& c : cases) {
    const auto opened = roots->OpenFile(c.path);
    ASSERT_TRUE(opened) << c.path << ": " << opened.error().message;
    EXPECT_EQ(opened->member, c.member) << c.path;
    EXPECT_TRUE(opened->file.valid());
  }
}

TEST_F(ArchiveRootsTest, ListsEachFileOnceAndFollowsNoLink) {
  const std::string second = directory_.Write("archive/b.pcap", "xyz");
  directory_.Write("archive/empty.pcap", "");
  std::filesystem::create_symlink(outside_, archive_ + "/link");
  std::filesystem::create_directory_symlink(directory_.Path("."), archive_ + "/up");
  std::filesystem::create_hard_link(second, archive_ + "/below/same.pcap");
  ASSERT_EQ(::mkfifo((archive_ + "/fifo").c_str(), 0600), 0);
  // Roots may lie within each other.
  const auto roots = ArchiveRoots::Open({archive_, archive_ + "/below"}, {});
  ASSERT_TRUE(roots) << roots.error().message;
  std::vector<std::string> paths;
  uint64_t bytes = 0;
  for (const ListedFile& file : roots->List(10)) {
    paths.push_back(roots->PathOf(file));
    bytes += file.bytes;
    EXPECT_TRUE(roots->Open(file).valid()) << paths.back();
  }
  ASSERT_EQ(paths.size(), 2U);
  EXPECT_EQ(paths.front() == inside_ || paths.back() == inside_, true);
  EXPECT_EQ(bytes, 4U);
  EXPECT_EQ(roots->List(1).size(), 1U);
  EXPECT_EQ(roots->List(0).size(), 0U);
  // What was a file then.
  const ListedFile gone{0, "below/a.pcap", 1};
  std::filesystem::remove(inside_);
  EXPECT_FALSE(roots->Open(gone).valid());
  std::filesystem::create_symlink(outside_, inside_);
  EXPECT_FALSE(roots->Open(gone).valid());
  std::filesystem::remove(inside_);
  std::filesystem::create_directory(inside_);
  EXPECT_FALSE(roots->Open(gone).valid());
  EXPECT_FALSE(roots->Open({0, "../outside.pcap", 1}).valid());
}

TEST_F(ArchiveRootsTest, AnotherFileSystemIsNotEntered) {
  const auto roots = ArchiveRoots::Open({"/"}, {});
  ASSERT_TRUE(roots) << roots.error().message;
  EXPECT_FALSE(roots->Open({0, "proc/sys/kernel/ostype", 1}).valid());
  EXPECT_TRUE(roots->OpenFile("/proc/sys/kernel/ostype")) << "a path of a document may lead there";
}

TEST_F(ArchiveRootsTest, TheFolderItselfMayBeALink) {
  const std::string link = directory_.Path("link");
  std::filesystem::create_directory_symlink(archive_, link);
  const auto roots = ArchiveRoots::Open({link}, {{"/old", archive_ + "/below"}});
  ASSERT_TRUE(roots) << roots.error().message;
  EXPECT_TRUE(roots->OpenFile(link + "/below/a.pcap"));
  EXPECT_TRUE(roots->OpenFile(inside_));
  EXPECT_TRUE(roots->OpenFile("/old/a.pcap"));
  EXPECT_FALSE(roots->OpenFile("/old/../a.pcap"));
  EXPECT_FALSE(ArchiveRoots::Open({archive_ + "/none"}, {}));
  EXPECT_FALSE(ArchiveRoots::Open({outside_}, {}));
}

}  // namespace
}  // namespace espcap::retrieve
