// SPDX-License-Identifier: GPL-2.0-or-later
#include "kafka/topic_sink.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "kafka/delivery_policy.h"
#include "kafka/failure.h"

namespace espcap::kafka {
namespace {

constexpr std::chrono::milliseconds kAgainWait{1000};
constexpr std::chrono::milliseconds kFullWait{50};
constexpr size_t kDocumentsAtOnce = 10'000;  // handed over in one turn of the loop

RetryReason ReasonOf(rd_kafka_resp_err_t error) {
  switch (error) {
    case RD_KAFKA_RESP_ERR__TRANSPORT:
    case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN:
      return RetryReason::kConnection;
    case RD_KAFKA_RESP_ERR__TIMED_OUT:
    case RD_KAFKA_RESP_ERR__MSG_TIMED_OUT:
    case RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT:
      return RetryReason::kTimeout;
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
      return RetryReason::kBlocked;
    default:
      return RetryReason::kUnavailable;
  }
}

}  // namespace

TopicSink::TopicSink(base::EventLoop& loop, Options options, std::unique_ptr<Producer> producer,
                     Hooks hooks, DeliveryStats& stats)
    : options_(std::move(options)),
      producer_(std::move(producer)),
      hooks_(std::move(hooks)),
      stats_(stats),
      loop_(loop),
      timer_(loop, [] {}) {
  stats_.nodes.emplace_back().url = options_.name;
  stats_.prepared = true;
  stats_.concurrency = static_cast<uint32_t>(options_.max_batches);
}

bool TopicSink::Ready() const {
  return !closing_ && end_.empty() && !is_purging_ && !pending_.AnyAgain() &&
         pending_.size() < options_.max_batches;
}

Result<void> TopicSink::Submit(Batch batch, Ledger& /*ledger*/) {
  if (batch.empty()) {
    Settle(batch.slot, Delivery::kAcknowledged);
    return {};
  }
  pending_.Add(std::move(batch));
  Enqueue();
  KeepRefused();
  Show();
  return {};
}

Result<void> TopicSink::Poll(Ledger& ledger) {
  const Producer::Reports reports = producer_->DrainReports();
  for (const ErrorReport& error : reports.errors) Handle(error);
  const uint64_t delivered = delivered_;
  for (const MessageReport& report : reports.messages) {
    auto& document = *static_cast<PendingDocument*>(report.opaque);
    --in_producer_;
    --document.batch->sent;
    if (report.error == RD_KAFKA_RESP_ERR_NO_ERROR) {
      stats_.nodes.front().Count(RequestOutcome::kAnswered, report.latency);
    }
    Handle(document, report.error);
  }
  if (silence_.Begins(delivered_ > delivered, in_producer_ > 0, loop_.Now())) {
    is_down_ = true;
    hooks_.warn(fmt::format("{}: no broker has acknowledged anything for {} s", options_.name,
                            SilenceWatch::kLimit.count()));
  }
  ledger.*DeliveredOf(options_.form) += std::exchange(not_counted_, 0);
  CountKept(ledger);
  if (gives_up_) AbandonUnsent(ledger);
  // What has come back is there to be taken back first.
  const bool may_be_reclaimed = is_purging_;
  if (in_producer_ == 0 && std::exchange(is_purging_, false) && !closing_ && end_.empty()) {
    if (const auto renewed = producer_->Renew(); !renewed) end_ = renewed.error().message;
  }
  if (!may_be_reclaimed && !closing_ && end_.empty()) Enqueue();
  if (may_be_reclaimed && !is_purging_) timer_.Set(loop_.Now());
  KeepRefused();
  Show();
  if (!closing_ && !end_.empty()) return Fail("{}", end_);
  return {};
}

void TopicSink::Enqueue() {
  timer_.Cancel();
  for (size_t left = kDocumentsAtOnce; PendingDocument* next = pending_.Next(); --left) {
    if (!end_.empty()) return;
    if (left == 0) return timer_.Set(loop_.Now());
    if (pending_.AnyAgain() && loop_.Now() < again_at_) return timer_.Set(again_at_);
    if (!Enqueue(*next)) return timer_.Set(loop_.Now() + kFullWait);
  }
}

// False: there is no room at present.
bool TopicSink::Enqueue(PendingDocument& document) {
  PendingBatch& pending = *document.batch;
  const Batch& batch = pending.batch;
  const DocumentSpan& span = batch.documents[document.position];
  MessageContents contents;
  if (!ReadContents(options_.form, batch.Text(span), options_.sensor, contents)) {
    pending_.Take(document);
    pending.refused.push_back({document.position, 0, "it has no id"});
    ++pending.refusals;
    return true;
  }
  Message message;
  message.partition =
      static_cast<int32_t>(span.conversation % static_cast<uint32_t>(options_.partitions));
  message.key = contents.key;
  message.value = contents.value;
  message.headers = contents.headers();
  message.opaque = &document;
  const rd_kafka_resp_err_t error = producer_->Enqueue(message);
  if (error == RD_KAFKA_RESP_ERR__QUEUE_FULL) return false;
  pending_.Take(document);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    Handle(document, error);
    return true;
  }
  ++pending.sent;
  ++in_producer_;
  ++stats_.documents_sent;
  stats_.bytes_sent += message.value.size();
  return true;
}

