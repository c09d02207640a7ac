// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/file_writers.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/magic.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>

#include "base/file_descriptor.h"
#include "forked_writer.h"
#include "temporary_directory.h"
#include "without_leases.h"

namespace espcap::base {
namespace {

using std::chrono::milliseconds;
using testing::ForkedWriter;
using testing::TemporaryDirectory;
using testing::WithoutLeases;

TEST(WritersFromLease, DependsOnWhoKnowsOfTheWriters) {
  struct Case {
    int64_t file_system;
    int error;
    Writers writers;
  };
  const Case cases[] = {
      {EXT4_SUPER_MAGIC, 0, Writers::kNone},
      {EXT4_SUPER_MAGIC, EAGAIN, Writers::kSome},
      {EXT4_SUPER_MAGIC, EACCES, Writers::kUnknown},  // another user's file
      {EXT4_SUPER_MAGIC, EINVAL, Writers::kUnknown},  // switched off
      {TMPFS_MAGIC, 0, Writers::kNone},
      {OVERLAYFS_SUPER_MAGIC, EAGAIN, Writers::kSome},
      {V9FS_MAGIC, EINVAL, Writers::kUnknown},
      {NFS_SUPER_MAGIC, 0, Writers::kNone},  // the server's word
      {NFS_SUPER_MAGIC, EAGAIN, Writers::kUnknown},
      {CIFS_SUPER_MAGIC, EAGAIN, Writers::kUnknown},
      {SMB2_SUPER_MAGIC, EAGAIN, Writers::kUnknown},
      {FUSE_SUPER_MAGIC, 0, Writers::kUnknown},  // sshfs: others may write
      {FUSE_SUPER_MAGIC, EAGAIN, Writers::kSome},
      {FUSE_SUPER_MAGIC, EACCES, Writers::kUnknown},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(WritersFromLease(c.error, c.file_system), c.writers)
        << std::hex << c.file_system << ' ' << c.error;
  }
}

TEST(WaitUntilNextLook, IsNoneWhereTheFileIsComplete) {
  struct Case {
    Writers writers;
    int unchanged_ms;
    int settle_ms;
    int last_wait_ms;
    std::optional<int> wait_ms;
  };
  const Case cases[] = {
      {Writers::kNone, 0, 0, 0, std::nullopt},
      {Writers::kNone, 0, 100, 0, 100},
      {Writers::kNone, 40, 100, 0, 60},
      {Writers::kNone, 99, 100, 0, 1},
      {Writers::kNone, 100, 100, 0, std::nullopt},
      {Writers::kNone, 5000, 100, 2000, std::nullopt},
      // A pause is no end: the writer has the file still open.
      {Writers::kSome, 1'000'000, 0, 0, 10},
      {Writers::kSome, 0, 100, 10, 20},
      {Writers::kSome, 0, 100, 1280, 2000},
      {Writers::kSome, 0, 100, 2000, 2000},
      {Writers::kUnknown, 0, 0, 0, 2000},
      {Writers::kUnknown, 0, 100, 0, 2000},
      {Writers::kUnknown, 1999, 0, 2000, 1},
      {Writers::kUnknown, 2000, 0, 1, std::nullopt},
  };
  for (const Case& c : cases) {
    const auto wait = WaitUntilNextLook({c.writers, milliseconds(c.unchanged_ms),
                                         milliseconds(c.settle_ms), milliseconds(c.last_wait_ms)});
    const auto expected = c.wait_ms ? std::optional(milliseconds(*c.wait_ms)) : std::nullopt;
    EXPECT_EQ(wait, expected) << static_cast<int>(c.writers) << ' ' << c.unchanged_ms << ' '
                              << c.settle_ms << ' ' << c.last_wait_ms;
  }
}

class LookAtFileTest : public ::testing::Test {
 protected:
  static FileLook At(const std::string& path) {
    const auto look = LookAtFile(path);
    if (!look) throw std::runtime_error("gone: " + path);
    return *look;
  }

