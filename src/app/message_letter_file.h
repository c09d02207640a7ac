// SPDX-License-Identifier: GPL-2.0-or-later
//
// Messages that can't be dissected, in the file of dead letters: a thread writes to it.
#ifndef ESPCAP_APP_MESSAGE_LETTER_FILE_H_
#define ESPCAP_APP_MESSAGE_LETTER_FILE_H_

#include <functional>
#include <memory>
#include <utility>

#include "app/destination.h"
#include "cli/settings.h"
#include "consume/message_letters.h"
#include "sink/dead_letters.h"

namespace espcap::app {

class MessageLetterFile : public consume::MessageLetters {
 public:
  // What `run` refers to is borrowed.
  static Result<std::unique_ptr<MessageLetterFile>> Open(const cli::CaptureSettings& settings,
                                                         const Run& run);

  void Keep(const consume::MessageLetter& letter, std::function<void(bool)> kept) override;
  Result<void> Poll() override { return {}; }
  [[nodiscard]] bool IsIdle() const override { return pending_ == 0; }

 private:
  MessageLetterFile(std::shared_ptr<sink::DeadLetters> file, const Run& run)
      : file_(std::move(file)), writes_(run.letter_writes), log_(run.log) {}

  std::shared_ptr<sink::DeadLetters> file_;  // with the thread
  base::WriteThread& writes_;
  telemetry::Log& log_;
  size_t pending_ = 0;
};

}  // namespace espcap::app

#endif  // ESPCAP_APP_MESSAGE_LETTER_FILE_H_
