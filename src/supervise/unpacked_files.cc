// SPDX-License-Identifier: GPL-2.0-or-later
#include "supervise/unpacked_files.h"

#include <sys/stat.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "process/shared_file.h"

namespace espcap::supervise {
namespace {

// So much of it, or one file: the next is unpacked while others are dissected.
constexpr uint64_t kMaxBytes = uint64_t{256} << 20U;

}  // namespace

void UnpackedFiles::Await(Part& part) {
  const Capture& capture = *part.capture;
  if (capture.unpacked != nullptr) {
    part.job.is_unpacked = true;
    part.job.file_bytes = capture.parts.front().job.file_bytes;
    return captures_.PutBack(part);
  }
  if (const Part& first = capture.parts.front(); &first != &part) {
    part.awaits_unpacking = !first.ended;
    part.ended = first.ended;
    part.complete = first.complete;
    return;
  }
  part.job.role = process::Job::Role::kUnpack;
  captures_.PutBack(part);
}

void UnpackedFiles::End(Part& part, bool is_complete) {
  Capture& capture = *part.capture;
  capture.is_damaged |= !is_complete;
  for (Part& shard : capture.parts) {
    if (&shard != &part && !std::exchange(shard.awaits_unpacking, false)) continue;
    shard.job.role = process::Job::Role::kFile;
    shard.job.is_unpacked = true;
    shard.job.file_bytes = part.job.file_bytes;
    shard.ended = capture.unpacked == nullptr;
    shard.complete = is_complete;
    if (!shard.ended) captures_.PutBack(shard);
  }
}

bool UnpackedFiles::IsUnpacking(const Worker& worker) {
  return worker.member && worker.member->file.valid();
}

uint64_t UnpackedFiles::BytesUnpackedBy(const Worker& worker) {
  struct stat status {};
  const bool is_known = IsUnpacking(worker) && ::fstat(worker.member->file.get(), &status) == 0;
  return is_known ? static_cast<uint64_t>(status.st_size) : 0;
}

// How large a file becomes isn't known before its end: so one at a time.
bool UnpackedFiles::HasRoom(const WorkerPool& workers) const {
  if (std::any_of(workers.workers().begin(), workers.workers().end(), IsUnpacking)) return false;
  const size_t most_files = options_.packet_limit != 0 ? 1 : 2 * size_t{options_.workers};
  size_t files = 0;
  uint64_t bytes = 0;
  for (const Capture& capture : captures_.captures()) {
    if (capture.unpacked == nullptr || capture.Ended()) continue;
    ++files;
    bytes += capture.parts.front().job.file_bytes;
  }
  return files == 0 || (files < most_files && bytes < kMaxBytes);
}

Result<void> UnpackedFiles::Grant(WorkerPool& workers, bool is_stopped, uint64_t captured) {
  const uint64_t limit = options_.packet_limit;
  const bool is_over = is_stopped || (limit != 0 && captured >= limit);
  for (Worker& worker : workers.workers()) {
    if (!worker.member || worker.member->file.valid() || !worker.channel.open()) continue;
    if (is_over) {
      static_cast<void>(worker.channel.TrySend(process::GrantedFile{false}));
      worker.member.reset();
      continue;
    }
    if (!HasRoom(workers)) return {};
    auto file = process::MakeGrowingFile("espcap-unpacked");
    if (!file) return Forward(std::move(file));
    static_cast<void>(worker.channel.TrySend(process::GrantedFile{true}, file->get()));
    worker.member->file = std::move(*file);
  }
  return {};
}

void UnpackedFiles::GrantTo(const Worker& worker) {
  const auto& file = worker.part->capture->unpacked;
  static_cast<void>(worker.channel.TrySend(process::GrantedFile{file != nullptr},
                                           file == nullptr ? -1 : file->get()));
}

Result<void> UnpackedFiles::Receive(Worker& worker, bool is_whole) {
  Worker::Member member = std::move(*worker.member);
  worker.member.reset();
  if (auto closed = process::ForbidChanges(member.file); !closed) return closed;
  struct stat status {};
  if (::fstat(member.file.get(), &status) != 0 ||
      static_cast<uint64_t>(status.st_size) > options_.file_bytes) {
    return Fail("it has unpacked more than it may");
  }
  const auto bytes = static_cast<uint64_t>(status.st_size);
  Part& part = *worker.part;
  Capture& capture = *part.capture;
  capture.is_damaged |= !is_whole;
  if (!is_whole && bytes == 0) return {};
  if (!member.name.empty()) {
    captures_.AddMember(capture, member.name, std::move(member.file), bytes);
    return {};
  }
  if (capture.unpacked != nullptr || capture.open_members > 0) {
    return Fail("it unpacks one file twice");
  }
  part.job.file_bytes = bytes;
  capture.unpacked = std::make_shared<const base::FileDescriptor>(std::move(member.file));
  return {};
}

}  // namespace espcap::supervise
