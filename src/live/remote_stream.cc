// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/remote_stream.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <system_error>
#include <utility>

#include "source/filter_program.h"

namespace espcap::live {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kLookMs = 100;  // at whether a wait goes on
constexpr std::chrono::seconds kConnectTimeout{10};

std::string Describe(int error) { return std::generic_category().message(error); }

struct FreeAddresses {
  void operator()(addrinfo* addresses) const { ::freeaddrinfo(addresses); }
};

// 0, or what was wrong.
int ConnectTo(const addrinfo& address, const RemoteStream::GoesOn& goes_on,
              base::FileDescriptor& socket) {
  socket = base::FileDescriptor(
      ::socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket.valid()) return errno;
  if (::connect(socket.get(), address.ai_addr, address.ai_addrlen) == 0) return 0;
  if (errno != EINPROGRESS) return errno;
  const auto deadline = Clock::now() + kConnectTimeout;
  pollfd wait{socket.get(), POLLOUT, 0};
  while (::poll(&wait, 1, kLookMs) <= 0) {
    if (!goes_on()) return ECANCELED;
    if (Clock::now() >= deadline) return ETIMEDOUT;
  }
  int error = 0;
  socklen_t size = sizeof(error);
  return ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

Result<base::FileDescriptor> ConnectToAny(const RemoteAddress& address,
                                          const RemoteStream::GoesOn& goes_on) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int status = ::getaddrinfo(address.host.c_str(), address.port.c_str(), &hints, &found);
  if (status != 0) return Fail("look up {}: {}", address.host, ::gai_strerror(status));
  const std::unique_ptr<addrinfo, FreeAddresses> addresses(found);
  int error = 0;
  for (const addrinfo* next = found; next != nullptr; next = next->ai_next) {
    base::FileDescriptor socket;
    error = ConnectTo(*next, goes_on, socket);
    if (error == 0) return socket;
  }
  return Fail("connect: {}", Describe(error));
}

// A sensor that is gone without a word (power, a firewall) is found out within two minutes.
void NoticeSilentEnd(int socket) {
  const std::array<std::pair<int, int>, 3> times = {
      {{TCP_KEEPIDLE, 60}, {TCP_KEEPINTVL, 15}, {TCP_KEEPCNT, 4}}};
  const int on = 1;
  ::setsockopt(socket, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
  for (const auto& [option, value] : times) {
    ::setsockopt(socket, IPPROTO_TCP, option, &value, sizeof(value));
  }
}

}  // namespace

Result<std::unique_ptr<RemoteStream>> RemoteStream::Connect(const RemoteAddress& address,
                                                            GoesOn goes_on) {
  auto socket = ConnectToAny(address, goes_on);
  if (!socket) return Forward(std::move(socket));
  NoticeSilentEnd(socket->get());
  return ReadFrom(std::move(*socket), std::move(goes_on));
}

Result<std::unique_ptr<RemoteStream>> RemoteStream::ReadFrom(base::FileDescriptor connection,
                                                             GoesOn goes_on) {
  std::unique_ptr<RemoteStream> stream(new RemoteStream(std::move(connection), std::move(goes_on)));
  if (auto begun = stream->Begin(); !begun) return Forward(std::move(begun));
  return stream;
}

RemoteStream::~RemoteStream() {
  if (handle_ != nullptr) pcap_close(handle_);
}

Result<void> RemoteStream::Begin() {
  FILE* file = ::fopencookie(this, "r", {&RemoteStream::Read, nullptr, nullptr, nullptr});
  if (file == nullptr) return Fail("read the stream: {}", Describe(errno));
  std::array<char, PCAP_ERRBUF_SIZE> message{};
  handle_ =
      pcap_fopen_offline_with_tstamp_precision(file, PCAP_TSTAMP_PRECISION_NANO, message.data());
  if (handle_ == nullptr) {
    static_cast<void>(::fclose(file));  // pcap_close() would have done it
    return Fail("read the stream: {}", message.data());
  }
  return {};
}

// As a file's read(2): what has come, 0 at the end.
ssize_t RemoteStream::Read(void* stream, char* room, size_t size) {
  const auto& self = *static_cast<const RemoteStream*>(stream);
  for (;;) {
    const ssize_t count = ::recv(self.socket_.get(), room, size, 0);
    if (count >= 0) return count;
    if (errno != EAGAIN && errno != EINTR) return -1;
    if (!self.goes_on_()) return 0;
    pollfd wait{self.socket_.get(), POLLIN, 0};
    ::poll(&wait, 1, kLookMs);
  }
}

Result<void> RemoteStream::SetFilter(const std::string& expression) {
  if (expression.empty()) return {};
  bpf_program program{};
  if (pcap_compile(handle_, &program, expression.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0) {
    return Fail("{}", source::DescribeFilterFault(expression, pcap_geterr(handle_), link_type()));
  }
  const int status = pcap_setfilter(handle_, &program);
  pcap_freecode(&program);
  if (status != 0) return Fail("--bpf '{}': {}", expression, pcap_geterr(handle_));
  return {};
}

Result<bool> RemoteStream::Next(pcap_pkthdr& packet, std::span<const uint8_t>& bytes) {
  pcap_pkthdr* header = nullptr;
  const u_char* data = nullptr;
  const int status = pcap_next_ex(handle_, &header, &data);
  if (status == PCAP_ERROR_BREAK) return false;
  if (status != 1) return Fail("{}", pcap_geterr(handle_));
  packet = *header;
  bytes = {data, packet.caplen};
  return true;
}

}  // namespace espcap::live
