// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissect/decode_as.h"

#include <charconv>
#include <limits>
#include <utility>
#include <vector>

#include "base/nearest_name.h"
#include "source/wireshark_api.h"

namespace espcap::dissect {
namespace {

constexpr uint64_t kMaxSelector = std::numeric_limits<uint32_t>::max();
constexpr uint64_t kMaxSelectors = 65'536;  // of one rule: as many as there are ports

std::string_view Trim(std::string_view text) {
  const size_t first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

// A whole number, decimal, 0x… or 0…, as strtoul reads it.
bool ParseNumber(std::string_view text, uint64_t& value) {
  text = Trim(text);
  int base = 10;
  if (text.starts_with("0x") || text.starts_with("0X")) {
    base = 16;
    text.remove_prefix(2);
  } else if (text.size() > 1 && text.front() == '0') {
    base = 8;
  }
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  return error == std::errc() && end == text.data() + text.size() && value <= kMaxSelector;
}

struct Search {
  std::string protocol;
  dissector_handle_t found = nullptr;
  std::vector<std::string> known;
};

void LookAtHandle(const gchar* /*table*/, gpointer value, gpointer user_data) {
  auto& search = *static_cast<Search*>(user_data);
  auto* handle = static_cast<dissector_handle_t>(value);
  const int protocol = dissector_handle_get_protocol_index(handle);
  if (protocol == -1) return;
  const char* name = proto_get_protocol_filter_name(protocol);
  search.known.emplace_back(name);
  if (search.found == nullptr && search.protocol == name) search.found = handle;
}

void AddTable(const gchar* table, const gchar* /*ui_name*/, gpointer names) {
  static_cast<std::vector<std::string>*>(names)->emplace_back(table);
}

bool IsString(ftenum_t type) {
  return type == FT_STRING || type == FT_STRINGZ || type == FT_UINT_STRING ||
         type == FT_STRINGZPAD || type == FT_STRINGZTRUNC;
}

bool IsNumber(ftenum_t type) {
  return type == FT_UINT8 || type == FT_UINT16 || type == FT_UINT24 || type == FT_UINT32;
}

Result<void> ChangeNumbers(const DecodeAsRule& rule, dissector_handle_t handle) {
  const auto range = ParseSelector(rule.selector);
  if (!range) return tl::unexpected(range.error());
  for (uint64_t value = range->first; value <= range->last; ++value) {
    dissector_change_uint(rule.table.c_str(), static_cast<guint32>(value), handle);
  }
  return {};
}

}  // namespace

Result<DecodeAsRule> ParseDecodeAs(std::string_view rule) {
  const auto malformed = [rule] {
    return Fail("-d '{}': not of the form layer==selector,protocol (tcp.port==8888,http)", rule);
  };
  const size_t equals = rule.find('=');
  std::string_view table;
  std::string_view selector;
  std::string_view rest;
  if (equals == std::string_view::npos) {  // a table without selector: "layer,protocol"
    const size_t comma = rule.find(',');
    if (comma == std::string_view::npos) return malformed();
    table = rule.substr(0, comma);
    rest = rule.substr(comma + 1);
  } else {
    table = rule.substr(0, equals);
    selector = rule.substr(equals + 1);
    if (selector.starts_with('=')) selector.remove_prefix(1);
    const size_t comma = selector.find(',');
    if (comma == std::string_view::npos) return malformed();
    rest = selector.substr(comma + 1);
    selector = selector.substr(0, comma);
  }
  DecodeAsRule parsed{std::string(Trim(table)), std::string(selector), std::string(Trim(rest))};
  if (parsed.table.empty() || parsed.protocol.empty()) return malformed();
  return parsed;
}

Result<SelectorRange> ParseSelector(std::string_view selector) {
  const size_t separator = selector.find_first_of(":-");
  uint64_t first = 0;
  uint64_t second = 0;
  bool valid = ParseNumber(selector.substr(0, separator), first);
  uint64_t last = first;
  if (valid && separator != std::string_view::npos) {
    valid = ParseNumber(selector.substr(separator + 1), second);
    last = selector[separator] == ':' ? first + second - 1 : second;
    valid = valid && (selector[separator] == '-' || second > 0);
  }
  if (!valid || last < first || last > kMaxSelector || last - first >= kMaxSelectors) {
    return Fail("-d: '{}' is no number or range of up to {} numbers (8888, 8888-8890, 8888:3)",
                selector, kMaxSelectors);
  }
  return SelectorRange{static_cast<uint32_t>(first), static_cast<uint32_t>(last)};
}

Result<void> DecodeAs(const std::string& text) {
  const auto rule = ParseDecodeAs(text);
  if (!rule) return tl::unexpected(rule.error());
  if (find_dissector_table(rule->table.c_str()) == nullptr) {
    std::vector<std::string> tables;
    dissector_all_tables_foreach_table(AddTable, &tables, nullptr);
    return Fail("-d '{}': no layer type '{}'{}", text, rule->table,
                base::DidYouMean(rule->table, tables));
  }

  Search search{rule->protocol, nullptr, {}};
  const header_field_info* alias = proto_registrar_get_byalias(rule->protocol.c_str());
  if (alias != nullptr) search.protocol = alias->abbrev;
  dissector_table_foreach_handle(rule->table.c_str(), LookAtHandle, &search);
  if (search.found == nullptr) {
    return Fail("-d '{}': '{}' is no protocol for layer type '{}'{}", text, rule->protocol,
                rule->table, base::DidYouMean(rule->protocol, search.known));
  }

  const ftenum_t type = get_dissector_table_selector_type(rule->table.c_str());
  if (type == FT_NONE) {
    dissector_change_payload(rule->table.c_str(), search.found);
    return {};
  }
  if (rule->selector.empty()) return Fail("-d '{}': the selector is missing", text);
  if (IsString(type)) {
    dissector_change_string(rule->table.c_str(), rule->selector.c_str(), search.found);
    return {};
  }
  if (IsNumber(type)) return ChangeNumbers(*rule, search.found);
  return Fail("-d '{}': layer type '{}' accepts no rules", text, rule->table);
}

}  // namespace espcap::dissect
