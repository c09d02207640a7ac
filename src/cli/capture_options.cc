// SPDX-License-Identifier: GPL-2.0-or-later
#include <map>

#include "cli/option_groups.h"

namespace espcap::cli {
namespace {

void AddSources(CLI::App& app, CaptureSettings& settings) {
  AddList(app, "--file", settings.files,
          "Read a capture file, in any format libwiretap knows; '-' is standard input. Repeatable.",
          "PATH")
      ->group("Sources");
  AddList(app, "--dir", settings.directories,
          "Read the capture files in a directory, sorted by name; others are skipped. Repeatable.",
          "DIR")
      ->group("Sources");
  app.add_flag("--recursive", settings.recursive, "With --dir: its folders too.")->group("Sources");
  app.add_flag("--watch", settings.watch,
               "With --dir: go on and take each file that is finished there, until stopped.")
      ->group("Sources");
  app.add_flag("--list", settings.list, "List the capture interfaces and end.")->group("Sources");
}

void AddDestinations(CLI::App& app, CaptureSettings& settings) {
  app.add_option(
         "--output", settings.output,
         "Write the documents to a file, compressed where its name ends in .gz or .zst; '-' is "
         "standard output.")
      ->type_name("PATH")
      ->group("Destinations");
  static const std::map<std::string, encode::Format> formats = {{"ndjson", encode::Format::kNdjson},
                                                                {"bulk", encode::Format::kBulk},
                                                                {"text", encode::Format::kText}};
  app.add_option_function<std::string>(
         "--format", [&settings](const std::string& name) { settings.format = formats.at(name); },
         "ndjson: a document a line (default); bulk: with action lines, a _bulk body; "
         "text: Espcap's dump for people.")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"ndjson", "bulk", "text"}).description(""))
      ->group("Destinations");
  app.add_flag("--hex", settings.hex, "Add the bytes of each field (tshark's -x).")
      ->group("Destinations");
  app.add_flag("--typed", settings.typed,
               "Numbers are JSON numbers, for stores that take no texts for them.")
      ->group("Destinations");
  app.add_flag("--ecs", settings.ecs,
               "Add the fields of the Elastic Common Schema at the top of each document.")
      ->group("Destinations");
  AddSize(app, "--max-document-bytes", settings.limits.bytes,
          "Cut documents that are larger, and say so in them (default 32M).")
      ->check(CLI::Range(uint64_t{1} << 10U, uint64_t{200} << 20U).description(""))
      ->group("Destinations");
  app.add_option("--max-depth", settings.limits.depth,
                 "The same for objects more than so many levels deep (default 450).")
      ->type_name("N")
      ->check(CLI::Range(1U, 450U).description(""))
      ->group("Destinations");
  AddSize(app, "--max-value-bytes", settings.limits.value_bytes,
          "The same for single texts; 0: any (default), but for an OpenSearch whose template has a "
          "flat_object (--rest flattened): 16k.")
      ->group("Destinations");
}

void AddSelection(CLI::App& app, CaptureSettings& settings) {
  app.add_option("--count", settings.count, "Stop after this many packets; 0: all (default).")
      ->type_name("N")
      ->check(CLI::NonNegativeNumber.description(""))
      ->group("Selection");
  app.add_option("--bpf", settings.capture_filter,
                 "Capture filter (pcap-filter(7)), on files too: only these packets are dissected.")
      ->type_name("EXPR")
      ->group("Selection");
  app.add_option("--filter", settings.display_filter,
                 "Display filter (wireshark-filter(4), tshark's -Y): only these packets are sent.")
      ->type_name("EXPR")
      ->group("Selection");
  AddList(app, "--fields", settings.fields,
          "Only these fields are in the documents: names of display filters with commas between "
          "them, '*' at the end of one, or @FILE. A protocol's name: that whole layer. Repeatable.",
          "LIST")
      ->group("Selection");
  AddList(app, "--protocols", settings.protocols,
          "Only these layers are in the documents; with --fields, both. Repeatable.", "LIST")
      ->group("Selection");
}

void AddDissection(CLI::App& app, CaptureSettings& settings) {
  dissect::Options& dissection = settings.dissection;
  const auto add = [&app](const std::string& names, std::vector<std::string>& values,
                          const std::string& description, const char* type) {
    AddList(app, names, values, description, type)->group("Dissection (as tshark's)");
  };
  add("-o,--preference", dissection.preferences, "Set a preference. Repeatable.", "NAME:VALUE");
  add("-d,--decode-as", dissection.decode_as,
      "Take another dissector: tcp.port==8888,http. Repeatable.", "RULE");
  add("--enable-protocol", dissection.enable_protocols, "Repeatable.", "NAME");
  add("--disable-protocol", dissection.disable_protocols, "Repeatable.", "NAME");
  add("--enable-heuristic", dissection.enable_heuristics, "Repeatable.", "NAME");
  add("--disable-heuristic", dissection.disable_heuristics, "Repeatable.", "NAME");
  app.add_flag("-n,--no-resolve", dissection.no_name_resolution, "No names for numbers at all.")
      ->group("Dissection (as tshark's)");
  app.add_option("-N,--resolve", dissection.name_resolution,
                 "Names for: d (from DNS packets), m (MAC), n (network), N (by DNS queries), "
                 "t (ports), v (VLANs).")
      ->type_name("LETTERS")
      ->group("Dissection (as tshark's)");
  app.add_flag("-2,--two-pass", settings.two_pass,
               "Read a file twice, so that a packet knows of later ones.")
      ->group("Dissection (as tshark's)");
}

