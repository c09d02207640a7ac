// SPDX-License-Identifier: GPL-2.0-or-later
//
// The supervisor: spreads captures over workers, takes their documents to a sink, and accounts for
// every packet. It parses no packet; the processes that do hold no connection. One thread.
#ifndef ESPCAP_SUPERVISE_SUPERVISOR_H_
#define ESPCAP_SUPERVISE_SUPERVISOR_H_

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/event_loop.h"
#include "base/poll_service.h"
#include "base/write_thread.h"
#include "espcap/document_needs.h"
#include "espcap/file_watch.h"
#include "espcap/ledger.h"
#include "espcap/run_snapshot.h"
#include "espcap/sink.h"
#include "process/file_hasher.h"
#include "process/messages.h"
#include "process/recording.h"
#include "process/run_control.h"
#include "process/service_manager.h"
#include "process/stop_signals.h"
#include "resume/resume_state.h"
#include "supervise/accounting.h"
#include "supervise/batch_dispatcher.h"
#include "supervise/batch_intake.h"
#include "supervise/capture_ends.h"
#include "supervise/capture_fingerprints.h"
#include "supervise/capture_queue.h"
#include "supervise/file_watches.h"
#include "supervise/filter_fit.h"
#include "supervise/kept_batches.h"
#include "supervise/message_intake.h"
#include "supervise/options.h"
#include "supervise/part_succession.h"
#include "supervise/polled_services.h"
#include "supervise/quarantine.h"
#include "supervise/run_state.h"
#include "supervise/run_verdict.h"
#include "supervise/settlement.h"
#include "supervise/unpacked_files.h"
#include "supervise/worker_batches.h"
#include "supervise/worker_pool.h"
#include "telemetry/live_reporter.h"
#include "telemetry/log.h"
#include "telemetry/progress.h"

namespace espcap::supervise {

// What the supervisor is made of. Borrowed, but for functions.
struct Dependencies {
  base::EventLoop& loop;
  CaptureQueue& captures;
  const process::RunControl& control;
  WorkersSlots& slots;
  Rings& rings;
  WorkerPool& workers;
  process::FileHasher* hasher;  // null: nobody asks for fingerprints
  KeptBatches& kept;
  BatchCheck check;
  Accounting::ReadInterfaces read_interfaces;  // empty: nothing is live
  WorkerBatches::CaptureWork capture_work;
  // The next file for what a capture process records.
  std::function<Result<process::Recording>(const process::Job&)> open_recording;
  Quarantine quarantine;
  FilterFit& filter_fit;
  base::WriteThread& writes;
  base::WriteThread& letter_writes;  // of dead letters, which may wait for another program's lock
  telemetry::Log& log;
  process::StopRequests stops = {};
};

// What is there only once the workers are. Borrowed, but for watches.
struct RunDependencies {
  Sink& sink;
  resume::ResumeState* resume = nullptr;                // null: nothing is resumed
  const resume::SettledFiles* settled_files = nullptr;  // null: all files stay
  std::vector<std::unique_ptr<FileWatch>> watches;
  std::vector<base::PollService*> services;
  CaptureEnds::Tell capture_ended;  // may be empty
  MessageFeed* messages = nullptr;  // null: nothing comes from a topic
  telemetry::Progress& progress;
  const DocumentNeeds& needs;  // of workers that start from now on
};

inline constexpr const char* kZygoteEnded = "the dissection process has ended";

class Supervisor {
 public:
  Supervisor(Options options, Dependencies parts);
  ~Supervisor();
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  // Live: returns once each interface is open, or is waited for, or a stop is asked for. What can't
  // be captured must not cost the output: it is known before anything is opened for that.
  Result<void> OpenInterfaces(const DocumentNeeds& needs);

  // Takes every capture to the sink. One that fails is reported, a worker that dies is replaced, a
  // sink that fails ends the run. The ledger is balanced and every error is in the log.
  RunEnd Run(RunDependencies run);

  // The run's state; its delivery is the sink's to tell.
  [[nodiscard]] RunSnapshot Snapshot() const;

 private:
  using Clock = std::chrono::steady_clock;

  [[nodiscard]] bool MayEnd(const RunDependencies& run);
  [[nodiscard]] bool Finished() const;
  void Close(RunDependencies& run);
  void StartWorkers(const DocumentNeeds& needs);
  void PollSink(Sink& sink);
  void Turn(Clock::time_point latest);
  [[nodiscard]] Clock::time_point NextTime(const telemetry::Progress& progress) const;
  void Handle(const WorkerEvent& event);
  void GrantFile(const Worker& worker, uint32_t frame_number);
  void EndIntake();
  void StopWhereAsked();
  void Stop(StopReason reason);
  void FailSink(const std::string& message);
  void MarkInputLost(const char* why);
  void Show(telemetry::Progress& progress);

  Options options_;
  Dependencies parts_;
  RunState state_;
  Clock::time_point end_ = Clock::time_point::max();  // of --duration
  Accounting accounting_;
  UnpackedFiles unpacked_files_;
  BatchIntake intake_;
  BatchDispatcher batches_;
  PartSuccession succession_;
  WorkerBatches worker_batches_;
  CaptureFingerprints fingerprints_;
  std::optional<Settlement> settlement_;  // from Run() on
  std::optional<MessageIntake> messages_;
  std::optional<FileWatches> watches_;
  std::optional<PolledServices> services_;
  std::optional<telemetry::LiveReporter> live_reporter_;
  process::ServiceManager service_manager_;
  std::string failure_;  // of opening an interface, or its file
};

}  // namespace espcap::supervise

#endif  // ESPCAP_SUPERVISE_SUPERVISOR_H_
