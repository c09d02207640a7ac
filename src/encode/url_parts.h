// SPDX-License-Identifier: GPL-2.0-or-later
//
// A URL's parts, as ECS names them; any can be empty. Pure functions over the text, which they
// borrow.
#ifndef ESPCAP_ENCODE_URL_PARTS_H_
#define ESPCAP_ENCODE_URL_PARTS_H_

#include <algorithm>
#include <string_view>

namespace espcap::encode {

struct UrlParts {
  std::string_view scheme;  // "https"
  std::string_view domain;  // without its port; an IPv6 address without brackets
  std::string_view port;
  std::string_view path;
  std::string_view query;  // without the question mark
};

// "host:8080" of a URL or a Host line.
inline void SplitAuthority(std::string_view authority, UrlParts& parts) {
  authority.remove_prefix(authority.rfind('@') + 1);  // npos + 1 is 0
  const size_t bracket = authority.starts_with('[') ? authority.find(']') : std::string_view::npos;
  if (bracket != std::string_view::npos) {
    parts.domain = authority.substr(1, bracket - 1);
    authority.remove_prefix(bracket + 1);
    if (authority.starts_with(':')) parts.port = authority.substr(1);
    return;
  }
  const size_t colon = std::min(authority.find(':'), authority.size());
  parts.domain = authority.substr(0, colon);
  if (colon < authority.size()) parts.port = authority.substr(colon + 1);
}

// Of a whole URL, or of what a request line has: "/path?query".
inline UrlParts SplitUrl(std::string_view url) {
  constexpr std::string_view kAfterScheme = "://";
  UrlParts parts;
  url = url.substr(0, url.find('#'));
  const size_t query = url.find('?');
  if (query != std::string_view::npos) parts.query = url.substr(query + 1);
  url = url.substr(0, query);
  if (const size_t scheme = url.find(kAfterScheme); scheme != std::string_view::npos) {
    parts.scheme = url.substr(0, scheme);
    url.remove_prefix(scheme + kAfterScheme.size());
    const size_t slash = std::min(url.find('/'), url.size());
    SplitAuthority(url.substr(0, slash), parts);
    url.remove_prefix(slash);
  }
  if (url.starts_with('/')) parts.path = url;
  return parts;
}

}  // namespace espcap::encode

#endif  // ESPCAP_ENCODE_URL_PARTS_H_
