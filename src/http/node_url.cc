// SPDX-License-Identifier: GPL-2.0-or-later
#include "http/node_url.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <strings.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>

namespace espcap::http {
namespace {

struct UrlCleanup {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
struct CurlFree {
  void operator()(char* text) const { curl_free(text); }
};

// The part, decoded where `flags` say so; empty where the URL has none.
std::string Part(CURLU* url, CURLUPart part, unsigned flags) {
  char* raw = nullptr;
  if (curl_url_get(url, part, &raw, flags) != CURLUE_OK) return {};
  const std::unique_ptr<char, CurlFree> owned(raw);
  return raw;
}

std::string WithoutCredentials(const std::string& text) {
  const size_t at = text.rfind('@');
  if (at == std::string::npos) return text;
  const size_t scheme = text.find("://");
  return text.substr(0, scheme == std::string::npos ? 0 : scheme + 3) + "…" + text.substr(at);
}

bool IsLoopback(const std::string& host) {
  constexpr uint32_t kLoopbackNet = 127;  // of eight bits
  if (::strcasecmp(host.c_str(), "localhost") == 0) return true;
  in_addr ipv4{};
  if (::inet_pton(AF_INET, host.c_str(), &ipv4) == 1) {
    return ntohl(ipv4.s_addr) >> 24U == kLoopbackNet;
  }
  in6_addr ipv6{};
  return host.size() > 2 && host.front() == '[' &&
         ::inet_pton(AF_INET6, host.substr(1, host.size() - 2).c_str(), &ipv6) == 1 &&
         IN6_IS_ADDR_LOOPBACK(&ipv6);
}

}  // namespace

Result<NodeUrl> ParseNodeUrl(const std::string& text) {
  const auto refuse = [&text](const char* reason) {
    return Fail("--node '{}': {}; give host, host:port or http(s)://host:port",
                WithoutCredentials(text), reason);
  };
  const std::unique_ptr<CURLU, UrlCleanup> url(curl_url());
  if (url == nullptr) return refuse("out of memory");
  const bool has_scheme = text.find("://") != std::string::npos;
  const std::string full = has_scheme ? text : "http://" + text;
  if (const CURLUcode code = curl_url_set(url.get(), CURLUPART_URL, full.c_str(), 0);
      code != CURLUE_OK) {
    return refuse(code == CURLUE_UNSUPPORTED_SCHEME ? "the scheme isn't http or https"
                                                    : curl_url_strerror(code));
  }
  const std::string scheme = Part(url.get(), CURLUPART_SCHEME, 0);
  if (scheme != "http" && scheme != "https") return refuse("the scheme isn't http or https");
  if (!Part(url.get(), CURLUPART_QUERY, 0).empty() ||
      !Part(url.get(), CURLUPART_FRAGMENT, 0).empty()) {
    return refuse("a server's URL has no query or fragment");
  }

  if (!Part(url.get(), CURLUPART_USER, 0).empty() ||
      !Part(url.get(), CURLUPART_PASSWORD, 0).empty()) {
    return refuse("credentials don't belong here");
  }
  NodeUrl node;
  std::string port = Part(url.get(), CURLUPART_PORT, 0);
  if (port.empty()) port = scheme == "https" ? "443" : "9200";
  std::string path = Part(url.get(), CURLUPART_PATH, 0);
  while (!path.empty() && path.back() == '/') path.pop_back();
  std::string host = Part(url.get(), CURLUPART_HOST, 0);
  if (const std::string zone = Part(url.get(), CURLUPART_ZONEID, 0); !zone.empty()) {
    host.insert(host.size() - 1, "%25" + zone);  // before the closing bracket (RFC 6874)
  }
  node.base = scheme + "://" + host + ":" + port + path;
  node.host = std::move(host);
  return node;
}

bool AllOnLoopback(const std::vector<NodeUrl>& nodes) {
  return std::all_of(nodes.begin(), nodes.end(),
                     [](const NodeUrl& node) { return IsLoopback(node.host); });
}

}  // namespace espcap::http
