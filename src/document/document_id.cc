// SPDX-License-Identifier: GPL-2.0-or-later
#include "document/document_id.h"

#include <string_view>

namespace espcap::document {
namespace {

constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

}  // namespace

std::string DocumentId(const Fingerprint& fingerprint, uint32_t record_number, bool is_error) {
  std::string id;
  uint32_t bits = 0;
  unsigned count = 0;
  for (const uint8_t byte : fingerprint) {
    bits = bits << 8U | byte;
    for (count += 8; count >= 6; count -= 6) id += kDigits[bits >> (count - 6) & 0x3FU];
  }
  if (count > 0) id += kDigits[bits << (6 - count) & 0x3FU];
  return id + '-' + std::to_string(record_number) + (is_error ? "-error" : "");
}

}  // namespace espcap::document
