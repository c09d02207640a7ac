// SPDX-License-Identifier: GPL-2.0-or-later
#include "worker/file_input.h"

#include <fmt/format.h>

#include <string>
#include <utility>

#include "source/archive_reader.h"
#include "source/input_files.h"

namespace espcap::worker {

using process::Job;
using process::LogMessage;
using process::Outcome;
using process::SlotWriter;
using source::FileSource;
using source::Packing;

namespace {

Outcome TellUnopened(const Job& job, const std::string& path, source::OpenError error,
                     SlotWriter& out) {
  auto& [message, is_no_capture] = error;
  if (job.is_unpacked && source::PackingOfFile(job.path.data()) == Packing::kPacked) {
    message = fmt::format("{}: packed once more; unpack it by other means", path);
  }
  if (!job.skip_if_not_capture || source::IsCaptureName(path)) {
    out.SendLog(LogMessage::Level::kError, message);
    return source::IsFile(path) ? Outcome::kUnreadable : Outcome::kPartial;
  }
  out.SendLog(is_no_capture ? LogMessage::Level::kInfo : LogMessage::Level::kWarning,
              message + "; skipped");
  return Outcome::kPartial;
}

}  // namespace

tl::expected<FileInput, Outcome> OpenFileInput(const WorkerContext& context, const Job& asked,
                                               SlotWriter& out) {
  const std::string path = asked.path.data();
  FileInput input{asked, {}, nullptr};
  Job& job = input.job;
  if (job.is_unpacked) {
    input.unpacked = out.AskForFile();
    if (!input.unpacked.valid()) return tl::unexpected(Outcome::kPartial);  // a stop
    job.SetPath(fmt::format("/proc/self/fd/{}", input.unpacked.get()));
  }
  const auto packing = job.is_unpacked ? Packing::kNone : source::PackingOfFile(path);
  if (packing == Packing::kPacked) return tl::unexpected(Outcome::kPacked);
  const bool reports = job.shard == 0;
  auto source = FileSource::Open(job.path.data(), context.Access(), path);
  if (!source) {
    if (packing == Packing::kCompressed && source.error().is_no_capture) {
      return tl::unexpected(Outcome::kPacked);
    }
    return tl::unexpected(reports ? TellUnopened(job, path, std::move(source.error()), out)
                                  : Outcome::kPartial);
  }
  if (reports) out.SendLog(LogMessage::Level::kVerbose, "reading " + (*source)->name());
  input.source = std::move(*source);
  return input;
}

}  // namespace espcap::worker
