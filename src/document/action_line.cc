// SPDX-License-Identifier: GPL-2.0-or-later
#include "document/action_line.h"

#include <algorithm>
#include <string>

#include "document/index_name.h"

namespace espcap::document {
namespace {

constexpr std::string_view kBeforeIndex = R"({"create":{"_index":")";
constexpr std::string_view kBeforeId = R"(","_id":")";
constexpr std::string_view kEnd = R"("}})";
constexpr size_t kMaxIdBytes = 64;

bool IsOfAnId(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

}  // namespace

void AppendAction(ByteBuffer& out, const Action& action) {
  out.Append(kBeforeIndex);
  out.Append(action.index);
  out.Append(kBeforeId);
  out.Append(action.id);
  out.Append(kEnd);
  out.Append('\n');
}

std::optional<Action> ParseAction(std::string_view line) {
  if (!line.starts_with(kBeforeIndex) || !line.ends_with(kEnd)) return std::nullopt;
  line = line.substr(kBeforeIndex.size(), line.size() - kBeforeIndex.size() - kEnd.size());
  const size_t border = line.find('"');
  if (border == std::string_view::npos || !line.substr(border).starts_with(kBeforeId)) {
    return std::nullopt;
  }
  const Action action{line.substr(0, border), line.substr(border + kBeforeId.size())};
  const bool is_id = !action.id.empty() && action.id.size() <= kMaxIdBytes &&
                     std::all_of(action.id.begin(), action.id.end(), IsOfAnId);
  if (!is_id || !IndexNameFault(std::string(action.index)).empty()) return std::nullopt;
  return action;
}

std::string_view IndexOf(std::string_view document) {
  if (!document.starts_with(kBeforeIndex)) return {};
  document.remove_prefix(kBeforeIndex.size());
  const size_t end = document.find_first_of("\"\n");
  return end == std::string_view::npos ? std::string_view() : document.substr(0, end);
}

bool IsBulkDocument(std::string_view text) {
  const size_t action_end = text.find('\n');
  if (action_end == std::string_view::npos || !ParseAction(text.substr(0, action_end))) {
    return false;
  }
  const std::string_view document = text.substr(action_end + 1);
  return document.starts_with('{') && document.ends_with("}\n") &&
         document.find('\n') == document.size() - 1;
}

}  // namespace espcap::document
