// SPDX-License-Identifier: GPL-2.0-or-later
//
// Types of keys against libwireshark's registry, and against every value of every capture:
// test_pcaps, and the folder that ESPCAP_CAPTURES names.
#include "registry/field_catalog.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <string>

#include "captures.h"
#include "dissect/session.h"
#include "encode/field_value.h"
#include "schema/curated_fields.h"
#include "source/frame_reader.h"

namespace espcap::registry {
namespace {

using schema::FieldType;

const KeyTypes& Types() {
  static const KeyTypes types = ReadKeyTypes();
  return types;
}

bool IsLong(const std::string& text) {
  errno = 0;
  char* end = nullptr;
  static_cast<void>(std::strtoll(text.c_str(), &end, 10));
  return errno == 0 && !text.empty() && *end == '\0';
}

bool IsDouble(const std::string& text) {
  char* end = nullptr;
  static_cast<void>(std::strtod(text.c_str(), &end));
  return !text.empty() && *end == '\0';
}

bool IsAddress(const std::string& text) {
  in6_addr address{};
  return ::inet_pton(AF_INET, text.c_str(), &address) == 1 ||
         ::inet_pton(AF_INET6, text.c_str(), &address) == 1;
}

// "2024-02-29T12:34:56.123456789Z", with a year of four digits. Others exist, and are ignored.
bool IsTime(const std::string& text) { return text.find('T') != std::string::npos; }

// A fraction of more than a second, in words from 4.4 on: "1.(2000000000 nanosec". A server leaves
// it out of the index (ignore_malformed).
bool IsImpossibleFraction(const std::string& text) {
  return !wireshark::kIsBefore44 && text.find(".(") != std::string::npos;
}

// Whether a server accepts JSON `value` for a field of this type.
bool Fits(FieldType type, const std::string& value) {
  if (value == "null") return true;
  const bool quoted = value.front() == '"';
  const std::string text = quoted ? value.substr(1, value.size() - 2) : value;
  switch (type) {
    case FieldType::kPresence:
      return value == "null";
    case FieldType::kBoolean:
      return value == "true" || value == "false";
    case FieldType::kLong:
      return quoted && IsLong(text);
    case FieldType::kUnsigned:
      return quoted && IsDouble(text);
    case FieldType::kDouble:
      return quoted && (IsDouble(text) || IsImpossibleFraction(text));
    case FieldType::kIp:
      return quoted && IsAddress(text);
    case FieldType::kDate:
    case FieldType::kDateNanos:
      return quoted && (IsTime(text) || text == "Not representable");
    default:
      return type == FieldType::kKeyword || type == FieldType::kBytes;
  }
}

// What a typed document has in place of `value`.
std::string AsNumber(FieldType type, const std::string& value) {
  if (!schema::IsNumber(type) || value.front() != '"') return value;
  std::string text = value.substr(1, value.size() - 2);
  if (IsImpossibleFraction(text)) {
    text.erase(text.find('('), 1);
    text.erase(text.find(' '));
  }
  return std::isfinite(std::strtod(text.c_str(), nullptr)) ? text : "null";
}

class Fitting {
 public:
  void Tree(const proto_node* node) {
    for (const proto_node* child = node->first_child; child != nullptr; child = child->next) {
      if (PNODE_FINFO(child) != nullptr) Value(*PNODE_FINFO(child));
      Tree(child);
    }
  }
  [[nodiscard]] const std::set<FieldType>& seen() const { return seen_; }

 private:
  void Value(const field_info& field) {
    const std::string key = EkKey(*field.hfinfo);
    const FieldType type = Types().at(key);
    const ValueFormat format = FormatOf(*field.hfinfo);
    seen_.insert(type);
    if (format.kind == ValueKind::kObject) {
      EXPECT_EQ(type, FieldType::kObject) << key;
      return;
    }
    value_.Clear();
    encode::AppendFieldValue(value_, field, format);
    const std::string value(value_.view());
    EXPECT_TRUE(Fits(type, value)) << key << ' ' << value;
    value_.Clear();
    encode::AppendFieldValue(value_, field, Typed(format, type));
    EXPECT_EQ(std::string(value_.view()), AsNumber(type, value)) << key;
  }

