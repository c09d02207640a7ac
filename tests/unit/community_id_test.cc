// SPDX-License-Identifier: GPL-2.0-or-later
#include "encode/community_id.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace espcap::encode {
namespace {

std::vector<uint8_t> Address(const std::string& text) {
  const bool is_ipv6 = text.find(':') != std::string::npos;
  std::vector<uint8_t> bytes(is_ipv6 ? 16 : 4);
  EXPECT_EQ(inet_pton(is_ipv6 ? AF_INET6 : AF_INET, text.c_str(), bytes.data()), 1) << text;
  return bytes;
}

struct Vector {
  uint8_t protocol;
  const char* source;
  const char* destination;
  int source_port;  // -1: none
  int destination_port;
  const char* id;
};

// The reference implementation's, at seed 0 (corelight/pycommunityid).
constexpr Vector kReference[] = {
    {1, "192.168.0.89", "192.168.0.1", 8, 0, "1:X0snYXpgwiv9TZtqg64sgzUn6Dk="},
    {1, "192.168.0.1", "192.168.0.89", 0, 8, "1:X0snYXpgwiv9TZtqg64sgzUn6Dk="},
    {1, "192.168.0.89", "192.168.0.1", 20, 0, "1:3o2RFccXzUgjl7zDpqmY7yJi8rI="},
    {1, "192.168.0.89", "192.168.0.1", 20, 1, "1:tz/fHIDUHs19NkixVVoOZywde+I="},
    {1, "192.168.0.1", "192.168.0.89", 0, 20, "1:X0snYXpgwiv9TZtqg64sgzUn6Dk="},
    {58, "fe80::200:86ff:fe05:80da", "fe80::260:97ff:fe07:69ea", 135, 0,
     "1:dGHyGvjMfljg6Bppwm3bg0LO8TY="},
    {58, "fe80::260:97ff:fe07:69ea", "fe80::200:86ff:fe05:80da", 136, 0,
     "1:dGHyGvjMfljg6Bppwm3bg0LO8TY="},
    {58, "3ffe:507:0:1:260:97ff:fe07:69ea", "3ffe:507:0:1:200:86ff:fe05:80da", 3, 0,
     "1:NdobDX8PQNJbAyfkWxhtL2Pqp5w="},
    {58, "3ffe:507:0:1:200:86ff:fe05:80da", "3ffe:507:0:1:260:97ff:fe07:69ea", 3, 0,
     "1:/OGBt9BN1ofenrmSPWYicpij2Vc="},
    {132, "192.168.170.8", "192.168.170.56", 7, 80, "1:jQgCxbku+pNGw8WPbEc/TS/uTpQ="},
    {132, "192.168.170.56", "192.168.170.8", 80, 7, "1:jQgCxbku+pNGw8WPbEc/TS/uTpQ="},
    {6, "128.232.110.120", "66.35.250.204", 34855, 80, "1:LQU9qZlK+B5F3KDmev6m5PMibrg="},
    {6, "66.35.250.204", "128.232.110.120", 80, 34855, "1:LQU9qZlK+B5F3KDmev6m5PMibrg="},
    {6, "10.0.0.1", "10.0.0.2", 10, 11569, "1:SXBGMX1lBOwhhoDrZynfROxnhnM="},
    {17, "192.168.1.52", "8.8.8.8", 54585, 53, "1:d/FP5EW3wiY1vCndhwleRRKHowQ="},
    {17, "8.8.8.8", "192.168.1.52", 53, 54585, "1:d/FP5EW3wiY1vCndhwleRRKHowQ="},
    {17, "127.0.0.1", "127.0.0.1", 40000, 53, "1:gir0IfrzfLF5jsdNt5PFAnifXH0="},
    {17, "127.0.0.1", "127.0.0.1", 53, 40000, "1:gir0IfrzfLF5jsdNt5PFAnifXH0="},
    {46, "10.1.24.4", "10.1.12.1", -1, -1, "1:/nQI4Rh/TtY3mf0R2gJFBkVlgS4="},
    {46, "10.1.12.1", "10.1.24.4", -1, -1, "1:/nQI4Rh/TtY3mf0R2gJFBkVlgS4="},
};

TEST(CommunityId, IsTheReferences) {
  for (const Vector& vector : kReference) {
    const std::vector<uint8_t> source = Address(vector.source);
    const std::vector<uint8_t> destination = Address(vector.destination);
    Flow flow{source, destination, vector.protocol};
    if (vector.source_port >= 0) {
      flow.has_ports = true;
      flow.source_port = static_cast<uint16_t>(vector.source_port);
      flow.destination_port = static_cast<uint16_t>(vector.destination_port);
    }
    EXPECT_EQ(CommunityId(flow), vector.id) << vector.source << ' ' << vector.source_port;
  }
}

TEST(CommunityId, IsNoneOfOtherAddresses) {
  const std::vector<uint8_t> ipv4(4);
  const std::vector<uint8_t> ipv6(16);
  EXPECT_EQ(CommunityId({ipv4, ipv6, 6}), "");
  EXPECT_EQ(CommunityId({{}, {}, 6}), "");
}

}  // namespace
}  // namespace espcap::encode
