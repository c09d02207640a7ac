// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/resend_command.h"

#include <chrono>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "app/server_connection.h"
#include "base/event_loop.h"
#include "process/stop_signals.h"
#include "sink/dead_letter_resend.h"

namespace espcap::app {
namespace {

using sink::DeadLetterResend;

constexpr std::chrono::milliseconds kTick{100};

// Letters of one batch, as they are at the server.
struct Sent {
  std::vector<DeadLetterResend::Taken> letters;
  std::string text;
  std::vector<bool> refused;
};

class Resend {
 public:
  Resend(const cli::ResendSettings& settings, DeadLetterResend& letters, telemetry::Log& log)
      : settings_(settings),
        letters_(letters),
        log_(log),
        source_(std::make_shared<const std::string>(settings.file)) {}

  Result<void> Connect(std::vector<http::NodeUrl> nodes) {
    auto loop = base::EventLoop::Create();
    if (!loop) return Forward(std::move(loop));
    loop_ = std::move(*loop);
    ServerUse use;
    use.preparation.install_template = false;
    use.prepared = [](const auto&, const auto&, const auto&) {};
    use.keep_refused = [this](const Batch& batch, std::span<const Refusal> refusals,
                              const std::function<void(Result<size_t>)>& kept) {
      auto remain = Keep(batch, refusals);
      kept(remain ? Result<size_t>(refusals.size()) : Forward(std::move(remain)));
    };
    use.sync_refused = [](const Sink::SyncDone& done) { done({}); };
    auto made = MakeBulkSink(*loop_, settings_, std::move(nodes), std::move(use), log_, stats_);
    if (!made) return Forward(std::move(made));
    server_ = std::move(*made);
    while (!server_->MayBegin() && !process::StopRequested()) {
      if (auto turned = Turn(); !turned) return turned;
    }
    return {};
  }

  Result<void> Run() {
    bool all_taken = false;
    while (!process::StopRequested() && !(all_taken && server_->Idle())) {
      while (!all_taken && server_->Ready()) {
        auto taken = letters_.NextLetters(settings_.chunk, settings_.chunk_bytes);
        if (!taken) return Forward(std::move(taken));
        all_taken = taken->empty();
        if (all_taken) break;
        if (auto sent = Send(std::move(*taken)); !sent) return sent;
      }
      if (auto turned = Turn(); !turned) return turned;
    }
    return {};
  }

 private:
  Result<void> Turn() {
    auto polled = server_->Poll(ledger_);
    for (const DeliveryEvent& event : server_->DrainEvents()) Settle(event.slot);
    if (polled) loop_->RunOnce(base::EventLoop::Clock::now() + kTick);
    return polled;
  }

  Result<void> Send(std::vector<DeadLetterResend::Taken> letters) {
    Sent& sent = at_server_[next_slot_];
    Batch batch;
    for (const DeadLetterResend::Taken& taken : letters) {
      const size_t offset = sent.text.size();
      sink::AppendBulkDocument(sent.text, taken.letter);
      batch.documents.push_back({offset, sent.text.size() - offset, taken.letter.frame_number});
    }
    sent.refused.resize(letters.size());
    sent.letters = std::move(letters);
    batch.text = sent.text;
    batch.source = source_;
    batch.slot = next_slot_++;
    return server_->Submit(std::move(batch), ledger_);
  }

  Result<void> Keep(const Batch& batch, std::span<const Refusal> refusals) {
    Sent& sent = at_server_.at(batch.slot);
    // Whatever becomes of their letters: these documents aren't at the server.
    for (const Refusal& refusal : refusals) sent.refused[refusal.position] = true;
    for (const Refusal& refusal : refusals) {
      sink::DeadLetter letter = sent.letters[refusal.position].letter;
      letter.time = sink::LetterTime(std::chrono::system_clock::now());
      letter.status = refusal.status;
      letter.reason = refusal.reason;
      if (auto kept = letters_.Remains(sent.letters[refusal.position].line, letter); !kept) {
        return kept;
      }
    }
    return {};
  }

  void Settle(uint32_t slot) {
    const Sent& sent = at_server_.at(slot);
    for (size_t i = 0; i < sent.letters.size(); ++i) {
      if (!sent.refused[i]) letters_.MarkDelivered(sent.letters[i].line);
    }
    at_server_.erase(slot);
  }

  const cli::ResendSettings& settings_;
  DeadLetterResend& letters_;
  telemetry::Log& log_;
  std::shared_ptr<const std::string> source_;
  DeliveryStats stats_;
  std::unique_ptr<base::EventLoop> loop_;
  std::unique_ptr<elasticsearch::BulkSink> server_;
  std::map<uint32_t, Sent> at_server_;  // by slot
  uint32_t next_slot_ = 0;
  Ledger ledger_;
};

}  // namespace

Result<ExitStatus> RunResendCommand(const cli::ResendSettings& settings, telemetry::Log& log) {
  if (settings.nodes.empty()) return Fail("resend {}: give the server with --node", settings.file);
  auto nodes = ParseNodes(settings.nodes);
  if (!nodes) return Forward(std::move(nodes));
  process::InstallStopSignals();
  auto letters = DeadLetterResend::Open(settings.file,
                                        [&log](const std::string& message) { log.Error(message); });
  if (!letters) return Forward(std::move(letters));
  Resend resend(settings, **letters, log);
  if (auto connected = resend.Connect(std::move(*nodes)); !connected) {
    return Forward(std::move(connected));
  }
  // However it ends, what has landed leaves the file.
  auto outcome = resend.Run();
  auto finished = (*letters)->Finish();
  if (!finished) {
    log.Error(finished.error().message);
    return ExitStatus::kEndedUnasked;
  }
  const DeadLetterResend::Counts counts = (*letters)->counts();
  if (counts.landed + counts.refused_again + counts.not_sent == 0 && counts.bad_lines > 0) {
    return Fail("resend {}: no line of it is a dead letter; it stays as it is", settings.file);
  }
  const uint64_t remaining = counts.refused_again + counts.not_sent + counts.bad_lines;
  log.Info(fmt::format("{} documents accepted by the server, {} remain in {}", counts.landed,
                       remaining, settings.file));
  if (!outcome) log.Error(outcome.error().message);
  if (remaining > 0) log.Error(fmt::format("{} documents remain in {}", remaining, settings.file));
  if (!outcome) return ExitStatus::kEndedUnasked;
  return remaining > 0 ? ExitStatus::kIncomplete : ExitStatus::kComplete;
}

}  // namespace espcap::app
