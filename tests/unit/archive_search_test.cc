// SPDX-License-Identifier: GPL-2.0-or-later
#include "retrieve/archive_search.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "process/file_hasher.h"
#include "temporary_directory.h"

namespace espcap::retrieve {
namespace {

using espcap::testing::TemporaryDirectory;

class ArchiveSearchTest : public ::testing::Test {
 protected:
  ArchiveSearch Search(uint64_t most_hashed) const {
    auto hasher = process::FileHasher::Start({}, true);
    EXPECT_TRUE(hasher);
    return {*roots_, hasher ? std::move(*hasher) : nullptr, most_hashed};
  }

  static Fingerprint FingerprintOf(const std::string& path) {
    const auto hashed = process::HashFile(path);
    EXPECT_TRUE(hashed && *hashed) << path;
    return hashed && *hashed ? (*hashed)->fingerprint : Fingerprint();
  }

  // Its path below the archive; empty: it isn't found.
  std::string Find(ArchiveSearch& search, const Fingerprint& fingerprint,
                   const std::string& name = "/old/name", uint64_t likely_bytes = 0) const {
    auto found = search.Find({fingerprint, name, likely_bytes});
    return found && found->file.valid() ? found->path.substr(archive_.size() + 1) : "";
  }

  const TemporaryDirectory directory_;
  const std::string one_ = directory_.Write("archive/a/one", "first");
  const std::string two_ = directory_.Write("archive/b/two", "second, which is longer");
  const std::string three_ = directory_.Write("archive/c/three", "third");
  const std::string outside_ = directory_.Write("outside", "fourth");
  const std::string archive_ = directory_.Path("archive");
  const Result<ArchiveRoots> roots_ = ArchiveRoots::Open({archive_}, {});
};

TEST_F(ArchiveSearchTest, FindsFilesByTheirContent) {
  ArchiveSearch search = Search(3);
  EXPECT_EQ(Find(search, FingerprintOf(two_)), "b/two");
  EXPECT_EQ(Find(search, FingerprintOf(one_)), "a/one") << "which was hashed before";
  EXPECT_EQ(Find(search, FingerprintOf(three_)), "c/three");
  EXPECT_EQ(Find(search, FingerprintOf(two_)), "b/two");
  std::filesystem::create_symlink(outside_, archive_ + "/link");
  EXPECT_EQ(Find(search, FingerprintOf(outside_)), "");
  EXPECT_FALSE(search.is_cut());
  std::filesystem::remove(two_);
  EXPECT_EQ(Find(search, FingerprintOf(three_)), "c/three");
}

TEST_F(ArchiveSearchTest, HashesNoMoreThanItMay) {
  ArchiveSearch search = Search(1);
  EXPECT_EQ(Find(search, FingerprintOf(three_), "/old/three"), "c/three") << "its name comes first";
  EXPECT_FALSE(search.is_cut());
  EXPECT_EQ(Find(search, FingerprintOf(three_)), "c/three");
  EXPECT_EQ(Find(search, FingerprintOf(one_), "/old/one"), "");
  EXPECT_TRUE(search.is_cut());
}

TEST_F(ArchiveSearchTest, HashesLargeFilesBeforeSmallOnes) {
  ArchiveSearch search = Search(2);
  EXPECT_EQ(Find(search, FingerprintOf(two_), "/old/name", 10), "b/two");
  EXPECT_FALSE(search.is_cut());
  EXPECT_EQ(Find(search, FingerprintOf(one_), "/old/name", 10), "a/one") << "it may be packed";
  EXPECT_EQ(Find(search, FingerprintOf(three_), "/old/name", 10), "");
  EXPECT_TRUE(search.is_cut());
}

TEST_F(ArchiveSearchTest, AnotherContentUnderTheNameIsNone) {
  ArchiveSearch search = Search(10);
  const Fingerprint before = FingerprintOf(one_);
  directory_.Write("archive/a/one", "other");
  EXPECT_EQ(Find(search, before, "/old/one"), "");
}

}  // namespace
}  // namespace espcap::retrieve
