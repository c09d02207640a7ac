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
       .help = "Write the documents to a file, or to a topic of Kafka: "
               "kafka://BROKER[,BROKER]/TOPIC. '-' is standard output. Names that end in .gz or "
               ".zst are compressed.",
       .paragraph = "The file is emptied first, but not with `--resume`. Standard output is"
                    " never compressed. A broker's port is 9092 unless given.",
       .example = "--output packets.ndjson.gz",
       .setting = [](S& s) -> Setting { return &s.capture->output; }},
      {.names = "--forward",
       .commands = kCaptureCommand,
       .group = kDestinations,
       .value = "TOPIC",
       .in_resume_key = true,
       .help = "Forward the packets undissected to a topic of Kafka, "
               "kafka://BROKER[,BROKER]/TOPIC, as sections of pcapng.",
       .paragraph = "Nothing is dissected, and there are no documents.",
       .example = "--forward kafka://kafka1,kafka2/packets",
       .setting = [](S& s) -> Setting { return &s.capture->forward; }},
      {.names = "--forward-secrets",
       .commands = kCaptureCommand,
       .group = kDestinations,
       .in_resume_key = true,
       .help = "With --forward: forward the secrets that captures hold, too. Who reads the topic "
               "can then decrypt.",
       .example = "--forward kafka://kafka1/packets --forward-secrets",
       .setting = [](S& s) -> Setting { return &s.capture->forward_secrets; }},
      {.names = "--kafka",
       .commands = kCaptureCommand | kEnqueueCommand,
       .group = kDestinations,
       .value = "NAME=VALUE",
       .help = "Set this property of librdkafka. Repeatable.",
       .paragraph = "Properties that hold secrets, load code or break guarantees are refused. "
                    "`--user`, `--password-file`, `--ca-file`, `--client-cert` and `--client-key` "
                    "are for brokers too.",
       .example = "--kafka compression.type=lz4",
       .setting = [](S& s) -> Setting {
         if (s.capture != nullptr) return &s.capture->kafka;
         return &s.enqueue->kafka;
       }},
      {.names = "--format",
       .commands = kCaptureCommand,
       .group = kDestinations,
       .value = "FORMAT",
       .fallback = "ndjson",
       .choices = {"ndjson", "bulk", "text"},
       .in_found_file = true,
       .in_resume_key = true,
       .help = "Write ndjson, one document a line; bulk, with action lines as _bulk "
               "needs them; or text, Espcap's form for people.",
       .example = "--format text",
       .setting = [](S& s) -> Setting { return &s.capture->format; }},
      {.names = "--hex",
       .commands = kCaptureCommand,
       .group = kDestinations,
       .in_found_file = true,
       .in_resume_key = true,
       .help = "Add the bytes of each field, as tshark's -x.",
       .example = "--hex",
       .setting = [](S& s) -> Setting { return &s.capture->hex; }},
      {.names = "--typed",
       .commands = kCaptureCommand,
       .group = kDestinations,
       .in_found_file = true,
       .in_resume_key = true,
       .help = "Write numbers as JSON numbers, for stores that do not accept text for "
               "them.",
       .paragraph = "The template is the same.",
       .example = "--typed",
       .setting = [](S& s) -> Setting { return &s.capture->typed; }},
      {.names = "--ecs",
       .commands = kCaptureCommand,
       .group = kDestinations,
       .in_found_file = true,
       .in_resume_key = true,
       .help = "Add the fields of the Elastic Common Schema at the top of each "
               "document.",
       .paragraph = "These are `@timestamp`, event, source, destination, network (with "
                    "`community_id`), dns, http, url, tls and observer, next to `layers`.",
       .example = "--ecs",
       .setting = [](S& s) -> Setting { return &s.capture->ecs; }},
      {.names = "--columns",
       .commands = kCaptureCommand,
       .group = kDestinations,
       .in_found_file = true,
       .in_resume_key = true,
       .help = "Add the columns of Wireshark's packet list.",
       .paragraph = "They are `columns.no`, `.time`, `.source`, `.destination`, "
                    "`.protocol`, `.length` and `.info`; with `--ecs` also `message`. "
                    "`--fields _ws.col.info` adds single ones.",
       .example = "--columns",
       .setting = [](S& s) -> Setting { return &s.capture->columns; }},
      {.names = "--detail",
       .commands = kCaptureCommand,
       .group = kDestinations,
       .value = "DETAIL",
       .fallback = "tree",
       .choices = {"tree", "summary"},
       .in_found_file = true,
       .in_resume_key = true,
       .help = "Write the whole tree of each packet; or a summary: the columns "
               "protocol and info, and the fields that the default template makes "
               "searchable.",
       .paragraph = "A summary takes a third of the room on a server. It replaces no tree that an "
                    "index has, nor a tree a summary.",
       .example = "--detail summary",
       .setting = [](S& s) -> Setting { return &s.capture->detail; }},
      {.names = "--tree-for",
       .commands = kCaptureCommand,
       .group = kDestinations,
       .value = "EXPR",
       .in_found_file = true,
       .in_resume_key = true,
       .help = "With --detail summary, write the whole tree of packets that this "
               "display filter matches.",
       .example = "--tree-for 'tcp.flags.syn == 1 or dns or _ws.expert'",
       .setting = [](S& s) -> Setting { return &s.capture->tree_filter; }},
      {.names = "--value-strings",
       .commands = kCaptureCommand,
       .group = kDestinations,
       .in_found_file = true,
       .in_resume_key = true,
       .help = "Add the names of values, under the field's key with _text.",
       .paragraph = "Next to `smb2_smb2_cmd` with 5 is `smb2_smb2_cmd_text` with `Create`. "
                    "Bytes that are UTF-8, such as an SSID, have such a text in all "
                    "documents but plain `ndjson`.",
       .example = "--value-strings",
       .setting = [](S& s) -> Setting { return &s.capture->value_strings; }},
      {.names = "--max-document-bytes",
       .commands = kCaptureCommand,
       .group = kDestinations,
       .value = "SIZE",
       .fallback = "1M for a server, the limit of a topic less 4k, else 32M",
       .unit = Unit::kBytes,
       .range = Range{uint64_t{1} << 10U, uint64_t{200} << 20U},
       .in_found_file = true,
       .in_resume_key = true,
       .help = "Cut documents that are larger than SIZE bytes, and mark them.",
       .paragraph = "A document is cut at the layer that overflows. `espcap.cut` and "
                    "`espcap.cut_layer` say so. The summary counts cut documents, and names"
                    " the protocol in which most of them were cut.",
       .example = "--max-document-bytes 8M",
       .setting = [](S& s) -> Setting { return &s.capture->limits.bytes; }},
      {.names = "--max-depth",
       .commands = kCaptureCommand,
       .group = kDestinations,
       .value = "N",
       .fallback = "450",
       .range = Range{1, 450},
       .in_found_file = true,
       .in_resume_key = true,
       .help = "Cut objects that are more than N levels deep, and mark the document.",
       .paragraph = "As with `--max-document-bytes`.",
       .example = "--max-depth 100",
       .setting = [](S& s) -> Setting { return &s.capture->limits.depth; }},
      {.names = "--max-values",
       .commands = kCaptureCommand,
       .group = kDestinations,
       .value = "N",
       .fallback = "1000 for a server or a topic, else 0, any number",
       .range = Range{0, 100'000'000},
       .in_found_file = true,
       .in_resume_key = true,
       .help = "Keep the first N values of a key in an object, and mark the document.",
       .paragraph = "A list of long values ends at 64 KiB, or at N times 64 bytes if that "
                    "is more. `espcap.cut` then has `values`, and `espcap.cut_key` names "
                    "the key.",
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
       .help = "Cut single texts that are longer than SIZE bytes, and mark the "
               "document.",
       .example = "--max-value-bytes 4k",
       .setting = [](S& s) -> Setting { return &s.capture->limits.value_bytes; }},
  };
}

}  // namespace espcap::cli
