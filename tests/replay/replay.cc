// SPDX-License-Identifier: GPL-2.0-or-later
//
// Sends a capture's packets into an interface, each exactly once a round, and says how many they
// were. tcpreplay 4.5 closes its ring before the kernel has sent all of it, and counts what is lost
// as sent.
//
//     espcap_replay INTERFACE FILE [--pps N | --multiplier X] [--loop N] [--limit N]
//
// Without a rate: as fast as it can. --multiplier 1 is the capture's own speed. Prints "sent N
// packets in S seconds".
#include <net/if.h>
#include <pcap/pcap.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

struct Options {
  const char* interface = nullptr;
  const char* file = nullptr;
  double packets_a_second = 0;
  double multiplier = 0;
  uint64_t rounds = 1;
  uint64_t most_packets = UINT64_MAX;
};

struct Packet {
  Seconds since_first;
  std::string bytes;
};

struct PcapCloser {
  void operator()(pcap_t* handle) const { pcap_close(handle); }
};
using Pcap = std::unique_ptr<pcap_t, PcapCloser>;

[[noreturn]] void Fail(const std::string& text) {
  std::fprintf(stderr, "espcap_replay: %s\n", text.c_str());
  std::exit(1);
}

Options Parse(int count, char** words) {
  if (count < 3 || count % 2 == 0)
    Fail("arguments: INTERFACE FILE, then pairs of option and value");
  Options options{.interface = words[1], .file = words[2]};
  for (int at = 3; at < count; at += 2) {
    const std::string_view name = words[at];
    const char* value = words[at + 1];
    if (name == "--pps") {
      options.packets_a_second = std::atof(value);
    } else if (name == "--multiplier") {
      options.multiplier = std::atof(value);
    } else if (name == "--loop") {
      options.rounds = std::strtoull(value, nullptr, 10);
    } else if (name == "--limit") {
      options.most_packets = std::strtoull(value, nullptr, 10);
    } else {
      Fail(std::string(name) + ": no such option");
    }
  }
  return options;
}

std::vector<Packet> Read(const char* file) {
  char why[PCAP_ERRBUF_SIZE] = "";
  const Pcap capture(
      pcap_open_offline_with_tstamp_precision(file, PCAP_TSTAMP_PRECISION_NANO, why));
  if (!capture) Fail(why);
  std::vector<Packet> packets;
  pcap_pkthdr* header = nullptr;
  const u_char* bytes = nullptr;
  timeval first{};
  int outcome = 0;
  while ((outcome = pcap_next_ex(capture.get(), &header, &bytes)) == 1) {
    if (packets.empty()) first = header->ts;
    const double since = static_cast<double>(header->ts.tv_sec - first.tv_sec) +
                         static_cast<double>(header->ts.tv_usec - first.tv_usec) / 1e9;
    packets.push_back(
        {Seconds(since), std::string(reinterpret_cast<const char*>(bytes), header->caplen)});
  }
  if (outcome == PCAP_ERROR) Fail(pcap_geterr(capture.get()));
  if (packets.empty()) Fail(std::string(file) + ": no packet in it");
  return packets;
}

// A full queue is waited for: no packet is left out.
void Send(pcap_t* interface, const Packet& packet) {
  while (pcap_sendpacket(interface, reinterpret_cast<const u_char*>(packet.bytes.data()),
                         static_cast<int>(packet.bytes.size())) != 0) {
    if (errno != ENOBUFS && errno != EAGAIN) Fail(pcap_geterr(interface));
    std::this_thread::yield();
  }
}

}  // namespace

int main(int count, char** words) {
  const Options options = Parse(count, words);
  const std::vector<Packet> packets = Read(options.file);
  char why[PCAP_ERRBUF_SIZE] = "";
  // Nothing is read: the shortest snapshot, and the longest time until packets are handed over.
  const Pcap interface(pcap_open_live(options.interface, 1, 0, 60'000, why));
  if (!interface) Fail(why);

  uint64_t sent = 0;
  const Clock::time_point begin = Clock::now();
  Clock::time_point round_begin = begin;
  for (uint64_t round = 0; round < options.rounds; ++round) {
    for (const Packet& packet : packets) {
      if (sent == options.most_packets) break;
      if (options.packets_a_second > 0) {
        const Seconds due(static_cast<double>(sent) / options.packets_a_second);
        std::this_thread::sleep_until(begin + std::chrono::duration_cast<Clock::duration>(due));
      } else if (options.multiplier > 0) {
        const Seconds due = packet.since_first / options.multiplier;
        std::this_thread::sleep_until(round_begin +
                                      std::chrono::duration_cast<Clock::duration>(due));
      }
      Send(interface.get(), packet);
      ++sent;
    }
    round_begin = Clock::now();
  }
  std::printf("sent %llu packets in %.6f seconds\n", static_cast<unsigned long long>(sent),
              Seconds(Clock::now() - begin).count());
}