  ByteBuffer value_;
  std::set<FieldType> seen_;
};

TEST(FieldCatalog, KnowsTheTypeOfEachKey) {
  const std::map<std::string, FieldType> known = {
      {"tcp", FieldType::kObject},
      {"tcp_tcp_srcport", FieldType::kLong},
      {"tcp_tcp_seq", FieldType::kLong},
      {"tcp_tcp_flags", wireshark::kEkNumbersAreDecimal ? FieldType::kLong : FieldType::kKeyword},
      {"tcp_tcp_flags_syn", FieldType::kBoolean},
      {"tcp_tcp_analysis_retransmission", FieldType::kPresence},
      {"tcp_tcp_payload", FieldType::kBytes},
      {"tcp_tcp_time_delta", FieldType::kDouble},
      {"http_http_content_length", FieldType::kUnsigned},
      {"http_http_host", FieldType::kKeyword},
      {"ip_ip_src", FieldType::kIp},
      {"ipv6_ipv6_src", FieldType::kIp},
      {"eth_eth_src", FieldType::kKeyword},
      {"frame_frame_time", FieldType::kDateNanos},
      {"ntp_ntp_xmt", FieldType::kDate},
      // Several fields of one name: a number here, another's text there.
      {"bgp_bgp_prefix_length", FieldType::kKeyword}};
  for (const auto& [key, type] : known) EXPECT_EQ(Types().at(key), type) << key;
}

TEST(FieldCatalog, ListsEachNameAndKeyOnce) {
  const auto fields = ReadFields([](const header_field_info& field) {
    return std::string_view(field.abbrev).starts_with("bgp.");
  });
  std::set<std::pair<std::string, std::string>> seen;
  for (const schema::Field& field : fields) {
    EXPECT_TRUE(seen.insert({field.name, field.key}).second) << field.name;
  }
  EXPECT_TRUE(std::is_sorted(fields.begin(), fields.end(),
                             [](const auto& a, const auto& b) { return a.name < b.name; }));
}

// Those that this release of libwireshark doesn't have.
const std::set<std::string> kMissing = {wireshark::kIsBefore44 ? "tls.handshake.ja4" : "http.chat"};

TEST(FieldCatalog, HasTheCuratedFields) {
  const std::vector<std::string> names = schema::CuratedNames();
  const std::set<std::string> wanted(names.begin(), names.end());
  const auto fields = ReadFields(
      [&wanted](const header_field_info& field) { return wanted.contains(field.abbrev); });
  std::set<std::string> missing = wanted;
  for (const schema::Field& field : fields) {
    missing.erase(field.name);
    EXPECT_NE(field.type, FieldType::kMixed) << field.name;
  }
  EXPECT_EQ(missing, kMissing);
}

// Prints the types that the capture has.
void Fit(dissect::Session& session, const std::filesystem::path& path, std::FILE* types) {
  auto source = source::FileSource::Open(path.native(), source::FileSource::Access::kSequential);
  if (!source) return;
  Fitting fitting;
  session.Attach(**source);
  source::FrameReader frames(**source, nullptr, 0);
  while (frames.Next().value_or(false)) {
    if (session.Dissect(frames.frame_number())) fitting.Tree(session.dissection().tree);
    session.Finish();
  }
  for (const FieldType type : fitting.seen()) fmt::print(types, "{}\n", fmt::underlying(type));
}

TEST(FieldCatalog, FitsEveryValue) {
  static_cast<void>(Types());  // read once, for all processes
  std::set<std::string, std::less<>> seen;
  testing::ForEachCapture(Fit, [&seen](std::string_view type) { seen.emplace(type); });
  for (const FieldType type :
       {FieldType::kObject, FieldType::kPresence, FieldType::kBoolean, FieldType::kLong,
        FieldType::kUnsigned, FieldType::kDouble, FieldType::kIp, FieldType::kDate,
        FieldType::kDateNanos, FieldType::kKeyword, FieldType::kBytes}) {
    EXPECT_TRUE(seen.contains(fmt::to_string(fmt::underlying(type))))
        << schema::ServerTypeName(type);
  }
}

}  // namespace
}  // namespace espcap::registry
