// SPDX-License-Identifier: GPL-2.0-or-later
#include "supervise/capture_queue.h"

#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "supervise/message_stream.h"

namespace espcap::supervise {
namespace {

uint64_t SizeOf(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode)
             ? static_cast<uint64_t>(status.st_size)
             : 0;
}

bool Unpacks(const Capture& capture) {
  return std::any_of(capture.parts.begin(), capture.parts.end(), [](const Part& part) {
    return part.job.role == process::Job::Role::kUnpack && !part.ended;
  });
}

// In order, documents of a capture wait for those before it. So that workers who wait for an
// archive's captures don't keep these from theirs, it is unpacked once those before it are
// dissected, and nothing behind it starts meanwhile.
auto FirstStartable(const std::deque<Part*>& ready, const std::list<Capture>& captures,
                    bool ordered) {
  return std::find_if(ready.begin(), ready.end(), [&](const Part* part) {
    const bool unpacks = part->job.role == process::Job::Role::kUnpack;
    return !ordered ||
           std::all_of(captures.begin(),
                       std::find_if(captures.begin(), captures.end(),
                                    [part](const Capture& one) { return &one == part->capture; }),
                       [unpacks](const Capture& before) {
                         return unpacks ? before.Ended() : !Unpacks(before);
                       });
  });
}

void AddFileParts(Capture& capture, const process::Job& job, uint32_t shards) {
  for (uint32_t shard = 0; shard < shards; ++shard) {
    Part& part = capture.parts.emplace_back();
    part.capture = &capture;
    part.job = job;
    part.job.shard = shard;
    part.job.shards = shards;
  }
}

}  // namespace

bool IsStream(const std::string& path) {
  if (path == "-") return true;
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 &&
         (S_ISFIFO(status.st_mode) || S_ISCHR(status.st_mode) || S_ISSOCK(status.st_mode));
}

bool Capture::Ended() const {
  return std::all_of(parts.begin(), parts.end(), [](const Part& part) { return part.ended; });
}

bool Capture::ReadToItsEnd() const {
  return std::all_of(parts.begin(), parts.end(),
                     [](const Part& part) { return part.job.Dissects() || part.ended; });
}

bool Capture::Settled() const {
  return Ended() && batches.empty() && at_sink == 0 && !awaits_fingerprint && open_members == 0 &&
         (messages == nullptr || !messages->AwaitsKeeping());
}

bool Capture::Complete() const {
  return Settled() && delivery != Delivery::kFailed && !is_damaged &&
         std::all_of(parts.begin(), parts.end(), [](const Part& part) { return part.complete; });
}

void Capture::NoteDelivery(Delivery of_batch, uint64_t undelivered) {
  if (of_batch == Delivery::kSpooled && !undelivered_at_spooling) {
    undelivered_at_spooling = undelivered;
  }
  delivery = std::min(delivery, of_batch);
}

void Capture::NoteMember(const Capture& member) {
  --open_members;
  is_damaged |= !member.Complete();
  has_quarantined |= member.has_quarantined;
  if (fault.empty()) fault = member.fault;
  packets += member.packets;
  delivery = std::min(delivery, member.delivery);
  if (const auto& undelivered = member.undelivered_at_spooling) {
    undelivered_at_spooling =
        std::min(undelivered_at_spooling.value_or(*undelivered), *undelivered);
  }
}

void CaptureQueue::Add(const std::vector<InputFile>& files) {
  const auto first_new = static_cast<ptrdiff_t>(waiting_.size());
  for (const InputFile& file : files) {
    const bool is_stream = IsStream(file.path);
    waiting_.push_back(
        {file, is_stream ? 0 : SizeOf(file.path), is_stream, is_stream ? rings_++ : 0});
    bytes_total_ += waiting_.back().bytes;
  }
  if (options_.ordered || options_.one_by_one) return;
  std::stable_sort(waiting_.begin() + first_new, waiting_.end(),
                   [](const Waiting& a, const Waiting& b) { return a.bytes > b.bytes; });
}

