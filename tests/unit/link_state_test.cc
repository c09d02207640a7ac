// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/link_state.h"

#include <gtest/gtest.h>

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

TEST(Link, KnowsTheLoopbackInterface) {
  const Link loopback("lo");
  EXPECT_TRUE(loopback.Look().is_there);
  EXPECT_EQ(loopback.Look().name, "lo");
  EXPECT_TRUE(Link("any").CanBeOpened());
  const Link missing("no-such-nic");
  EXPECT_FALSE(missing.Look().is_there);
  EXPECT_FALSE(missing.CanBeOpened());
}

}  // namespace
}  // namespace espcap::live
