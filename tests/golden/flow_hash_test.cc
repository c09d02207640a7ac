// SPDX-License-Identifier: GPL-2.0-or-later
//
// A frame's hash represents the addresses that libwireshark finds, over every frame of every
// capture: test_pcaps, and the folder that ESPCAP_CAPTURES names.
#include "source/flow_hash.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>

#include "captures.h"
#include "dissect/session.h"
#include "source/frame_reader.h"

namespace espcap::source {
namespace {

// The protocols on the way from a frame's start to its innermost addresses. Any other ends it: what
// libwireshark finds behind is not what the hash looks at.
bool IsFollowed(std::string_view protocol) {
  static const std::set<std::string_view> kFollowed = {
      "frame",   "eth",          "vlan",         "ieee8021ad",   "ieee8021ah", "llc",
      "fddi",    "chdlc",        "ppp",          "pppoes",       "mpls",       "pwethheuristic",
      "pwethcw", "gre",          "erspan",       "vxlan",        "geneve",     "sll",
      "null",    "raw",          "radiotap",     "wlan_radio",   "wlan",       "ah",
      "udp",     "ipv6.hopopts", "ipv6.routing", "ipv6.dstopts", "ip",         "ipv6"};
  return kFollowed.contains(protocol);
}

const field_info* Child(const proto_node* parent, std::string_view name) {
  for (const proto_node* node = parent->first_child; node != nullptr; node = node->next) {
    const field_info* field = PNODE_FINFO(node);
    if (field != nullptr && name == field->hfinfo->abbrev) return field;
  }
  return nullptr;
}

std::string Text(const field_info& field) { return wireshark::DisplayText(field).get(); }

std::string Unordered(std::string one, std::string other) {
  if (other < one) std::swap(one, other);
  return one + " " + other;
}

// Follows a dissection as the hash follows the bytes.
class Referee {
 public:
  // The addresses, and with kFlow the ends, in words; empty where there are none. No verdict where
  // libwireshark stops at a header's fault that the way inside doesn't depend on.
  std::optional<std::string> Key(FlowKey key, const proto_node* tree) {
    key_ = key;
    text_.clear();
    int protocols = 0;
    for (const proto_node* node = tree->first_child; node != nullptr; node = node->next) {
      const field_info* field = PNODE_FINFO(node);
      if (field == nullptr) break;
      const std::string_view protocol = field->hfinfo->abbrev;
      if (IsFault(node, protocol) || ++protocols > kMaxProtocols) return std::nullopt;
      if (!AddLayer(node, protocol)) break;
    }
    return text_;
  }

 private:
  // Only a crafted frame has more.
  static constexpr int kMaxProtocols = 16;

  static bool IsFault(const proto_node* node, std::string_view protocol) {
    if (protocol == "_ws.malformed" || protocol == "_ws.short") return true;
    if (protocol == "ip") return Child(node, "ip.dst") == nullptr;
    if (protocol == "ipv6") return Child(node, "ipv6.dst") == nullptr;
    const field_info* udp_length = protocol == "udp" ? Child(node, "udp.length") : nullptr;
    return udp_length != nullptr && wireshark::Uint32(*udp_length) == 0;
  }

  // False where the way ends.
  bool AddLayer(const proto_node* node, std::string_view protocol) {
    if (protocol == "ip") {
      SetPair(*Child(node, "ip.src"), *Child(node, "ip.dst"));
      return !IsFragment(node);
    }
    if (protocol == "ipv6") {
      SetPair(*Child(node, "ipv6.src"), *Child(node, "ipv6.dst"));
      return !HasFragmentHeader(node);
    }
    for (const std::string_view ports : {"tcp", "udp", "udplite", "sctp", "dccp"}) {
      if (protocol == ports) SetFlow(node, protocol);
    }
    return IsFollowed(protocol);
  }

  static bool IsFragment(const proto_node* node) {
    const field_info* offset = Child(node, "ip.frag_offset");
    if (offset != nullptr && wireshark::Uint32(*offset) != 0) return true;
    for (const proto_node* child = node->first_child; child != nullptr; child = child->next) {
      const field_info* more = Child(child, "ip.flags.mf");
      if (more != nullptr && wireshark::Boolean(*more)) return true;
    }
    return false;
  }

  static bool HasFragmentHeader(const proto_node* node) {
    for (const proto_node* child = node->first_child; child != nullptr; child = child->next) {
      const field_info* offset = Child(child, "ipv6.fraghdr.offset");
      const field_info* more = Child(child, "ipv6.fraghdr.more");
      if (offset != nullptr && wireshark::Uint32(*offset) != 0) return true;
      if (more != nullptr && wireshark::Boolean(*more)) return true;
    }
    return false;
  }

