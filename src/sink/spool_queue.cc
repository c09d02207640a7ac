// SPDX-License-Identifier: GPL-2.0-or-later
#include "sink/spool_queue.h"

namespace espcap::sink {

Result<std::unique_ptr<SpoolQueue>> SpoolQueue::Open(spool::Options options,
                                                     base::WriteThread& writes,
                                                     spool::Reports reports) {
  const uint64_t max_bytes = options.max_bytes;
  auto on_thread = std::make_shared<OnThread>();
  // The spool belongs to what it reports to.
  auto& messages = on_thread->messages;
  auto opened = spool::Spool::Open(std::move(options), {[&messages](const std::string& text) {
                                                          messages.push_back({false, text});
                                                        },
                                                        [&messages](const std::string& text) {
                                                          messages.push_back({true, text});
                                                        }});
  if (!opened) return Forward(std::move(opened));
  on_thread->spool = std::move(*opened);
  return std::unique_ptr<SpoolQueue>(
      new SpoolQueue(std::move(on_thread), max_bytes, writes, std::move(reports)));
}

SpoolQueue::SpoolQueue(std::shared_ptr<OnThread> on_thread, uint64_t max_bytes,
                       base::WriteThread& writes, spool::Reports reports)
    : on_thread_(std::move(on_thread)),
      max_bytes_(max_bytes),
      writes_(writes),
      reports_(std::move(reports)) {
  Notify(NewsOf(*on_thread_));
}

SpoolQueue::News SpoolQueue::NewsOf(OnThread& on_thread) {
  const spool::Spool& spool = *on_thread.spool;
  return {{spool.bytes(), spool.documents(), spool.lost().documents},
          std::exchange(on_thread.messages, {})};
}

void SpoolQueue::Notify(const News& news) {
  numbers_ = news.numbers;
  for (const OnThread::Message& message : news.messages) {
    (message.is_error ? reports_.error : reports_.warn)(message.text);
  }
}

template <class Work, class Done>
void SpoolQueue::Post(Work work, Done done) {
  ++pending_;
  writes_.Post(
      [on_thread = on_thread_, work = std::move(work)] {
        // In this order, as braces have it.
        return std::pair<decltype(work(*on_thread->spool)), News>{work(*on_thread->spool),
                                                                  NewsOf(*on_thread)};
      },
      [this, done = std::move(done)](const auto& result) {
        --pending_;
        Notify(result.second);
        done(result.first);
      });
}

void SpoolQueue::Append(std::shared_ptr<const Batch> batch,
                        std::function<void(Result<bool>)> done) {
  Post([batch = std::move(batch)](spool::Spool& spool) { return spool.Append(*batch); },
       std::move(done));
}

void SpoolQueue::PopNext(std::function<void(Result<Next>)> done) {
  Post(
      [](spool::Spool& spool) -> Result<Next> {
        auto next = spool.Next();
        if (!next) return Forward(std::move(next));
        return *next ? std::make_shared<spool::SpooledBatch>(std::move(**next)) : nullptr;
      },
      std::move(done));
}

void SpoolQueue::Settle(uint64_t ticket, std::function<void()> done) {
  Post(
      [ticket](spool::Spool& spool) {
        spool.Settle(ticket);
        return true;
      },
      [done = std::move(done)](bool /*settled*/) { done(); });
}

void SpoolQueue::Sync(std::function<void(Result<void>)> done) {
  Post([](spool::Spool& spool) { return spool.Sync(); }, std::move(done));
}

}  // namespace espcap::sink
