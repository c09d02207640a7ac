// SPDX-License-Identifier: GPL-2.0-or-later
#include "sink/dead_letter.h"

#include <ctime>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/bounded_json.h"
#include "base/json_member.h"
#include "document/index_name.h"

namespace espcap::sink {
namespace {

using nlohmann::ordered_json;

// What is before the document in a line. Within a JSON string its quotes would be escaped.
constexpr std::string_view kDocumentKey = R"(,"document":)";

std::string Dump(const ordered_json& value) {
  return value.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

// A zero byte would be the end for the parser, whatever comes behind it.
bool IsObjectInOneLine(std::string_view text) {
  constexpr std::string_view kForbidden("\r\n\0", 3);
  return text.starts_with('{') && text.find_first_of(kForbidden) == std::string_view::npos &&
         ordered_json::accept(text);
}

template <class Number>
Number NumberOf(const nlohmann::json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number_integer() ? found->get<Number>() : 0;
}

Result<DeadLetter> ParseMembers(const nlohmann::json& members) {
  if (!members.is_object()) return Fail("not a JSON object");
  DeadLetter letter;
  letter.index = base::TextMember(members, "index");
  letter.id = base::TextMember(members, "id");
  if (letter.index.empty() || letter.id.empty()) return Fail("without an index or id");
  if (const std::string fault = document::IndexNameFault(letter.index); !fault.empty()) {
    return Fail("its index '{}': {}", letter.index, fault);
  }
  letter.time = base::TextMember(members, "time");
  letter.status = NumberOf<int>(members, "status");
  letter.reason = base::TextMember(members, "reason");
  letter.source = base::TextMember(members, "source");
  letter.frame_number = NumberOf<uint32_t>(members, "frame");
  return letter;
}

}  // namespace

std::string LetterTime(std::chrono::system_clock::time_point time) {
  const auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch());
  const auto seconds = std::chrono::floor<std::chrono::seconds>(milliseconds);
  const std::time_t whole = seconds.count();
  std::tm utc{};
  gmtime_r(&whole, &utc);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", utc.tm_year + 1900,
                     utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec,
                     (milliseconds - seconds).count());
}

Result<DeadLetter> ParseBulkDocument(std::string_view bulk_document) {
  const size_t action_end = bulk_document.find('\n');
  if (action_end == std::string_view::npos || !bulk_document.ends_with('\n')) {
    return Fail("not an action line and a document");
  }
  const auto action = nlohmann::json::parse(bulk_document.substr(0, action_end), nullptr, false);
  if (!action.is_object() || action.size() != 1 || !action.front().is_object()) {
    return Fail("not an action line");
  }
  DeadLetter letter;
  letter.index = base::TextMember(action.front(), "_index");
  letter.id = base::TextMember(action.front(), "_id");
  if (letter.index.empty() || letter.id.empty()) return Fail("an action without an index or id");
  const std::string_view document = bulk_document.substr(action_end + 1);
  if (document.empty()) return Fail("an action without a document");
  letter.document = document.substr(0, document.size() - 1);
  return letter;
}

void AppendBulkDocument(std::string& out, const DeadLetter& letter) {
  out +=
      fmt::format(R"({{"create":{{"_index":{},"_id":{}}}}})", Dump(letter.index), Dump(letter.id));
  out += '\n';
  out += letter.document;
  out += '\n';
}

std::string LetterLine(const DeadLetter& letter) {
  std::string line = fmt::format(
      R"({{"time":{},"index":{},"id":{},"status":{},"reason":{},"source":{},"frame":{})",
      Dump(letter.time), Dump(letter.index), Dump(letter.id), letter.status, Dump(letter.reason),
      Dump(letter.source), letter.frame_number);
  line += kDocumentKey;
  line += IsObjectInOneLine(letter.document) ? letter.document : Dump(letter.document);
  line += "}\n";
  return line;
}

Result<DeadLetter> ParseLetterLine(std::string_view line) {
  // As espcap writes it, the document is the last member and is used as it is.
  const size_t key = line.find(kDocumentKey);
  if (key != std::string_view::npos && line.ends_with('}')) {
    const std::string_view document =
        line.substr(key + kDocumentKey.size(), line.size() - key - kDocumentKey.size() - 1);
    const auto members =
        nlohmann::json::parse(std::string(line.substr(0, key)) + '}', nullptr, false);
    if (members.is_object() && IsObjectInOneLine(document)) {
      auto letter = ParseMembers(members);
      if (letter) letter->document = document;
      return letter;
    }
  }
  // Somebody has edited it, or the document is a string.
  const auto checked = base::CheckJson(line, base::DocumentTreeBounds(line.size()));
  if (!checked) {
    return Fail("{}", checked.error().message);
  }
  const auto members = ordered_json::parse(line, nullptr, false);
  auto letter = ParseMembers(members);
  if (!letter) return letter;
  const auto document = members.find("document");
  if (document == members.end() || !(document->is_object() || document->is_string())) {
    return Fail("without a document");
  }
  letter->document = document->is_string() ? document->get<std::string>() : Dump(*document);
  return letter;
}

}  // namespace espcap::sink
