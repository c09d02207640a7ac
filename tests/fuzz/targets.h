// SPDX-License-Identifier: GPL-2.0-or-later
//
// What is fuzzed: each target reads any bytes as what a stranger may hand over, and requires what
// must hold of the outcome. The fuzzer runs one of them (fuzzer.cc); replay_test.cc runs all over
// what was found before. A target's file, and its folder of findings, have its name.
#ifndef ESPCAP_TESTS_FUZZ_TARGETS_H_
#define ESPCAP_TESTS_FUZZ_TARGETS_H_

#include <array>

#include "input.h"

namespace espcap::fuzz {

void BulkAnswer(Bytes bytes);
void Configuration(Bytes bytes);
void DeadLetters(Bytes bytes);
void Dissection(Bytes bytes);
void PacketRing(Bytes bytes);
void RemoteStream(Bytes bytes);
void Spool(Bytes bytes);
void Tree(Bytes bytes);
void WorkerBatch(Bytes bytes);
void WorkerMessages(Bytes bytes);

struct Target {
  const char* name;
  void (*run)(Bytes bytes);
};

inline constexpr std::array<Target, 10> kTargets = {{
    {"bulk_answer", BulkAnswer},          // a server's answer to _bulk
    {"configuration", Configuration},     // espcap.yml
    {"dead_letters", DeadLetters},        // a file of dead letters, sent again
    {"dissection", Dissection},           // packets, dissected and written as documents
    {"packet_ring", PacketRing},          // a ring that its writer has filled as it likes
    {"remote_stream", RemoteStream},      // what comes over tcp://
    {"spool", Spool},                     // the directory of a spool
    {"tree", Tree},                       // any fields with any values, written as documents
    {"worker_batch", WorkerBatch},        // what a worker has put into its slot
    {"worker_messages", WorkerMessages},  // what a worker says over its channel
}};

}  // namespace espcap::fuzz

#endif  // ESPCAP_TESTS_FUZZ_TARGETS_H_
