// SPDX-License-Identifier: GPL-2.0-or-later
//
// What is next to a value as a text: the name of a number's value ("Create" for 5), or bytes
// that are text (an SSID).
#ifndef ESPCAP_ENCODE_COMPANION_TEXT_H_
#define ESPCAP_ENCODE_COMPANION_TEXT_H_

#include <string_view>

#include "registry/value_kind.h"
#include "source/wireshark_api.h"

namespace espcap::encode {

// Empty: this value has none. It lasts as long as the dissection. REQUIRES: `kind` is
// registry::CompanionOf() the field, and not kUnplanned.
std::string_view CompanionText(const field_info& field, registry::ValueKind kind);

}  // namespace espcap::encode

#endif  // ESPCAP_ENCODE_COMPANION_TEXT_H_
