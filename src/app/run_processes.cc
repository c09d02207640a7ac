// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/run_processes.h"

#include <utility>

#include "app/field_source.h"
#include "live/link_watch.h"
#include "supervise/message_log.h"
#include "worker/opener.h"
#include "worker/worker.h"

namespace espcap::app {
namespace {

using process::Zygote;

Result<std::unique_ptr<process::FileHasher>> StartHasher(const supervise::Options& options,
                                                         const worker::WorkerOptions& worker) {
  const bool has_ids = options.form == supervise::BatchForm::kBulk ||
                       options.form == supervise::BatchForm::kSections;
  const bool is_asked = options.resume || has_ids;
  if (!is_asked || !options.interfaces.empty()) return nullptr;
  return process::FileHasher::Start(worker.unprivileged, worker.sandbox);
}

}  // namespace

Result<RunProcesses> StartProcesses(const supervise::Options& options, const FileAccess& files,
                                    worker::WorkerContext& context,
                                    const worker::ShardPlanner& planner, telemetry::Log& log) {
  constexpr size_t kManyFiles = 32;  // of which each has a worker of its own
  const auto work = [&context, &planner](const process::Job& job, process::Channel channel) {
    worker::RunWorker(context, planner, job, std::move(channel));
  };
  const auto tell = [&log](const process::LogMessage& message) {
    supervise::WriteToLog(message, log);
  };
  auto hasher = StartHasher(options, context.options());
  if (!hasher) return Forward(std::move(hasher));
  RunProcesses processes{std::move(*hasher), nullptr, nullptr, nullptr};
  if (files.is_asked) {
    auto opener = process::FileOpener::Start(files.identity, [&] {
      context.DropShared();
      return files.open_watches();
    });
    if (!opener) return Forward(std::move(opener));
    processes.file_opener = std::move(*opener);
  }
  if (!options.interfaces.empty()) {
    std::unique_ptr<live::LinkWatch> links;  // of that process
    const auto prepare = [&context, &links](const auto& /*send_log*/) -> Result<void> {
      auto opened = worker::PrepareOpener(context.options(), context.memory());
      if (!opened) return Forward(std::move(opened));
      links = std::move(*opened);
      return {};
    };
    const auto watch = [&links] {
      return Zygote::Watch{links->fd(), live::LinkWatch::kInterval, [&links] { links->Look(); }};
    };
    auto opener = Zygote::Start({"espcap-opener", prepare, work, false, watch}, tell);
    if (!opener) return Forward(std::move(opener));
    processes.opener = std::move(*opener);
  }
  const auto prepare = [&context, &processes](const auto& send_log) {
    if (processes.file_opener != nullptr) processes.file_opener->ReleaseInChild();
    if (processes.opener != nullptr) processes.opener->ReleaseInChild();
    return context.Prepare(send_log);
  };
  const auto reply = [&context] {
    context.DropShared();
    context.SendLogsBy([](const process::LogMessage& /*message*/) {});
    return PackCuratedFields();
  };
  const bool many_workers = options.files.size() >= kManyFiles;
  auto zygote = Zygote::Start({"espcap-zygote", prepare, work, many_workers, {}, reply}, tell);
  if (!zygote) return Forward(std::move(zygote));
  processes.zygote = std::move(*zygote);
  return processes;
}

}  // namespace espcap::app
