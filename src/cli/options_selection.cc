// SPDX-License-Identifier: GPL-2.0-or-later
//
// Options of the main command: which packets are selected, and how they are dissected.
#include "cli/option_rows.h"

namespace espcap::cli {
namespace {

constexpr const char* kSelection = "Selection";
constexpr const char* kDissection = "Dissection (as tshark's)";

}  // namespace

std::vector<Option> SelectionOptions() {
  using S = SettingsOfCommand;
  return {
      {.names = "--count",
       .commands = kCaptureCommand,
       .group = kSelection,
       .value = "N",
       .fallback = "0, all",
       .in_found_file = true,
       .help = "Stop after N packets, of all files together.",
       .example = "--count 1000",
       .setting = [](S& s) -> Setting { return &s.capture->count; }},
      {.names = "--bpf",
       .commands = kCaptureCommand,
       .group = kSelection,
       .value = "EXPR",
       .may_be_empty = true,
       .in_found_file = true,
       .in_resume_key = true,
       .help = "Dissect only packets that this capture filter (pcap-filter(7)) "
               "matches, from files too.",
       .paragraph = "The result is that of a capture made with the filter. Packets of a "
                    "link type that it does not fit are left out. Frames are numbered as "
                    "captured; their ids stay those of the whole file.",
       .example = "--bpf 'tcp port 80'",
       .setting = [](S& s) -> Setting { return &s.capture->capture_filter; }},
      {.names = "--skip-duplicates",
       .commands = kCaptureCommand,
       .group = kSelection,
       .value = "WINDOW",
       .fallback = "keep all",
       .unit = Unit::kTime,
       .in_found_file = true,
       .in_resume_key = true,
       .help = "Leave out a frame whose bytes equal those of a frame at most WINDOW "
               "before (mirror ports).",
       .paragraph = "As `editcap -w`. Seconds, or with ns, us, ms, s or m. Live, it works "
                    "across interfaces, before and after. Packets keep their numbers.",
       .example = "--skip-duplicates 10ms",
       .setting = [](S& s) -> Setting { return &s.capture->duplicate_window; }},
      {.names = "--filter",
       .commands = kCaptureCommand,
       .group = kSelection,
       .value = "EXPR",
       .may_be_empty = true,
       .in_found_file = true,
       .in_resume_key = true,
       .help = "Send only packets that this display filter (wireshark-filter(4), "
               "tshark's -Y) matches.",
       .paragraph = "All packets are dissected.",
       .example = "--filter 'dns.flags.rcode == 3'",
       .setting = [](S& s) -> Setting { return &s.capture->display_filter; }},
      {.names = "--fields",
       .commands = kCaptureCommand,
       .group = kSelection,
       .value = "LIST",
       .in_found_file = true,
       .in_resume_key = true,
       .help = "Write only these fields: names of display filters with commas between "
               "them, '*' at the end of one, or @FILE. Repeatable.",
       .paragraph = "`tcp.*` is all whose names begin so. A protocol's name is its whole "
                    "layer.",
       .example = "--fields ip.src,ip.dst,'dns.qry*'",
       .setting = [](S& s) -> Setting { return &s.capture->fields; }},
      {.names = "--protocols",
       .commands = kCaptureCommand,
       .group = kSelection,
       .value = "LIST",
       .in_found_file = true,
       .in_resume_key = true,
       .help = "Write only these layers, wherever they are; with --fields, both. "
               "Repeatable.",
       .example = "--protocols dns,http",
       .setting = [](S& s) -> Setting { return &s.capture->protocols; }},
  };
}

std::vector<Option> DissectionOptions() {
  using S = SettingsOfCommand;
  return {
      {.names = "-o,--preference",
       .commands = kCaptureCommand | kShowCommand,
       .group = kDissection,
       .value = "NAME:VALUE",
       .in_found_file = true,
       .in_resume_key = true,
       .help = "Set a preference of Wireshark. Repeatable.",
       .example = "-o tls.keylog_file:keys.log",
       .setting = [](S& s) -> Setting {
         return s.show == nullptr ? &s.capture->dissection.preferences : &s.show->preferences;
       }},
      {.names = "-d,--decode-as",
       .commands = kCaptureCommand,
       .group = kDissection,
       .value = "RULE",
       .in_found_file = true,
       .in_resume_key = true,
       .help = "Use another dissector: tcp.port==8888,http. Repeatable.",
       .example = "-d tcp.port==8000-8010,http",
       .setting = [](S& s) -> Setting { return &s.capture->dissection.decode_as; }},
      {.names = "--enable-protocol",
       .commands = kCaptureCommand,
       .group = kDissection,
       .value = "NAME",
       .in_found_file = true,
       .in_resume_key = true,
       .help = "Enable a protocol. Repeatable.",
       .example = "--enable-protocol ssh",
       .setting = [](S& s) -> Setting { return &s.capture->dissection.enable_protocols; }},
      {.names = "--disable-protocol",
       .commands = kCaptureCommand,
       .group = kDissection,
       .value = "NAME",
       .in_found_file = true,
       .in_resume_key = true,
       .help = "Disable a protocol. Repeatable.",
       .example = "--disable-protocol ssh",
       .setting = [](S& s) -> Setting { return &s.capture->dissection.disable_protocols; }},
      {.names = "--enable-heuristic",
       .commands = kCaptureCommand,
       .group = kDissection,
       .value = "NAME",
       .in_found_file = true,
       .in_resume_key = true,
       .help = "Enable a heuristic dissector. Repeatable.",
       .example = "--enable-heuristic rtp_udp",
       .setting = [](S& s) -> Setting { return &s.capture->dissection.enable_heuristics; }},
      {.names = "--disable-heuristic",
       .commands = kCaptureCommand,
       .group = kDissection,
       .value = "NAME",
       .in_found_file = true,
       .in_resume_key = true,
       .help = "Disable a heuristic dissector. Repeatable.",
       .example = "--disable-heuristic rtp_udp",
       .setting = [](S& s) -> Setting { return &s.capture->dissection.disable_heuristics; }},
      {.names = "-n,--no-resolve",
       .commands = kCaptureCommand,
       .group = kDissection,
       .in_found_file = true,
       .in_resume_key = true,
       .help = "Write no names for numbers.",
       .example = "-n",
       .setting = [](S& s) -> Setting { return &s.capture->dissection.no_name_resolution; }},
      {.names = "-N,--resolve",
       .commands = kCaptureCommand,
       .group = kDissection,
       .value = "LETTERS",
       .in_found_file = true,
       .in_resume_key = true,
       .help = "Write names for: d (from DNS packets), g (places), m (MAC), n "
               "(network), N (by DNS queries), t (ports), v (VLANs).",
       .example = "-N dmt",
       .setting = [](S& s) -> Setting { return &s.capture->dissection.name_resolution; }},
      {.names = "-2,--two-pass",
       .commands = kCaptureCommand,
       .group = kDissection,
       .in_found_file = true,
       .in_resume_key = true,
       .help = "Read each file twice, so that a request shows the packet of its "
               "response. Not from a pipe.",
       .example = "-2",
       .setting = [](S& s) -> Setting { return &s.capture->two_pass; }},
  };
}

}  // namespace espcap::cli
