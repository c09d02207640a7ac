// SPDX-License-Identifier: GPL-2.0-or-later
//
// The local ports of a run's connections, chosen before the first: a row of neighbours, held so
// that no other program gets one of them. So a capture can tell the run's own packets. Owns the
// sockets that hold them. Any thread: connections to several servers share the ports, and some of
// them are made by libraries' threads.
#ifndef ESPCAP_HTTP_LOCAL_PORTS_H_
#define ESPCAP_HTTP_LOCAL_PORTS_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/file_descriptor.h"
#include "espcap/result.h"

namespace espcap::http {

class LocalPorts {
 public:
  // As many connections can be there at a time, and a port rests for a while after each.
  static constexpr uint16_t kCount = 64;

  static Result<std::shared_ptr<LocalPorts>> Reserve();

  [[nodiscard]] uint16_t first() const { return first_; }

  // A socket that is bound to the port which has been free for longest; negative where none can be
  // made.
  int Open(int family, int type, int protocol);
  void Close(int socket);

 private:
  LocalPorts(uint16_t first, std::vector<base::FileDescriptor> held);

  const uint16_t first_;
  const std::vector<base::FileDescriptor> held_;
  std::mutex mutex_;                           // of what follows
  std::deque<uint16_t> free_;                  // first the one that has been so for longest
  std::unordered_map<int, uint16_t> port_of_;  // of open sockets
};

}  // namespace espcap::http

#endif  // ESPCAP_HTTP_LOCAL_PORTS_H_