void TopicSink::Handle(PendingDocument& document, rd_kafka_resp_err_t error) {
  PendingBatch& pending = *document.batch;
  const bool was_purged =
      error == RD_KAFKA_RESP_ERR__PURGE_QUEUE || error == RD_KAFKA_RESP_ERR__PURGE_INFLIGHT;
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR && (was_purged || closing_)) {
    return pending_.PutBack(document);
  }
  const char* const reason = rd_kafka_err2str(error);
  switch (ActionFor(error, delivered_ > 0)) {
    case MessageAction::kDelivered:
      ++delivered_;
      not_counted_ += document.packets();
      is_down_ = false;
      if (!stats_.refusal.empty()) stats_.refusal.clear();
      CountSettled(pending, 1, document.packets());
      return;
    case MessageAction::kRefused:
      hooks_.report(fmt::format("{}: packet {}: refused by {}: {}", *pending.batch.source,
                                pending.batch.documents[document.position].frame_number,
                                options_.name, reason));
      pending.refused.push_back({document.position, static_cast<int>(error), reason});
      ++pending.refusals;
      return;
    case MessageAction::kEndRun:
      if (error == RD_KAFKA_RESP_ERR__FATAL) {
        Handle({error, producer_->FatalError()});
      } else {
        end_ = fmt::format("{}: {}", options_.name,
                           Explain(error, reason, options_.mechanism, rd_kafka_version()));
      }
      return pending_.PutBack(document);
    case MessageAction::kAgain:
      break;
  }
  if (!pending_.AnyAgain()) {
    RetryStats& retries = stats_.Retries(ReasonOf(error));
    ++retries.requests;
    hooks_.warn(fmt::format("{}: {}; it is sent again", options_.name, reason));
    again_at_ = loop_.Now() + kAgainWait;
  }
  ++stats_.Retries(ReasonOf(error)).documents;
  if (ReasonOf(error) == RetryReason::kBlocked) stats_.refusal = reason;
  pending_.PutBack(document);
}

void TopicSink::Handle(const ErrorReport& error) {
  is_down_ |= error.error == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN;
  const std::string reason =
      Explain(error.error, error.reason, options_.mechanism, rd_kafka_version());
  if (error.error == RD_KAFKA_RESP_ERR__FATAL) {
    is_fatal_ = true;
    end_ = fmt::format("{}: {}; {}", options_.name, reason, options_.rest);
    return;
  }
  if (!closing_) hooks_.warn(fmt::format("{}: {}", options_.name, reason));
}

void TopicSink::KeepRefused() {
  for (PendingBatch& pending : pending_.all()) {
    if (pending.refused.empty()) continue;
    const auto refused = std::exchange(pending.refused, {});
    uint64_t packets = 0;
    for (const Refusal& refusal : refused) packets += pending.documents[refusal.position].packets();
    hooks_.keep_refused(pending.batch, refused,
                        [this, &pending, count = refused.size(), packets](Result<size_t> kept) {
                          kept_.push_back({&pending, count, packets, std::move(kept)});
                        });
  }
}

// What finds no room among the dead letters is lost: they are few, cut to the topic's limit. No
// section is kept there.
void TopicSink::CountKept(Ledger& ledger) {
  if (pending_.empty()) return kept_.clear();  // they were given up meanwhile
  for (const Kept& one : std::exchange(kept_, {})) {
    const size_t kept = std::min(one.kept.value_or(0), one.refused);
    ledger.dead_lettered += kept;
    ledger.failed += one.packets - kept;
    if (kept < one.refused && options_.form == MessageForm::kDocument) {
      hooks_.report(
          fmt::format("{} documents are lost: {}", one.refused - kept,
                      one.kept ? "the file of dead letters is full" : one.kept.error().message));
    }
    Delivery& delivery = one.batch->delivery;
    delivery = std::min(delivery, kept < one.refused ? Delivery::kFailed : Delivery::kDeadLettered);
    one.batch->refusals -= one.refused;
    CountSettled(*one.batch, one.refused, one.packets);
  }
}

void TopicSink::CountSettled(PendingBatch& batch, size_t documents, uint64_t packets) {
  const auto settled = pending_.Settle(batch, documents, packets);
  if (!settled) return;
  ++stats_.batches;
  Settle(settled->slot, settled->delivery);
}

// What the producer doesn't have. What it has gets its report.
void TopicSink::AbandonUnsent(Ledger& ledger) {
  while (PendingDocument* document = pending_.Next()) {
    const uint64_t packets = document->packets();
    ledger.*GivenUpAs(is_fatal_) += packets;
    pending_.Take(*document);
    document->batch->delivery = Delivery::kFailed;
    CountSettled(*document->batch, 1, packets);
  }
}

void TopicSink::Close() {
  gives_up_ = true;
  StopSending();
}

void TopicSink::StopSending() {
  closing_ = true;
  timer_.Cancel();
  if (pending_.empty()) return;
  is_purging_ = true;
  producer_->Purge();
}

std::vector<RemoteSink::Returned> TopicSink::Reclaim(const IsWanted& is_wanted) {
  if (!is_purging_ && pending_.AnySent(is_wanted)) {
    is_purging_ = true;
    producer_->Purge();
  }
  auto returned = pending_.Reclaim(is_wanted);
  Show();
  return returned;
}

// Values are borrowed by librdkafka's threads: these end before the batches do.
void TopicSink::GiveUp(Ledger& ledger) {
  producer_->End();
  for (const PendingBatch& pending : pending_.all()) {
    ledger.*GivenUpAs(is_fatal_) += pending.unsettled_packets;
    Settle(pending.batch.slot, Delivery::kFailed);
  }
  pending_.Clear();
}

void TopicSink::Show() {
  NodeStats& node = stats_.nodes.front();
  node.resting = is_down_ && !pending_.empty();
  node.in_flight = static_cast<uint32_t>(pending_.size());
  const auto& batches = pending_.all();
  stats_.batches_waiting = static_cast<uint32_t>(std::count_if(
      batches.begin(), batches.end(),
      [](const PendingBatch& pending) { return pending.next < pending.documents.size(); }));
}

}  // namespace espcap::kafka
