// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissect/columns.h"

#include <algorithm>
#include <cctype>
#include <utility>

namespace espcap::dissect {
namespace {

constexpr std::string_view kStart = "_ws.col.";

constexpr std::array<int, kColumnNames.size()> kFormats = {
    COL_NUMBER, COL_CLS_TIME, COL_DEF_SRC, COL_DEF_DST, COL_PROTOCOL, COL_PACKET_LENGTH, COL_INFO};

// As the fields of later releases are called, and the titles of the columns, in lower case.
constexpr std::array<std::pair<std::string_view, Column>, 14> kNames = {{
    {"no", Column::kNumber},
    {"no.", Column::kNumber},
    {"number", Column::kNumber},
    {"time", Column::kTime},
    {"cls_time", Column::kTime},
    {"source", Column::kSource},
    {"def_src", Column::kSource},
    {"destination", Column::kDestination},
    {"def_dst", Column::kDestination},
    {"protocol", Column::kProtocol},
    {"length", Column::kLength},
    {"packet_length", Column::kLength},
    {"info", Column::kInfo},
    {"information", Column::kInfo},
}};

}  // namespace

std::optional<ColumnSet> ColumnsNamed(std::string_view name, bool is_prefix) {
  if (!name.starts_with(kStart)) return std::nullopt;
  name.remove_prefix(kStart.size());
  std::string lower(name);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  ColumnSet set = 0;
  for (const auto& [known, column] : kNames) {
    if (is_prefix ? known.starts_with(lower) : known == lower) set |= SetOf(column);
  }
  return set;
}

Columns::Columns() {
  col_setup(&info_, static_cast<int>(kFormats.size()));
  for (size_t i = 0; i < kFormats.size(); ++i) {
    info_.columns[i].col_fmt = kFormats.at(i);
    info_.columns[i].col_title = g_strdup(std::string(kColumnNames.at(i)).c_str());
  }
  col_finalize(&info_);
}

Columns::~Columns() { col_cleanup(&info_); }

std::string_view Columns::Text(Column column) const {
  const char* text = info_.columns[static_cast<size_t>(column)].col_data;
  return text == nullptr ? std::string_view() : text;
}

}  // namespace espcap::dissect
