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

uint64_t TopicSink::Document::packets() const { return pending->batch.documents[position].packets; }

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
  return !closing_ && end_.empty() && again_.empty() && pending_.size() < options_.max_batches;
}

Result<void> TopicSink::Submit(Batch batch, Ledger& /*ledger*/) {
  if (batch.empty()) {
    Settle(batch.slot, Delivery::kAcknowledged);
    return {};
  }
  const auto place = pending_.emplace(pending_.end());
  place->place = place;
  place->batch = std::move(batch);
  place->unsettled = place->batch.documents.size();
  place->unsettled_packets = PacketsOf(place->batch.documents);
  place->documents.reserve(place->unsettled);
  for (uint32_t position = 0; position < place->unsettled; ++position) {
    place->documents.push_back({&*place, position});
  }
  Enqueue();
  KeepRefused();
  Show();
  return {};
}

Result<void> TopicSink::Poll(Ledger& ledger) {
  const Producer::Reports reports = producer_->DrainReports();
  for (const ErrorReport& error : reports.errors) Handle(error);
  for (const MessageReport& report : reports.messages) {
    auto& document = *static_cast<Document*>(report.opaque);
    if (report.error == RD_KAFKA_RESP_ERR_NO_ERROR) {
      stats_.nodes.front().Count(RequestOutcome::kAnswered, report.latency);
    }
    if (closing_ && report.error != RD_KAFKA_RESP_ERR_NO_ERROR) {
      Abandon(ledger, document);
    } else {
      Handle(document, report.error);
    }
  }
  ledger.*DeliveredOf(options_.form) += std::exchange(not_counted_, 0);
  CountKept(ledger);
  if (closing_) {
    AbandonUnsent(ledger);
  } else if (end_.empty()) {
    Enqueue();
  }
  KeepRefused();
  Show();
  if (!closing_ && !end_.empty()) return Fail("{}", end_);
  return {};
}

void TopicSink::Enqueue() {
  timer_.Cancel();
  size_t left = kDocumentsAtOnce;
  while (!again_.empty() && loop_.Now() >= again_at_ && left > 0) {
    Document& document = *again_.front();
    again_.pop_front();
    if (!Enqueue(document)) {
      again_.push_front(&document);
      return timer_.Set(loop_.Now() + kFullWait);
    }
    --left;
  }
  for (auto next = pending_.begin(); next != pending_.end() && again_.empty();) {
    Pending& pending = *next++;
    while (pending.next < pending.documents.size() && left > 0 && again_.empty()) {
      if (!Enqueue(pending.documents[pending.next])) {
        return timer_.Set(loop_.Now() + kFullWait);
      }
      ++pending.next;
      --left;
    }
  }
  if (left == 0) return timer_.Set(loop_.Now());
  if (!again_.empty()) timer_.Set(std::max(again_at_, loop_.Now()));
}

// False: there is no room at present.
bool TopicSink::Enqueue(Document& document) {
  const Batch& batch = document.pending->batch;
  const DocumentSpan& span = batch.documents[document.position];
  MessageContents contents;
  if (!ReadContents(options_.form, batch.Text(span), options_.sensor, contents)) {
    document.pending->refused.push_back({document.position, 0, "it has no id"});
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
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    Handle(document, error);
    return true;
  }
  ++stats_.documents_sent;
  stats_.bytes_sent += message.value.size();
  return true;
}

void TopicSink::Handle(Document& document, rd_kafka_resp_err_t error) {
  Pending& pending = *document.pending;
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
      return;
    case MessageAction::kEndRun:
      if (error == RD_KAFKA_RESP_ERR__FATAL) {
        Handle({error, producer_->FatalError()});
      } else {
        end_ = fmt::format("{}: {}", options_.name,
                           Explain(error, reason, options_.mechanism, rd_kafka_version()));
      }
      again_.push_back(&document);
      return;
    case MessageAction::kAgain:
      break;
  }
  if (again_.empty()) {
    RetryStats& retries = stats_.Retries(ReasonOf(error));
    ++retries.requests;
    hooks_.warn(fmt::format("{}: {}; it is sent again", options_.name, reason));
    again_at_ = loop_.Now() + kAgainWait;
  }
  ++stats_.Retries(ReasonOf(error)).documents;
  if (ReasonOf(error) == RetryReason::kBlocked) stats_.refusal = reason;
  again_.push_back(&document);
}

void TopicSink::Handle(const ErrorReport& error) {
  is_down_ |= error.error == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN;
  const std::string reason =
      Explain(error.error, error.reason, options_.mechanism, rd_kafka_version());
  if (error.error == RD_KAFKA_RESP_ERR__FATAL) {
    is_fatal_ = true;
    end_ = fmt::format(
        "{}: {}; what was not acknowledged is lost to this run, another run with "
        "--resume sends it",
        options_.name, reason);
    return;
  }
  if (!closing_) hooks_.warn(fmt::format("{}: {}", options_.name, reason));
}

void TopicSink::KeepRefused() {
  for (Pending& pending : pending_) {
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
    Delivery& delivery = one.pending->delivery;
    delivery = std::min(delivery, kept < one.refused ? Delivery::kFailed : Delivery::kDeadLettered);
    CountSettled(*one.pending, one.refused, one.packets);
  }
}

void TopicSink::CountSettled(Pending& pending, size_t documents, uint64_t packets) {
  pending.unsettled -= documents;
  pending.unsettled_packets -= packets;
  if (pending.unsettled > 0) return;
  ++stats_.batches;
  Settle(pending.batch.slot, pending.delivery);
  pending_.erase(pending.place);
}

void TopicSink::Abandon(Ledger& ledger, Document& document) {
  ledger.*GivenUpAs(is_fatal_) += document.packets();
  document.pending->delivery = Delivery::kFailed;
  CountSettled(*document.pending, 1, document.packets());
}

// What the producer doesn't have. What it has gets its report.
void TopicSink::AbandonUnsent(Ledger& ledger) {
  for (Document* document : std::exchange(again_, {})) Abandon(ledger, *document);
  for (auto next = pending_.begin(); next != pending_.end();) {
    Pending& pending = *next++;
    const size_t unsent = pending.documents.size() - pending.next;
    if (unsent == 0) continue;
    uint64_t packets = 0;
    for (; pending.next < pending.documents.size(); ++pending.next) {
      packets += pending.documents[pending.next].packets();
    }
    ledger.*GivenUpAs(is_fatal_) += packets;
    pending.delivery = Delivery::kFailed;
    CountSettled(pending, unsent, packets);
  }
}

void TopicSink::Close() {
  closing_ = true;
  timer_.Cancel();
  if (!pending_.empty()) producer_->Purge();
}

// Values are borrowed by librdkafka's threads: these end before the batches do.
void TopicSink::GiveUp(Ledger& ledger) {
  producer_->End();
  for (const Pending& pending : pending_) {
    ledger.*GivenUpAs(is_fatal_) += pending.unsettled_packets;
    Settle(pending.batch.slot, Delivery::kFailed);
  }
  pending_.clear();
}

void TopicSink::Show() {
  NodeStats& node = stats_.nodes.front();
  node.resting = is_down_ && !pending_.empty();
  node.in_flight = static_cast<uint32_t>(pending_.size());
  stats_.batches_waiting = static_cast<uint32_t>(std::count_if(
      pending_.begin(), pending_.end(),
      [](const Pending& pending) { return pending.next < pending.documents.size(); }));
}

}  // namespace espcap::kafka
