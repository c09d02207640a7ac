// SPDX-License-Identifier: GPL-2.0-or-later
#include <sys/resource.h>

#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

#include "source/archive_reader.h"
#include "source/input_files.h"
#include "worker/jobs.h"

namespace espcap::worker {
namespace {

using process::Job;
using process::LogMessage;
using process::Outcome;
using process::SlotWriter;
using source::ArchiveReader;

// Whatever the archive does to libarchive: no file that it unpacks to grows beyond.
Result<void> LimitFiles(uint64_t bytes) {
  const rlimit limit = {bytes, bytes};
  if (::setrlimit(RLIMIT_FSIZE, &limit) == 0) return {};
  return Fail("limit the size of files: {}", std::generic_category().message(errno));
}

// Nothing of it could be read. Whether that matters, as for a file that isn't packed.
Outcome TellUnreadable(bool is_named, const std::string& path, const std::string& message,
                       const SlotWriter& out) {
  if (is_named || source::IsCaptureName(path)) {
    out.SendLog(LogMessage::Level::kError, message);
    return Outcome::kUnreadable;
  }
  out.SendLog(LogMessage::Level::kInfo, message + "; skipped");
  return Outcome::kPartial;
}

Outcome Unpack(ArchiveReader& archive, int file, bool is_named, const SlotWriter& out) {
  const auto unpacked = archive.UnpackTo(file);
  if (unpacked) return Outcome::kComplete;
  // The archive is named, not what is in it.
  const bool is_compressed_file = archive.name().empty();
  if (archive.unpacked_bytes() == 0) {
    return TellUnreadable(is_named && is_compressed_file, archive.place(), unpacked.error().message,
                          out);
  }
  out.SendLog(LogMessage::Level::kError, unpacked.error().message);
  return Outcome::kPartial;
}

}  // namespace

Result<Outcome> RunUnpackJob(const WorkerContext& context, const Job& job, SlotWriter& out) {
  const std::string path = job.path.data();
  const uint64_t most_bytes = context.options().max_unpacked_bytes;
  if (auto limited = LimitFiles(most_bytes); !limited) return Forward(std::move(limited));
  const bool is_named = !job.skip_if_not_capture;
  auto archive = ArchiveReader::Open(path, {.member_bytes = most_bytes});
  if (!archive) return TellUnreadable(is_named, path, archive.error().message, out);
  out.SendLog(LogMessage::Level::kVerbose, "unpacking " + path);
  bool has_any = false;
  Outcome outcome = Outcome::kComplete;
  while (!out.StopRequested()) {
    auto more = (*archive)->Next();
    if (!more && has_any) return Forward(std::move(more));
    if (!more) return TellUnreadable(is_named, path, more.error().message, out);
    if (!*more) return outcome;
    has_any = true;
    const base::FileDescriptor file = out.AskForMember((*archive)->name());
    if (!file.valid()) break;
    const Outcome of_member = Unpack(**archive, file.get(), is_named, out);
    if (of_member != Outcome::kComplete) outcome = Outcome::kPartial;
    out.SendUnpacked(of_member);
  }
  return Outcome::kPartial;
}

}  // namespace espcap::worker
