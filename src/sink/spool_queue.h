// SPDX-License-Identifier: GPL-2.0-or-later
//
// A spool that the write thread works on: what is asked for here is done there in the same order,
// and told of in the event loop. One thread calls it. REQUIRES: it lives until the write thread has
// ended or told of all.
#ifndef ESPCAP_SINK_SPOOL_QUEUE_H_
#define ESPCAP_SINK_SPOOL_QUEUE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/write_thread.h"
#include "espcap/batch.h"
#include "espcap/result.h"
#include "spool/spool.h"

namespace espcap::sink {

class SpoolQueue {
 public:
  // As spool::Spool::Open(), and at once; `writes` is borrowed.
  static Result<std::unique_ptr<SpoolQueue>> Open(spool::Options options, base::WriteThread& writes,
                                                  spool::Reports reports);

  // As of the last thing that was told of; the spool's terms.
  struct Numbers {
    uint64_t bytes = 0;
    uint64_t documents = 0;
    uint64_t lost_documents = 0;
  };
  [[nodiscard]] const Numbers& numbers() const { return numbers_; }
  [[nodiscard]] uint64_t max_bytes() const { return max_bytes_; }

  // Asked for, and not told of yet.
  [[nodiscard]] size_t pending() const { return pending_; }

  // The batch, and what it borrows, lives until `done`.
  void Append(std::shared_ptr<const Batch> batch, std::function<void(Result<bool>)> done);
  using Next = std::shared_ptr<spool::SpooledBatch>;  // null: there is none
  void PopNext(std::function<void(Result<Next>)> done);
  void Settle(uint64_t ticket, std::function<void()> done);
  void Sync(std::function<void(Result<void>)> done);

 private:
  // With the write thread.
  struct OnThread {
    struct Message {
      bool is_error;
      std::string text;
    };
    std::unique_ptr<spool::Spool> spool;
    std::vector<Message> messages;  // since they were told
  };
  struct News {
    Numbers numbers;
    std::vector<OnThread::Message> messages;
  };

  SpoolQueue(std::shared_ptr<OnThread> on_thread, uint64_t max_bytes, base::WriteThread& writes,
             spool::Reports reports);

  static News NewsOf(OnThread& on_thread);
  void Notify(const News& news);
  template <class Work, class Done>
  void Post(Work work, Done done);

  std::shared_ptr<OnThread> on_thread_;
  uint64_t max_bytes_;
  base::WriteThread& writes_;
  spool::Reports reports_;
  Numbers numbers_;
  size_t pending_ = 0;
};

}  // namespace espcap::sink

#endif  // ESPCAP_SINK_SPOOL_QUEUE_H_
