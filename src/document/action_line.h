// SPDX-License-Identifier: GPL-2.0-or-later
//
// The line before each document in a `_bulk` body, in the one form that espcap writes: it creates a
// document of this index under this id. Pure.
#ifndef ESPCAP_DOCUMENT_ACTION_LINE_H_
#define ESPCAP_DOCUMENT_ACTION_LINE_H_

#include <cstddef>
#include <optional>
#include <string_view>

#include "espcap/byte_buffer.h"

namespace espcap::document {

struct Action {
  std::string_view index;
  std::string_view id;
};

// With its line feed. REQUIRES: an index name without a fault (index_name.h), an id of
// DocumentId().
void AppendAction(ByteBuffer& out, const Action& action);

// The bytes of such a line, at most, for an index name of that length.
constexpr size_t MaxActionBytes(size_t index_bytes) { return index_bytes + 80; }

// `line` without its line feed. None where AppendAction() doesn't write it so.
std::optional<Action> ParseAction(std::string_view line);

// The index of a document of such a line, borrowed from its text; empty where it begins otherwise.
std::string_view IndexOf(std::string_view document);

// Whether it is such a line and, in one line more, an object: what a `_bulk` body of espcap is made
// of. What the object holds isn't looked at.
bool IsBulkDocument(std::string_view text);

}  // namespace espcap::document

#endif  // ESPCAP_DOCUMENT_ACTION_LINE_H_
