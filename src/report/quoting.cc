// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/quoting.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "base/utf8.h"

namespace espcap::report {
namespace {

using nlohmann::json;

constexpr char32_t kReplacement = 0xFFFD;

struct Range {
  char32_t first;
  char32_t last;
};

constexpr Range kHidden[] = {
    {0x00, 0x1F},       {0x7F, 0x9F},      // control characters
    {0xAD, 0xAD},       {0x034F, 0x034F},  // soft hyphen, grapheme joiner
    {0x061C, 0x061C},                      // Arabic letter mark
    {0x115F, 0x1160},   {0x17B4, 0x17B5},  // fillers, vowels without a shape
    {0x180B, 0x180F},                      // Mongolian selectors
    {0x200B, 0x200F},                      // without width; marks of direction
    {0x2028, 0x202E},                      // ends of lines; embeddings and overrides
    {0x2060, 0x206F},                      // isolates, and what is invisible
    {0x3164, 0x3164},   {0xFE00, 0xFE0F},  // filler, variation selectors
    {0xFEFF, 0xFEFF},   {0xFFA0, 0xFFA0},  // byte order mark, filler
    {0xFFF0, 0xFFFB},                      // annotations
    {0xE0000, 0xE0FFF},                    // tags, more selectors
};

bool IsHidden(char32_t point) {
  return std::any_of(std::begin(kHidden), std::end(kHidden), [point](const Range& range) {
    return point >= range.first && point <= range.last;
  });
}

// `take` gets each character: its code point, and its bytes; U+FFFD where they are no UTF-8.
template <class Take>
void ForEachCharacter(std::string_view text, const Take& take) {
  const auto* in = reinterpret_cast<const uint8_t*>(text.data());
  const auto* const end = in + text.size();
  while (in != end) {
    const base::Utf8Sequence sequence =
        *in < 0x80 ? base::Utf8Sequence{1, true} : base::ReadUtf8Sequence(in, end);
    char32_t point = kReplacement;
    if (sequence.valid) {
      point = sequence.length == 1 ? *in : *in & (0x7FU >> sequence.length);
      for (size_t i = 1; i < sequence.length; ++i) point = point << 6U | (in[i] & 0x3FU);
    }
    take(point, sequence.valid
                    ? std::string_view(reinterpret_cast<const char*>(in), sequence.length)
                    : std::string_view("\xEF\xBF\xBD"));
    in += sequence.length;
  }
}

// As Lucene reads it: four digits, and two of them for what is beyond.
std::string LuceneNumber(char32_t point) {
  constexpr char32_t kBeyond = 0x10000;
  const auto number = static_cast<uint32_t>(point);
  if (point < kBeyond) return fmt::format(R"(\u{:04x})", number);
  const uint32_t rest = number - kBeyond;
  return fmt::format(R"(\u{:04x}\u{:04x})", 0xD800U + (rest >> 10U), 0xDC00U + (rest & 0x3FFU));
}

std::string VisibleJson(const json& value) {
  return value.dump(-1, ' ', true, json::error_handler_t::replace);
}

// The search and the row's query as JSON, which shows nothing but ASCII.
std::string JsonQuery(const Search& search, std::string_view row_query) {
  json filter = json::array();
  if (!search.json.empty()) {
    filter.push_back(json::parse(search.json, nullptr, false));
  } else if (!search.query.empty()) {
    filter.push_back({{"query_string", {{"query", search.query}}}});
  }
  filter.push_back({{"query_string", {{"query", std::string(row_query)}}}});
  return VisibleJson({{"bool", {{"filter", std::move(filter)}}}});
}

bool IsForSearchBox(const Search& search) { return search.json.empty() && IsVisible(search.query); }

}  // namespace

bool IsVisible(std::string_view text) {
  bool is_visible = true;
  ForEachCharacter(text, [&is_visible](char32_t point, std::string_view) {
    if (point == kReplacement || IsHidden(point)) is_visible = false;
  });
  return is_visible;
}

std::string VisibleText(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  ForEachCharacter(text, [&out](char32_t point, std::string_view bytes) {
    if (!IsHidden(point)) {
      out += bytes;
      return;
    }
    const auto number = static_cast<uint32_t>(point);
    out += number < 0x100 ? fmt::format(R"(\x{:02x})", number) : fmt::format(R"(\u{:04x})", number);
  });
  return out;
}

std::string LucenePhrase(std::string_view text) {
  std::string out = "\"";
  ForEachCharacter(text, [&out](char32_t point, std::string_view bytes) {
    if (IsHidden(point)) {
      out += LuceneNumber(point);
      return;
    }
    if (point == '"' || point == '\\') out += '\\';
    out += bytes;
  });
  return out + '"';
}

std::string LuceneWord(std::string_view text) {
  std::string out;
  ForEachCharacter(text, [&out](char32_t point, std::string_view bytes) {
    const bool is_ascii = point < 0x80;
    if (IsHidden(point) || point == ' ') {
      out += LuceneNumber(point);
      return;
    }
    if (is_ascii && std::isalnum(static_cast<int>(point)) == 0 && point != '_') out += '\\';
    out += bytes;
  });
  return out;
}

std::string ShellWord(std::string_view text) {
  constexpr std::string_view kPlain = "_-./:,@%+";
  const bool is_plain =
      !text.empty() && std::all_of(text.begin(), text.end(), [kPlain](unsigned char byte) {
        return byte < 0x80 && (std::isalnum(byte) != 0 ||
                               kPlain.find(static_cast<char>(byte)) != std::string_view::npos);
      });
  if (is_plain) return std::string(text);
  std::string out = "'";
  for (const char byte : text) {
    if (byte == '\'') {
      out += R"('\'')";
    } else {
      out += byte;
    }
  }
  return out + '\'';
}

std::string ScriptJson(std::string_view json) {
  std::string out;
  out.reserve(json.size());
  ForEachCharacter(json, [&out](char32_t point, std::string_view bytes) {
    const bool is_markup = point == '<' || point == '>' || point == '&';
    if (is_markup || point == 0x2028 || point == 0x2029) {
      out += fmt::format(R"(\u{:04x})", static_cast<uint32_t>(point));
    } else {
      out += bytes;
    }
  });
  return out;
}

std::string RowQuery(const Search& search, std::string_view row_query) {
  if (!IsForSearchBox(search) || search.query.empty()) return std::string(row_query);
  return fmt::format("({}) AND {}", search.query, row_query);
}

std::string PacketsCommand(const Search& search, std::string_view row_query) {
  std::string command;
  if (IsForSearchBox(search)) {
    command = "espcap packets " + ShellWord(RowQuery(search, row_query));
  } else {
    command = fmt::format("printf %s {} | espcap packets @/dev/stdin",
                          ShellWord(JsonQuery(search, row_query)));
  }
  const auto add = [&command](const char* option, const std::string& value) {
    if (!value.empty()) command += fmt::format(" {}={}", option, ShellWord(VisibleText(value)));
  };
  add("--node", search.node);
  add("--index", search.index);
  add("--since", search.since);
  add("--until", search.until);
  for (const std::string& root : search.archive_roots) add("--archive-root", root);
  return command + " -w packets.pcapng";
}

}  // namespace espcap::report
