// SPDX-License-Identifier: GPL-2.0-or-later
#include "encode/community_id.h"

#include <gcrypt.h>
#include <glib.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace espcap::encode {
namespace {

constexpr uint8_t kIcmp = 1;
constexpr uint8_t kIcmpV6 = 58;

// Types of messages that answer one another, as the specification pairs them.
using Pairs = std::initializer_list<std::pair<uint16_t, uint16_t>>;
constexpr Pairs kIcmpPairs = {{8, 0}, {13, 14}, {15, 16}, {10, 9}, {17, 18}};
constexpr Pairs kIcmpV6Pairs = {{128, 129}, {130, 131}, {133, 134},
                                {135, 136}, {139, 140}, {144, 145}};

std::optional<uint16_t> AnswerTo(const Pairs& pairs, uint16_t type) {
  for (const auto& [one, other] : pairs) {
    if (type == one) return other;
    if (type == other) return one;
  }
  return std::nullopt;
}

std::string Base64(std::span<const uint8_t> bytes) {
  const std::unique_ptr<gchar, decltype(&g_free)> text(g_base64_encode(bytes.data(), bytes.size()),
                                                       g_free);
  return text.get();
}

}  // namespace

std::string CommunityId(const Flow& flow) {
  constexpr size_t kIpv4Bytes = 4;
  constexpr size_t kIpv6Bytes = 16;
  const size_t length = flow.source.size();
  if (length != flow.destination.size() || (length != kIpv4Bytes && length != kIpv6Bytes)) {
    return {};
  }
  auto near = std::tuple(flow.source, flow.source_port);
  auto far = std::tuple(flow.destination, flow.destination_port);
  bool is_one_way = false;
  if (flow.has_ports && (flow.protocol == kIcmp || flow.protocol == kIcmpV6)) {
    const auto answer =
        AnswerTo(flow.protocol == kIcmp ? kIcmpPairs : kIcmpV6Pairs, flow.source_port);
    is_one_way = !answer;
    if (answer) std::get<1>(far) = *answer;
  }
  const int order = std::memcmp(flow.source.data(), flow.destination.data(), length);
  const bool is_ordered = order < 0 || (order == 0 && std::get<1>(near) < std::get<1>(far));
  if (!is_one_way && !is_ordered) std::swap(near, far);

  std::vector<uint8_t> hashed = {0, 0};  // the seed
  const auto add_port = [&hashed](uint16_t port) {
    hashed.push_back(static_cast<uint8_t>(port >> 8U));
    hashed.push_back(static_cast<uint8_t>(port & 0xFFU));
  };
  for (const auto& address : {std::get<0>(near), std::get<0>(far)}) {
    hashed.insert(hashed.end(), address.begin(), address.end());
  }
  hashed.push_back(flow.protocol);
  hashed.push_back(0);
  if (flow.has_ports) {
    add_port(std::get<1>(near));
    add_port(std::get<1>(far));
  }
  std::array<uint8_t, 20> sha1{};
  gcry_check_version(nullptr);  // initialises libgcrypt where libwireshark has not yet
  gcry_md_hash_buffer(GCRY_MD_SHA1, sha1.data(), hashed.data(), hashed.size());
  return "1:" + Base64(sha1);
}

}  // namespace espcap::encode
