// SPDX-License-Identifier: GPL-2.0-or-later
//
// Messages between the program's processes: fixed-size records over a Unix socket that keeps their
// borders, with a descriptor alongside where one is passed. A peer that ends shows as kClosed.
#ifndef ESPCAP_PROCESS_CHANNEL_H_
#define ESPCAP_PROCESS_CHANNEL_H_

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <variant>

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
    const auto bytes = std::as_writable_bytes(std::span(&message, 1));
    if (ReceiveBytes(bytes, descriptor) != bytes.size()) return std::nullopt;
    return message;
  }

  // The same where it may be one of two.
  template <class One, class Other>
  [[nodiscard]] std::variant<std::monostate, One, Other> ReceiveEither(
      base::FileDescriptor* descriptor) const {
    static_assert(std::is_trivially_copyable_v<One> && std::is_trivially_copyable_v<Other>);
    static_assert(sizeof(One) != sizeof(Other));
    alignas(One) alignas(Other) std::array<std::byte, std::max(sizeof(One), sizeof(Other))> bytes;
    const size_t received = ReceiveBytes(bytes, descriptor);
    if (received == sizeof(One)) return As<One>(bytes.data());
    if (received == sizeof(Other)) return As<Other>(bytes.data());
    return {};
  }

  // Whether there is something to receive, or the peer has hung up, within this time.
  [[nodiscard]] bool AwaitsReceipt(std::chrono::milliseconds timeout) const;

  // The same without a limit: false once the other descriptor is readable.
  [[nodiscard]] bool AwaitsReceiptUnless(int readable_fd) const;

  [[nodiscard]] int fd() const { return socket_.get(); }
  [[nodiscard]] bool open() const { return socket_.valid(); }
  void Close() { socket_ = {}; }

 private:
  [[nodiscard]] bool SendBytes(std::span<const std::byte> bytes, int descriptor, bool waits) const;
  // How many; 0 where the peer is gone.
  [[nodiscard]] size_t ReceiveBytes(std::span<std::byte> bytes,
                                    base::FileDescriptor* descriptor) const;
  template <class Message>
  static Message As(const std::byte* bytes) {
    Message message;
    std::memcpy(&message, bytes, sizeof(message));
    return message;
  }

  base::FileDescriptor socket_;
};

}  // namespace espcap::process

#endif  // ESPCAP_PROCESS_CHANNEL_H_
