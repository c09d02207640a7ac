// SPDX-License-Identifier: GPL-2.0-or-later
//
// The supervisor: spreads captures over workers, takes their documents to a sink, and accounts for
// every packet. It parses no packet itself; the zygote and its workers hold no connection.
//
// REQUIRES: made before the process has threads or connections (it forks).
#ifndef ESPCAP_PIPELINE_H_
#define ESPCAP_PIPELINE_H_

#include <chrono>
#include <cstdint>
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/poll_service.h"
#include "capture_worker.h"
#include "deliver/resume_state.h"
#include "espcap/batch.h"
#include "espcap/ledger.h"
#include "espcap/sink.h"
#include "process/ahead.h"
#include "process/batch_slots.h"
#include "process/service_manager.h"
#include "process/zygote.h"
#include "source/directory_watch.h"
#include "supervise/capture_queue.h"
#include "telemetry/lag_histogram.h"
#include "telemetry/live_stats.h"
#include "telemetry/log.h"
#include "telemetry/progress.h"
#include "telemetry/run_snapshot.h"

namespace espcap {

struct PipelineOptions {
  CaptureOptions capture;
  std::vector<supervise::InputFile> files;
  uint64_t packet_limit = 0;  // over all files; 0: none. With one, files are taken one by one
  uint32_t workers = 1;
  uint32_t shards = 1;       // of each file
  bool ordered = false;      // documents reach the sink in the order of the files
  uint32_t files_ahead = 0;  // ordered: so many may be done while an earlier one isn't
  size_t chunk_documents = 0;
  size_t chunk_bytes = 0;
  uint32_t batches_at_sink = 2;                  // at a time: one under way, one ready to follow
  Compression compression = Compression::kNone;  // what the workers make of their batches
  std::chrono::milliseconds duration{0};         // of the whole run; 0: to its end
  std::chrono::milliseconds stats_interval{0};   // live: a line of statistics so often; 0: none
};

class Pipeline {
 public:
  // Returns once libwireshark is ready in the zygote, and every interface is opened; an error there
  // (a bad filter, a bad preference, no permission) is this call's.
  static Result<std::unique_ptr<Pipeline>> Start(const std::string& program_path,
                                                 PipelineOptions options, telemetry::Log& log);

  ~Pipeline();
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  // Captures that `state` has are skipped; those that the run settles are recorded in it. Borrowed
  // until Run() returns.
  void Resume(deliver::ResumeState& state) { resume_ = &state; }

  // Captures come from these directories too, until a stop.
  using Watches = std::vector<std::unique_ptr<source::DirectoryWatch>>;
  void Watch(Watches watches) { watches_ = std::move(watches); }

  // Workers that start from now on cut single texts there.
  void LimitValues(uint64_t bytes) { value_bytes_ = bytes; }

  // Served while the run waits. Borrowed until Run() returns.
  void Serve(base::PollService& service) { services_.push_back(&service); }

  // How the run stands; its delivery is the sink's to tell.
  [[nodiscard]] telemetry::RunSnapshot Snapshot() const;

  // Takes every file to the sink. A file that fails is reported, a worker that dies is replaced, a
  // sink that fails ends the run. The ledger is balanced and every error is in the log.
  Ledger Run(Sink& sink, telemetry::Progress& progress);

 private:
  struct Worker {  // a process at work on a part of a capture
    process::Channel channel;
    supervise::Part* part = nullptr;
    pid_t process = 0;
    bool wants_slot = false;
    bool opened = false;                      // its interface
    std::optional<process::Outcome> outcome;  // once it has said so
    std::optional<uint32_t> slot;             // being filled
  };

  Pipeline(PipelineOptions options, telemetry::Log& log);

  bool MayEnd(const Sink& sink);
  Result<void> MakeRings();
  Result<void> PlanAhead();
  Result<void> AwaitInterfaces();
  [[nodiscard]] bool Finished() const;
  [[nodiscard]] uint32_t FreeSeat() const;
  [[nodiscard]] size_t AtDissection() const;
  void TakeArrivals(source::DirectoryWatch& watch);
  void EndIntake();
  void StartWorkers();
  void GrantSlots();
  void OfferBatches(Sink& sink);
  void Wait(Sink& sink);
  void Stop();
  void TakeMessage(Worker& worker);
  void TakeSlot(Worker& worker);
  void GrantFile(Worker& worker);
  void TakeOpened(Worker& worker, const process::Note& failure);
  void TakeReport();
  void AnswerFingerprint(Worker& worker, const Fingerprint& fingerprint);
  void Settle(uint32_t slot, bool delivered);
  void PruneCaptures(Sink& sink);
  void Record(Sink& sink, const supervise::Capture& capture);
  void EndWorker(Worker& worker);
  void EndReader(Worker& worker);
  void CloseRings(const supervise::Capture& capture);
  void TakeUpAgain(supervise::Part& part);
  void FailSink(const std::string& message);
  void Abandon();
  void AddLosses(Ledger& ledger) const;
  [[nodiscard]] telemetry::LiveStats LiveStats() const;
  void ShowStatistics();
  void NoteLag(uint32_t slot);
  void CountLosses();
  void Show(telemetry::Progress& progress) const;
  [[nodiscard]] Ledger LedgerSoFar() const;
  void Log(const process::Note& note);

  PipelineOptions options_;
  telemetry::Log& log_;
  telemetry::RateLimited warnings_;
  std::unique_ptr<process::BatchSlots> slots_;
  CaptureWorker::Rings rings_;                 // one a stream; live, one a worker
  std::unique_ptr<live::CaptureBoard> board_;  // live
  std::unique_ptr<CaptureWorker> capture_worker_;
  std::unique_ptr<process::Ahead> plan_ahead_;  // of the first file's shards
  std::unique_ptr<process::Zygote> zygote_;

  Watches watches_;
  std::vector<base::PollService*> services_;
  supervise::CaptureQueue captures_;
  std::list<Worker> workers_;
  std::vector<uint32_t> free_slots_;
  std::vector<supervise::Capture*> slot_captures_;  // whose documents a slot holds
  deliver::ResumeState* resume_ = nullptr;
  uint64_t value_bytes_ = 0;  // the most of one text; 0: as was set
  uint64_t skipped_captures_ = 0;
  uint64_t worker_restarts_ = 0;
  uint64_t sessions_replaced_ = 0;
  Ledger ledger_;
  std::string failure_;  // of opening an interface, or its file
  struct RawFiles {
    uint32_t begun = 0;
    std::deque<std::string> kept;
  };
  std::map<std::string, RawFiles> raw_files_;  // by what is put into their names
  process::ServiceManager service_manager_;
  telemetry::LagHistogram lags_;                         // since the last line of statistics
  std::chrono::steady_clock::time_point statistics_at_;  // the last ones
  uint64_t received_then_ = 0;
  bool running_ = false;
  bool sink_failed_ = false;  // or given up: nothing more is offered to it
  bool stopping_ = false;
  std::optional<std::chrono::steady_clock::time_point> stopped_at_;
};

}  // namespace espcap

#endif  // ESPCAP_PIPELINE_H_
