// SPDX-License-Identifier: GPL-2.0-or-later
//
// The `_id` of a packet's document: its capture's fingerprint and its place in it, so that the same
// capture gives the same ids however often, and under whatever name, it is indexed.
#ifndef ESPCAP_DOCUMENT_DOCUMENT_ID_H_
#define ESPCAP_DOCUMENT_DOCUMENT_ID_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "espcap/fingerprint.h"

namespace espcap::document {

// What the ids of a capture's documents begin with: 22 characters of base64url.
std::string CaptureId(const Fingerprint& fingerprint);

// Whether the text can be one.
bool IsCaptureId(std::string_view text);

// What it is made of; none: the text is no such thing.
std::optional<Fingerprint> ParseCaptureId(std::string_view text);

// 22 characters of base64url (RFC 4648, section 5), '-', and the record's number in its file.
// `is_error`: of what replaces the packet's own document, which can still come.
std::string DocumentId(const Fingerprint& fingerprint, uint32_t record_number,
                       bool is_error = false);

// The fingerprint in such an id; none: it is no such id.
std::optional<Fingerprint> FingerprintOf(std::string_view id);

}  // namespace espcap::document

#endif  // ESPCAP_DOCUMENT_DOCUMENT_ID_H_
