// SPDX-License-Identifier: GPL-2.0-or-later
#include "http/security.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "temporary_directory.h"

namespace espcap::http {
namespace {

using Strings = std::vector<std::string>;

std::vector<NodeUrl> Nodes(const Strings& texts) {
  std::vector<NodeUrl> nodes;
  for (const std::string& text : texts) nodes.push_back(*ParseNodeUrl(text));
  return nodes;
}

std::string Checked(const Security& security) {
  const auto checked = CheckSecurity(security);
  return checked ? "" : checked.error().message;
}

TEST(Security, PartsThatDoNotGoTogether) {
  Security security;
  EXPECT_EQ(Checked(security), "");
  security.insecure = true;
  EXPECT_EQ(Checked(security), "");
  security.pin = CertificatePin{};
  EXPECT_NE(Checked(security).find("--insecure and --fingerprint"), std::string::npos);
  security.pin.reset();
  security.ca_file = "ca.pem";
  EXPECT_NE(Checked(security).find("--insecure and --ca-file"), std::string::npos);
  security.insecure = false;
  security.pin = CertificatePin{};
  EXPECT_NE(Checked(security).find("--fingerprint and --ca-file"), std::string::npos);
  Security key_alone;
  key_alone.client_key = "key.pem";
  EXPECT_NE(Checked(key_alone).find("--client-cert is missing"), std::string::npos);
}

TEST(Security, FilesThatCannotBeUsedAreNamed) {
  const testing::TemporaryDirectory directory;
  Security security;
  security.ca_file = directory.Path("none");
  EXPECT_EQ(Checked(security), "--ca-file " + security.ca_file + ": No such file or directory");
  security.ca_file = directory.Path();
  EXPECT_EQ(Checked(security), "--ca-file " + security.ca_file + ": is a directory");
  security.ca_file = directory.Write("text", "no certificate");
  EXPECT_NE(Checked(security).find("--ca-file " + security.ca_file + ": holds no certificate"),
            std::string::npos)
      << Checked(security);
  Security client;
  client.client_cert = directory.Path("none");
  EXPECT_EQ(Checked(client), "--client-cert " + client.client_cert + ": No such file or directory");
}

TEST(Security, InsecureSaysWhatIsLost) {
  Security security;
  security.insecure = true;
  const Strings warnings = SecurityWarnings(security, Nodes({"https://es.example"}));
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_NE(warnings[0].find("read and change every document"), std::string::npos);
  EXPECT_EQ(warnings[0].find("credentials"), std::string::npos);
  security.authorization = base::Secret("Authorization: ApiKey s3cret");
  const Strings more = SecurityWarnings(security, Nodes({"https://es.example"}));
  ASSERT_EQ(more.size(), 1U);
  EXPECT_NE(more[0].find("take the credentials"), std::string::npos);
}

TEST(Security, CredentialsInTheClearAreSaid) {
  struct Case {
    Strings nodes;
    Strings warned;
  };
  const Case cases[] = {
      {{"es.example"}, {"http://es.example:9200"}},
      {{"https://es.example"}, {}},
      {{"localhost", "127.0.0.1:9201", "[::1]"}, {}},
      {{"localhost", "https://a.example", "b.example", "http://192.0.2.1"},
       {"http://b.example:9200", "http://192.0.2.1:9200"}},
  };
  Security security;
  for (const Case& c : cases) EXPECT_TRUE(SecurityWarnings(security, Nodes(c.nodes)).empty());
  security.authorization = base::Secret("Authorization: ApiKey s3cret");
  for (const Case& c : cases) {
    const Strings warnings = SecurityWarnings(security, Nodes(c.nodes));
    ASSERT_EQ(warnings.size(), c.warned.size());
    for (size_t i = 0; i < warnings.size(); ++i) {
      EXPECT_EQ(warnings[i].find(c.warned[i] + ": "), 0U) << warnings[i];
      EXPECT_EQ(warnings[i].find("s3cret"), std::string::npos);
    }
  }
}

TEST(Security, OptionsOfHttpsWithoutHttps) {
  Security security;
  security.insecure = true;
  security.client_cert = "me.pem";
  const Strings warnings = SecurityWarnings(security, Nodes({"es.example", "localhost"}));
  EXPECT_EQ(warnings, (Strings{"--insecure has no effect: no --node begins with https://",
                               "--client-cert has no effect: no --node begins with https://"}));
  EXPECT_EQ(SecurityWarnings(security, Nodes({"es.example", "https://es.example"})).size(), 1U);
}

}  // namespace
}  // namespace espcap::http
