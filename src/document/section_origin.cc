// SPDX-License-Identifier: GPL-2.0-or-later
#include "document/section_origin.h"

#include <cstring>
#include <utility>

namespace espcap::document {
namespace {

// Between two places of one program: in this machine's byte order.
struct Head {
  uint64_t capture_bytes = 0;
  uint64_t file_bytes = 0;
  uint64_t records_bytes = 0;
  uint64_t packets = 0;
  int64_t first_ns = 0;
  int64_t last_ns = 0;
};
static_assert(sizeof(Head) == kOriginBytes);

}  // namespace

void AppendOrigin(ByteBuffer& out, const SectionOrigin& origin) {
  const Head head{origin.capture.size(), origin.file.size(), origin.records.size(),
                  origin.packets,        origin.first_ns,    origin.last_ns};
  char* const place = out.Claim(sizeof(head));
  std::memcpy(place, &head, sizeof(head));
  out.Commit(place + sizeof(head));
  out.Append(origin.capture);
  out.Append(origin.file);
  out.Append(origin.records);
}

std::optional<OriginAndSection> ParseOrigin(std::string_view text) {
  Head head;
  if (text.size() < sizeof(head)) return std::nullopt;
  std::memcpy(&head, text.data(), sizeof(head));
  text.remove_prefix(sizeof(head));
  OriginAndSection parsed;
  for (const auto& [bytes, part] : {std::pair(head.capture_bytes, &parsed.origin.capture),
                                    std::pair(head.file_bytes, &parsed.origin.file),
                                    std::pair(head.records_bytes, &parsed.origin.records)}) {
    if (bytes > text.size()) return std::nullopt;
    *part = text.substr(0, bytes);
    text.remove_prefix(bytes);
  }
  parsed.origin.packets = head.packets;
  parsed.origin.first_ns = head.first_ns;
  parsed.origin.last_ns = head.last_ns;
  parsed.section = text;
  return parsed;
}

}  // namespace espcap::document
