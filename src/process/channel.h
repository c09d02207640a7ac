// SPDX-License-Identifier: GPL-2.0-or-later
//
// Messages between the program's processes: fixed-size records over a Unix socket that keeps their
// borders, with a descriptor alongside where one is passed. A peer that ends shows as kClosed.
#ifndef ESPCAP_PROCESS_CHANNEL_H_
#define ESPCAP_PROCESS_CHANNEL_H_

#include <cstddef>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>

#include "base/file_descriptor.h"
#include "espcap/result.h"

namespace espcap::process {

class Channel {
 public:
  Channel() = default;
  explicit Channel(base::FileDescriptor socket) : socket_(std::move(socket)) {}

  // Two connected ends.
  static Result<std::pair<Channel, Channel>> Pair();

  // Waits for room. False where the peer is gone.
  template <class Message>
  [[nodiscard]] bool Send(const Message& message, int descriptor = -1) const {
    static_assert(std::is_trivially_copyable_v<Message>);
    return SendBytes(std::as_bytes(std::span(&message, 1)), descriptor, true);
  }

  // Without waiting: false also where the peer doesn't read.
  template <class Message>
  [[nodiscard]] bool TrySend(const Message& message, int descriptor = -1) const {
    static_assert(std::is_trivially_copyable_v<Message>);
    return SendBytes(std::as_bytes(std::span(&message, 1)), descriptor, false);
  }

  // Waits for a message; none where the peer is gone. A passed descriptor goes to `*descriptor`.
  template <class Message>
  [[nodiscard]] std::optional<Message> Receive(base::FileDescriptor* descriptor = nullptr) const {
    static_assert(std::is_trivially_copyable_v<Message>);
    Message message;
    if (!ReceiveBytes(std::as_writable_bytes(std::span(&message, 1)), descriptor)) {
      return std::nullopt;
    }
    return message;
  }

  [[nodiscard]] int fd() const { return socket_.get(); }
  [[nodiscard]] bool open() const { return socket_.valid(); }
  void Close() { socket_ = {}; }

 private:
  [[nodiscard]] bool SendBytes(std::span<const std::byte> bytes, int descriptor, bool waits) const;
  [[nodiscard]] bool ReceiveBytes(std::span<std::byte> bytes,
                                  base::FileDescriptor* descriptor) const;

  base::FileDescriptor socket_;
};

}  // namespace espcap::process

#endif  // ESPCAP_PROCESS_CHANNEL_H_
