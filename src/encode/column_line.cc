// SPDX-License-Identifier: GPL-2.0-or-later
#include "encode/column_line.h"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace espcap::encode {
namespace {

struct Style {
  dissect::Column column;
  size_t width;  // at least; in bytes, as tshark counts
  bool is_left;
  std::string_view before;
};

constexpr std::array<Style, dissect::kColumnNames.size()> kStyles = {{
    {dissect::Column::kNumber, 5, false, ""},
    {dissect::Column::kTime, 10, false, " "},
    {dissect::Column::kSource, 12, false, " "},
    {dissect::Column::kDestination, 12, true, " \u2192 "},
    {dissect::Column::kProtocol, 0, true, " "},
    {dissect::Column::kLength, 0, true, " "},
    {dissect::Column::kInfo, 0, true, " "},
}};

}  // namespace

void AppendColumnLine(ByteBuffer& out, const dissect::Columns& columns) {
  for (const Style& style : kStyles) {
    const std::string_view text = columns.Text(style.column);
    const std::string space(text.size() < style.width ? style.width - text.size() : 0, ' ');
    out.Append(style.before);
    if (!style.is_left) out.Append(space);
    out.Append(text);
    if (style.is_left) out.Append(space);
  }
  out.Append('\n');
}

}  // namespace espcap::encode