process::Job CaptureQueue::Waiting::Job() const {
  process::Job job;
  job.SetPath(file.path);
  job.skip_if_not_capture = job.is_from_directory = file.skip_if_not_capture;
  job.ring = ring;
  job.file_bytes = bytes;
  return job;
}

void CaptureQueue::Begin(Waiting waiting) {
  Capture& capture = captures_.emplace_back();
  capture.name = std::make_shared<const std::string>(waiting.file.path == "-" ? "standard input"
                                                                              : waiting.file.path);
  capture.bytes = waiting.bytes;
  capture.is_stream = waiting.is_stream;
  capture.is_from_directory = waiting.file.skip_if_not_capture;
  using Fingerprints = Options::Fingerprints;
  // A pipe has none that could be found without reading it.
  const bool is_file = !waiting.is_stream || waiting.file.path == "-";
  if (options_.fingerprints != Fingerprints::kNone && is_file) {
    capture.awaits_fingerprint = true;
    unknown_.push_back(&capture);
  }
  const bool is_held = options_.fingerprints == Fingerprints::kFirst && !waiting.is_stream;
  using Role = process::Job::Role;
  const auto add_part = [&](Role role) -> process::Job& {
    Part& part = capture.parts.emplace_back();
    part.capture = &capture;
    part.job = waiting.Job();
    part.job.role = role;
    if (!is_held) ready_.push_back(&part);
    return part.job;
  };
  if (waiting.is_stream) {
    add_part(Role::kReadStream);
    add_part(Role::kDissectStream);
    return;
  }
  AddFileParts(capture, waiting.Job(), options_.shards);
  for (Part& part : capture.parts) {
    if (!is_held) ready_.push_back(&part);
  }
}

void CaptureQueue::AddMember(Capture& archive, const std::string& name, base::FileDescriptor file,
                             uint64_t bytes) {
  // Before the archive, which is no further than its last member.
  const auto place = std::find_if(captures_.begin(), captures_.end(),
                                  [&archive](const Capture& one) { return &one == &archive; });
  Capture& capture = *captures_.emplace(place);
  capture.name = std::make_shared<const std::string>(*archive.name + '/' + name);
  capture.bytes = bytes;
  bytes_total_ += bytes;
  capture.is_from_directory = archive.is_from_directory;
  capture.unpacked = std::make_shared<const base::FileDescriptor>(std::move(file));
  capture.archive = &archive;
  ++archive.open_members;
  capture.awaits_fingerprint = options_.fingerprints != Options::Fingerprints::kNone;
  if (capture.awaits_fingerprint) unknown_.push_back(&capture);
  process::Job job;
  job.SetPath(*capture.name);
  job.skip_if_not_capture = job.is_unpacked = true;
  job.is_from_directory = archive.is_from_directory;
  job.file_bytes = bytes;
  AddFileParts(capture, job, options_.shards);
  for (Part& part : capture.parts) {
    if (!capture.awaits_fingerprint) ready_.push_back(&part);
  }
}

void CaptureQueue::AddLive(const std::vector<LiveInterface>& interfaces, uint32_t workers) {
  Capture& capture = captures_.emplace_back();
  std::string names;
  for (const LiveInterface& interface : interfaces) {
    names += (names.empty() ? "" : ", ") + interface.name;
  }
  capture.name = std::make_shared<const std::string>(names);
  const auto add_part = [&](process::Job::Role role, const std::string& name) -> process::Job& {
    Part& part = capture.parts.emplace_back();
    part.capture = &capture;
    part.job.role = role;
    part.job.SetPath(name);
    ready_.push_back(&part);
    return part.job;
  };
  uint32_t id = 0;
  for (const LiveInterface& interface : interfaces) {
    for (uint32_t fanout_index = 0; fanout_index < interface.processes; ++fanout_index) {
      process::Job& job = add_part(process::Job::Role::kCapture, interface.name);
      job.interface = id;
      job.fanout_index = fanout_index;
    }
    ++id;
  }
  for (uint32_t worker = 0; worker < workers; ++worker) {
    add_part(process::Job::Role::kDissectStream, names).ring = rings_++;
  }
}

