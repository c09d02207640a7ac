// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/forward_checks.h"

#include <gtest/gtest.h>

#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "argument_parser.h"
#include "cli/option.h"

namespace espcap::cli {
namespace {

constexpr const char* kDissection = "nothing is dissected here";
constexpr const char* kDocuments = "there are no documents here";
constexpr const char* kServer = "no server gets documents from here";

struct Row {
  std::vector<const char*> given;
  const char* words;
};

class ForwardChecks : public ArgumentParser {
 protected:
  static std::string ErrorWith(std::vector<const char*> given) {
    given.insert(given.begin(), {"--file", "x.pcap", "--forward", "kafka://broker/packets"});
    const auto checked = app::CheckForward(SettingsOf(given));
    return checked ? "" : checked.error().message;
  }
};

TEST_F(ForwardChecks, NamesWhatHasNoEffect) {
  const Row rows[] = {
      {{"--filter", "dns"}, kDissection},
      {{"--two-pass"}, kDissection},
      {{"--shards", "2"}, kDissection},
      {{"--preference", "a:b"}, kDissection},
      {{"--decode-as", "tcp.port==1,http"}, kDissection},
      {{"--enable-protocol", "dns"}, kDissection},
      {{"--disable-protocol", "dns"}, kDissection},
      {{"--enable-heuristic", "x"}, kDissection},
      {{"--disable-heuristic", "x"}, kDissection},
      {{"--no-resolve"}, kDissection},
      {{"--resolve", "d"}, kDissection},
      {{"--session-packets", "5"}, kDissection},
      {{"--session-bytes", "5M"}, kDissection},
      {{"--session-rss", "500M"}, kDissection},
      {{"--quarantine", "d"}, kDissection},
      {{"--quarantine-bytes", "5M"}, kDissection},
      {{"--format", "bulk"}, kDocuments},
      {{"--hex"}, kDocuments},
      {{"--typed"}, kDocuments},
      {{"--ecs"}, kDocuments},
      {{"--columns"}, kDocuments},
      {{"--detail", "summary"}, kDocuments},
      {{"--tree-for", "dns"}, kDocuments},
      {{"--value-strings"}, kDocuments},
      {{"--fields", "ip.src"}, kDocuments},
      {{"--protocols", "dns"}, kDocuments},
      {{"--max-document-bytes", "1M"}, kDocuments},
      {{"--max-depth", "100"}, kDocuments},
      {{"--max-value-bytes", "1k"}, kDocuments},
      {{"--max-values", "5"}, kDocuments},
      {{"--no-provenance"}, kDocuments},
      {{"--tag", "a"}, kDocuments},
      {{"--label", "a=b"}, kDocuments},
      {{"--index", "others"}, kDocuments},
      {{"--max-indices", "5"}, kDocuments},
      {{"--chunk", "5"}, kDocuments},
      {{"--dead-letters", "f"}, kDocuments},
      {{"--dead-letters-bytes", "5M"}, kDocuments},
      {{"--dead-letters-full", "stop"}, kDocuments},
      {{"--pipeline", "p"}, kServer},
      {{"--no-template"}, kServer},
      {{"--template-priority", "5"}, kServer},
      {{"--no-run-documents"}, kServer},
      {{"--no-compress"}, kServer},
      {{"--concurrency", "5"}, kServer},
      {{"--max-retries", "5"}, kServer},
      {{"--request-timeout", "5"}, kServer},
  };
  std::set<std::string> refused;
  for (const Row& row : rows) {
    const std::string error = ErrorWith(row.given);
    EXPECT_NE(error.find(row.words), std::string::npos) << row.given.front() << ": " << error;
    EXPECT_EQ(error.find(": with --forward"), error.find(':')) << "the option is named: " << error;
    refused.insert(row.given.front());
  }
  // All others have an effect, or belong to another one. A new option is to be put here or above.
  const std::set<std::string> useful = {"--after",
                                        "--api-key-file",
                                        "--archive-map",
                                        "--archive-root",
                                        "--bearer-token-file",
                                        "--bpf",
                                        "--buffer-bytes",
                                        "--ca-file",
                                        "--capture-own-traffic",
                                        "--chunk-bytes",
                                        "--client-cert",
                                        "--client-key",
                                        "--config",
                                        "--count",
                                        "--dead-letter-topic",
                                        "--dir",
                                        "--duration",
                                        "--fanout",
                                        "--fanout-processes",
                                        "--file",
                                        "--fingerprint",
                                        "--flush-interval",
                                        "--forward",
                                        "--forward-secrets",
                                        "--frame-timeout",
                                        "--from",
                                        "--group",
                                        "--hash",
                                        "--immediate",
                                        "--insecure",
                                        "--jobs",
                                        "--kafka",
                                        "--kafka-password-file",
                                        "--list",
                                        "--max-bytes",
                                        "--max-unpacked-bytes",
                                        "--metrics",
                                        "--monitor",
                                        "--nic",
                                        "--node",
                                        "--ordered",
                                        "--output",
                                        "--password-file",
                                        "--quiet",
                                        "--recursive",
                                        "--results-topic",
                                        "--resume",
                                        "--run-as",
                                        "--sensor",
                                        "--skip-duplicates",
                                        "--snaplen",
                                        "--spool",
                                        "--spool-bytes",
                                        "--stats-interval",
                                        "--stop-at-end",
                                        "--stop-timeout",
                                        "--user",
                                        "--verbose",
                                        "--watch",
                                        "--worker-memory",
                                        "--worker-user",
                                        "--workers",
                                        "--write",
                                        "--write-bytes",
                                        "--write-files",
                                        "--write-time",
                                        "!--no-promiscuous",
                                        "!--no-sandbox"};
  for (const Option& option : OptionTable()) {
    if ((option.commands & kCaptureCommand) == 0) continue;
    std::istringstream names(option.names);
    bool is_known = false;
    for (std::string name; std::getline(names, name, ',');) {
      const std::string positive = name.starts_with('!') ? name.substr(1) : name;
      is_known |= useful.contains(name) || refused.contains(positive);
    }
    EXPECT_TRUE(is_known) << option.names;
  }
}

TEST_F(ForwardChecks, TakesWhatHasAnEffect) {
  EXPECT_EQ(ErrorWith({}), "");
  EXPECT_EQ(ErrorWith({"--bpf", "udp", "--chunk-bytes", "1M", "--hash", "flow", "--sensor", "s"}),
            "");
  // What says the same as nothing.
  EXPECT_EQ(ErrorWith({"--chunk", "1000", "--max-depth", "450", "--shards", "1"}), "");
}

// As any destination on the command line replaces that of the file.
TEST_F(ForwardChecks, AFilesDestinationIsLeftOut) {
  directory_.Write("espcap.yml", "node: es\n");
  EXPECT_EQ(ErrorWith({"--config", "espcap.yml"}), "");
}

TEST_F(ForwardChecks, WhatAFileSaysIsNamedToo) {
  directory_.Write("espcap.yml", "session-rss: 500M\n");
  EXPECT_NE(ErrorWith({"--config", "espcap.yml"}).find("--session-rss: with --forward"),
            std::string::npos);
}

}  // namespace
}  // namespace espcap::cli
