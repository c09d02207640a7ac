// SPDX-License-Identifier: GPL-2.0-or-later
#include "http/certificate_pin.h"

#include <gtest/gtest.h>

#include <string>

namespace espcap::http {
namespace {

const std::string kPlain = "a52dd93511e8c6045e21f16654b77c9ee0f34aea26d9f40320b531c474676228";
const std::string kColons =
    "A5:2D:D9:35:11:E8:C6:04:5E:21:F1:66:54:B7:7C:9E:E0:F3:4A:EA:26:D9:F4:03:20:B5:31:C4:74:67:62:"
    "28";

TEST(CertificatePin, HasColonsOrNot) {
  for (const std::string& text : {kPlain, kColons}) {
    const auto pin = ParseCertificatePin(text);
    ASSERT_TRUE(pin) << pin.error().message;
    EXPECT_EQ(pin->front(), 0xA5);
    EXPECT_EQ(pin->back(), 0x28);
    EXPECT_EQ(FormatCertificatePin(*pin), kColons);
  }
}

TEST(CertificatePin, AnythingElseIsAnErrorThatSaysHowToGetOne) {
  for (const std::string& text :
       {std::string(), std::string("x"), kPlain.substr(1), kPlain + "0", kPlain.substr(2) + "0g",
        kPlain.substr(2) + "+1", kPlain.substr(2) + " 1", "sha256:" + kPlain,
        std::string("da39a3ee5e6b4b0d3255bfef95601890afd80709")}) {
    const auto pin = ParseCertificatePin(text);
    ASSERT_FALSE(pin) << text;
    EXPECT_EQ(pin.error().message.find("--fingerprint '" + text + "'"), 0U) << pin.error().message;
    EXPECT_NE(pin.error().message.find("-fingerprint -sha256"), std::string::npos);
  }
}

}  // namespace
}  // namespace espcap::http
