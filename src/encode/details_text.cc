// SPDX-License-Identifier: GPL-2.0-or-later
#include "encode/details_text.h"

#include <epan/packet.h>
#include <epan/print.h>
#include <epan/print_stream.h>

#include <algorithm>
#include <string>

#include "source/wireshark_api.h"

namespace espcap::encode {
namespace {

constexpr int kColumnsOfLevel = 4;
constexpr int kMostLevels = 40;

// What libwireshark calls true has changed its type.
using Outcome = decltype(print_line(nullptr, 0, nullptr));

Outcome AppendLine(print_stream* self, int level, const char* line) {
  auto& out = *static_cast<ByteBuffer*>(self->data);
  out.Append(
      std::string(static_cast<size_t>(std::clamp(level, 0, kMostLevels)) * kColumnsOfLevel, ' '));
  out.Append(line);
  out.Append('\n');
  return Outcome{1};
}

// Nothing but lines is asked for.
constexpr print_stream_ops_t OnlyLines() {
  print_stream_ops_t operations{};
  operations.print_line = AppendLine;
  return operations;
}
constexpr print_stream_ops_t kOnlyLines = OnlyLines();

}  // namespace

void AppendDetails(ByteBuffer& out, epan_dissect_t& dissection) {
  print_stream_t stream{&kOnlyLines, &out};
  proto_tree_print(print_dissections_expanded, FALSE, &dissection, nullptr, &stream);
  out.Append('\n');
}

}  // namespace espcap::encode
