// SPDX-License-Identifier: GPL-2.0-or-later
#include "http/node_url.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace espcap::http {
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
  }
}

TEST(NodeUrl, AnAddressKeepsItsZone) {
  const auto node = ParseNodeUrl("http://[fe80::1%25eth0]:9200");
  ASSERT_TRUE(node) << node.error().message;
  EXPECT_EQ(node->base, "http://[fe80::1%25eth0]:9200");
}

// They are cut out of the command line before, and no configuration file holds them.
TEST(NodeUrl, CredentialsAreRefusedAndNotShown) {
  for (const char* text : {"https://elastic:s3cret@es.example:443", "https://elastic@es.example",
                           "elastic:s3cret@es.example:9201", "http://elastic:s3cret%00@es.example",
                           "http://:s3cret@es.example", "https://elastic:s3/cret@es.example"}) {
    const auto node = ParseNodeUrl(text);
    ASSERT_FALSE(node) << text;
    EXPECT_EQ(node.error().message.find("cret"), std::string::npos) << node.error().message;
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
      {{"https://localhost/prefix"}, true},
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
}  // namespace espcap::http
