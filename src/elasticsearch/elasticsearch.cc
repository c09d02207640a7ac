// SPDX-License-Identifier: GPL-2.0-or-later
#include "elasticsearch/elasticsearch.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include "elasticsearch/answer_members.h"

namespace espcap::elasticsearch {
namespace {

using Kind = AnswerMembers::Member::Kind;

constexpr size_t kShownBytes = 200;

// Its beginning in one line.
std::string Excerpt(const std::string& body) {
  std::string text(Beginning(body, kShownBytes));
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  }
  return body.size() > text.size() ? text + "…" : text;
}

// Of an HTML page, which proxies answer with; "" where there is none.
std::string PageTitle(const std::string& body) {
  constexpr std::string_view kOpen = "<title>";
  const size_t open = body.find(kOpen);
  if (!body.starts_with('<') || open == std::string::npos) return "";
  const size_t begin = open + kOpen.size();
  const size_t end = body.find('<', begin);
  return end == std::string::npos ? "" : body.substr(begin, end - begin);
}

struct Version {
  unsigned major = 0;
  unsigned minor = 0;
};

// Of "8.15.5" or "9.0.0-SNAPSHOT".
std::optional<Version> ParseVersion(const std::string& text) {
  Version version;
  const char* const end = text.data() + text.size();
  const auto major = std::from_chars(text.data(), end, version.major);
  if (major.ec != std::errc() || major.ptr == end || *major.ptr != '.') return std::nullopt;
  const auto minor = std::from_chars(major.ptr + 1, end, version.minor);
  if (minor.ec != std::errc() || (minor.ptr != end && *minor.ptr != '.')) return std::nullopt;
  const bool is_plain = std::all_of(minor.ptr, end, [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '.' || c == '-' || c == '+';
  });
  return is_plain ? std::optional(version) : std::nullopt;
}

// Of all these espcap wants the same: `create` by _bulk, composable templates, their simulation.
// All take plain application/x-ndjson as the newest form of the API that they have; a media type
// with compatible-with would ask for another one's, and OpenSearch refuses it.
constexpr const char* kSupported =
    "espcap speaks to Elasticsearch from 7.17 and to every OpenSearch";

// Known to lack some of that. A version that isn't known is asked what it can, as every server is.
bool IsTooOldElasticsearch(Version version) {
  return version.major < 7 || (version.major == 7 && version.minor < 17);
}

// What nginx and Elasticsearch answer where the connection isn't as they want it.
std::optional<Error> TransportFault(const http::HttpResponse& response) {
  const auto says = [&response](const char* text) {
    return response.status == 400 && response.body.find(text) != std::string::npos;
  };
  if (says("plain HTTP request was sent to HTTPS port")) {
    return Error{"this is an https port: write https:// in --node"};
  }
  if (says("No required SSL certificate was sent")) {
    return Error{"the server wants a client certificate: give --client-cert and --client-key"};
  }
  if (says("The SSL certificate error")) {
    return Error{"the server refuses the certificate of --client-cert"};
  }
  if (response.status == 407) {
    return Error{"the proxy wants other credentials: http_proxy=http://user:password@proxy"};
  }
  return std::nullopt;
}

}  // namespace

Result<ServerIdentity> ParseServerIdentity(const std::string& body) {
  const auto refuse = [&body] {
    return Fail("no Elasticsearch or OpenSearch: GET / answered '{}'; {}", Excerpt(body),
                kSupported);
  };
  constexpr const char* kNumber = "/version/number";
  constexpr const char* kDistribution = "/version/distribution";
  constexpr const char* kTagline = "/tagline";
  const auto answer = AnswerMembers::Read(body, kAnswerBounds, {kNumber, kDistribution, kTagline});
  if (!answer) return refuse();
  const std::string& number = answer->TextAt(kNumber);
  const auto version = ParseVersion(number);
  if (!version) return refuse();

  // Elasticsearch names no distribution; what imitates it has another tagline or names its own.
  const bool is_opensearch = answer->TextAt(kDistribution) == "opensearch";
  const bool is_elasticsearch = answer->at(kDistribution).is(Kind::kMissing) &&
                                (answer->at(kTagline).is(Kind::kMissing) ||
                                 answer->TextAt(kTagline) == "You Know, for Search");
  if (!is_opensearch && !is_elasticsearch) return refuse();
  ServerIdentity identity{is_opensearch ? "OpenSearch" : "Elasticsearch", number};
  if (is_elasticsearch && IsTooOldElasticsearch(*version)) {
    return Fail("GET / answered as {} {}; {}", identity.name, identity.version, kSupported);
  }
  return identity;
}

Result<ServerIdentity> IdentifyServer(const http::HttpResponse& response) {
  if (response.status == 200) return ParseServerIdentity(response.body);
  const std::string reason = ReasonOf(response);
  if (response.status == 401) {
    return Fail(
        "the server wants other credentials ({}); see --user, --api-key-file and "
        "--bearer-token-file",
        reason);
  }
  if (response.status == 403) {
    return Fail(
        "the server refuses GET / to these credentials ({}): they need the cluster privilege "
        "'monitor'",
        reason);
  }
  if (auto fault = TransportFault(response)) return tl::unexpected(std::move(*fault));
  if (response.status == http::kStatusTooManyRequests) {
    return Fail("the server is too busy: GET / answered 429 ({})", reason);
  }
  if (response.status >= 500) {
    return Fail("the server isn't ready: GET / answered {} ({})", response.status, reason);
  }
  return Fail("no Elasticsearch or OpenSearch: GET / answered {} ({}); {}", response.status, reason,
              kSupported);
}

std::string ErrorTypeOf(const http::HttpResponse& response) {
  AnswerMembers answer = StatusAndError();
  const auto read = base::ReadJson(response.body, kAnswerBounds, answer);
  return read ? answer.TextAt("/error/type") : std::string();
}

bool MayPass(const http::HttpResponse& response) {
  return response.status == http::kStatusTooManyRequests || response.status >= 500;
}

std::string ReasonOf(const http::HttpResponse& response) {
  AnswerMembers answer = StatusAndError();
  const auto read = base::ReadJson(response.body, kAnswerBounds, answer);
  std::string reason = read ? DescribeError(answer) : std::string();
  if (!reason.empty()) return reason;
  if (response.body.empty()) return "no explanation";
  const std::string title = PageTitle(response.body);
  return title.empty() ? Excerpt(response.body) : Excerpt(title);
}

}  // namespace espcap::elasticsearch
