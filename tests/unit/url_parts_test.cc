// SPDX-License-Identifier: GPL-2.0-or-later
#include "encode/url_parts.h"

#include <gtest/gtest.h>

namespace espcap::encode {
namespace {

struct Row {
  const char* url;
  UrlParts parts;
};

TEST(UrlParts, AreThoseOfEcs) {
  const Row rows[] = {
      {"http://example.com/a/b?c=d#e", {"http", "example.com", "", "/a/b", "c=d"}},
      {"https://me:secret@example.com:8443", {"https", "example.com", "8443", "", ""}},
      {"http://[2001:db8::1]:80/", {"http", "2001:db8::1", "80", "/", ""}},
      {"/only?path=http://x/", {"", "", "", "/only", "path=http://x/"}},
      {"*", {"", "", "", "", ""}},
      {"", {"", "", "", "", ""}},
      {"http://[broken/x", {"http", "[broken", "", "/x", ""}},
  };
  for (const Row& row : rows) {
    const UrlParts parts = SplitUrl(row.url);
    EXPECT_EQ(parts.scheme, row.parts.scheme) << row.url;
    EXPECT_EQ(parts.domain, row.parts.domain) << row.url;
    EXPECT_EQ(parts.port, row.parts.port) << row.url;
    EXPECT_EQ(parts.path, row.parts.path) << row.url;
    EXPECT_EQ(parts.query, row.parts.query) << row.url;
  }
}

}  // namespace
}  // namespace espcap::encode
