// SPDX-License-Identifier: GPL-2.0-or-later
//
// Options of the main command: where its documents go and what they look like.
#include "cli/option_rows.h"

namespace espcap::cli {
namespace {

constexpr const char* kDestinations = "Destinations";

}  // namespace

std::vector<Option> DocumentOptions() {
  using S = SettingsOfCommand;
  return {
      {.names = "--output",
       .commands = kCaptureCommand,
       .group = kDestinations,
       .value = "PATH",
       .in_resume_key = true,
       .help = "Write the documents to a file, compressed where its name ends in .gz or .zst; '-' "
               "is standard output.",
       .paragraph =
           "documents go to a file, which is emptied first (not with `--resume`); where its name "
           "ends in `.gz` or `.zst`, it is compressed; `-` is standard output, which never is",
       .example = "--output packets.ndjson.gz",
       .setting = [](S& s) -> Setting { return &s.capture->output; }},
      {.names = "--format",
       .commands = kCaptureCommand,
       .group = kDestinations,
       .value = "FORMAT",
       .fallback = "ndjson",
       .choices = {"ndjson", "bulk", "text"},
       .in_found_file = true,
       .in_resume_key = true,
       .help = "Write ndjson, a document a line; bulk, with action lines, a _bulk body; or text, "
               "Espcap's dump for people.",
       .paragraph = "`ndjson`: one document a line (default); `bulk`: an action line before each, "
                    "ready for `_bulk`; `text`: Espcap's dump for people",
       .example = "--format text",
       .setting = [](S& s) -> Setting { return &s.capture->format; }},
      {.names = "--hex",
       .commands = kCaptureCommand,
       .group = kDestinations,
       .in_found_file = true,
       .in_resume_key = true,
       .help = "Add the bytes of each field (tshark's -x).",
       .paragraph = "adds each field's bytes, as tshark's `-x`",
       .example = "--hex",
       .setting = [](S& s) -> Setting { return &s.capture->hex; }},
      {.names = "--typed",
       .commands = kCaptureCommand,
       .group = kDestinations,
       .in_found_file = true,
       .in_resume_key = true,
       .help = "Write numbers as JSON numbers, for stores that accept no texts for them.",
       .paragraph = "numbers are JSON numbers, in place of texts, for stores that take no texts "
                    "for them; the template is the same",
       .example = "--typed",
       .setting = [](S& s) -> Setting { return &s.capture->typed; }},
      {.names = "--ecs",
       .commands = kCaptureCommand,
       .group = kDestinations,
       .in_found_file = true,
       .in_resume_key = true,
       .help = "Add the fields of the Elastic Common Schema at the top of each document.",
       .paragraph = "adds the fields of the Elastic Common Schema at the top of each document, "
                    "beside `layers`: `@timestamp`, event, source, destination, network (with "
                    "`community_id`), dns, http, url, tls, observer",
       .example = "--ecs",
       .setting = [](S& s) -> Setting { return &s.capture->ecs; }},
      {.names = "--columns",
       .commands = kCaptureCommand,
       .group = kDestinations,
       .in_found_file = true,
       .in_resume_key = true,
       .help = "Add the columns of Wireshark's packet list.",
       .paragraph = "adds the columns of Wireshark's packet list as `columns.no`, `.time`, "
                    "`.source`, `.destination`, `.protocol`, `.length` and `.info`; with `--ecs` "
                    "also `message`; `--fields _ws.col.info` adds single ones",
       .example = "--columns",
       .setting = [](S& s) -> Setting { return &s.capture->columns; }},
      {.names = "--value-strings",
       .commands = kCaptureCommand,
       .group = kDestinations,
       .in_found_file = true,
       .in_resume_key = true,
       .help = "Add the names of values, under the field's key with _text.",
       .paragraph =
           "adds what a number means, as a text under the field's key with `_text`: beside "
           "`smb2_smb2_cmd` 5 stands `smb2_smb2_cmd_text` `Create`; bytes that are UTF-8, "
           "such as an SSID, have theirs in all documents but plain `ndjson`",
       .example = "--value-strings",
       .setting = [](S& s) -> Setting { return &s.capture->value_strings; }},
      {.names = "--max-document-bytes",
       .commands = kCaptureCommand,
       .group = kDestinations,
       .value = "SIZE",
       .fallback = "1M for a server, else 32M",
       .unit = Unit::kBytes,
       .range = Range{uint64_t{1} << 10U, uint64_t{200} << 20U},
       .in_found_file = true,
       .in_resume_key = true,
       .help = "Cut documents that are larger, and say so in them.",
       .setting = [](S& s) -> Setting { return &s.capture->limits.bytes; }},
      {.names = "--max-depth",
       .commands = kCaptureCommand,
       .group = kDestinations,
       .value = "N",
       .fallback = "450",
       .range = Range{1, 450},
       .in_found_file = true,
       .in_resume_key = true,
       .help = "Cut objects that are more than N levels deep, and say so in the document.",
       .paragraph = "documents with objects more than 450 levels deep, or larger than 1 MiB for a "
                    "server and 32 MiB elsewhere, are cut at the layer that overflows; "
                    "`espcap.cut` and `espcap.cut_layer` say so; the summary counts them and names "
                    "the protocol that most of them were cut in",
       .example = "--max-document-bytes 8M",
       .setting = [](S& s) -> Setting { return &s.capture->limits.depth; }},
      {.names = "--max-values",
       .commands = kCaptureCommand,
       .group = kDestinations,
       .value = "N",
       .fallback = "1000 for a server, else 0, any number",
       .range = Range{0, 100'000'000},
       .in_found_file = true,
       .in_resume_key = true,
       .help = "Keep the first N values of a key in an object, and say so in the document.",
       .paragraph =
           "keeps the first N values of a key in an object (0: all; default: 1000 for a "
           "server, else all); a list of long values ends at 64 KiB, or at N times 64 bytes "
           "where that is more; `espcap.cut` then has `values`, and `espcap.cut_key` names "
           "the key",
       .example = "--max-values 5000",
       .setting = [](S& s) -> Setting { return &s.capture->limits.values; }},
      {.names = "--max-value-bytes",
       .commands = kCaptureCommand,
       .group = kDestinations,
       .value = "SIZE",
       .fallback = "0, any length; 16k for an OpenSearch whose template has a flat_object",
       .unit = Unit::kBytes,
       .in_found_file = true,
       .in_resume_key = true,
       .help = "Cut single texts that are longer, and say so in the document.",
       .paragraph = "the same for single texts (default: any; 16 KiB for an OpenSearch whose "
                    "template has `--rest flattened`)",
       .example = "--max-value-bytes 4k",
       .setting = [](S& s) -> Setting { return &s.capture->limits.value_bytes; }},
  };
}

}  // namespace espcap::cli
