// SPDX-License-Identifier: GPL-2.0-or-later
//
// A document that a server refused for good, and its line in a file of dead letters: one JSON
// object (RFC 8259) a line, the document in it as it was sent, byte for byte. Pure functions.
//
//     {"time":"2024-05-01T12:00:00.123Z","index":"packets-2024-05-01","id":"…","status":400,
//      "reason":"document_parsing_exception: …","source":"a.pcap","frame":7,"document":{…}}
#ifndef ESPCAP_SINK_DEAD_LETTER_H_
#define ESPCAP_SINK_DEAD_LETTER_H_

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "espcap/result.h"

namespace espcap::sink {

struct DeadLetter {
  std::string time;  // RFC 3339, of the refusal
  std::string index;
  std::string id;
  int status = 0;  // HTTP's, of the item
  std::string reason;
  std::string source;  // the capture's name
  uint32_t frame_number = 0;
  std::string document;  // without a line end
};

// RFC 3339 in UTC with milliseconds.
std::string LetterTime(std::chrono::system_clock::time_point time);

// Index, id and document from the text of one bulk document: its action line and the document's,
// each with its line end. An error where it is something else.
Result<DeadLetter> ParseBulkDocument(std::string_view bulk_document);

// The bulk document once more.
void AppendBulkDocument(std::string& out, const DeadLetter& letter);

// With its line end; valid UTF-8 and JSON whatever the texts are made of. A document that isn't a
// JSON object in one line is there as a string.
std::string LetterLine(const DeadLetter& letter);

// Of a line without its end; an error says what is wrong with it. Members that are not needed to
// send the letter again may be missing, and their order doesn't matter.
Result<DeadLetter> ParseLetterLine(std::string_view line);

}  // namespace espcap::sink

#endif  // ESPCAP_SINK_DEAD_LETTER_H_
