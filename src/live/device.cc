// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/device.h"

#include <linux/filter.h>
#include <linux/if_packet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <filesystem>
#include <system_error>
#include <tuple>
#include <utility>

#include "live/filter_chain.h"

namespace espcap::live {
namespace {

DeviceError::Reason ReasonOf(int status) {
  switch (status) {
    case PCAP_ERROR_NO_SUCH_DEVICE:
      return DeviceError::Reason::kMissing;
    case PCAP_ERROR_IFACE_NOT_UP:
      return DeviceError::Reason::kDown;
    default:
      return DeviceError::Reason::kOther;
  }
}

std::string Describe(int status, pcap_t* handle, const DeviceOptions& options) {
  const std::string detail = pcap_geterr(handle);
  switch (status) {
    case PCAP_ERROR_PERM_DENIED:
      return "no permission: " + HowToGetPermission();
    case PCAP_ERROR_PROMISC_PERM_DENIED:
      return "no permission for promiscuous mode: --no-promiscuous does without; else " +
             HowToGetPermission();
    case PCAP_ERROR_RFMON_NOTSUP:
      return "it has no monitor mode: leave --monitor out";
    case PCAP_ERROR_NO_SUCH_DEVICE:
      return "there is no such interface";
    case PCAP_ERROR_IFACE_NOT_UP:
      return "it is down";
    default:
      break;
  }
  const std::string text = detail.empty() ? pcap_statustostr(status) : detail;
  // The kernel has no room for a buffer of this size.
  const bool is_memory = text.find("allocate memory") != std::string::npos;
  return is_memory ? fmt::format("{} (--buffer-bytes {})", text, options.buffer_bytes) : text;
}

struct Reading {
  const Device::Take& take;
  timespec since;
  bool nanoseconds;
};

// NOLINTNEXTLINE(readability-non-const-parameter): libpcap's type
void HandOn(u_char* user, const pcap_pkthdr* packet, const u_char* bytes) {
  constexpr long kNanosecondsInMicrosecond = 1000;
  const auto& reading = *reinterpret_cast<const Reading*>(user);
  const long nanoseconds =
      packet->ts.tv_usec * (reading.nanoseconds ? 1 : kNanosecondsInMicrosecond);
  const bool is_before =
      packet->ts.tv_sec < reading.since.tv_sec ||
      (packet->ts.tv_sec == reading.since.tv_sec && nanoseconds < reading.since.tv_nsec);
  if (!is_before) reading.take(*packet, {bytes, packet->caplen});
}

}  // namespace

std::string HowToGetPermission() {
  std::error_code ignored;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", ignored);
  return fmt::format(
      "capturing needs root or capabilities; once, as root: setcap cap_net_raw,cap_net_admin=ep {} "
      "(from Debian's package libcap2-bin; chgrp it to a group of those who may capture, chmod "
      "750)",
      ignored ? "espcap" : program.string());
}

tl::expected<std::unique_ptr<Device>, DeviceError> Device::Open(const std::string& name,
                                                                const DeviceOptions& options) {
  const auto failed = [&name](DeviceError::Reason reason, const std::string& what) {
    return tl::unexpected(DeviceError{reason, fmt::format("capture on {}: {}", name, what)});
  };
  std::array<char, PCAP_ERRBUF_SIZE> message{};
  source::PcapHandle handle(pcap_create(name.c_str(), message.data()));
  if (handle == nullptr) return failed(DeviceError::Reason::kOther, message.data());
  pcap_t* device = handle.get();
  // They refuse only what pcap_activate() tells, or a device that is active already.
  std::ignore = pcap_set_snaplen(device, static_cast<int>(options.snaplen));
  std::ignore = pcap_set_promisc(device, options.promiscuous ? 1 : 0);
  std::ignore = pcap_set_timeout(device, static_cast<int>(kBlockTimeout.count()));
  std::ignore = pcap_set_buffer_size(
      device, static_cast<int>(std::min<size_t>(options.buffer_bytes, INT_MAX)));
  std::ignore = pcap_set_immediate_mode(device, options.immediate ? 1 : 0);
  // Where the device has none, microseconds it is.
  std::ignore = pcap_set_tstamp_precision(device, PCAP_TSTAMP_PRECISION_NANO);
  if (options.monitor) std::ignore = pcap_set_rfmon(device, 1);
  const int status = pcap_activate(device);
  if (status < 0) return failed(ReasonOf(status), Describe(status, device, options));
  if (pcap_setnonblock(device, 1, message.data()) != 0 || pcap_get_selectable_fd(device) < 0) {
    return failed(DeviceError::Reason::kOther,
                  fmt::format("it can't be waited for {}", message.data()));
  }
  std::unique_ptr<Device> opened(new Device(name, std::move(handle)));
  if (status > 0) {
    const std::string detail = pcap_geterr(device);
    opened->warnings_.push_back(
        fmt::format("{}: {}", name, detail.empty() ? pcap_statustostr(status) : detail));
  }
  return opened;
}

// Between its opening and its joining it gets what others get too. So it takes nothing for a
// moment, and what it has by then is told by its time.
Result<void> Device::JoinFanout(uint16_t group) {
  constexpr uint32_t kHow = PACKET_FANOUT_HASH | PACKET_FANOUT_FLAG_DEFRAG;
  const int socket = pcap_fileno(handle_.get());
  RefuseMore();
  ::clock_gettime(CLOCK_REALTIME, &since_);
  const uint32_t request = group | kHow << 16U;
  if (::setsockopt(socket, SOL_PACKET, PACKET_FANOUT, &request, sizeof(request)) != 0) {
    const int error = errno;
    const char* advice = error == EINVAL
                             ? "; another interface, or another kind of fanout, may have that group"
                             : "";
    return Fail("capture on {}: join fanout group {}: {}{}", name_, group,
                std::generic_category().message(error), advice);
  }
  const int unused = 0;
  static_cast<void>(::setsockopt(socket, SOL_SOCKET, SO_DETACH_FILTER, &unused, sizeof(unused)));
  return {};
}

Result<source::FilterProgram> Device::Compile(const std::string& expression) const {
  bpf_u_int32 network = 0;
  bpf_u_int32 netmask = 0;  // of the device's first address, for "ip broadcast"; or none
  std::array<char, PCAP_ERRBUF_SIZE> ignored{};
  if (pcap_lookupnet(name_.c_str(), &network, &netmask, ignored.data()) != 0) netmask = 0;
  auto program = std::make_unique<bpf_program>();
  if (pcap_compile(handle_.get(), program.get(), expression.c_str(), 1, netmask) != 0) {
    return Fail("{}", pcap_geterr(handle_.get()));
  }
  return source::FilterProgram(program.release());
}

Result<void> Device::SetFilter(const std::string& expression,
                               const std::vector<std::string>& refused) {
  if (expression.empty() && refused.empty()) return {};
  const auto taken = Compile(expression);
  if (!taken) {
    return Fail("{}", source::DescribeFilterFault(expression, taken.error().message, link_type()));
  }
  const auto instructions = [](const bpf_program& program) {
    return Instructions(program.bf_insns, program.bf_len);
  };
  std::vector<source::FilterProgram> compiled;
  std::vector<Instructions> refusing;
  for (const std::string& other : refused) {
    auto program = Compile(other);
    if (!program) continue;
    refusing.push_back(instructions(**program));
    compiled.push_back(std::move(*program));
  }
  std::vector<bpf_insn> chain = ChainFilters(refusing, instructions(**taken));
  bpf_program program{static_cast<u_int>(chain.size()), chain.data()};
  if (pcap_setfilter(handle_.get(), &program) != 0) {
    return Fail("--bpf '{}' on {}: {}", expression, name_, pcap_geterr(handle_.get()));
  }
  return {};
}

int Device::fd() const { return pcap_get_selectable_fd(handle_.get()); }

Result<int> Device::Read(int max, const Take& take) {
  Reading reading{take, since_, nanoseconds()};
  // libpcap passes the pointer through and leaves it alone.
  const int count = pcap_dispatch(handle_.get(), max, HandOn, reinterpret_cast<u_char*>(&reading));
  if (count >= 0) return count;
  return Fail("{}: {}", name_, pcap_geterr(handle_.get()));
}

// pcap_setfilter() would throw away what has been captured.
void Device::RefuseMore() const {
  sock_filter nothing{BPF_RET | BPF_K, 0, 0, 0};
  const sock_fprog program{1, &nothing};
  static_cast<void>(::setsockopt(pcap_fileno(handle_.get()), SOL_SOCKET, SO_ATTACH_FILTER, &program,
                                 sizeof(program)));
}

Device::Drops Device::NewDrops() {
  pcap_stat now{};
  if (pcap_stats(handle_.get(), &now) != 0) return {};
  // Differences of counters that wrap.
  const Drops drops{now.ps_drop - drops_seen_.kernel, now.ps_ifdrop - drops_seen_.interface};
  drops_seen_ = {now.ps_drop, now.ps_ifdrop};
  return drops;
}

}  // namespace espcap::live
