// SPDX-License-Identifier: GPL-2.0-or-later
#include "kafka/message_contents.h"

#include "document/action_line.h"
#include "document/section_origin.h"

namespace espcap::kafka {
namespace {

// Of a document of a `_bulk` body; the final newline is no part of the value.
bool ReadDocument(std::string_view text, std::string_view sensor, MessageContents& contents) {
  const size_t line_end = text.find('\n');
  if (line_end == std::string_view::npos) return false;
  const auto action = document::ParseAction(text.substr(0, line_end));
  if (!action) return false;
  contents.key = action->id;
  contents.value = text.substr(line_end + 1);
  if (contents.value.ends_with('\n')) contents.value.remove_suffix(1);
  contents.Add("index", action->index);
  contents.Add("sensor", sensor);
  return true;
}

// Without a key: none of two sections replaces the other.
bool ReadSection(std::string_view text, MessageContents& contents) {
  const auto parsed = document::ParseOrigin(text);
  if (!parsed) return false;
  const document::SectionOrigin& origin = parsed->origin;
  contents.value = parsed->section;
  contents.numbers = {std::to_string(origin.packets), std::to_string(origin.first_ns),
                      std::to_string(origin.last_ns)};
  contents.Add("espcap", kSectionVersion);
  contents.Add("sensor", origin.sensor);
  contents.Add("capture", origin.capture);
  contents.Add("records", origin.records);
  contents.Add("packets", contents.numbers[0]);
  contents.Add("first", contents.numbers[1]);
  contents.Add("last", contents.numbers[2]);
  if (!origin.file.empty()) contents.Add("file", origin.file);
  return true;
}

}  // namespace

bool ReadContents(MessageForm form, std::string_view text, std::string_view sensor,
                  MessageContents& contents) {
  return form == MessageForm::kSection ? ReadSection(text, contents)
                                       : ReadDocument(text, sensor, contents);
}

}  // namespace espcap::kafka
