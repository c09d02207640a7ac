// SPDX-License-Identifier: GPL-2.0-or-later
//
// A client that reads a topic and joins no group, and how it asks. Waits for the answers. REQUIRES:
// after the process's last fork.
#ifndef ESPCAP_KAFKA_READER_CLIENT_H_
#define ESPCAP_KAFKA_READER_CLIENT_H_

#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <thread>

#include "espcap/result.h"
#include "kafka/client.h"
#include "kafka/failure.h"

namespace espcap::kafka {

// `group`: whose offsets may be asked for. `defaults` give way to the user's properties. Tells
// where a partition ends.
Result<Client> StartReader(const Connection& connection, const std::string& group,
                           const Properties& defaults = {});

// By the topic's name, with what to do.
tl::unexpected<Error> Refused(const Connection& connection, rd_kafka_resp_err_t error,
                              std::string_view reason);

// `ask(timeout_ms)` once more until it fails for another reason than that a coordinator or leader
// moves, or `timeout` is over.
template <class Ask>
rd_kafka_resp_err_t AskUntilAnswered(std::chrono::milliseconds timeout, const Ask& ask) {
  using Clock = std::chrono::steady_clock;
  using std::chrono::milliseconds;
  constexpr milliseconds kBeforeNext{100};  // question, after one that found nobody in charge
  const Clock::time_point deadline = Clock::now() + timeout;
  for (;;) {
    const auto left = std::chrono::duration_cast<milliseconds>(deadline - Clock::now());
    const rd_kafka_resp_err_t error = ask(static_cast<int>(std::max(left, kBeforeNext).count()));
    if (!IsTransient(error) || Clock::now() + kBeforeNext >= deadline) return error;
    std::this_thread::sleep_for(kBeforeNext);
  }
}

// The offsets of a partition's first message, and behind its last one.
struct Watermarks {
  int64_t low = 0;
  int64_t high = 0;
};
Result<Watermarks> AskWatermarks(const Client& client, const Connection& connection,
                                 int32_t partition, std::chrono::milliseconds timeout);

}  // namespace espcap::kafka

#endif  // ESPCAP_KAFKA_READER_CLIENT_H_
