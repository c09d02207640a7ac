// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/link_state.h"

#include <gtest/gtest.h>
#include <net/if.h>
#include <unistd.h>

#include <csignal>
#include <memory>
#include <string>
#include <utility>

#include "default_faults.h"
#include "live/link_table.h"
#include "live/link_watch.h"
#include "live/shared_capture_state.h"

namespace espcap::live {
namespace {

TEST(DescribeChange, SaysWhatHappened) {
  const LinkState up{true, true, "eth0"};
  const LinkState down{true, false, "eth0"};
  const LinkState gone{false, false, "eth0"};
  const LinkState renamed{true, true, "wan0"};
  const struct {
    LinkState before;
    LinkState now;
    std::optional<std::string> text;
  } cases[] = {
      {up, up, std::nullopt},
      {down, down, std::nullopt},
      {gone, gone, std::nullopt},
      {up, down, "eth0 is down; waited for"},
      {down, up, "eth0 is up again"},
      {up, gone, "eth0 is gone; waited for"},
      {down, gone, "eth0 is gone; waited for"},
      {up, renamed, "eth0 is called wan0 now; capture continues"},
  };
  for (const auto& test : cases) EXPECT_EQ(DescribeChange(test.before, test.now), test.text);
}

class LinkTest : public ::testing::Test {
 protected:
  // As if the opener had seen this: what has the user's name, and what has the index it follows.
  void Set(LinkEntry of_name, uint32_t followed, LinkEntry of_index) {
    table_->Set(0, {++looks_, of_name, followed, of_index});
  }
  static LinkEntry Entry(uint32_t index, bool is_up, const std::string& name) {
    LinkEntry entry{index, 0, false, is_up, false, {}};
    name.copy(entry.name.data(), entry.name.size() - 1);
    return entry;
  }

  const std::unique_ptr<LinkTable> table_ = std::move(LinkTable::Create().value());
  uint64_t looks_ = 0;
};

TEST_F(LinkTest, KnowsTheLoopbackInterface) {
  const auto state = std::move(SharedCaptureState::Create({}).value());
  const auto watch = LinkWatch::Open(*table_, *state, {"lo", "any", "no-such-nic"});
  ASSERT_TRUE(watch) << watch.error().message;
  const Link loopback(*table_, 0, "lo");
  EXPECT_EQ(loopback.index(), ::if_nametoindex("lo"));
  EXPECT_EQ(loopback.Look().name, "lo");
  EXPECT_TRUE(loopback.Look().is_there);
  EXPECT_TRUE(loopback.Look().received.has_value());
  EXPECT_TRUE(loopback.Look().has_address);
  EXPECT_TRUE(Link(*table_, 1, "any").CanBeOpened());
  const Link missing(*table_, 2, "no-such-nic");
  EXPECT_FALSE(missing.Look().is_there);
  EXPECT_FALSE(missing.CanBeOpened());
}

TEST_F(LinkTest, FollowsAnInterfaceThatIsRenamed) {
  const LinkEntry before = Entry(7, true, "eth0");
  const LinkEntry after = Entry(7, true, "wan0");
  Set(before, 7, before);
  const Link link(*table_, 0, "eth0");
  EXPECT_EQ(link.Look().name, "eth0");
  Set({}, 7, after);
  EXPECT_EQ(link.Look().name, "wan0");
  EXPECT_TRUE(link.CanBeOpened());
  // Another one has its name now: it is the one to open, but not the one that is captured from.
  Set(Entry(8, false, "eth0"), 7, after);
  EXPECT_EQ(link.Look().name, "wan0");
  EXPECT_FALSE(link.CanBeOpened());
  Set(Entry(8, true, "eth0"), 7, {});
  EXPECT_FALSE(link.Look().is_there);
  EXPECT_TRUE(link.CanBeOpened());
}

TEST_F(LinkTest, IsFoundByTheIndexThatItHad) {
  Set({}, 7, Entry(7, true, "wan0"));
  EXPECT_EQ(Link(*table_, 0, "eth0", 7).Look().name, "wan0");
  EXPECT_FALSE(Link(*table_, 0, "eth0", 6).Look().is_there);
}

TEST_F(LinkTest, IsThoughtToBeThereUntilTheOpenerFollowsIt) {
  Set(Entry(8, true, "eth0"), 7, {});
  const Link link(*table_, 0, "eth0");
  Set({}, 7, {});
  EXPECT_TRUE(link.Look().is_there);
  Set({}, 8, {});
  EXPECT_FALSE(link.Look().is_there);
}

TEST_F(LinkTest, OnlyTheOpenerCanWrite) {
  EXPECT_EXIT(
      {
        DieOfFaults();
        const auto kept = table_->KeepForReading();
        if (!kept) ::_exit(1);
        table_->Set(0, {});
      },
      ::testing::KilledBySignal(SIGSEGV), "");
}

}  // namespace
}  // namespace espcap::live
