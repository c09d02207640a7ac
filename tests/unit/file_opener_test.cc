// SPDX-License-Identifier: GPL-2.0-or-later
#include "process/file_opener.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>

#include <cerrno>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/file_descriptor.h"
#include "forked_writer.h"
#include "temporary_directory.h"

namespace espcap::process {
namespace {

using testing::ForkedWriter;
using testing::TemporaryDirectory;
using Watches = FileOpener::Watches;

constexpr int kPatienceMs = 10'000;

// Has all at once: some files, a problem, then its end.
class ThreeStepWatch : public FileWatch {
 public:
  explicit ThreeStepWatch(size_t files) : files_(files) {}

  [[nodiscard]] int fd() const override { return ready_.get(); }
  [[nodiscard]] Result<Arrivals> ReadArrivals() override {
    switch (step_++) {
      case 0: {
        Arrivals arrivals;
        for (size_t file = 0; file < files_; ++file) arrivals.files.push_back(NameOf(file));
        return arrivals;
      }
      case 1:
        return Arrivals{{}, {"no way to b"}};
      default:
        return Fail("it is gone");
    }
  }
  static std::string NameOf(size_t file) { return std::string(1000, 'a') + std::to_string(file); }

 private:
  size_t files_;
  int step_ = 0;
  base::FileDescriptor ready_{::eventfd(1, EFD_CLOEXEC)};
};

std::unique_ptr<FileOpener> Start(const std::function<Result<Watches>()>& open_watches) {
  auto opener = FileOpener::Start({}, open_watches);
  EXPECT_TRUE(opener) << opener.error().message;
  return std::move(*opener);
}

std::unique_ptr<FileOpener> StartWithoutWatches() {
  return Start([]() -> Result<Watches> { return Watches(); });
}

TEST(FileOpener, FollowsAllThatAWatchFinds) {
  static constexpr size_t kFiles = 1000;  // more than the way holds
  const auto opener = Start([]() -> Result<Watches> {
    Watches watches;
    watches.push_back(std::make_unique<ThreeStepWatch>(kFiles));
    return watches;
  });
  const Watches watches = opener->ReleaseWatches();
  ASSERT_EQ(watches.size(), 1U);
  std::vector<std::string> files;
  std::vector<std::string> problems;
  for (;;) {
    pollfd readable{watches[0]->fd(), POLLIN, 0};
    ASSERT_EQ(::poll(&readable, 1, kPatienceMs), 1);
    auto arrivals = watches[0]->ReadArrivals();
    if (!arrivals) {
      EXPECT_EQ(arrivals.error().message, "it is gone");
      break;
    }
    for (auto& file : arrivals->files) files.push_back(std::move(file));
    for (auto& problem : arrivals->problems) problems.push_back(std::move(problem));
  }
  ASSERT_EQ(files.size(), kFiles);
  for (size_t file = 0; file < kFiles; ++file) EXPECT_EQ(files[file], ThreeStepWatch::NameOf(file));
  EXPECT_EQ(problems, std::vector<std::string>{"no way to b"});
}

TEST(FileOpener, SaysWhyAWatchCannotBeOpened) {
  const auto opener =
      FileOpener::Start({}, []() -> Result<Watches> { return Fail("watch directory x: no"); });
  ASSERT_FALSE(opener);
  EXPECT_EQ(opener.error().message, "watch directory x: no");
}

TEST(FileOpener, HoldsAFile) {
  const TemporaryDirectory folder;
  const std::string path = folder.Write("a.pcap", "bytes");
  const auto opener = StartWithoutWatches();
  struct stat status {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  {
    const auto held = opener->Hold(path);
    ASSERT_EQ(held.error, 0);
    EXPECT_EQ(held.file, base::FileIdentity(status));
    EXPECT_EQ(held.writers, base::Writers::kNone);
    struct stat in_folder {};
    ASSERT_EQ(::fstatat(held.folder.get(), "a.pcap", &in_folder, 0), 0);
    EXPECT_EQ(in_folder.st_ino, status.st_ino);
    // O_NONBLOCK: a writer isn't held up, but told.
    EXPECT_EQ(::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC), -1);
    EXPECT_EQ(errno, EAGAIN);
  }
  // The opener answers in order: it has let go of the first.
  static_cast<void>(opener->Hold(folder.Path("none")));
  const base::FileDescriptor writer(::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC));
  EXPECT_TRUE(writer.valid());
  EXPECT_EQ(opener->Hold(path).writers, base::Writers::kSome);
}

TEST(FileOpener, SaysWhyAFileCannotBeHeld) {
  const TemporaryDirectory folder;
  const std::string path = folder.Write("a.pcap", "bytes");
  ASSERT_EQ(::symlink(path.c_str(), folder.Path("link").c_str()), 0);
  const auto opener = StartWithoutWatches();
  EXPECT_EQ(opener->Hold(folder.Path("none")).error, ENOENT);
  EXPECT_EQ(opener->Hold(folder.Path("link")).error, ELOOP);
  EXPECT_EQ(opener->Hold(std::string(5000, 'x')).error, ENAMETOOLONG);
  EXPECT_EQ(opener->Hold(path).error, 0);
}

TEST(FileOpener, AFileOfAProcessThatHasEndedIsNotHeld) {
  const auto opener = StartWithoutWatches();
  opener->ReleaseInChild();  // as good as dead
  EXPECT_EQ(opener->Hold("/etc/hostname").error, EPIPE);
}

}  // namespace
}  // namespace espcap::process
