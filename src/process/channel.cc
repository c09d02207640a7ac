// SPDX-License-Identifier: GPL-2.0-or-later
#include "process/channel.h"

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

namespace espcap::process {
namespace {

struct Envelope {
  msghdr header{};
  iovec body{};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};

  explicit Envelope(std::span<std::byte> bytes) {
    body = {bytes.data(), bytes.size()};
    header.msg_iov = &body;
    header.msg_iovlen = 1;
  }
  void AddControl() {
    header.msg_control = control.data();
    header.msg_controllen = control.size();
  }
};

}  // namespace

Result<std::pair<Channel, Channel>> Channel::Pair() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return Fail("make a channel between processes: {}", std::generic_category().message(errno));
  }
  return std::pair(Channel(base::FileDescriptor(ends[0])), Channel(base::FileDescriptor(ends[1])));
}

bool Channel::SendBytes(std::span<const std::byte> bytes, int descriptor, bool waits) const {
  // sendmsg takes the body without const and leaves it alone.
  Envelope envelope({const_cast<std::byte*>(bytes.data()), bytes.size()});
  if (descriptor >= 0) {
    envelope.AddControl();
    cmsghdr* control = CMSG_FIRSTHDR(&envelope.header);
    control->cmsg_level = SOL_SOCKET;
    control->cmsg_type = SCM_RIGHTS;
    control->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(control), &descriptor, sizeof(int));
  }
  for (;;) {
    const ssize_t sent =
        ::sendmsg(socket_.get(), &envelope.header, MSG_NOSIGNAL | (waits ? 0 : MSG_DONTWAIT));
    if (sent >= 0) return true;
    if (errno != EINTR) return false;
  }
}

bool Channel::AwaitsReceipt(std::chrono::milliseconds timeout) const {
  pollfd wait{socket_.get(), POLLIN, 0};
  return ::poll(&wait, 1, static_cast<int>(timeout.count())) > 0;
}

bool Channel::AwaitsReceiptUnless(int readable_fd) const {
  std::array<pollfd, 2> waits{{{socket_.get(), POLLIN, 0}, {readable_fd, POLLIN, 0}}};
  while (::poll(waits.data(), waits.size(), -1) < 0 && errno == EINTR) {
  }
  return waits[1].revents == 0;
}

size_t Channel::ReceiveBytes(std::span<std::byte> bytes, base::FileDescriptor* descriptor) const {
  Envelope envelope(bytes);
  envelope.AddControl();
  // A peer that has hung up without reading all: told once, before what it has sent (unix(7)).
  bool is_told = false;
  ssize_t received = 0;
  do {
    received = ::recvmsg(socket_.get(), &envelope.header, MSG_CMSG_CLOEXEC);
  } while (received < 0 &&
           (errno == EINTR || (errno == ECONNRESET && !std::exchange(is_told, true))));
  const cmsghdr* control = received > 0 ? CMSG_FIRSTHDR(&envelope.header) : nullptr;
  if (control != nullptr && control->cmsg_type == SCM_RIGHTS) {
    // There is room for more than one, by alignment: each is ours to close.
    const size_t count = (control->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t i = 0; i < count; ++i) {
      int passed = -1;
      std::memcpy(&passed, CMSG_DATA(control) + i * sizeof(int), sizeof(int));
      base::FileDescriptor owned(passed);
      if (descriptor != nullptr && !descriptor->valid()) *descriptor = std::move(owned);
    }
  }
  return received > 0 ? static_cast<size_t>(received) : 0;
}

}  // namespace espcap::process
