// SPDX-License-Identifier: GPL-2.0-or-later
//
// Everything a user can ask for, as given: on the command line or in espcap.yml.
#ifndef ESPCAP_CLI_SETTINGS_H_
#define ESPCAP_CLI_SETTINGS_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/secret_inputs.h"
#include "dissect/options.h"
#include "encode/document_writer.h"
#include "live/options.h"
#include "schema/dialect.h"
#include "source/flow_hash.h"
#include "stream/session_limits.h"

namespace espcap::cli {

// Of every command.
struct ProgramSettings {
  std::string config;
  bool quiet = false;
  bool verbose = false;

  std::vector<std::string> warnings;  // about the configuration, to be logged
  std::string config_used;            // empty: none found
};

// How a server is trusted, and what it trusts: secrets only by the names of their files.
struct SecuritySettings {
  std::string ca_file;
  std::string client_cert;
  std::string client_key;
  std::string fingerprint;
  bool insecure = false;
  std::string user;
  std::string password_file;
  std::string api_key_file;
  std::string bearer_token_file;
};

// Of every command that speaks to a server.
struct ServerSettings {
  std::vector<std::string> nodes;
  std::optional<bool> compress;  // unset: for a server on another machine
  uint64_t chunk = 1000;
  uint64_t chunk_bytes = uint64_t{8} << 20U;
  uint32_t concurrency = 0;             // 0: as the nodes bear it
  std::optional<uint32_t> max_retries;  // unset: without end
  std::chrono::seconds request_timeout{60};
  SecuritySettings security;
  std::shared_ptr<const SecretInputs> secrets;  // null: none
};

// Of live capture.
struct LiveSettings {
  std::vector<std::string> interfaces;
  live::DeviceOptions device;
  std::chrono::milliseconds duration{0};  // 0: until stopped
  uint64_t max_bytes = 0;                 // of packets; 0: any number
  std::chrono::milliseconds flush_interval{1000};
  std::chrono::milliseconds stats_interval{60'000};
  live::RawOptions raw;
  uint16_t fanout_group = 0;                 // 0: none
  std::optional<uint32_t> fanout_processes;  // of each interface; unset: 2
};

// The main command: packets to documents.
struct CaptureSettings : ProgramSettings, ServerSettings, LiveSettings {
  // sources
  std::vector<std::string> files;
  std::vector<std::string> directories;
  bool recursive = false;
  bool watch = false;
  bool list = false;
  // destinations, beside the server
  std::string output;
  // shape
  std::optional<encode::Format> format;
  bool hex = false;
  bool typed = false;
  bool ecs = false;
  encode::DocumentLimits limits;
  // selection
  uint64_t count = 0;
  std::string capture_filter;
  std::string display_filter;
  std::vector<std::string> fields;
  std::vector<std::string> protocols;
  // dissection
  dissect::Options dissection;
  bool two_pass = false;
  // work
  uint32_t workers = 0;  // 0: as many as the machine has cores
  uint32_t shards = 1;   // of each file
  source::FlowKey shard_key = source::FlowKey::kPair;
  std::optional<bool> ordered;        // unset: for files and standard output
  std::string resume;                 // path of the state; empty: none
  std::optional<std::string> run_as;  // whom root's processes become
  bool sandbox = true;
  stream::SessionLimits session_limits{0, 0, uint64_t{400} << 20U};
  // what the server doesn't take
  std::string spool;  // directory; empty: none
  uint64_t spool_bytes = uint64_t{1} << 30U;
  std::string dead_letters;  // path; empty: DeadLettersPath() says
  // indices
  std::string index = "packets-%Y-%m-%d";
  bool no_template = false;
  // what the run tells
  std::string metrics;  // where they are served, as given; empty: nowhere
};

// `espcap resend`: dead letters, once more.
struct ResendSettings : ProgramSettings, ServerSettings {
  std::string file;
};

// `espcap template`: an index template, printed, installed or compared.
struct TemplateSettings : ProgramSettings, ServerSettings {
  bool install = false;
  bool check = false;
  std::string index = "packets-%Y-%m-%d";
  std::string data_stream;
  std::vector<std::string> fields;
  std::vector<std::string> protocols;
  bool rest_flattened = false;
  std::optional<schema::Dialect> dialect;  // unset: the node's, else Elasticsearch's
};

// `espcap fields`: what can be searched, and under which name.
struct FieldsSettings : ProgramSettings {
  std::string pattern;   // empty: every field
  bool curated = false;  // of those that the default template has
  bool names = false;
  bool json = false;
};

// `espcap query`: a ready search.
struct QuerySettings : ProgramSettings, ServerSettings {
  std::string name;  // empty: list them
  std::string index = "packets-*";
  std::vector<std::string> values;  // name=value
};

}  // namespace espcap::cli

#endif  // ESPCAP_CLI_SETTINGS_H_
