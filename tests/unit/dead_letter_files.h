// SPDX-License-Identifier: GPL-2.0-or-later
//
// Dead letters for tests, and a file of them.
#ifndef ESPCAP_TESTS_UNIT_DEAD_LETTER_FILES_H_
#define ESPCAP_TESTS_UNIT_DEAD_LETTER_FILES_H_

#include <atomic>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/write_thread.h"
#include "sink/dead_letter.h"
#include "sink/dead_letters.h"
#include "temporary_directory.h"

namespace espcap::testing {

inline sink::DeadLetter NumberedLetter(uint32_t number) {
  sink::DeadLetter letter;
  letter.time = "2024-05-01T12:00:00.000Z";
  letter.index = "packets";
  letter.id = "id" + std::to_string(number);
  letter.status = 400;
  letter.reason = "mapper_parsing_exception";
  letter.source = "a.pcap";
  letter.frame_number = number;
  letter.document = R"({"layers":{"frame":")" + std::to_string(number) + "\"}}";
  return letter;
}

inline std::string LetterLines(uint32_t first, uint32_t last) {
  std::string lines;
  for (uint32_t number = first; number <= last; ++number) {
    lines += sink::LetterLine(NumberedLetter(number));
  }
  return lines;
}

inline void AppendLetters(sink::DeadLetters& letters, uint32_t first, uint32_t last) {
  std::vector<sink::DeadLetter> some;
  for (uint32_t number = first; number <= last; ++number) some.push_back(NumberedLetter(number));
  if (auto done = letters.Append(some); !done) throw std::runtime_error(done.error().message);
}

inline base::WriteThread::StopWaitingFlag KeepWaiting() {
  return std::make_shared<std::atomic<bool>>(false);
}

inline sink::DeadLetters OpenLetters(const std::string& path, uint64_t max_bytes = UINT64_MAX) {
  auto letters = sink::DeadLetters::Open(path, max_bytes, KeepWaiting());
  if (!letters) throw std::runtime_error(letters.error().message);
  return std::move(*letters);
}

}  // namespace espcap::testing

#endif  // ESPCAP_TESTS_UNIT_DEAD_LETTER_FILES_H_