  const TemporaryDirectory directory_;
};

TEST_F(LookAtFileTest, KnowsOfWritersInOtherProcesses) {
  const std::string path = directory_.Path("a.pcap");
  ForkedWriter first(path, "12345");
  EXPECT_EQ(At(path).writers, Writers::kSome);
  EXPECT_EQ(At(path).state.size_bytes, 5);
  ForkedWriter second(path, "", O_APPEND);
  first.End(0);
  EXPECT_EQ(At(path).writers, Writers::kSome);
  second.End(SIGKILL);
  EXPECT_EQ(At(path).writers, Writers::kNone);
}

TEST_F(LookAtFileTest, KnowsOfAMappingThatOutlivesItsDescriptor) {
  const std::string path = directory_.Write("a.pcap", "12345");
  void* mapping = nullptr;
  {
    const base::FileDescriptor file(::open(path.c_str(), O_RDWR));
    mapping = ::mmap(nullptr, 5, PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
    ASSERT_NE(mapping, MAP_FAILED);
  }
  EXPECT_EQ(At(path).writers, Writers::kSome);
  ::munmap(mapping, 5);
  EXPECT_EQ(At(path).writers, Writers::kNone);
}

TEST_F(LookAtFileTest, ReadersAreNoWriters) {
  const std::string path = directory_.Write("a.pcap", "12345");
  const base::FileDescriptor reader(::open(path.c_str(), O_RDONLY));
  EXPECT_EQ(At(path).writers, Writers::kNone);
}

TEST_F(LookAtFileTest, TellsAFileFromItselfAfterAChange) {
  const std::string path = directory_.Write("a.pcap", "12345");
  const FileState state = At(path).state;
  EXPECT_EQ(At(path).state, state);
  std::filesystem::rename(path, directory_.Path("b.pcap"));
  EXPECT_EQ(At(directory_.Path("b.pcap")).state, state);
  const std::string copy = directory_.Write("copy.pcap", "12345");
  EXPECT_NE(At(copy).state, state);
  directory_.Write("b.pcap", "123456");
  EXPECT_NE(At(directory_.Path("b.pcap")).state, state);
  const FileState before = At(copy).state;
  const timespec times[] = {{0, UTIME_OMIT}, {1, 1}};
  ASSERT_EQ(::utimensat(AT_FDCWD, copy.c_str(), times, 0), 0);
  EXPECT_NE(At(copy).state, before);
}

TEST_F(LookAtFileTest, OfAnothersFileNothingIsTold) {
  const WithoutLeases without;
  EXPECT_EQ(At("/etc/passwd").writers, Writers::kUnknown);
}

TEST_F(LookAtFileTest, WhatIsNoRegularFileIsNone) {
  ASSERT_EQ(::mkfifo(directory_.Path("fifo").c_str(), 0600), 0);
  std::filesystem::create_symlink("missing", directory_.Path("dangling"));
  for (const auto& path : {directory_.Path("fifo"), directory_.Path("missing"), directory_.Path(),
                           directory_.Path("dangling"), std::string("/dev/null")}) {
    EXPECT_FALSE(LookAtFile(path)) << path;
  }
  const std::string file = directory_.Write("a.pcap", "12345");
  std::filesystem::create_symlink("a.pcap", directory_.Path("link"));
  EXPECT_EQ(At(directory_.Path("link")).state, At(file).state);
}

// Who opens a file for writing during a look breaks its lease, which by default is a deadly signal.
TEST_F(LookAtFileTest, AWriterThatComesMeanwhileIsNoHarm) {
  const std::string path = directory_.Write("a.pcap", "12345");
  const pid_t looker = ::fork();
  if (looker == 0) {
    for (;;) static_cast<void>(LookAtFile(path));
  }
  for (int i = 0; i < 50'000; ++i) {
    const base::FileDescriptor writer(::open(path.c_str(), O_WRONLY));
    ASSERT_TRUE(writer.valid());
  }
  int status = 0;
  EXPECT_EQ(::waitpid(looker, &status, WNOHANG), 0) << "ended by signal " << WTERMSIG(status);
  ::kill(looker, SIGKILL);
  ::waitpid(looker, &status, 0);
}

}  // namespace
}  // namespace espcap::base
