// SPDX-License-Identifier: GPL-2.0-or-later
//
// A client of librdkafka: its handle, and the queue in which it says what happened. Its threads are
// librdkafka's own. REQUIRES: made after the process's last fork; one thread uses it.
#ifndef ESPCAP_KAFKA_CLIENT_H_
#define ESPCAP_KAFKA_CLIENT_H_

#include <librdkafka/rdkafka.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/file_descriptor.h"
#include "base/secret.h"
#include "espcap/result.h"
#include "kafka/address.h"
#include "kafka/join_watch.h"
#include "kafka/properties.h"

namespace espcap::kafka {

// Makes and closes the sockets of connections, where they are to have ports of the run's own. Both
// are called by librdkafka's threads, several at a time.
struct SocketMaker {
  std::function<int(int family, int type, int protocol)> open;  // negative: none can be made
  std::function<void(int socket)> close;
};

// How a topic's brokers are reached, and who we are for them.
struct Connection {
  Address address;
  Properties properties;  // of the user, and those that follow from other options
  std::shared_ptr<const base::Secret> password;  // of SASL; null: none
  std::shared_ptr<const SocketMaker> sockets;    // null: any
};

// What librdkafka's threads write to where a queue has something.
Result<base::FileDescriptor> MakeWakeup(const Connection& connection);

struct DestroyEvent {
  void operator()(rd_kafka_event_t* event) const { rd_kafka_event_destroy(event); }
};
using Event = std::unique_ptr<rd_kafka_event_t, DestroyEvent>;

class Client {
 public:
  enum class Kind : uint8_t { kProducer, kConsumer };

  // Doesn't wait for a connection. `defaults` give way to the user's properties, which give way to
  // `fixed`. An error: a property that librdkafka doesn't know, or a file that can't be used.
  static Result<Client> Start(Kind kind, const Connection& connection, const Properties& defaults,
                              const Properties& fixed);

  [[nodiscard]] rd_kafka_t* get() const { return handle_.get(); }
  // Of a member of a group; null: a producer.
  [[nodiscard]] JoinWatch* joining() const { return joining_.get(); }
  // Of a producer delivery reports and errors; of a consumer messages, rebalances, commits and
  // errors.
  [[nodiscard]] rd_kafka_queue_t* queue() const { return queue_.get(); }
  // The next of them; null: there is none after `most_wait_ms`.
  [[nodiscard]] Event NextEvent(int most_wait_ms) const {
    return Event(rd_kafka_queue_poll(queue_.get(), most_wait_ms));
  }

 private:
  struct Destroy {
    // Ends the threads; what isn't delivered is given up. A consumer that has not left its group
    // would wait for brokers otherwise.
    void operator()(rd_kafka_t* handle) const {
      rd_kafka_destroy_flags(handle, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
    }
    void operator()(rd_kafka_queue_t* queue) const { rd_kafka_queue_destroy(queue); }
  };

  static int OpenSocket(int family, int type, int protocol, void* maker);
  static int CloseSocket(int socket, void* maker);

  Client() = default;

  std::shared_ptr<const SocketMaker> sockets_;  // outlives the handle
  std::unique_ptr<JoinWatch> joining_;          // so does this
  std::unique_ptr<rd_kafka_t, Destroy> handle_;
  std::unique_ptr<rd_kafka_queue_t, Destroy> queue_;
};

}  // namespace espcap::kafka

#endif  // ESPCAP_KAFKA_CLIENT_H_
