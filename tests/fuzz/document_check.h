// SPDX-License-Identifier: GPL-2.0-or-later
//
// Whether a text is a document as espcap's users may rely on.
#ifndef ESPCAP_TESTS_FUZZ_DOCUMENT_CHECK_H_
#define ESPCAP_TESTS_FUZZ_DOCUMENT_CHECK_H_

#include <string_view>

#include "encode/document_limits.h"

namespace espcap::fuzz {

// Requires one line of JSON (RFC 8259, UTF-8), with each key of an object once, within the limits.
void CheckDocument(std::string_view text, const encode::DocumentLimits& limits);

}  // namespace espcap::fuzz

#endif  // ESPCAP_TESTS_FUZZ_DOCUMENT_CHECK_H_
