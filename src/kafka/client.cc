// SPDX-License-Identifier: GPL-2.0-or-later
#include "kafka/client.h"

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include "base/event_fd.h"

namespace espcap::kafka {
namespace {

struct DestroyConfiguration {
  void operator()(rd_kafka_conf_t* configuration) const { rd_kafka_conf_destroy(configuration); }
};
using Configuration = std::unique_ptr<rd_kafka_conf_t, DestroyConfiguration>;
using ErrorText = std::array<char, 512>;

Result<void> Set(rd_kafka_conf_t* configuration, const char* name, const char* value) {
  ErrorText error{};
  if (rd_kafka_conf_set(configuration, name, value, error.data(), error.size()) ==
      RD_KAFKA_CONF_OK) {
    return {};
  }
  return Fail("--kafka {}: {}", name, error.data());
}

}  // namespace

Result<base::FileDescriptor> MakeWakeup(const Connection& connection) {
  base::FileDescriptor wake = base::MakeEventFd();
  if (wake.valid()) return wake;
  return Fail("{}: eventfd: {}", connection.address.Text(), std::generic_category().message(errno));
}

int Client::OpenSocket(int family, int type, int protocol, void* maker) {
  return static_cast<const SocketMaker*>(maker)->open(family, type, protocol);
}

int Client::CloseSocket(int socket, void* maker) {
  static_cast<const SocketMaker*>(maker)->close(socket);
  return 0;
}

Result<Client> Client::Start(Kind kind, const Connection& connection, const Properties& defaults,
                             const Properties& fixed) {
  const bool is_consumer = kind == Kind::kConsumer;
  Configuration configuration(rd_kafka_conf_new());
  for (const Properties* properties : {&defaults, &connection.properties, &fixed}) {
    for (const auto& [name, value] : *properties) {
      if (auto set = Set(configuration.get(), name.c_str(), value.c_str()); !set) {
        return Forward(std::move(set));
      }
    }
  }
  const std::string brokers = connection.address.Bootstrap();
  if (auto set = Set(configuration.get(), "bootstrap.servers", brokers.c_str()); !set) {
    return Forward(std::move(set));
  }
  if (connection.password != nullptr) {
    const auto set = Set(configuration.get(), "sasl.password", connection.password->c_str());
    if (!set) return Fail("--password-file: librdkafka doesn't accept the password");
  }
  Client client;
  // Errors come as events; the rest of what it has to say is for its developers.
  rd_kafka_conf_set_log_cb(configuration.get(), nullptr);
  rd_kafka_conf_set_events(configuration.get(),
                           is_consumer ? RD_KAFKA_EVENT_FETCH | RD_KAFKA_EVENT_REBALANCE |
                                             RD_KAFKA_EVENT_OFFSET_COMMIT | RD_KAFKA_EVENT_ERROR
                                       : RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR);
  if (connection.sockets != nullptr) {
    client.sockets_ = connection.sockets;
    // It passes this on, and leaves it alone.
    rd_kafka_conf_set_opaque(configuration.get(), const_cast<SocketMaker*>(client.sockets_.get()));
    rd_kafka_conf_set_socket_cb(configuration.get(), OpenSocket);
    rd_kafka_conf_set_closesocket_cb(configuration.get(), CloseSocket);
  }
  if (is_consumer) {
    client.joining_ = std::make_unique<JoinWatch>();
    client.joining_->Begin(configuration.get());
  }
  ErrorText error{};
  client.handle_.reset(rd_kafka_new(is_consumer ? RD_KAFKA_CONSUMER : RD_KAFKA_PRODUCER,
                                    configuration.get(), error.data(), error.size()));
  if (client.handle_ == nullptr) return Fail("{}: {}", connection.address.Text(), error.data());
  static_cast<void>(configuration.release());  // the handle's now
  if (is_consumer) {
    rd_kafka_poll_set_consumer(client.handle_.get());
    client.queue_.reset(rd_kafka_queue_get_consumer(client.handle_.get()));
  } else {
    client.queue_.reset(rd_kafka_queue_get_main(client.handle_.get()));
  }
  return client;
}

}  // namespace espcap::kafka
