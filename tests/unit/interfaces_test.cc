// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/interfaces.h"

#include <gtest/gtest.h>

namespace espcap::source {
namespace {

TEST(FormatInterfaces, GivesEachALineWithWhatIsKnown) {
  EXPECT_EQ(FormatInterfaces({
                {"eth0", "Ethernet", {"192.0.2.1", "2001:db8::1"}, {"up", "running"}},
                {"lo", "", {"127.0.0.1"}, {"loopback"}},
                {"any", "Pseudo-device", {}, {"up"}},
                {"dummy0", "", {}, {}},
                {"odd", "{} %s", {}, {}},
            }),
            "1. eth0 (Ethernet) [up, running] 192.0.2.1, 2001:db8::1\n"
            "2. lo [loopback] 127.0.0.1\n"
            "3. any (Pseudo-device) [up]\n"
            "4. dummy0\n"
            "5. odd ({} %s)\n");
}

TEST(FormatInterfaces, OfNoneIsNothing) { EXPECT_EQ(FormatInterfaces({}), ""); }

}  // namespace
}  // namespace espcap::source
