// SPDX-License-Identifier: GPL-2.0-or-later
//
// A file of dead letters of any content, sent again by a server that takes some of them: what is
// read goes out as one action each, and nothing of the file is lost.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "../unit/temporary_directory.h"
#include "sink/dead_letter.h"
#include "sink/dead_letter_resend.h"
#include "targets.h"

namespace espcap::fuzz {
namespace {

using sink::DeadLetter;
using sink::DeadLetterResend;

constexpr size_t kMaxLineBytes = size_t{1} << 15U;

bool IsSame(const DeadLetter& one, const DeadLetter& other) {
  return one.time == other.time && one.index == other.index && one.id == other.id &&
         one.status == other.status && one.reason == other.reason && one.source == other.source &&
         one.frame_number == other.frame_number && one.document == other.document;
}

void CheckLine(const DeadLetter& letter) {
  std::string line = sink::LetterLine(letter);
  Require(std::count(line.begin(), line.end(), '\n') == 1 && line.ends_with('\n'),
          "a letter is one line", line);
  line.pop_back();
  Require(nlohmann::json::accept(line), "a letter is JSON", line);
  const auto back = sink::ParseLetterLine(line);
  Require(back && IsSame(*back, letter), "a letter that is written is read back", line);
}

// Its action names its own document and no other.
void CheckAction(const DeadLetter& letter) {
  std::string sent;
  sink::AppendBulkDocument(sent, letter);
  Require(std::count(sent.begin(), sent.end(), '\n') == 2, "a letter is one action", sent);
  const auto action = nlohmann::json::parse(sent.substr(0, sent.find('\n')), nullptr, false);
  Require(action == nlohmann::json{{"create", {{"_index", letter.index}, {"_id", letter.id}}}},
          "an action has the letter's index and id", sent);
}

std::vector<std::string> Lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    if (end > 0) lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

}  // namespace

void DeadLetters(Bytes bytes) {
  static const espcap::testing::TemporaryDirectory folder(espcap::testing::QuickParent());
  Input input(bytes);
  const auto outcomes = input.Next<uint32_t>();
  const size_t at_once = 1 + input.NextBelow(8);
  const std::string_view content = input.Rest();
  const std::string path = folder.Write("letters", content);
  auto resend = DeadLetterResend::Open(
                    path, [](const auto&) {}, kMaxLineBytes)
                    .value();
  std::vector<std::string> expected = Lines(content);
  const size_t lines = expected.size();
  for (;;) {
    const auto taken = resend->NextLetters(at_once, kMaxLineBytes).value();
    if (taken.empty()) break;
    for (const auto& [number, letter] : taken) {
      CheckLine(letter);
      CheckAction(letter);
      if ((outcomes >> number % 16U * 2U & 3U) == 1) resend->MarkDelivered(number);
    }
  }
  const auto finished = resend->Finish();
  Require(finished.has_value(), "it ends");
  const DeadLetterResend::Counts counts = resend->counts();
  const std::vector<std::string> remain = Lines(espcap::testing::ReadWhole(path));
  Require(counts.landed + counts.not_sent + counts.bad_lines == lines, "each line is counted");
  Require(remain.size() == lines - counts.landed, "what has not landed remains");
  Require(std::includes(expected.begin(), expected.end(), remain.begin(), remain.end()),
          "what remains is as it was");
}

}  // namespace espcap::fuzz
