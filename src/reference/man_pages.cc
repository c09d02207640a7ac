// SPDX-License-Identifier: GPL-2.0-or-later
#include "reference/pages.h"
#include "reference/roff.h"

namespace espcap::reference {
namespace {

constexpr const char* kDescription = R"(.SH DESCRIPTION
espcap reads packets from capture files, pipes and interfaces.
libwireshark dissects them inside espcap, into the layers that
.B tshark \-T ek
prints.
Documents go to standard output, to a file, or to Elasticsearch or OpenSearch.
.PP
Without a command, espcap reads or captures packets.
Every long option can also be a line of
.BR espcap.yml (5).
)";

constexpr const char* kAfterOptions = R"(.SH SIGNALS
.TP
.BR SIGINT ", " SIGTERM ", " SIGHUP
Stop reading, and deliver what is dissected, for at most \fB\-\-stop\-timeout\fR.
A later signal gives up what is not delivered.
.TP
.B SIGUSR1
Log how the run goes.
.SH EXIT STATUS
.TP
.B 0
Every packet is accounted for: delivered, in the spool, or left out by request.
.TP
.B 1
Nothing ran: wrong use, no input, or the server refused from the first document on.
.TP
.B 2
The run ended as asked, and something is missing: the last line says what.
.BR "espcap resend" :
documents remain.
.BR "espcap template \-\-check" :
the server has something otherwise.
.BR "espcap packets" :
packets were not found.
.TP
.B 3
The run ended unasked: its destination failed, the program that reads the documents has ended,
a process of its own has, or a folder that it watches is gone.
.SH ENVIRONMENT
.TP
.BR ESPCAP_PASSWORD ", " ESPCAP_API_KEY ", " ESPCAP_BEARER_TOKEN
Secrets for the server, where no option names a file.
.TP
.BR http_proxy ", " https_proxy ", " all_proxy ", " no_proxy
Proxies, as
.BR curl (1)
reads them.
.TP
.B COLUMNS
The width of
.BR \-\-help .
.SH FILES
.TP
.I /etc/espcap/espcap.yml
The configuration, where no other is named or found; see
.BR espcap.yml (5).
.TP
.I /etc/espcap/queries
Queries for
.BR "espcap query" .
.TP
.I /var/lib/espcap
Spools and states of the services.
.TP
.BI espcap@ INTERFACE .service
A systemd service that captures from an interface, as the user espcap.
.TP
.BI espcap\-watch@ FOLDER .service
A systemd service that follows a folder of capture files.
.B systemd\-escape \-\-path
prints the name of a folder.
)";

constexpr const char* kSeeAlso = R"(.SH SEE ALSO
.BR espcap.yml (5),
.BR tshark (1),
.BR dumpcap (1),
.BR pcap\-filter (7),
.BR wireshark\-filter (4)
)";

std::string Heading(const cli::CommandRow& row) {
  std::string text = "\\fBespcap";
  if (*row.name != '\0') text += std::string(" ") + row.name;
  text += "\\fR";
  for (const Entry& entry : EntriesOf(row.command)) {
    if (!entry.is_argument) continue;
    const std::string name = "\\fI" + entry.names.front() + "\\fR";
    text += entry.option->is_required ? " " + name : " [" + name + "]";
  }
  return row.command == cli::kHelpCommand ? text : text + " [\\fIOPTION\\fR]...";
}

std::string Synopsis() {
  std::string text = ".SH SYNOPSIS\n";
  for (const cli::CommandRow& row : cli::CommandTable()) {
    if (*row.name != '\0') text += ".br\n";
    text += Heading(row) + '\n';
  }
  return text;
}

// Options that the main command has too are named alone.
std::string Subcommand(const cli::CommandRow& row) {
  std::string text = std::string(".SS ") + "espcap " + row.name + "\n" + RoffText(row.help) + "\n";
  std::vector<std::string> shared;
  for (const Entry& entry : EntriesOf(row.command)) {
    if ((entry.option->commands & cli::kCaptureCommand) == 0) {
      text += RoffEntry(entry.names, entry);
    } else {
      shared.push_back("\\fB" + RoffText(entry.names.back()) + "\\fR");
    }
  }
  return shared.empty() ? text : text + ".PP\nAs above: " + Joined(shared, ", ") + ".\n";
}

}  // namespace

std::string ManPage() {
  std::string text = RoffTitle("ESPCAP", 1, "User Commands");
  text += ".SH NAME\nespcap \\- dissect packets and send them to Elasticsearch\n";
  text += Synopsis() + kDescription + ".SH OPTIONS\n";
  for (const Group& group : GroupsOf(cli::kCaptureCommand)) {
    text += ".SS " + RoffText(group.name) + "\n";
    for (const Entry& entry : group.entries) text += RoffEntry(entry.names, entry);
  }
  text += ".SH COMMANDS\n";
  for (const cli::CommandRow& row : cli::CommandTable()) {
    if (*row.name != '\0') text += Subcommand(row);
  }
  text += std::string(kAfterOptions) + ".SH EXAMPLES\n";
  for (const cli::CommandRow& row : cli::CommandTable()) text += RoffExamples(row.examples);
  return text + kSeeAlso;
}

std::string ConfigManPage() {
  std::string text = RoffTitle("ESPCAP.YML", 5, "File Formats");
  text += R"(.SH NAME
espcap.yml \- configuration of espcap
.SH DESCRIPTION
espcap reads one configuration file.
It is the one that
.B \-\-config
names, or else the first of
.IR ./espcap.yml ,
.IR ../config/espcap.yml ,
.I config/espcap.yml
and
.IR /etc/espcap/espcap.yml .
.PP
The file is YAML: lines of a key, a colon and a value.
Each key is a long option of
.BR espcap (1)
without its dashes.
The value of a flag is true or false.
An option that can be repeated accepts a list.
An unknown key or a wrong value ends the run, with file and line.
.PP
The command line wins.
A source or a destination that is given there sets aside all those of the file.
.PP
A file that espcap finds by a relative path may have come with a folder of captures.
It can only have the keys that are marked \(lqAlso in a file that is found.\(rq
.PP
The file holds no secrets, only names of files with secrets.
.SH KEYS
)";
  for (const Group& group : ConfigGroups()) {
    text += ".SS " + RoffText(group.name) + "\n";
    for (const Entry& entry : group.entries) {
      text += RoffEntry(KeysOf(entry), entry);
      if (entry.is_repeatable) text += "A value or a list.\n";
      if (entry.IsFlag()) text += "True or false.\n";
      if (entry.option->in_found_file) text += "Also in a file that is found.\n";
    }
  }
  return text + R"(.SH EXAMPLE
.EX
node: localhost:9200
chunk: 500
preference:
  \- tls.keylog_file:/etc/espcap/keys.log
.EE
.SH SEE ALSO
.BR espcap (1)
)";
}

}  // namespace espcap::reference
