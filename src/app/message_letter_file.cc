// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/message_letter_file.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "app/refused_documents.h"
#include "document/document_id.h"
#include "sink/dead_letter.h"

namespace espcap::app {
namespace {

// RFC 4648.
std::string Base64(std::string_view bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t place = 0; place < bytes.size(); place += 3) {
    const size_t count = std::min<size_t>(3, bytes.size() - place);
    uint32_t bits = 0;
    for (size_t next = 0; next < 3; ++next) {
      bits = bits << 8U | (next < count ? static_cast<uint8_t>(bytes[place + next]) : 0U);
    }
    for (size_t digit = 0; digit < 4; ++digit) {
      text += digit <= count ? kDigits[bits >> (18 - 6 * digit) & 0x3FU] : '=';
    }
  }
  return text;
}

std::string LineOf(const consume::MessageLetter& letter) {
  const FedMessage& message = letter.message;
  nlohmann::json line = {
      {"time", sink::LetterTime(std::chrono::system_clock::now())},
      {"reason", letter.reason},
      {"kafka",
       {{"topic", letter.topic}, {"partition", letter.partition}, {"offset", message.offset}}},
      {"value", Base64(message.value)}};
  if (!message.numbers.empty()) {
    line["sensor"] = message.sensor;
    line["file"] = message.file;
    line["capture"] = document::CaptureId(message.capture);
    line["records"] = message.numbers;
  }
  return line.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace

Result<std::unique_ptr<MessageLetterFile>> MessageLetterFile::Open(
    const cli::CaptureSettings& settings, const Run& run) {
  auto opened = sink::DeadLetters::Open(DeadLettersPath(settings), settings.dead_letters_bytes,
                                        run.letter_writes.stop_waiting_flag());
  if (!opened) {
    return Fail(
        "{}; --dead-letters or --dead-letter-topic names a place for messages that can't "
        "be dissected",
        opened.error().message);
  }
  return std::unique_ptr<MessageLetterFile>(
      new MessageLetterFile(std::make_shared<sink::DeadLetters>(std::move(*opened)), run));
}

void MessageLetterFile::Keep(const consume::MessageLetter& letter, std::function<void(bool)> kept) {
  ++pending_;
  writes_.Post(
      [file = file_, line = LineOf(letter)] {
        const auto appended = file->AppendLine(line);
        return appended ? file->Sync() : appended;
      },
      [this, kept = std::move(kept)](const Result<void>& done) {
        --pending_;
        if (!done) log_.Error(done.error().message);
        kept(done.has_value());
      });
}

}  // namespace espcap::app
