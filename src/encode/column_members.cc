// SPDX-License-Identifier: GPL-2.0-or-later
#include "encode/column_members.h"

#include <string_view>

#include "encode/json_text.h"

namespace espcap::encode {
namespace {

using dissect::Column;

bool IsNumber(Column column, std::string_view text) {
  const bool may_be =
      column == Column::kNumber || column == Column::kTime || column == Column::kLength;
  const size_t digits = text.starts_with('-') ? 1 : 0;
  return may_be && text.size() > digits &&
         text.find_first_not_of("0123456789.", digits) == std::string_view::npos;
}

}  // namespace

void AppendColumns(ByteBuffer& out, const dissect::Columns& columns, dissect::ColumnSet wanted,
                   bool typed) {
  const char* start = R"(,"columns":{")";
  for (size_t i = 0; i < dissect::kColumnNames.size(); ++i) {
    const auto column = static_cast<Column>(i);
    if ((wanted & dissect::SetOf(column)) == 0) continue;
    out.Append(start);
    start = R"(,")";
    out.Append(dissect::kColumnNames.at(i));
    out.Append(R"(":)");
    const std::string_view text = columns.Text(column);
    if (typed && IsNumber(column, text)) {
      out.Append(text);
    } else {
      AppendJsonString(out, text);
    }
  }
  out.Append('}');
}

}  // namespace espcap::encode
