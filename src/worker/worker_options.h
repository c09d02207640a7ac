// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the workers of a run do with packets.
#ifndef ESPCAP_WORKER_WORKER_OPTIONS_H_
#define ESPCAP_WORKER_WORKER_OPTIONS_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "dissect/options.h"
#include "encode/document_writer.h"
#include "live/options.h"
#include "process/privileges.h"
#include "source/duplicates.h"
#include "source/flow_hash.h"
#include "stream/session_limits.h"

namespace espcap::worker {

struct WorkerOptions {
  std::string capture_filter;  // empty: every packet
  std::string display_filter;
  std::vector<std::string> fields;  // and protocols: both empty for whole documents
  std::vector<std::string> protocols;
  bool skips_unknown_fields = false;  // of another release
  std::string tree_filter;  // which packets' documents are whole despite `fields`; empty: none
  bool two_pass = false;
  dissect::Options dissection;
  encode::DocumentShape shape;
  // The path by which a file's documents name it.
  std::function<std::string(const std::string& path, bool is_from_directory)> origin_path;
  bool typed = false;                                       // numbers are JSON numbers
  std::optional<source::DuplicateOptions> duplicates = {};  // none: they are dissected, too
  source::FlowKey shard_key = source::FlowKey::kPair;
  // Documents say which conversation their packet is of; of one without addresses, this sensor's.
  // None: nobody asks.
  std::optional<std::string> conversation_sensor = {};
  std::string from_topic = {};           // that packets come from; empty: none
  bool forwards = false;                 // packets leave undissected: libwireshark isn't started
  bool forwards_secrets = false;         // and what decrypts them with them
  stream::SessionLimits session_limits;  // of streams
  std::chrono::milliseconds flush_interval{1000};  // how long a document of a stream may wait
  uint64_t max_unpacked_bytes = 0;                 // of one file
  live::Options live = {};
  uint64_t memory_bytes = 0;  // of each process that parses packets, beyond a fresh one's; 0: any
  std::chrono::milliseconds frame_timeout{0};  // without work it would be ended; 0: never
  bool sandbox = true;                         // processes that dissect ask little of the kernel
  std::optional<process::Identity> unprivileged = {};  // of processes that touch packets
};

}  // namespace espcap::worker

#endif  // ESPCAP_WORKER_WORKER_OPTIONS_H_
