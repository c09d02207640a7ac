// SPDX-License-Identifier: GPL-2.0-or-later
//
// Configuration file and command line together, as ParseArguments() merges them.
#include "cli/config_arguments.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "argument_parser.h"

namespace espcap::cli {
namespace {

using Strings = std::vector<std::string>;

class ConfigArgumentsTest : public ArgumentParser {
 protected:
  CaptureSettings With(const std::string& config, const std::vector<const char*>& arguments = {}) {
    directory_.Write("espcap.yml", config);
    std::vector<const char*> all = {"--config", "./espcap.yml"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return SettingsOf(all);
  }

  std::string ErrorWith(const std::string& config) {
    directory_.Write("espcap.yml", config);
    return ErrorOf({"--config", "./espcap.yml"});
  }
};

TEST_F(ConfigArgumentsTest, AUrlHoldsNoCredentials) {
  for (const char* node : {"node: https://elastic:s3cret@es.example", "node: elastic:s3cret@es",
                           "node: [localhost, 'https://elastic:s3cret@es']"}) {
    const std::string message = ErrorWith(std::string("quiet: true\n") + node);
    EXPECT_EQ(message.find("./espcap.yml:2: 'node' holds credentials"), 0U) << message;
    EXPECT_NE(message.find("ESPCAP_PASSWORD"), std::string::npos) << message;
    EXPECT_NE(message.find("password-file"), std::string::npos) << message;
    EXPECT_EQ(message.find("s3cret"), std::string::npos) << message;
  }
}

TEST_F(ConfigArgumentsTest, KeysOfSecurity) {
  const CaptureSettings settings = With(
      "ca-file: ca.pem\nfingerprint: ab\ninsecure: true\nclient-cert: c.pem\nclient-key: k.pem\n"
      "user: elastic\npassword-file: p\napi-key-file: a\nbearer-token-file: b\n");
  const SecuritySettings& security = settings.security;
  EXPECT_EQ(security.ca_file, "ca.pem");
  EXPECT_EQ(security.fingerprint, "ab");
  EXPECT_TRUE(security.insecure);
  EXPECT_EQ(security.client_cert, "c.pem");
  EXPECT_EQ(security.client_key, "k.pem");
  EXPECT_EQ(security.user, "elastic");
  EXPECT_EQ(security.password_file, "p");
  EXPECT_EQ(security.api_key_file, "a");
  EXPECT_EQ(security.bearer_token_file, "b");
}

// A file is for all commands, but its filter is that of capture.
TEST_F(ConfigArgumentsTest, PacketsHasItsFilterFromTheCommandLineAlone) {
  directory_.Write("espcap.yml", "filter: dns\narchive-root: /captures\n");
  const auto parsed = Parse({"packets", "*", "--config", "./espcap.yml", "--filter", "tcp"});
  const auto without = Parse({"packets", "*", "--config", "./espcap.yml"});
  ASSERT_TRUE(parsed && without);
  const auto& settings = std::get<PacketsSettings>(*parsed);
  EXPECT_EQ(settings.display_filter, "tcp");
  EXPECT_EQ(settings.archive_roots, Strings{"/captures"});
  EXPECT_EQ(std::get<PacketsSettings>(*without).display_filter, "");
}

TEST_F(ConfigArgumentsTest, KeysAreLongOptions) {
  const CaptureSettings settings = With(
      "dir: captures\n"
      "recursive: yes\n"
      "node:\n"
      "  - localhost\n"
      "  - \"[::1]\"\n"
      "format: bulk\n"
      "hex: true\n"
      "count: 7\n"
      "bpf: port 53\n"
      "filter: dns\n"
      "fields: [ip.src, 'tcp.*', '@list']\n"
      "protocols: dns,http\n"
      "preference: [a.b:c, d.e:f]\n"
      "decode-as: tcp.port==8888,http\n"
      "no-resolve: on\n"
      "resolve: m\n"
      "two-pass: true\n"
      "chunk: 10\n"
      "chunk-bytes: 64k\n"
      "compress: false\n"
      "index: lab-%Y\n"
      "no-template: true\n"
      "quiet: false\n"
      "verbose: no\n");
  EXPECT_EQ(settings.directories, Strings{"captures"});
  EXPECT_TRUE(settings.recursive);
  EXPECT_EQ(settings.nodes, (Strings{"localhost", "[::1]"}));
  EXPECT_EQ(settings.format, "bulk");
  EXPECT_TRUE(settings.hex);
  EXPECT_EQ(settings.count, 7U);
  EXPECT_EQ(settings.capture_filter, "port 53");
  EXPECT_EQ(settings.display_filter, "dns");
  EXPECT_EQ(settings.fields, (Strings{"ip.src", "tcp.*", "@list"}));
  EXPECT_EQ(settings.protocols, Strings{"dns,http"});
  EXPECT_EQ(settings.dissection.preferences, (Strings{"a.b:c", "d.e:f"}));
  EXPECT_EQ(settings.dissection.decode_as, Strings{"tcp.port==8888,http"});
  EXPECT_TRUE(settings.dissection.no_name_resolution);
  EXPECT_EQ(settings.dissection.name_resolution, "m");
  EXPECT_TRUE(settings.two_pass);
  EXPECT_EQ(settings.chunk, 10U);
  EXPECT_EQ(settings.chunk_bytes, 64U * 1024);
  EXPECT_EQ(settings.compress, false);
  EXPECT_EQ(settings.index, "lab-%Y");
  EXPECT_TRUE(settings.no_template);
  EXPECT_FALSE(settings.quiet);
  EXPECT_FALSE(settings.verbose);
}

TEST_F(ConfigArgumentsTest, BooleansHaveSixWords) {
  for (const char* word : {"true", "yes", "on"}) {
    EXPECT_TRUE(With(std::string("hex: ") + word).hex) << word;
  }
  for (const char* word : {"false", "no", "off"}) {
    EXPECT_FALSE(With(std::string("hex: ") + word).hex) << word;
  }
}

TEST_F(ConfigArgumentsTest, BothNamesOfAnOptionAreKeys) {
  EXPECT_EQ(With("nic: eth0").interfaces, Strings{"eth0"});
  EXPECT_EQ(With("interface: [eth0, eth1]").interfaces, (Strings{"eth0", "eth1"}));
}

TEST_F(ConfigArgumentsTest, AnEmptyListIsAsNothingGiven) {
  EXPECT_TRUE(With("file: []").files.empty());
  EXPECT_EQ(With("file: []", {"--file", "a.pcap"}).files, Strings{"a.pcap"});
}

TEST_F(ConfigArgumentsTest, TheCommandLineWinsOptionByOption) {
  const CaptureSettings settings = With(
      "count: 7\n"
      "index: lab\n"
      "hex: true\n"
      "preference: [a.b:c]\n"
      "chunk: 10\n",
      {"--count", "0", "--preference", "d.e:f", "--hex=false"});
  EXPECT_EQ(settings.count, 0U);
  EXPECT_FALSE(settings.hex);
  EXPECT_EQ(settings.dissection.preferences, Strings{"d.e:f"});
  EXPECT_EQ(settings.index, "lab");
  EXPECT_EQ(settings.chunk, 10U);
}

TEST_F(ConfigArgumentsTest, ShortOptionsWinToo) {
  const CaptureSettings settings =
      With("preference: a.b:c\nresolve: m\nno-resolve: false", {"-o", "d.e:f", "-N", "n", "-n"});
  EXPECT_EQ(settings.dissection.preferences, Strings{"d.e:f"});
  EXPECT_EQ(settings.dissection.name_resolution, "n");
  EXPECT_TRUE(settings.dissection.no_name_resolution);
}

TEST_F(ConfigArgumentsTest, SourcesWinAsAWhole) {
  constexpr const char* kConfig = "file: [a.pcap]\ndir: captures\nnic: eth0\nrecursive: true\n";
  struct Case {
    std::vector<const char*> arguments;
    Strings files;
    Strings directories;
    Strings interfaces;
  };
  const Case cases[] = {
      {{}, {"a.pcap"}, {"captures"}, {"eth0"}}, {{"--file", "b.pcap"}, {"b.pcap"}, {}, {}},
      {{"--dir", "d"}, {}, {"d"}, {}},          {{"--nic", "lo"}, {}, {}, {"lo"}},
      {{"--interface", "lo"}, {}, {}, {"lo"}},
  };
  for (const Case& c : cases) {
    const CaptureSettings settings = With(kConfig, c.arguments);
    EXPECT_EQ(settings.files, c.files);
    EXPECT_EQ(settings.directories, c.directories);
    EXPECT_EQ(settings.interfaces, c.interfaces);
    EXPECT_TRUE(settings.recursive);  // how a directory is read is no source
  }
}

TEST_F(ConfigArgumentsTest, DestinationsWinAsAWhole) {
  const CaptureSettings to_file = With("node: localhost\nindex: lab\n", {"--output", "out.ndjson"});
  EXPECT_EQ(to_file.output, "out.ndjson");
  EXPECT_TRUE(to_file.nodes.empty());
  EXPECT_EQ(to_file.index, "lab");
  const CaptureSettings to_server = With("output: out.ndjson\n", {"--node", "localhost"});
  EXPECT_EQ(to_server.output, "");
  EXPECT_EQ(to_server.nodes, Strings{"localhost"});
}

TEST_F(ConfigArgumentsTest, TsharkPathIsIgnoredWithAWarning) {
  const CaptureSettings settings = With("count: 7\ntshark_path: /usr/bin/tshark\nchunk: 10\n");
  ASSERT_EQ(settings.warnings.size(), 1U);
  EXPECT_EQ(settings.warnings[0], "./espcap.yml:2: tshark_path is ignored: espcap runs no tshark");
  EXPECT_EQ(settings.chunk, 10U);
}

TEST_F(ConfigArgumentsTest, AnUnknownKeyIsAnErrorWithItsLineAndTheNearestKey) {
  EXPECT_EQ(ErrorWith("count: 7\nnodes: localhost\n"),
            "./espcap.yml:2: unknown key 'nodes'; did you mean 'node'?");
  EXPECT_EQ(ErrorWith("chunk_bytes: 8M\n"),
            "./espcap.yml:1: unknown key 'chunk_bytes'; did you mean 'chunk-bytes'?");
  EXPECT_EQ(ErrorWith("wholly-different: x\n"), "./espcap.yml:1: unknown key 'wholly-different'");
  EXPECT_EQ(ErrorWith("o: a.b:c\n").find("./espcap.yml:1: unknown key 'o'"), 0U);
  EXPECT_EQ(ErrorWith("--file: a.pcap\n").find("./espcap.yml:1: unknown key '--file'"), 0U);
}

// A key is never offered as its own correction.
TEST_F(ConfigArgumentsTest, WhatOnlyTheCommandLineTakesIsRefused) {
  for (const std::string key : {"config", "help", "version"}) {
    const std::string error = ErrorWith(key + ": true\n");
    EXPECT_EQ(error.find("./espcap.yml:1: "), 0U) << error;
    EXPECT_NE(error.find("'" + key + "'"), std::string::npos) << error;
    EXPECT_EQ(error.find("did you mean '" + key + "'"), std::string::npos) << error;
  }
}

TEST_F(ConfigArgumentsTest, AValueOfTheWrongTypeIsAnErrorWithItsLine) {
  struct Case {
    const char* line;
    const char* error;
  };
  const Case cases[] = {
      {"count: [1, 2]", "'count' accepts one value, not a list"},
      {"count: []", "'count' accepts one value, not a list"},
      {"hex: [true]", "'hex' accepts one value, not a list"},
      {"output: [a, b]", "'output' accepts one value, not a list"},
      {"hex: maybe", "'hex' accepts true or false, not 'maybe'"},
      {"hex: 5", "'hex' accepts true or false, not '5'"},
      {"hex: ''", "'hex' accepts true or false, not ''"},
      {"count: many", "'count'"},
      {"count: -1", "'count'"},
      {"count: 1.5", "'count'"},
      {"chunk: 0", "'chunk'"},
      {"chunk-bytes: 100", "'chunk-bytes'"},
      {"chunk-bytes: 8x", "'chunk-bytes'"},
      {"format: xml", "'format'"},
      {"format: 1", "'format'"},
      {"node: {host: x}", "'node' accepts a value or a list of values"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.line);
    const std::string error = ErrorWith(std::string("# first\n") + c.line + "\n");
    EXPECT_EQ(error.find(std::string("./espcap.yml:2: ") + c.error), 0U) << error;
  }
}

TEST_F(ConfigArgumentsTest, TheFileNamedIsTheOneUsed) {
  directory_.Write("espcap.yml", "count: 7\n");
  directory_.Write("other.yml", "chunk: 10\n");
  const CaptureSettings settings = SettingsOf({"--config", "other.yml"});
  EXPECT_EQ(settings.config_used, "other.yml");
  EXPECT_EQ(settings.count, 0U);
  EXPECT_EQ(settings.chunk, 10U);
}

// It may have come with a folder of captures.
TEST_F(ConfigArgumentsTest, AFileThatIsFoundOnlySelectsDissectsAndShapes) {
  directory_.Write("espcap.yml",
                   "count: 7\nfilter: dns\npreference: a.b:c\nhex: true\ntshark_path: x\n");
  const CaptureSettings settings = SettingsOf({});
  EXPECT_EQ(settings.config_used, "./espcap.yml");
  EXPECT_EQ(settings.count, 7U);
  EXPECT_EQ(settings.display_filter, "dns");
  EXPECT_EQ(settings.dissection.preferences, Strings{"a.b:c"});
  EXPECT_TRUE(settings.hex);
  for (const std::string line : {"node: evil.example", "file: a.pcap", "output: x", "write: x",
                                 "dead-letters: x", "ca-file: x", "insecure: true", "run-as: root",
                                 "worker-user: root", "no-sandbox: true", "metrics: 0.0.0.0:1"}) {
    directory_.Write("espcap.yml", "count: 7\n" + line + "\n");
    EXPECT_EQ(ErrorOf({}),
              "./espcap.yml:2: '" + line.substr(0, line.find(':')) +
                  "' is not accepted from a file that espcap finds by itself: give --config "
                  "./espcap.yml if this file is yours");
  }
}

TEST_F(ConfigArgumentsTest, AKeyOfAnotherCommandIsPassedOver) {
  EXPECT_EQ(With("archive-root: /captures\ncount: 7\n").count, 7U);
  directory_.Write("lab.yml", "archive-root: [/a, /b]\ncount: 7\nwrite: raw.pcapng\n");
  const auto parsed = Parse({"packets", "*", "--config", "lab.yml"});
  ASSERT_TRUE(parsed) << parsed.error().message;
  const auto& packets = std::get<PacketsSettings>(*parsed);
  EXPECT_EQ(packets.archive_roots, (Strings{"/a", "/b"}));
  EXPECT_EQ(packets.output, "");
}

TEST_F(ConfigArgumentsTest, ARunsOutputIsNoReports) {
  directory_.Write("lab.yml", "node: es:9200\noutput: packets.ndjson\n");
  const auto parsed = Parse({"report", "--config", "lab.yml"});
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(std::get<ReportSettings>(*parsed).output, "report.html");
  EXPECT_EQ(std::get<ReportSettings>(*parsed).nodes, Strings{"es:9200"});
  const auto named = Parse({"report", "--config", "lab.yml", "--output", "day.html"});
  ASSERT_TRUE(named) << named.error().message;
  EXPECT_EQ(std::get<ReportSettings>(*named).output, "day.html");
  EXPECT_EQ(std::get<ReportSettings>(*named).nodes, Strings{"es:9200"});
}

TEST_F(ConfigArgumentsTest, AFileNamedThatIsMissingIsAnError) {
  EXPECT_EQ(ErrorOf({"--config", "missing.yml"}), "read missing.yml: No such file or directory");
}

TEST_F(ConfigArgumentsTest, AKeyOverriddenByTheCommandLineIsStillKnown) {
  directory_.Write("espcap.yml", "nodes: localhost\n");
  EXPECT_NE(
      ErrorOf({"--config", "./espcap.yml", "--node", "localhost"}).find("unknown key 'nodes'"),
      std::string::npos);
}

}  // namespace
}  // namespace espcap::cli
