// SPDX-License-Identifier: GPL-2.0-or-later
//
// Options of topics of Kafka that share work out: captures as jobs, `espcap enqueue`, and packets.
#include <algorithm>
#include <iterator>
#include <utility>

#include "cli/option_rows.h"

namespace espcap::cli {
namespace {

constexpr const char* kJobs = "Jobs";
constexpr unsigned kBoth = kCaptureCommand | kEnqueueCommand;

std::vector<Option> EnqueueOptions() {
  using S = SettingsOfCommand;
  return {
      {.names = "--dir",
       .commands = kEnqueueCommand,
       .group = kJobs,
       .value = "DIR",
       .help = "Enqueue the captures in a directory: files with a capture's name. Repeatable.",
       .paragraph = "Such a name ends in `.pcap`, `.pcapng`, `.cap` and others, also packed: "
                    "`.pcap.gz`.",
       .example = "--dir /captures",
       .setting = [](S& s) -> Setting { return &s.enqueue->directories; }},
      {.names = "--recursive",
       .commands = kEnqueueCommand,
       .group = kJobs,
       .help = "With --dir: enqueue those in its subdirectories too.",
       .example = "--dir /captures --recursive",
       .setting = [](S& s) -> Setting { return &s.enqueue->recursive; }},
      {.names = "--file",
       .commands = kEnqueueCommand,
       .group = kJobs,
       .value = "PATH",
       .help = "Enqueue this file, whatever its name is. Repeatable.",
       .example = "--file /captures/today.trace",
       .setting = [](S& s) -> Setting { return &s.enqueue->files; }},
      {.names = "--to",
       .commands = kEnqueueCommand,
       .group = kJobs,
       .value = "ADDRESS",
       .is_required = true,
       .help = "Put the jobs into this topic of Kafka: kafka://BROKER[,BROKER]/TOPIC.",
       .example = "--to kafka://broker/jobs",
       .setting = [](S& s) -> Setting { return &s.enqueue->to; }},
      {.names = "--status",
       .commands = kEnqueueCommand,
       .group = kJobs,
       .is_command_line_only = true,
       .help = "Print how many jobs wait, are done and have failed. Enqueue nothing.",
       .paragraph = "A job that is under way waits too.",
       .example = "--status --group archive",
       .setting = [](S& s) -> Setting { return &s.enqueue->status; }},
  };
}

}  // namespace

std::vector<Option> JobOptions() {
  using S = SettingsOfCommand;
  std::vector<Option> options = {
      {.names = "--jobs",
       .commands = kCaptureCommand,
       .group = kJobs,
       .value = "ADDRESS",
       .help = "Read the captures that this topic of Kafka names, until stopped: "
               "kafka://BROKER[,BROKER]/TOPIC.",
       .paragraph = "`espcap enqueue` puts them there.",
       .example = "--jobs kafka://broker/jobs --group archive --archive-root /captures",
       .setting = [](S& s) -> Setting { return &s.capture->jobs.address; }},
      {.names = "--from",
       .commands = kCaptureCommand,
       .group = kJobs,
       .value = "ADDRESS",
       .help = "Read the packets that sensors forward to this topic of Kafka, until stopped: "
               "kafka://BROKER[,BROKER]/TOPIC.",
       .paragraph = "`espcap --forward` puts them there. Each partition has a process of its own.",
       .example = "--from kafka://kafka1,kafka2/packets --group dissectors",
       .setting = [](S& s) -> Setting { return &s.capture->from; }},
      {.names = "--group",
       .commands = kBoth,
       .group = kJobs,
       .value = "NAME",
       .help = "Share the jobs, or the packets of --from, with the other members of this consumer "
               "group.",
       .example = "--group archive",
       .setting = [](S& s) -> Setting {
         if (s.capture != nullptr) return &s.capture->jobs.group;
         return &s.enqueue->group;
       }},
      {.names = "--archive-root",
       .commands = kCaptureCommand,
       .group = kJobs,
       .value = "DIR",
       .help = "With --jobs: open captures below this folder, and no others. Repeatable.",
       .paragraph = "No symbolic link below it is followed.",
       .example = "--archive-root /captures",
       .setting = [](S& s) -> Setting { return &s.capture->jobs.archive_roots; }},
      {.names = "--archive-map",
       .commands = kCaptureCommand,
       .group = kJobs,
       .value = "OLD=NEW",
       .help = "With --jobs: look below the folder NEW for captures that jobs name below OLD. "
               "Repeatable.",
       .example = "--archive-map /captures=/mnt/archive",
       .setting = [](S& s) -> Setting { return &s.capture->jobs.archive_maps; }},
      {.names = "--results-topic",
       .commands = kBoth,
       .group = kJobs,
       .value = "NAME",
       .fallback = "the jobs' topic with -results",
       .help = "Write what becomes of each job to this topic, on the same brokers.",
       .example = "--results-topic archive-results",
       .setting = [](S& s) -> Setting {
         if (s.capture != nullptr) return &s.capture->jobs.results_topic;
         return &s.enqueue->results_topic;
       }},
      {.names = "--dead-letter-topic",
       .commands = kCaptureCommand,
       .group = kJobs,
       .value = "NAME",
       .fallback = "the jobs' topic with -dead-letters; of --from, the file of --dead-letters",
       .help = "Write jobs that fail twice, or messages that can't be dissected, to this topic, on "
               "the same brokers.",
       .example = "--dead-letter-topic archive-failures",
       .setting = [](S& s) -> Setting { return &s.capture->jobs.dead_letter_topic; }},
      {.names = "--stop-at-end",
       .commands = kCaptureCommand,
       .group = kJobs,
       .help = "With --jobs: end when no job waits any more. With --from: end where the topic "
               "ended at the start.",
       .example = "--stop-at-end",
       .setting = [](S& s) -> Setting { return &s.capture->jobs.stop_at_end; }},
      {.names = "--kafka-password-file",
       .commands = kBoth,
       .group = kJobs,
       .value = "PATH",
       .help = "The brokers of --jobs or --from: log in with the password in this file, which "
               "only its owner may read.",
       .paragraph = "The user and the mechanism are properties: `--kafka sasl.username=NAME`.",
       .example = "--kafka-password-file /etc/espcap/kafka-password",
       .setting = [](S& s) -> Setting {
         if (s.capture != nullptr) return &s.capture->jobs.kafka_password_file;
         return &s.enqueue->kafka_password_file;
       }},
  };
  std::vector<Option> others = EnqueueOptions();
  std::move(others.begin(), others.end(), std::back_inserter(options));
  return options;
}

}  // namespace espcap::cli
