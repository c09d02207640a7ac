// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a batch holds, as the parts of a message: a document under its id, or a section of packets
// with where they come from. Pure; borrows the batch's text.
#ifndef ESPCAP_KAFKA_MESSAGE_CONTENTS_H_
#define ESPCAP_KAFKA_MESSAGE_CONTENTS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "espcap/ledger.h"
#include "kafka/producer.h"

namespace espcap::kafka {

enum class MessageForm : uint8_t { kDocument, kSection };

// The form of what is in headers of sections.
inline constexpr std::string_view kSectionVersion = "1";

struct MessageContents {
  std::optional<std::string_view> key;
  std::string_view value;
  std::array<Header, Message::kMaxHeaders> all_headers;
  size_t header_count = 0;
  // Texts of numbers, which headers refer to.
  std::array<std::string, 3> numbers;

  [[nodiscard]] std::span<const Header> headers() const {
    return {all_headers.data(), header_count};
  }
  void Add(const char* name, std::string_view header) {
    all_headers.at(header_count++) = {name, header};
  }
};

// Fills `contents`. `sensor`: of documents; a section has its own. False where the text isn't what
// the supervisor writes.
[[nodiscard]] bool ReadContents(MessageForm form, std::string_view text, std::string_view sensor,
                                MessageContents& contents);

// What counts the packets that were delivered.
inline uint64_t Ledger::*DeliveredOf(MessageForm form) {
  return form == MessageForm::kSection ? &Ledger::forwarded : &Ledger::written;
}

}  // namespace espcap::kafka

#endif  // ESPCAP_KAFKA_MESSAGE_CONTENTS_H_