void AddWork(CLI::App& app, CaptureSettings& settings) {
  app.add_option(
         "--workers", settings.workers,
         "Processes that dissect, each a file or a share of the live packets at a time (default: "
         "the machine's cores; live and ordered, 1).")
      ->type_name("N")
      ->check(CLI::Range(1, 256).description(""))
      ->group("Work");
  app.add_flag_function(
         "--ordered,!--no-ordered",
         [&settings](int64_t balance) { settings.ordered = balance > 0; },
         "Documents in the order of the files (default, but for a server).")
      ->group("Work");
  app.add_option("--shards", settings.shards,
                 "Workers that share each file, by the pair of addresses of its packets (default "
                 "1). Changes stream numbers and what is known across pairs: see the README.")
      ->type_name("N")
      ->check(CLI::Range(1, 256).description(""))
      ->group("Work");
  static const std::map<std::string, source::FlowKey> keys = {{"pair", source::FlowKey::kPair},
                                                              {"flow", source::FlowKey::kFlow}};
  app.add_option_function<std::string>(
         "--hash", [&settings](const std::string& name) { settings.shard_key = keys.at(name); },
         "With --shards, and live: pair keeps all packets between two addresses together "
         "(default), flow "
         "those of one connection.")
      ->type_name("KEY")
      ->check(CLI::IsMember({"pair", "flow"}).description(""))
      ->group("Work");
  app.add_option("--resume", settings.resume,
                 "Keep in this file which captures are settled, and skip those that are.")
      ->type_name("STATE")
      ->group("Work");
  app.add_option(
         "--session-packets", settings.session_limits.packets,
         "From a pipe or live: after so many packets a fresh process takes over, which frees what "
         "dissection has kept; 0: any number (default).")
      ->type_name("N")
      ->check(CLI::NonNegativeNumber.description(""))
      ->group("Work");
  AddSize(app, "--session-bytes", settings.session_limits.bytes,
          "The same after so many bytes of packets; 0: any number (default).")
      ->group("Work");
  AddSize(app, "--session-rss", settings.session_limits.resident_bytes,
          "The same at this resident size of the process (default 400M); 0: any size.")
      ->group("Work");
}

void AddKeeping(CLI::App& app, CaptureSettings& settings) {
  app.add_option("--spool", settings.spool,
                 "While the server is away, keep documents in this directory; what is there at the "
                 "end is the next run's.")
      ->type_name("DIR")
      ->group("Delivery");
  AddSize(app, "--spool-bytes", settings.spool_bytes,
          "At most so many bytes there, with k, M or G (default 1G).")
      ->check(CLI::Range(uint64_t{1} << 16U, uint64_t{1} << 50U).description(""))
      ->group("Delivery");
  app.add_option(
         "--dead-letters", settings.dead_letters,
         "Keep documents that the server refuses for good in this file, for 'espcap resend' "
         "(default: beside --spool's or --resume's, else ./dead-letters.ndjson).")
      ->type_name("PATH")
      ->group("Delivery");
}

void AddPrivileges(CLI::App& app, CaptureSettings& settings) {
  app.add_option("--run-as", settings.run_as,
                 "Started by root: whom the processes that touch packets become (default nobody).")
      ->type_name("NAME")
      ->group("Work");
  app.add_flag("!--no-sandbox", settings.sandbox,
               "Processes that dissect may write files, start programs and open connections: for "
               "plugins that must.")
      ->group("Work");
}

void AddIndices(CLI::App& app, CaptureSettings& settings) {
  app.add_option("--index", settings.index,
                 "Index, by the packet's time in UTC, as strftime(3) (default packets-%Y-%m-%d).")
      ->type_name("PATTERN")
      ->group("Delivery");
  app.add_flag("--no-template", settings.no_template,
               "Don't install an index template where the server has none for the index.")
      ->group("Delivery");
}

void AddTelemetry(CLI::App& app, CaptureSettings& settings) {
  app.add_option("--metrics", settings.metrics,
                 "Serve Prometheus metrics (/metrics) and the run's health (/healthz) at this "
                 "port, of 127.0.0.1 unless an address is given; port 0: a free one.")
      ->type_name("[ADDR:]PORT")
      ->group("Program");
}

}  // namespace

void AddCaptureOptions(CLI::App& app, CaptureSettings& settings) {
  AddSources(app, settings);
  AddLiveOptions(app, settings);
  AddDestinations(app, settings);
  AddSelection(app, settings);
  AddDissection(app, settings);
  AddWork(app, settings);
  AddPrivileges(app, settings);
  AddKeeping(app, settings);
  AddIndices(app, settings);
  AddTelemetry(app, settings);
}

}  // namespace espcap::cli
