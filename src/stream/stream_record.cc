// SPDX-License-Identifier: GPL-2.0-or-later
#include "stream/stream_record.h"

#include <cstring>
#include <vector>

namespace espcap::stream {

bool AppendMetadata(process::PacketRing& ring, const Fact& fact, std::span<const char> text) {
  std::vector<char> bytes(sizeof(fact) + text.size());
  std::memcpy(bytes.data(), &fact, sizeof(fact));
  std::copy(text.begin(), text.end(), bytes.begin() + sizeof(fact));
  return ring.AppendMetadata(bytes);
}

bool AddInterface(process::PacketRing& ring, const char* name, const char* description) {
  Fact fact;
  fact.kind = Fact::Kind::kInterface;
  fact.has_name = name != nullptr ? 1 : 0;
  fact.has_description = description != nullptr ? 1 : 0;
  std::vector<char> texts;
  for (const char* text : {name, description}) {
    const char* known = text == nullptr ? "" : text;
    texts.insert(texts.end(), known, known + std::strlen(known) + 1);
  }
  return AppendMetadata(ring, fact, texts);
}

}  // namespace espcap::stream
