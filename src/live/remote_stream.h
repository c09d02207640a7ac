// SPDX-License-Identifier: GPL-2.0-or-later
//
// A TCP connection that brings a capture (pcap or pcapng), read by libpcap: packet by packet, as
// they come, which libwiretap's blocks of 4 KiB would not allow. Holds no privilege. Owns the
// connection; one thread.
#ifndef ESPCAP_LIVE_REMOTE_STREAM_H_
#define ESPCAP_LIVE_REMOTE_STREAM_H_

#include <pcap/pcap.h>

#include <functional>
#include <memory>
#include <span>
#include <string>

#include "base/file_descriptor.h"
#include "espcap/result.h"
#include "live/remote_address.h"

namespace espcap::live {

class RemoteStream {
 public:
  // Whether a wait goes on; asked several times a second.
  using GoesOn = std::function<bool()>;

  // Connects, and waits for what a capture begins with.
  static Result<std::unique_ptr<RemoteStream>> Connect(const RemoteAddress& address,
                                                       GoesOn goes_on);
  // The same of a connection that is there.
  static Result<std::unique_ptr<RemoteStream>> ReadFrom(base::FileDescriptor connection,
                                                        GoesOn goes_on);
  ~RemoteStream();
  RemoteStream(const RemoteStream&) = delete;
  RemoteStream& operator=(const RemoteStream&) = delete;

  [[nodiscard]] int link_type() const { return pcap_datalink(handle_); }
  [[nodiscard]] int snaplen() const { return pcap_snapshot(handle_); }

  // Only packets that it matches are taken. Empty: all.
  Result<void> SetFilter(const std::string& expression);

  // The next packet, valid until the next call; false at the end of the stream, or where the wait
  // doesn't go on.
  Result<bool> Next(pcap_pkthdr& packet, std::span<const uint8_t>& bytes);

 private:
  RemoteStream(base::FileDescriptor socket, GoesOn goes_on)
      : socket_(std::move(socket)), goes_on_(std::move(goes_on)) {}

  Result<void> Begin();
  static ssize_t Read(void* stream, char* room, size_t size);

  base::FileDescriptor socket_;
  GoesOn goes_on_;
  pcap_t* handle_ = nullptr;  // owns the FILE that reads from the socket
};

}  // namespace espcap::live

#endif  // ESPCAP_LIVE_REMOTE_STREAM_H_
