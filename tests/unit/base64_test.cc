// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/base64.h"

#include <gtest/gtest.h>

namespace espcap::base {
namespace {

// RFC 4648, section 10.
TEST(Base64, EncodesTheExamplesOfItsStandard) {
  EXPECT_EQ(Base64(""), "");
  EXPECT_EQ(Base64("f"), "Zg==");
  EXPECT_EQ(Base64("fo"), "Zm8=");
  EXPECT_EQ(Base64("foo"), "Zm9v");
  EXPECT_EQ(Base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(Base64("\xFB\xFF\xBF"), "+/+/");
}

}  // namespace
}  // namespace espcap::base
