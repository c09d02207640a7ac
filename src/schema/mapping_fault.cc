// SPDX-License-Identifier: GPL-2.0-or-later
#include "schema/mapping_fault.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace espcap::schema {
namespace {

using nlohmann::json;

struct Landmark {
  std::string_view path;
  std::string_view type;
};
// The first that differs is named: what is searched most comes first. Not every template of
// espcap's has every one, since --fields and --protocols choose; the last is in all of them.
constexpr Landmark kLandmarks[] = {
    {"layers.ip.ip_ip_src", "ip"},
    {"layers.ip.ip_ip_dst", "ip"},
    {"layers.ipv6.ipv6_ipv6_src", "ip"},
    {"layers.tcp.tcp_tcp_srcport", "long"},
    {"layers.udp.udp_udp_srcport", "long"},
    {"layers.frame.frame_frame_time", "date_nanos"},
    {"layers.frame.frame_frame_number", "long"},
    {"layers.frame.frame_frame_len", "long"},
    {"layers.eth.eth_eth_src", "keyword"},
    {"source.ip", "ip"},
    {"source.port", "long"},
    {"@timestamp", "date"},
    {"timestamp", "date"},
    {"espcap.file", "keyword"},
    {"espcap.cut", "keyword"},
};
// Others than espcap have fields of these names, too.
constexpr bool IsEspcaps(std::string_view path) {
  return path.starts_with("layers.") || path.starts_with("espcap.");
}

constexpr std::string_view kLayers = "/properties/layers";

// "/properties/layers/properties/ip".
std::string PointerTo(std::string_view path) {
  std::string pointer = "/properties/";
  for (const char c : path) c == '.' ? pointer += "/properties/" : pointer += c;
  return pointer;
}

std::string TextAt(const json& tree, const std::string& pointer) {
  const json::json_pointer place(pointer);
  if (!tree.contains(place)) return {};
  const json& value = tree.at(place);
  return value.is_string() ? value.get<std::string>() : value.dump();
}

}  // namespace

std::string MappingPaths(std::string_view root) {
  std::string paths = fmt::format("{0}.dynamic,{0}.properties.layers.dynamic", root);
  for (const Landmark& landmark : kLandmarks) {
    std::string path = PointerTo(landmark.path);
    std::replace(path.begin(), path.end(), '/', '.');
    paths += fmt::format(",{}{}.type", root, path);
  }
  return paths;
}

std::string MappingFault(const json& mappings) {
  bool has_espcaps = false;
  for (const Landmark& landmark : kLandmarks) {
    const std::string type = TextAt(mappings, PointerTo(landmark.path) + "/type");
    if (type.empty()) continue;
    if (type != landmark.type) {
      return fmt::format("{} is {} in place of {}", landmark.path, type, landmark.type);
    }
    has_espcaps = has_espcaps || IsEspcaps(landmark.path);
  }
  const std::string root = TextAt(mappings, "/dynamic");
  const std::string layers = TextAt(mappings, std::string(kLayers) + "/dynamic");
  for (const std::string& dynamic : {root, layers.empty() ? root : layers}) {
    if (dynamic == "strict") return "documents with fields that aren't mapped are refused";
    if (dynamic != "false") return "fields are mapped as they come";
  }
  return has_espcaps ? "" : "none of espcap's fields is mapped";
}

}  // namespace espcap::schema
