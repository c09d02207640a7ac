// SPDX-License-Identifier: GPL-2.0-or-later
#include "deliver/node_url.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace espcap::deliver {
namespace {

TEST(NodeUrl, IsWhatTheUserNamesWithEspcapsDefaults) {
  struct Case {
    const char* text;
    const char* base;
  };
  const Case cases[] = {
      {"localhost", "http://localhost:9200"},
      {"localhost:9201", "http://localhost:9201"},
      {"192.0.2.1", "http://192.0.2.1:9200"},
      {"[::1]", "http://[::1]:9200"},
      {"[::1]:9201", "http://[::1]:9201"},
      {"http://es.example", "http://es.example:9200"},
      {"https://es.example", "https://es.example:443"},
      {"https://es.example:9200", "https://es.example:9200"},
      {"HTTPS://es.example", "https://es.example:443"},
      {"http://[2001:db8::1]:80", "http://[2001:db8::1]:80"},
      {"http://es.example/", "http://es.example:9200"},
      {"https://es.example/prefix", "https://es.example:443/prefix"},
      {"https://es.example/a/b//", "https://es.example:443/a/b"},
      {"es.example:80/a%20b", "http://es.example:80/a%20b"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.text);
    const auto node = ParseNodeUrl(c.text);
    ASSERT_TRUE(node) << node.error().message;
    EXPECT_EQ(node->base, c.base);
    EXPECT_EQ(node->user, "");
    EXPECT_EQ(node->password, "");
  }
}

TEST(NodeUrl, AnAddressKeepsItsZone) {
  const auto node = ParseNodeUrl("http://[fe80::1%25eth0]:9200");
  ASSERT_TRUE(node) << node.error().message;
  EXPECT_EQ(node->base, "http://[fe80::1%25eth0]:9200");
}

TEST(NodeUrl, DecodesCredentialsAndKeepsThemOutOfTheBase) {
  struct Case {
    const char* text;
    const char* user;
    const char* password;
  };
  const Case cases[] = {
      {"https://elastic:changeme@es.example:443", "elastic", "changeme"},
      {"https://elastic@es.example", "elastic", ""},
      {"https://elastic:p%40ss%3Aw%2Frd%25@es.example", "elastic", "p@ss:w/rd%"},
      {"https://el%20astic:gr%C3%BCn@es.example", "el astic", "gr\xC3\xBCn"},
      {"https://elastic:a:b@es.example", "elastic", "a:b"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.text);
    const auto node = ParseNodeUrl(c.text);
    ASSERT_TRUE(node) << node.error().message;
    EXPECT_EQ(node->base, "https://es.example:443");
    EXPECT_EQ(node->user, c.user);
    EXPECT_EQ(node->password, c.password);
  }
}

TEST(NodeUrl, TakesCredentialsWithoutAScheme) {
  const auto node = ParseNodeUrl("elastic:secret@es.example:9201");
  ASSERT_TRUE(node) << node.error().message;
  EXPECT_EQ(node->base, "http://es.example:9201");
  EXPECT_EQ(node->user, "elastic");
  EXPECT_EQ(node->password, "secret");
}

// Sent without its password, a request would be refused for a reason that is hard to see.
TEST(NodeUrl, CredentialsThatDecodeToNothingAreAnError) {
  for (const char* text : {"http://elastic:a%00b@es.example", "http://elastic:a%0Ab@es.example",
                           "http://a%00b:secret@es.example"}) {
    const auto node = ParseNodeUrl(text);
    EXPECT_FALSE(node) << text << " gave user '" << node->user << "', password '" << node->password
                       << "'";
  }
}

TEST(NodeUrl, RefusesWhatIsNoServerAndNamesIt) {
  struct Case {
    const char* text;
    const char* says;
  };
  const Case cases[] = {
      {"", "host"},
      {" ", ""},
      {"es.example es2.example", ""},
      {"http://", "host"},
      {"http://:9200", "host"},
      {"ftp://es.example", "http or https"},
      {"file:///etc/passwd", "http or https"},
      {"bogus://es.example", "http or https"},
      {"es.example:99999", "ort"},
      {"es.example:abc", "ort"},
      {"es.example:-1", "ort"},
      {"[::1", ""},
      {"::1", ""},
      {"http://es.example/?pretty", "query"},
      {"es.example?pretty=true", "query"},
      {"http://es.example/#top", "fragment"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.text);
    const auto node = ParseNodeUrl(c.text);
    ASSERT_FALSE(node) << node->base;
    const std::string& message = node.error().message;
    EXPECT_EQ(message.find("--node '" + std::string(c.text) + "'"), 0U) << message;
    EXPECT_NE(message.find(c.says), std::string::npos) << message;
  }
}

TEST(NodeUrl, KnowsThisMachineByNameAndAddress) {
  struct Case {
    std::vector<const char*> texts;
    bool on_loopback;
  };
  const Case cases[] = {
      {{"localhost"}, true},
      {{"LocalHost:9201"}, true},
      {{"https://elastic:secret@localhost/prefix"}, true},
      {{"127.0.0.1"}, true},
      {{"127.255.1.2:80"}, true},
      {{"[::1]"}, true},
      {{"http://[0:0:0::1]:9200"}, true},
      {{"localhost", "127.0.0.1", "[::1]"}, true},
      {{"es.example"}, false},
      {{"localhost.example"}, false},
      {{"127.example"}, false},
      {{"126.0.0.1"}, false},
      {{"128.0.0.1"}, false},
      {{"192.0.2.127"}, false},
      {{"0.0.0.0"}, false},
      {{"[::2]"}, false},
      {{"[::]"}, false},
      {{"[fe80::1%25lo]"}, false},
      {{"http://localhost@es.example"}, false},
      {{"localhost", "es.example"}, false},
      {{"es.example", "localhost"}, false},
  };
  for (const Case& c : cases) {
    std::vector<NodeUrl> nodes;
    for (const char* text : c.texts) nodes.push_back(*ParseNodeUrl(text));
    EXPECT_EQ(AllOnLoopback(nodes), c.on_loopback) << c.texts.front();
  }
}

TEST(NodeUrl, AnErrorShowsNoCredentials) {
  struct Case {
    const char* text;
    const char* shown;
  };
  const Case cases[] = {
      {"ftp://elastic:secret@es.example", "'ftp://…@es.example'"},
      {"http://elastic:secret@es.example:99999", "'http://…@es.example:99999'"},
      {"elastic:secret@es.example:99999", "'…@es.example:99999'"},
      {"http://elastic:x@secret@es.example:99999", "@es.example:99999'"},
      {"http://elastic:secret@es.example/?q=1", "'http://…@es.example/?q=1'"},
      {"http://elastic:secret@es.example/?q=me@home", "'http://…@"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.text);
    const auto node = ParseNodeUrl(c.text);
    ASSERT_FALSE(node);
    const std::string& message = node.error().message;
    EXPECT_NE(message.find(c.shown), std::string::npos) << message;
    EXPECT_EQ(message.find("secret"), std::string::npos) << message;
    EXPECT_EQ(message.find("elastic"), std::string::npos) << message;
  }
}

}  // namespace
}  // namespace espcap::deliver
