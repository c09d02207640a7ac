// SPDX-License-Identifier: GPL-2.0-or-later
#include "encode/document_limits.h"

#include <array>
#include <utility>

#include "encode/json_text.h"

namespace espcap::encode {
namespace {

constexpr std::array<std::pair<Cuts::Kind, std::string_view>, 4> kKinds = {
    {{Cuts::kDepth, "depth"},
     {Cuts::kBytes, "size"},
     {Cuts::kValue, "value"},
     {Cuts::kValues, "values"}}};

void AppendNames(ByteBuffer& out, const std::vector<std::string_view>& names) {
  const char* comma = "";
  for (const std::string_view name : names) {
    out.Append(std::exchange(comma, ","));
    AppendJsonString(out, name);
  }
  out.Append(']');
}

size_t LengthAt(std::string_view escaped, size_t at) {
  const auto byte = static_cast<unsigned char>(escaped[at]);
  constexpr size_t kUnicodeEscape = 6;  // \u001f
  if (byte == '\\') return at + 1 < escaped.size() && escaped[at + 1] == 'u' ? kUnicodeEscape : 2;
  if (byte >= 0xF0) return 4;
  if (byte >= 0xE0) return 3;
  return byte >= 0xC0 ? 2 : 1;
}

}  // namespace

void Cuts::AppendMembers(ByteBuffer& out) const {
  out.Append(R"("cut":[)");
  const char* comma = "";
  for (const auto& [kind, name] : kKinds) {
    if ((kinds_ & kind) == 0) continue;
    out.Append(std::exchange(comma, ","));
    AppendJsonString(out, name);
  }
  out.Append(R"(],"cut_layer":[)");
  AppendNames(out, layers_);
  if (!keys_.empty()) {
    out.Append(R"(,"cut_key":[)");
    AppendNames(out, keys_);
  }
}

size_t FittingPrefix(std::string_view escaped, size_t most) {
  if (escaped.size() <= most) return escaped.size();
  size_t at = 0;
  for (;;) {
    const size_t next = at + LengthAt(escaped, at);
    if (next > most) return at;
    at = next;
  }
}

}  // namespace espcap::encode
