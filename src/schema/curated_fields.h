// SPDX-License-Identifier: GPL-2.0-or-later
//
// What people search packets for: the fields that the default template makes searchable.
#ifndef ESPCAP_SCHEMA_CURATED_FIELDS_H_
#define ESPCAP_SCHEMA_CURATED_FIELDS_H_

#include <string>
#include <string_view>
#include <vector>

namespace espcap::schema {

// Names of display filters, as of libwireshark 4.0. Another release may lack some.
std::vector<std::string> CuratedNames();

// Numbers that hardly two packets share, or that repeat the document's timestamp. A search reads
// their column: an index of their own would cost as much as the column, and is hardly asked.
bool IsSearchedByColumn(std::string_view name);

// Those of a packet's summary: all but what repeats the document's own timestamp.
std::vector<std::string> SummaryNames();

}  // namespace espcap::schema

#endif  // ESPCAP_SCHEMA_CURATED_FIELDS_H_
