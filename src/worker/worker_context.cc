// SPDX-License-Identifier: GPL-2.0-or-later
#include "worker/worker_context.h"

#include <unistd.h>

#include <utility>

#include "dissect/geo_databases.h"
#include "process/child_files.h"
#include "process/limits.h"
#include "process/privileges.h"
#include "process/read_confinement.h"
#include "process/syscall_filter.h"
#include "source/wiretap_alone.h"
#include "stream/stream_record.h"

namespace espcap::worker {

using process::Job;
using process::LogMessage;
using source::FileSource;

namespace {

// Files, and what dissectors also read (keys), may be readable only for root. A process that
// keeps the right to read those is confined to its own.
process::Keep KeptWith(const WorkerOptions& options) {
  const bool reads_files = options.live.interfaces.empty();
  return {.reading = reads_files && (!options.sandbox || process::CanConfineReading())};
}

Result<void> Confine(const WorkerOptions& options, process::Keep keep,
                     std::vector<std::string> readable, process::Sockets sockets) {
  auto confined = process::DropPrivileges(options.unprivileged, keep);
  if (!options.sandbox) return confined;
  if (confined && process::CanConfineReading()) {
    confined = process::ConfineReading(std::move(readable));
  }
  return confined ? process::RestrictSystemCalls(sockets) : confined;
}

}  // namespace

Result<void> WorkerContext::CompileCaptureFilter() {
  if (options_.capture_filter.empty() || !options_.live.interfaces.empty()) return {};
  auto filter = source::CaptureFilter::Prepare(options_.capture_filter);
  if (!filter) return Forward(std::move(filter));
  capture_filter_ = std::move(*filter);
  return {};
}

Result<void> WorkerContext::Prepare(const SendLog& send_log) {
  send_log_ = send_log;
  if (!KeptWith(options_).reading && options_.unprivileged && options_.live.interfaces.empty()) {
    send_log_(
        LogMessage::Of(LogMessage::Level::kWarning,
                       "this kernel can't confine what a process reads (Landlock): files that "
                       "only root can read are not read; --no-sandbox reads them"));
  }
  // Its workers lose the reading that they have no use for.
  auto dropped = process::DropPrivileges(options_.unprivileged, {.reading = true});
  if (dropped && options_.sandbox) dropped = process::ForbidSystemCalls();
  if (!dropped) return dropped;
  if (options_.forwards) {
    source::StartWiretapAlone();
    return CompileCaptureFilter();
  }
  auto library = dissect::EpanLibrary::Start(
      program_path_.c_str(), options_.dissection, [this](const std::string& text) {
        send_log_(LogMessage::Of(LogMessage::Level::kWarning, text));
      });
  if (!library) return Forward(std::move(library));
  library_ = std::move(*library);
  readable_files_.emplace();
  if (auto opened = dissect::OpenGeoDatabases(); !opened) return opened;
  if (auto compiled = CompileCaptureFilter(); !compiled) return compiled;
  if (!options_.display_filter.empty()) {
    auto filter = dissect::DisplayFilter::Compile(options_.display_filter);
    if (!filter) return Forward(std::move(filter));
    display_filter_ = std::move(*filter);
  }
  if (!options_.tree_filter.empty()) {
    auto filter = dissect::DisplayFilter::Compile(options_.tree_filter, "--tree-for");
    if (!filter) return Forward(std::move(filter));
    tree_filter_ = std::move(*filter);
  }
  if (!options_.fields.empty() || !options_.protocols.empty()) {
    auto selection =
        dissect::FieldSelection::Resolve({.fields = options_.fields,
                                          .protocols = options_.protocols,
                                          .with_hex = options_.shape.hex,
                                          .with_tree = options_.shape.ecs || tree_filter_,
                                          .display_filter = options_.display_filter,
                                          .skips_unknown = options_.skips_unknown_fields});
    if (!selection) return Forward(std::move(selection));
    selection_ = std::move(*selection);
  }
  const dissect::FieldSelection* selection = selection_ ? &*selection_ : nullptr;
  if (options_.typed) key_types_ = registry::ReadKeyTypes();
  encode::DocumentShape shape = options_.shape;
  if (selection != nullptr) shape.columns |= selection->columns();
  if (shape.columns != 0) columns_.emplace();
  dissect::Columns* columns = columns_ ? &*columns_ : nullptr;
  writer_.emplace(shape, selection, key_types_ ? &*key_types_ : nullptr, columns);
  session_ = std::make_unique<dissect::Session>(
      dissect::Session::Options{.filter = display_filter_ ? &*display_filter_ : nullptr,
                                .two_pass = options_.two_pass,
                                .selection = selection,
                                .columns = columns,
                                .tree_filter = tree_filter_ ? &*tree_filter_ : nullptr});
  return {};
}

Result<void> WorkerContext::KeepOwn(const Job& job, std::vector<int> descriptors) {
  auto kept = memory_.control.KeepForReading();
  for (uint32_t index = 0; index < memory_.slots.size(); ++index) {
    if (!job.Dissects() || index != job.worker_index) memory_.slots[index].reset();
  }
  const bool captures = job.role == Job::Role::kCapture;
  for (uint32_t number = 0; number < memory_.rings.size() && kept; ++number) {
    auto& ring = memory_.rings[number];
    if (!captures && (!job.UsesRing() || number != job.ring)) {
      ring.reset();
      continue;
    }
    kept = job.Dissects() ? ring->BecomeReader() : ring->BecomeWriter();
    const auto events = ring->events();
    descriptors.insert(descriptors.end(), events.begin(), events.end());
  }
  if (!captures) {
    memory_.shared_state.reset();
    memory_.duplicates.reset();
    memory_.links.reset();
  } else if (kept) {
    kept = memory_.links->KeepForReading();
  }
  const bool reads =
      !job.is_unpacked && (job.role == Job::Role::kFile || job.role == Job::Role::kUnpack ||
                           job.role == Job::Role::kReadStream);
  const auto input = reads ? process::DescriptorOfPath(job.path.data()) : std::nullopt;
  if (input) descriptors.push_back(*input);
  if (input != STDIN_FILENO) process::ReplaceByNull({STDIN_FILENO});
  // Those by which names are resolved are libwireshark's.
  if (!wireshark::AsksNameServers()) process::CloseAllBut(std::move(descriptors));
  return kept;
}

void WorkerContext::DropShared() {
  memory_.control.Drop();
  for (auto& slots : memory_.slots) slots.reset();
  for (auto& ring : memory_.rings) ring.reset();
  memory_.shared_state.reset();
  memory_.duplicates.reset();
  memory_.links.reset();
}

Result<void> WorkerContext::GiveUpPrivileges(const Job& job) const {
  if (job.role == Job::Role::kCapture) return {};
  std::vector<std::string> readable;
  // The process that plans shards ahead runs without libwireshark.
  if (readable_files_ && job.Dissects()) readable = readable_files_->Now();
  readable.emplace_back(job.path.data());
  if (job.Dissects() && options_.sandbox) process::LimitFiles();
  return Confine(
      options_, KeptWith(options_), std::move(readable),
      wireshark::AsksNameServers() ? process::Sockets::kAllowed : process::Sockets::kNone);
}

// libpcap reads there what the driver has dropped.
Result<void> WorkerContext::GiveUpPrivilegesOfCapture(process::Sockets sockets) const {
  return Confine(options_, {}, {"/sys/class/net", "/sys/devices"}, sockets);
}

FileSource::Access WorkerContext::Access() const {
  return options_.two_pass ? FileSource::Access::kRandom : FileSource::Access::kSequential;
}

source::FrameReader WorkerContext::FramesOf(FileSource& source, const Job& job) {
  if (source.handle() != nullptr) BeginCapture(source);
  source::FrameReader frames(source, capture_filter_ ? &*capture_filter_ : nullptr,
                             job.packet_limit);
  // A plan made ahead is nobody's work: it shares nothing.
  const bool has_slots = job.Dissects() && memory_.slots[job.worker_index] != nullptr;
  const bool has_ring = job.role == Job::Role::kReadStream && memory_.rings[job.ring] != nullptr;
  if (has_slots) frames.CountWorkIn(memory_.slots[job.worker_index]->work());
  if (has_ring) frames.CountWorkIn(memory_.rings[job.ring]->work());
  return frames;
}

void WorkerContext::BeginCapture(const FileSource& source) {
  if (capture_filter_) capture_filter_->BeginCapture(source.name(), source.handle());
}

}  // namespace espcap::worker
