// SPDX-License-Identifier: GPL-2.0-or-later
//
// Hands messages for one topic to librdkafka, and tells what became of each. Idempotent, with acks
// of all replicas and without a limit of time. Values are borrowed until their report; nothing
// waits. One thread.
#ifndef ESPCAP_KAFKA_PRODUCER_H_
#define ESPCAP_KAFKA_PRODUCER_H_

#include <librdkafka/rdkafka.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <future>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/event_loop.h"
#include "base/file_descriptor.h"
#include "espcap/result.h"
#include "kafka/client.h"
#include "kafka/error_report.h"

namespace espcap::kafka {

struct Header {
  const char* name = "";
  std::string_view value;
};

struct Message {
  static constexpr size_t kMaxHeaders = 16;

  int32_t partition = 0;
  std::optional<std::string_view> key;  // copied, as the headers are
  std::string_view value;               // borrowed until its report
  std::span<const Header> headers;      // kMaxHeaders at most
  void* opaque = nullptr;               // comes back with the report
};

struct MessageReport {
  void* opaque = nullptr;
  rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR_NO_ERROR;
  std::chrono::microseconds latency{0};
  int64_t offset = -1;  // where the topic has it; negative: not known
};

class Producer {
 public:
  // The loop is borrowed. `max_message_bytes`: the topic's. `compression`: where the user's
  // properties name none.
  static Result<std::unique_ptr<Producer>> Start(base::EventLoop& loop,
                                                 const Connection& connection,
                                                 uint64_t max_message_bytes,
                                                 const Properties& compression);
  ~Producer() { End(); }
  Producer(const Producer&) = delete;
  Producer& operator=(const Producer&) = delete;

  // An error: it isn't accepted. RD_KAFKA_RESP_ERR__QUEUE_FULL: not now.
  rd_kafka_resp_err_t Enqueue(const Message& message);

  struct Reports {
    std::vector<MessageReport> messages;
    std::vector<ErrorReport> errors;
  };
  // Since the last call, up to a bound: the loop turns again for what is left.
  [[nodiscard]] Reports DrainReports();

  // By name. REQUIRES: it was told of one.
  [[nodiscard]] std::string FatalError() const { return FatalReason(*client_); }

  // Reports of all that has none come soon, most of them errors. What is enqueued afterwards needs
  // Renew().
  void Purge();
  // REQUIRES: every report has come. As a new producer: what was purged may have reached a broker,
  // which would refuse what follows as out of sequence, for good. Doesn't wait.
  [[nodiscard]] Result<void> Renew();
  // Ends librdkafka's threads: no value is borrowed any more, and nothing more is told. Waits for
  // them, not for a broker.
  void End();

 private:
  struct DestroyTopic {
    void operator()(rd_kafka_topic_t* topic) const { rd_kafka_topic_destroy(topic); }
  };

  struct Settings {
    Connection connection;
    Properties defaults;
    Properties fixed;
  };
  static Result<Client> StartClient(const Settings& settings);

  Producer(base::EventLoop& loop, Settings settings, Client client, base::FileDescriptor wake);
  void Attach();

  // What went wrong, or that nothing will go right any more.
  [[nodiscard]] rd_kafka_resp_err_t CodeOf(rd_kafka_resp_err_t code) const;

  Settings settings_;
  std::future<void> earlier_;     // client's end
  std::optional<Client> client_;  // none: it has ended
  std::unique_ptr<rd_kafka_topic_t, DestroyTopic> topic_;
  base::FileDescriptor wake_;  // readable: the client's queue isn't empty
  base::EventLoop::Watch watch_;
};

}  // namespace espcap::kafka

#endif  // ESPCAP_KAFKA_PRODUCER_H_
