// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/command_table.h"

#include <algorithm>

namespace espcap::cli {
namespace {

constexpr const char* kExamples =
    R"(  espcap --file capture.pcap                             documents on standard output
  espcap --file capture.pcap --node localhost:9200       into Elasticsearch
  espcap --dir captures --recursive --node localhost     every capture below a folder
  tcpdump -w - | espcap --file - --node localhost:9200   from a pipe
  espcap --file capture.pcap --filter 'dns' --format text
  espcap --file tls.pcap -o tls.keylog_file:keys.log --output tls.ndjson
  espcap --nic eth0 --bpf 'tcp port 80' --count 500      live, on standard output
  espcap --list                                          capture interfaces
)";

constexpr const char* kResendExamples =
    R"(  espcap resend dead-letters.ndjson --node localhost:9200
)";

constexpr const char* kTemplateExamples =
    R"(  espcap template                                        the default one, as JSON
  espcap template --node localhost:9200 --install        put it there, or bring it up to date
  espcap template --node localhost:9200 --check          what the server has otherwise
  espcap template --protocols tcp,dns --rest flattened
  espcap template --data-stream logs-packets-office --node localhost --install
)";

constexpr const char* kFieldsExamples =
    R"(  espcap fields retrans                                  every field with that in name or description
  espcap fields 'tcp.flags.*'                            by name, with * for any text
  espcap fields tcp.srcport --json
  espcap fields --curated --names > names.txt            for espcap --fields @names.txt
)";

constexpr const char* kHelpExamples =
    R"(  espcap help workers                                    one option
  espcap help template                                   one command
)";

constexpr const char* kQueryExamples =
    R"(  espcap query                                           list them
  espcap query top-talkers --node localhost:9200
  espcap query conversation --node localhost --set a=10.0.0.1 --set b=10.0.0.2
)";

constexpr const char* kPacketsExamples =
    R"(  espcap packets 'espcap.tags:incident-42' --node localhost \
      --archive-root /captures -w incident.pcapng
  espcap packets 'layers.dns.dns_dns_qry_name:example*' --node localhost \
      --archive-root /captures | wireshark -k -i -
  espcap packets 'espcap.sensor:edge-1' --node localhost \
      --kafka-brokers kafka1,kafka2 --kafka-topic packets -w edge-1.pcapng
  espcap packets @query.json --since now-1d --node localhost \
      --archive-root /captures -w day.pcapng
)";

constexpr const char* kShowExamples =
    R"(  espcap show 'espcap.tags:incident-42' --node localhost --archive-root /captures | less
  espcap show 'layers.dns.dns_dns_qry_name:example*' --node localhost --archive-root /captures --format columns
  espcap show @query.json --node localhost --archive-root /captures --format ndjson --output found.ndjson
)";

constexpr const char* kReportExamples =
    R"(  espcap report --node localhost:9200                    report.html, of every packet
  espcap report --since now-1d --node localhost --output day.html
  espcap report --query 'espcap.sensor:branch-7' --node localhost \
      --archive-root /captures
)";

constexpr const char* kEnqueueExamples =
    R"(  espcap enqueue --dir /captures --recursive --to kafka://broker/jobs
  espcap enqueue --status --group archive --to kafka://broker/jobs
)";

}  // namespace

const std::vector<CommandRow>& CommandTable() {
  static const std::vector<CommandRow> table = {
      {kCaptureCommand, "", "Dissects packets as tshark does and sends them to Elasticsearch.",
       kExamples},
      {kResendCommand, "resend", "Send dead letters once more.", kResendExamples},
      {kTemplateCommand, "template", "Print, install or check an index template for packets.",
       kTemplateExamples},
      {kFieldsCommand, "fields", "List fields: name, path in the document, type, description.",
       kFieldsExamples},
      {kQueryCommand, "query", "Ask a server, and print a table.", kQueryExamples},
      {kPacketsCommand, "packets", "Find documents, and write the packets that they were made of.",
       kPacketsExamples},
      {kShowCommand, "show", "Find documents, and dissect their packets once more.", kShowExamples},
      {kReportCommand, "report", "Write a page about the packets that an index holds.",
       kReportExamples},
      {kEnqueueCommand, "enqueue", "Put captures into a topic as jobs, for runs with --jobs.",
       kEnqueueExamples},
      {kHelpCommand, "help", "Explain one option or command.", kHelpExamples},
  };
  return table;
}

const CommandRow& RowOf(Commands command) {
  const auto& table = CommandTable();
  return *std::find_if(table.begin(), table.end(),
                       [command](const CommandRow& row) { return row.command == command; });
}

}  // namespace espcap::cli
