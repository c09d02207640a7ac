// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/option_groups.h"

namespace espcap::cli {
namespace {

constexpr const char* kGroup = "Live capture";

void AddDevice(CLI::App& app, live::DeviceOptions& device) {
  app.add_option("--snaplen", device.snaplen, "Capture so many bytes of a packet (default 262144).")
      ->type_name("N")
      ->check(CLI::Range(uint32_t{1}, live::DeviceOptions().snaplen).description(""))
      ->group(kGroup);
  AddSize(app, "--buffer-bytes", device.buffer_bytes,
          "Memory for packets that wait: in the kernel for each interface, and before the "
          "dissecting processes (default 64M).")
      ->check(CLI::Range(uint64_t{1} << 20U, uint64_t{2047} << 20U).description(""))
      ->group(kGroup);
  app.add_flag("!--no-promiscuous", device.promiscuous,
               "Only packets from and to this machine, not all that pass the interface.")
      ->group(kGroup);
  app.add_flag("--monitor", device.monitor,
               "Monitor mode of a wireless interface: every frame in the air.")
      ->group(kGroup);
  app.add_flag("--immediate", device.immediate,
               "Take each packet as it comes, not many at once: sooner, at more cost.")
      ->group(kGroup);
}

void AddFanout(CLI::App& app, LiveSettings& settings) {
  app.add_option("--fanout", settings.fanout_group,
                 "Several processes capture from each interface, and the kernel gives each packet "
                 "to one of them: with all that have this GROUP on it, other programs' too.")
      ->type_name("GROUP")
      ->check(CLI::Range(1, UINT16_MAX).description(""))
      ->group(kGroup);
  app.add_option("--fanout-processes", settings.fanout_processes,
                 "With --fanout: so many of this run for each interface (default 2).")
      ->type_name("N")
      ->check(CLI::Range(1, 64).description(""))
      ->group(kGroup);
}

void AddRaw(CLI::App& app, live::RawOptions& raw) {
  app.add_option("--write", raw.path, "Keep the raw packets too, in a pcapng file.")
      ->type_name("PATH")
      ->group(kGroup);
  AddSize(app, "--write-bytes", raw.file_bytes,
          "With --write: a file of this size is followed by the next.")
      ->group(kGroup);
  AddDuration(app, "--write-time", raw.file_time, "With --write: the same after this time.")
      ->group(kGroup);
  app.add_option("--write-files", raw.files,
                 "With --write: keep so many files of an interface, the newest; 0: all (default).")
      ->type_name("N")
      ->check(CLI::NonNegativeNumber.description(""))
      ->group(kGroup);
}

}  // namespace

void AddLiveOptions(CLI::App& app, LiveSettings& settings) {
  AddList(app, "--nic,--interface", settings.interfaces,
          "Capture from an interface; 'any' is all of them; tcp://host:port is a capture (pcap, "
          "pcapng) that another machine sends. Repeatable.",
          "NAME")
      ->group(kGroup);
  AddDevice(app, settings.device);
  AddFanout(app, settings);
  AddRaw(app, settings.raw);
  AddDuration(app, "--duration", settings.duration, "Stop after this time, as with a signal.")
      ->group(kGroup);
  AddSize(app, "--max-bytes", settings.max_bytes, "Stop after so many bytes of packets.")
      ->group(kGroup);
  AddDuration(app, "--flush-interval", settings.flush_interval,
              "Show what a quiet link (or pipe) has brought after this time (default 1s).")
      ->group(kGroup);
  AddDuration(app, "--stats-interval", settings.stats_interval,
              "Say so often what was received, lost and delivered (default 60s); 0: never.")
      ->group(kGroup);
}

}  // namespace espcap::cli
