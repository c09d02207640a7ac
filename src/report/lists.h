// SPDX-License-Identifier: GPL-2.0-or-later
//
// Which lists of values a report has: the fields, and how their values are called. A table.
#ifndef ESPCAP_REPORT_LISTS_H_
#define ESPCAP_REPORT_LISTS_H_

#include <string>
#include <string_view>
#include <vector>

namespace espcap::report {

struct ListedField {
  std::string path = {};
  std::string filter = {};  // only of packets that this finds, as in a search box
  std::string prefix = {};  // of its values: "tcp "
  bool is_text = true;      // its values are quoted in a query
};

struct List {
  std::string id;
  std::string title;
  std::string sentence;
  std::string names;  // the head of their column
  std::vector<ListedField> fields;
  bool by_bytes = false;
  std::string (*name)(std::string_view value) = nullptr;  // null: as it is
};

// In the page's order.
const std::vector<List>& TrafficLists();
const std::vector<List>& SourceLists();

// What finds a value's packets.
std::string QueryOfValue(const ListedField& field, std::string_view value);

// The last protocol of a stack: "eth:ethertype:ip:udp:dns" → "dns". And what finds its packets.
std::string_view TopLayer(std::string_view stack);
std::string QueryOfTopLayer(std::string_view layer);
inline constexpr const char* kStacks = "layers.frame.frame_frame_protocols";

// What finds the packets between two addresses, in both directions.
struct AddressFields {
  std::string from = {};
  std::string to = {};
};
const std::vector<AddressFields>& ConversationFields();
std::string QueryOfConversation(const AddressFields& fields, std::string_view a,
                                std::string_view b);

}  // namespace espcap::report

#endif  // ESPCAP_REPORT_LISTS_H_
