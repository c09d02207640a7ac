// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/capture_checks.h"

#include "app/forward_checks.h"
#include "app/job_source.h"
#include "app/live_checks.h"
#include "app/settled_captures.h"
#include "app/topic_destination.h"
#include "app/topic_source.h"
#include "sink/output_file.h"

namespace espcap::app {
namespace {

Result<void> CheckDetail(const cli::CaptureSettings& settings) {
  if (settings.detail == "tree") {
    if (settings.tree_filter.empty()) return {};
    return Fail("--tree-for: every packet has its tree; give --detail summary, or leave it out");
  }
  if (settings.fields.empty() && settings.protocols.empty()) return {};
  return Fail(
      "--detail summary: it has fields of its own; leave out --fields and --protocols, or "
      "--detail");
}

}  // namespace

Result<void> CheckSources(const cli::CaptureSettings& settings) {
  const bool has_files = !settings.files.empty() || !settings.directories.empty();
  const bool has_interfaces = !settings.interfaces.empty();
  if (has_files && has_interfaces) {
    return Fail("You cannot specify file and live capture at the same time");
  }
  if (auto checked = CheckJobOptions(settings); !checked) return checked;
  if (!settings.jobs.address.empty()) return {};
  if (!settings.from.empty()) return CheckFrom(settings);
  if (!has_files && !has_interfaces) return Fail("You must specify either file or live capture");
  if (settings.watch && settings.directories.empty()) {
    return Fail("--watch: no directory is given; give --dir");
  }
  if (has_interfaces) return CheckLive(settings);
  if (!settings.recording.path.empty()) {
    return Fail("--write: nothing is captured; give --nic");
  }
  return {};
}

Result<void> CheckShape(const cli::CaptureSettings& settings) {
  if (auto checked = CheckForward(settings); !checked) return checked;
  if (!settings.nodes.empty() && !settings.output.empty()) {
    return Fail("--node and --output: choose one destination");
  }
  if (!settings.nodes.empty() && !settings.format.empty() && settings.format != "bulk") {
    return Fail("--format: a server accepts bulk only; leave --format out");
  }
  if (auto checked = CheckTopicOptions(settings); !checked) return checked;
  if (settings.shards > 1 && settings.format == "text") {
    return Fail("--format text: it numbers the packets one after another; leave --shards out");
  }
  const bool is_compressed = sink::CompressionOf(settings.output) != Compression::kNone;
  if (!settings.resume.empty() && is_compressed) {
    return Fail(
        "--resume: a compressed --output {} can't be continued; leave the ending out, or use a "
        "file for each run",
        settings.output);
  }
  if (!settings.spool.empty() && settings.nodes.empty() && settings.forward.empty()) {
    return Fail(
        "--spool: there is no server to keep documents for; give --node, or node in espcap.yml, or "
        "--forward");
  }
  if (settings.quiet && settings.verbose) return Fail("--quiet and --verbose: choose one");
  if (auto checked = CheckDetail(settings); !checked) return checked;
  return CheckAfter(settings);
}

}  // namespace espcap::app
