// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/run_description.h"

#include <gtest/gtest.h>

namespace espcap::app {
namespace {

TEST(RunDescription, APreferenceThatMayBeASecretHasNoValue) {
  struct Case {
    const char* preference;
    const char* shown;
  };
  const Case cases[] = {
      {"tcp.desegment_tcp_streams:TRUE", "tcp.desegment_tcp_streams:TRUE"},
      {"tls.keylog_file:/keys/a:b", "tls.keylog_file:/keys/a:b"},
      {"wlan.enable_decryption:TRUE", "wlan.enable_decryption:TRUE"},
      {"dtls.psk:0123", "dtls.psk:…"},
      {"tls.keys_list:10.0.0.1,443,http,/k.pem,pass", "tls.keys_list:…"},
      {"kip.key_file_pwd:x", "kip.key_file_pwd:…"},
      {"UAT:80211_keys:\"wpa-pwd\",\"a:b\"", "UAT:80211_keys:…"},
      {"uat:x", "uat:x:…"},
      {"", ""},
  };
  for (const Case& c : cases) EXPECT_EQ(WithoutSecret(c.preference), c.shown);
}

}  // namespace
}  // namespace espcap::app