  void SetPair(const field_info& source, const field_info& destination) {
    source_ = Text(source);
    destination_ = Text(destination);
    text_ = Unordered(source_, destination_);
  }

  void SetFlow(const proto_node* node, std::string_view protocol) {
    const std::string prefix(protocol == "udplite" ? "udp" : protocol);
    const field_info* one = Child(node, prefix + ".srcport");
    const field_info* other = Child(node, prefix + ".dstport");
    if (key_ != FlowKey::kFlow || one == nullptr || other == nullptr) return;
    text_ = std::string(protocol) + " " +
            Unordered(source_ + " " + Text(*one), destination_ + " " + Text(*other));
  }

  FlowKey key_ = FlowKey::kPair;
  std::string text_;
  std::string source_;  // of the header met last
  std::string destination_;
};

// What is compared of a frame.
struct Finding {
  std::optional<uint64_t> hash;
  std::optional<std::string> key;  // none: not to be judged; empty: there are no addresses
};

Finding Find(FlowKey key, const wireshark::Record& record, const proto_node* tree) {
  const int link_type = record.rec().rec_header.packet_header.pkt_encap;
  return {FlowHash(key, link_type, record.packet_bytes()), Referee().Key(key, tree)};
}

// Prints a line for each frame: its place, and the hash and the key of its pair and of its flow.
void PrintFindings(dissect::Session& session, const std::filesystem::path& path, std::FILE* out) {
  auto source = FileSource::Open(path.native(), FileSource::Access::kSequential);
  if (!source) return;
  session.Attach(**source);
  FrameReader frames(**source, nullptr, 0);
  while (frames.Next().value_or(false)) {
    const wireshark::Record& record = (*source)->record();
    if (session.Dissect(frames.frame_number()) && record.rec().rec_type == REC_TYPE_PACKET) {
      fmt::print(out, "{}: frame {}", path.native(), frames.frame_number());
      for (const FlowKey key : {FlowKey::kPair, FlowKey::kFlow}) {
        const Finding found = Find(key, record, session.dissection().tree);
        fmt::print(out, "\t{}\t{}", found.hash ? fmt::to_string(*found.hash) : "none",
                   found.key.value_or("none"));
      }
      fmt::print(out, "\n");
    }
    session.Finish();
  }
}

// One hash a key and one key a hash, over all captures.
class Comparison {
 public:
  void Frame(const std::string& where, const std::string& hash, const std::string& key) {
    ++frames_;
    if (key == "none") return;
    ++judged_;
    EXPECT_EQ(hash != "none", !key.empty()) << where << ": " << key;
    if (hash == "none" || key.empty()) return;
    const auto& by_key = by_key_.emplace(key, std::pair(hash, where)).first->second;
    EXPECT_EQ(by_key.first, hash) << where << ": " << key << ", as " << by_key.second;
    const auto& by_hash = by_hash_.emplace(hash, std::pair(key, where)).first->second;
    EXPECT_EQ(by_hash.first, key) << where << ", as " << by_hash.second;
  }

  [[nodiscard]] uint64_t frames() const { return frames_; }
  [[nodiscard]] uint64_t judged() const { return judged_; }
  [[nodiscard]] size_t keys() const { return by_key_.size(); }

 private:
  uint64_t frames_ = 0;
  uint64_t judged_ = 0;
  // With the frame where it was met first.
  std::map<std::string, std::pair<std::string, std::string>> by_key_;
  std::map<std::string, std::pair<std::string, std::string>> by_hash_;
};

TEST(FlowHash, StandsForTheAddressesThatLibwiresharkFinds) {
  Comparison pairs;
  Comparison flows;
  espcap::testing::ForEachCapture(PrintFindings, [&](std::string_view line) {
    std::istringstream words{std::string(line)};
    std::array<std::string, 5> part;  // as printed
    for (std::string& word : part) std::getline(words, word, '\t');
    pairs.Frame(part[0], part[1], part[2]);
    flows.Frame(part[0], part[3], part[4]);
  });
  EXPECT_GT(pairs.judged(), pairs.frames() * 99 / 100);
  EXPECT_GT(pairs.keys(), 15U);
  EXPECT_GT(flows.keys(), pairs.keys());
}

}  // namespace
}  // namespace espcap::source
