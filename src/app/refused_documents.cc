// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/refused_documents.h"

#include <chrono>
#include <utility>

namespace espcap::app {
namespace {

Result<std::vector<sink::DeadLetter>> LettersOf(const Batch& batch,
                                                std::span<const Refusal> refusals) {
  const std::string time = sink::LetterTime(std::chrono::system_clock::now());
  std::vector<sink::DeadLetter> letters;
  for (const Refusal& refusal : refusals) {
    const DocumentSpan& document = batch.documents[refusal.position];
    auto letter = sink::ParseBulkDocument(batch.Text(document));
    if (!letter) return Forward(std::move(letter));
    letter->time = time;
    letter->status = refusal.status;
    letter->reason = refusal.reason;
    letter->source = *batch.source;
    letter->frame_number = document.frame_number;
    letters.push_back(std::move(*letter));
  }
  return letters;
}

}  // namespace

std::string DeadLettersPath(const cli::CaptureSettings& settings) {
  if (!settings.dead_letters.empty()) return settings.dead_letters;
  if (!settings.spool.empty()) return settings.spool + "/dead-letters.ndjson";
  if (!settings.resume.empty()) return settings.resume + ".dead-letters.ndjson";
  return "dead-letters.ndjson";
}

Result<RefusedDocuments> RefusedDocuments::Open(const cli::CaptureSettings& settings,
                                                const Run& run) {
  auto opened = sink::DeadLetters::Open(DeadLettersPath(settings), settings.dead_letters_bytes,
                                        run.letter_writes.stop_waiting_flag());
  if (!opened && !settings.dead_letters.empty()) return Forward(std::move(opened));
  if (!opened) {
    run.log.Warning(opened.error().message +
                    "; what the server refuses for good will be lost: --dead-letters names a "
                    "place");
  }
  return RefusedDocuments(std::make_shared<Result<sink::DeadLetters>>(std::move(opened)),
                          run.letter_writes);
}

void RefusedDocuments::Keep(const Batch& batch, std::span<const Refusal> refusals,
                            std::function<void(Result<size_t>)> kept) const {
  auto letters = LettersOf(batch, refusals);
  if (!letters || !*dead_letters_) {
    return kept(tl::unexpected(letters ? dead_letters_->error() : letters.error()));
  }
  writes_->Post([dead_letters = dead_letters_,
                 letters = std::move(*letters)] { return (*dead_letters)->Append(letters); },
                std::move(kept));
}

void RefusedDocuments::Sync(Sink::SyncDone done) const {
  if (!*dead_letters_) return done({});
  writes_->Post([dead_letters = dead_letters_] { return (*dead_letters)->Sync(); },
                std::move(done));
}

}  // namespace espcap::app