std::optional<process::Job> CaptureQueue::FirstFile() const {
  if (!captures_.empty() || waiting_.empty() || waiting_.front().is_stream) return std::nullopt;
  process::Job job = waiting_.front().Job();
  job.shards = options_.shards;
  return job;
}

bool CaptureQueue::NextOnlyReads() const {
  const auto next = FirstStartable(ready_, captures_, options_.ordered);
  return next != ready_.end() && !(*next)->job.Dissects();
}

Part* CaptureQueue::Next() {
  const auto may_begin = [this] {
    const bool are_over =
        std::all_of(captures_.begin(), captures_.end(), [](const Capture& c) { return c.Ended(); });
    const auto unknown = std::count_if(captures_.begin(), captures_.end(),
                                       [](const Capture& c) { return c.awaits_fingerprint; });
    const auto unpacking = std::count_if(captures_.begin(), captures_.end(), Unpacks);
    return !waiting_.empty() && (!options_.one_by_one || are_over) &&
           unknown < options_.most_unknown &&
           unpacking < (options_.ordered ? 1 : options_.most_unpacking);
  };
  const auto first = [this] { return FirstStartable(ready_, captures_, options_.ordered); };
  while (first() == ready_.end() && may_begin()) {
    Begin(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  const auto next = first();
  if (next == ready_.end()) return nullptr;
  Part* part = *next;
  ready_.erase(next);
  part->started = true;
  return part;
}

void CaptureQueue::SetFingerprint(Capture& capture, const std::optional<Fingerprint>& fingerprint,
                                  bool is_settled) {
  capture.awaits_fingerprint = false;
  capture.fingerprint = fingerprint;
  capture.settled_before = is_settled;
  for (Part& part : capture.parts) {
    if (part.started || part.ended) continue;
    if (is_settled) {
      part.ended = part.complete = true;
    } else if (std::find(ready_.begin(), ready_.end(), &part) == ready_.end()) {
      ready_.push_back(&part);
    }
  }
}

void CaptureQueue::Stop() {
  waiting_.clear();
  for (Capture& capture : captures_) {
    for (Part& part : capture.parts) part.ended |= std::exchange(part.awaits_unpacking, false);
    if (!capture.awaits_fingerprint || capture.is_stream) continue;
    for (Part& part : capture.parts) part.ended |= !part.started;
  }
  for (auto place = ready_.begin(); place != ready_.end();) {
    Part& part = **place;
    const bool has_read =
        part.job.role == process::Job::Role::kDissectStream && part.capture->parts.front().started;
    if (has_read) {
      ++place;
      continue;
    }
    part.ended = true;
    place = ready_.erase(place);
  }
}

void CaptureQueue::GiveUpReady() {
  for (Part* part : ready_) part->ended = true;
  ready_.clear();
}

void CaptureQueue::Prune(const std::function<void(const Capture&)>& settled) {
  for (auto capture = captures_.begin(); capture != captures_.end();) {
    if (capture->Ended()) capture->unpacked.reset();
    if (!capture->Settled()) {
      ++capture;
      continue;
    }
    if (capture->archive != nullptr) capture->archive->NoteMember(*capture);
    settled(*capture);
    bytes_pruned_ += capture->bytes;
    capture = captures_.erase(capture);
  }
}

CaptureQueue::Bytes CaptureQueue::bytes() const {
  uint64_t done = bytes_pruned_;
  for (const Capture& capture : captures_) {
    uint64_t of_parts = 0;
    for (const Part& part : capture.parts) {
      of_parts += part.ended ? capture.bytes : std::min(part.bytes_read, capture.bytes);
    }
    done += of_parts / capture.parts.size();
  }
  return {done, bytes_total_};
}

}  // namespace espcap::supervise
