// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/message_letter_file.h"

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>

#include "app/refused_documents.h"
#include "base/base64.h"
#include "document/document_id.h"
#include "sink/dead_letter.h"

namespace espcap::app {
namespace {

std::string LineOf(const consume::MessageLetter& letter) {
  const FedMessage& message = letter.message;
  nlohmann::json line = {
      {"time", sink::LetterTime(std::chrono::system_clock::now())},
      {"reason", letter.reason},
      {"kafka",
       {{"topic", letter.topic}, {"partition", letter.partition}, {"offset", message.offset}}},
      {"value", base::Base64(message.value)}};
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
