// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissect/columns.h"

#include <algorithm>
#include <cctype>
#include <utility>

namespace espcap::dissect {
namespace {

constexpr std::string_view kStart = "_ws.col.";

struct Place {
  int format;
  const char* field;  // of releases where columns are fields
};
constexpr std::array<Place, kColumnNames.size()> kPlaces = {{
    {COL_NUMBER, "_ws.col.number"},
    {COL_CLS_TIME, "_ws.col.cls_time"},
    {COL_DEF_SRC, "_ws.col.def_src"},
    {COL_DEF_DST, "_ws.col.def_dst"},
    {COL_PROTOCOL, "_ws.col.protocol"},
    {COL_PACKET_LENGTH, "_ws.col.packet_length"},
    {COL_INFO, "_ws.col.info"},
}};

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
  col_setup(&info_, static_cast<int>(kPlaces.size()));
  for (size_t i = 0; i < kPlaces.size(); ++i) {
    info_.columns[i].col_fmt = kPlaces.at(i).format;
    info_.columns[i].col_title = g_strdup(std::string(kColumnNames.at(i)).c_str());
    wireshark::SetColumnField(info_, i, nullptr);
  }
  col_finalize(&info_);
}

void Columns::BecomeFields() {
  for (size_t i = 0; i < kPlaces.size(); ++i) {
    wireshark::SetColumnField(info_, i, kPlaces.at(i).field);
  }
}

Columns::~Columns() { col_cleanup(&info_); }

std::string_view Columns::Text(Column column) const {
  const char* text = info_.columns[static_cast<size_t>(column)].col_data;
  return text == nullptr ? std::string_view() : text;
}

}  // namespace espcap::dissect
