// SPDX-License-Identifier: GPL-2.0-or-later
//
// Everything a user can ask for, as given: on the command line or in espcap.yml. Plain values that
// know no part of the program; app/ makes each part's own options of them.
#ifndef ESPCAP_CLI_SETTINGS_H_
#define ESPCAP_CLI_SETTINGS_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/secret_inputs.h"

namespace espcap::cli {

constexpr uint32_t kMaxSnaplen = 262144;  // libpcap's greatest

// Of every command.
struct ProgramSettings {
  std::string config;
  bool quiet = false;
  bool verbose = false;

  std::vector<std::string> warnings;  // about the configuration, to be logged
  std::string config_used;            // empty: none that says anything
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
  std::string pipeline;              // empty: what the index has
  uint32_t template_priority = 200;  // of the template that is installed
  SecuritySettings security;
  std::shared_ptr<const SecretInputs> secrets;  // null: none
};

struct DeviceSettings {
  uint32_t snaplen = kMaxSnaplen;
  uint64_t buffer_bytes = uint64_t{64} << 20U;
  bool promiscuous = true;
  bool monitor = false;
  bool immediate = false;
  bool own_traffic = false;
};

// Of the raw packets that are kept; 0: no limit.
struct RecordingSettings {
  std::string path;  // empty: none are kept
  uint64_t file_bytes = 0;
  std::chrono::milliseconds file_time{0};
  uint32_t files = 0;
};

// Of live capture.
struct LiveSettings {
  std::vector<std::string> interfaces;
  DeviceSettings device;
  std::chrono::milliseconds duration{0};  // 0: until stopped
  uint64_t max_bytes = 0;                 // of packets; 0: any number
  std::chrono::milliseconds flush_interval{1000};
  std::optional<std::chrono::nanoseconds> duplicate_window;
  std::chrono::milliseconds stats_interval{60'000};
  RecordingSettings recording;
  uint16_t fanout_group = 0;                 // 0: none
  std::optional<uint32_t> fanout_processes;  // of each interface; unset: 2
};

struct DissectionSettings {
  std::vector<std::string> preferences;
  std::vector<std::string> decode_as;
  std::vector<std::string> enable_protocols;
  std::vector<std::string> disable_protocols;
  std::vector<std::string> enable_heuristics;
  std::vector<std::string> disable_heuristics;
  bool no_name_resolution = false;
  std::optional<std::string> name_resolution;
};

// What documents say of where they come from.
struct OriginSettings {
  std::optional<bool> provenance;  // unset: for a server
  std::string sensor;              // empty: the host's name
  std::vector<std::string> tags;
  std::vector<std::string> labels;  // key=value
};

// What a document is cut to.
struct LimitSettings {
  uint32_t depth = 450;
  std::optional<uint64_t> bytes;   // unset: as the destination takes
  uint64_t value_bytes = 0;        // 0: any
  std::optional<uint32_t> values;  // of one key; 0: any number; unset: as the destination takes
};

// Of a session on a stream; 0: no limit.
struct SessionSettings {
  uint64_t packets = 0;
  uint64_t bytes = 0;
  uint64_t resident_bytes = uint64_t{400} << 20U;
};

// Captures that a topic names; empty texts: as its name says.
struct JobSettings {
  std::string address;  // empty: none
  std::string group;
  std::vector<std::string> archive_roots;
  std::vector<std::string> archive_maps;  // old=new
  std::string results_topic;
  std::string dead_letter_topic;
  std::string kafka_password_file;
  bool stop_at_end = false;
};

// The main command: packets to documents.
struct CaptureSettings : ProgramSettings, ServerSettings, LiveSettings {
  // sources
  std::vector<std::string> files;
  std::vector<std::string> directories;
  bool recursive = false;
  bool watch = false;
  uint64_t max_unpacked_bytes = uint64_t{1} << 30U;  // of a file in an archive
  std::string after = "keep";                        // what becomes of a settled capture's file
  bool list = false;
  JobSettings jobs;
  std::string from;  // a topic's address: its packets are read, by a member of the jobs' group
  // destinations other than the server
  std::string output;              // a path, or a topic's address
  std::string forward;             // a topic's address: packets go there undissected
  bool forward_secrets = false;    // with what decrypts them
  std::vector<std::string> kafka;  // name=value
  // shape
  std::string format;  // a choice of its option; empty: as the destination wants it
  bool hex = false;
  bool typed = false;
  bool ecs = false;
  bool columns = false;
  std::string detail = "tree";  // a choice of its option
  std::string tree_filter;      // with the detail "summary"
  bool value_strings = false;
  LimitSettings limits;
  OriginSettings origin;
  // selection
  uint64_t count = 0;
  std::string capture_filter;
  std::string display_filter;
  std::vector<std::string> fields;
  std::vector<std::string> protocols;
  // dissection
  DissectionSettings dissection;
  bool two_pass = false;
  // work
  uint32_t workers = 0;  // 0: as many as the machine has cores
  uint32_t shards = 1;   // of each file
  std::string shard_key = "pair";
  std::optional<bool> ordered;        // unset: for files and standard output
  std::string resume;                 // path of the state; empty: none
  std::optional<std::string> run_as;  // the user that root's supervisor becomes
  std::string worker_user;            // the user that root's other processes become; empty: nobody
  bool sandbox = true;
  SessionSettings session_limits;
  std::optional<uint64_t> worker_memory;  // 0: any; unset: a share of the machine's
  std::chrono::milliseconds frame_timeout{10'000};
  std::string quarantine;  // directory; empty: none
  uint64_t quarantine_bytes = uint64_t{100} << 20U;
  std::chrono::milliseconds stop_timeout{60'000};
  // what the server doesn't take
  std::string spool;  // directory; empty: none
  uint64_t spool_bytes = uint64_t{1} << 30U;
  uint64_t max_indices = 400;
  uint64_t dead_letters_bytes = uint64_t{1} << 30U;
  std::string dead_letters_full = "wait";
  std::string dead_letters;  // path; empty: DeadLettersPath() says
  // indices
  std::string index = "packets-%Y-%m-%d";
  bool no_template = false;
  // what the run tells
  bool no_run_documents = false;
  std::string metrics;  // where they are served, as given; empty: nowhere
};

// `espcap resend`: dead letters, once more.
struct ResendSettings : ProgramSettings, ServerSettings {
  std::string file;
};

// `espcap enqueue`: captures as jobs, or how far they are.
struct EnqueueSettings : ProgramSettings {
  std::vector<std::string> files;
  std::vector<std::string> directories;
  bool recursive = false;
  std::string to;
  bool status = false;
  std::string group;
  std::string results_topic;
  std::vector<std::string> kafka;  // name=value
  std::string kafka_password_file;
};

// `espcap template`: an index template, printed, installed or compared.
struct TemplateSettings : ProgramSettings, ServerSettings {
  bool install = false;
  bool check = false;
  std::string index = "packets-%Y-%m-%d";
  std::string data_stream;
  std::vector<std::string> fields;
  std::vector<std::string> protocols;
  std::string rest = "none";
  bool value_strings = false;
  std::string server;  // empty: the node's, else Elasticsearch
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

// Which documents are meant.
struct SearchSettings {
  std::string query;  // or @ and the path of a file with JSON
  std::string index = "packets-*";
  std::string since;
  std::string until;
};

// Documents, and the capture files that they name.
struct RetrievalSettings : ServerSettings, SearchSettings {
  uint64_t max_hits = 1'000'000;
  std::vector<std::string> archive_roots;
  std::vector<std::string> archive_maps;             // old=new
  uint64_t archive_search = 1000;                    // files that are hashed at most; 0: none
  uint64_t max_unpacked_bytes = uint64_t{1} << 30U;  // of a file in an archive
};

// `espcap packets`: the packets that documents were made of.
struct PacketsSettings : ProgramSettings, RetrievalSettings {
  std::string output;          // empty: standard output, where that is no terminal
  std::string display_filter;  // empty: none
  bool adds_conversations = false;
  // a topic whose messages have packets; empty: none
  std::string kafka_brokers;
  std::string kafka_topic;
  std::vector<std::string> kafka;  // name=value
  std::string kafka_password_file;
};

// `espcap show`: those packets, dissected.
struct ShowSettings : ProgramSettings, RetrievalSettings {
  std::string format = "details";  // a choice of its option
  std::string output;              // empty: standard output
  bool pair_only = false;
  std::vector<std::string> preferences;  // besides those of the run
};

// `espcap report`: a page about what an index holds.
struct ReportSettings : ProgramSettings, ServerSettings, SearchSettings {
  std::string output = "report.html";
  std::vector<std::string> archive_roots;  // of the commands that are shown
};

}  // namespace espcap::cli

#endif  // ESPCAP_CLI_SETTINGS_H_
