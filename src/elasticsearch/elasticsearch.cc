// SPDX-License-Identifier: GPL-2.0-or-later
#include "elasticsearch/elasticsearch.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include "elasticsearch/json_answer.h"

namespace espcap::elasticsearch {
namespace {

using nlohmann::json;

constexpr size_t kShownBytes = 200;

// Its beginning in one line, cut between characters.
std::string Excerpt(const std::string& body) {
  size_t length = std::min(body.size(), kShownBytes);
  const auto is_continuation = [&body](size_t at) {
    return at < body.size() && (static_cast<unsigned char>(body[at]) & 0xC0U) == 0x80U;
  };
  while (length > 0 && is_continuation(length)) --length;
  std::string text = body.substr(0, length);
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  }
  return body.size() > length ? text + "…" : text;
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
    "espcap speaks to Elasticsearch 7.17, 8 and 9 and to OpenSearch 1, 2 and 3";

bool IsSupportedElasticsearch(Version version) {
  return version.major == 8 || version.major == 9 || (version.major == 7 && version.minor >= 17);
}

// With compatibility.override_main_response_version an OpenSearch 1 or 2 calls itself 7.10.
bool IsSupportedOpenSearch(Version version) {
  return (version.major >= 1 && version.major <= 3) || (version.major == 7 && version.minor == 10);
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
  const json answer = json::parse(body, nullptr, false);
  if (!answer.is_object() || !answer.contains("version")) return refuse();
  const json& details = answer["version"];
  if (!details.is_object()) return refuse();
  const std::string number = base::TextMember(details, "number");
  const auto version = ParseVersion(number);
  if (!version) return refuse();

  // Elasticsearch names no distribution; what imitates it has another tagline or names its own.
  const bool is_opensearch = base::TextMember(details, "distribution") == "opensearch";
  const bool is_elasticsearch = !details.contains("distribution") &&
                                (!answer.contains("tagline") ||
                                 base::TextMember(answer, "tagline") == "You Know, for Search");
  if (!is_opensearch && !is_elasticsearch) return refuse();
  ServerIdentity identity{is_opensearch ? "OpenSearch" : "Elasticsearch", number};
  if (is_opensearch ? IsSupportedOpenSearch(*version) : IsSupportedElasticsearch(*version)) {
    return identity;
  }
  return Fail("GET / answered as {} {}; {}", identity.name, identity.version, kSupported);
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
  const json answer = json::parse(response.body, nullptr, false);
  if (!answer.is_object()) return {};
  const auto error = answer.find("error");
  return error != answer.end() && error->is_object() ? base::TextMember(*error, "type")
                                                     : std::string();
}

std::string ReasonOf(const http::HttpResponse& response) {
  const json answer = json::parse(response.body, nullptr, false);
  if (answer.is_object() && answer.contains("error")) {
    const json& error = answer["error"];
    if (error.is_string()) return error.get<std::string>();
    if (error.is_object()) {
      return DescribeError(error);
    }
  }
  return response.body.empty() ? "no explanation" : Excerpt(response.body);
}

}  // namespace espcap::elasticsearch
