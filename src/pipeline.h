// SPDX-License-Identifier: GPL-2.0-or-later
//
// The supervisor: spreads captures over workers, takes their documents to a sink, and accounts for
// every packet. It parses no packet itself; the zygote and its workers hold no connection.
//
// REQUIRES: made before the process has threads or connections (it forks).
#ifndef ESPCAP_PIPELINE_H_
#define ESPCAP_PIPELINE_H_

#include <cstdint>
#include <deque>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "capture_worker.h"
#include "espcap/batch.h"
#include "espcap/ledger.h"
#include "espcap/sink.h"
#include "process/batch_slots.h"
#include "process/zygote.h"
#include "telemetry/log.h"
#include "telemetry/progress.h"

namespace espcap {

struct PipelineOptions {
  CaptureOptions capture;
  std::vector<InputFile> files;
  uint64_t packet_limit = 0;  // over all files; 0: none. With one, files are taken one by one
  uint32_t workers = 1;
  bool ordered = false;  // documents reach the sink in the order of the files
  size_t chunk_documents = 0;
  size_t chunk_bytes = 0;
};

class Pipeline {
 public:
  // Returns once libwireshark is ready in the zygote; an error there (a bad filter, a bad
  // preference) is this call's.
  static Result<std::unique_ptr<Pipeline>> Start(const std::string& program_path,
                                                 PipelineOptions options, telemetry::Log& log);

  ~Pipeline();
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  // Takes every file to the sink. A file that fails is reported, a worker that dies is replaced, a
  // sink that fails ends the run. The ledger is balanced and every error is in the log.
  Ledger Run(Sink& sink, telemetry::Progress& progress);

 private:
  struct Task;    // a file and how far it is
  struct Worker;  // a process at work on one

  Pipeline(PipelineOptions options, telemetry::Log& log);

  [[nodiscard]] bool Finished() const;
  [[nodiscard]] uint32_t FreeSeat() const;
  void StartWorkers();
  void GrantSlots();
  void OfferBatches(Sink& sink);
  void Wait(Sink& sink);
  void Stop();
  void TakeMessage(Worker& worker);
  void TakeSlot(Worker& worker);
  void TakeReport();
  void EndWorker(Worker& worker);
  void TakeUpAgain(Task& task);
  void Abandon();
  void Show(telemetry::Progress& progress) const;
  void Log(const process::Note& note);
  [[nodiscard]] bool IsHead(const Task& task) const;

  PipelineOptions options_;
  telemetry::Log& log_;
  telemetry::RateLimited warnings_;
  std::unique_ptr<process::BatchSlots> slots_;
  std::unique_ptr<CaptureWorker> capture_worker_;
  std::unique_ptr<process::Zygote> zygote_;

  std::vector<Task> tasks_;     // in the order they are handed out
  std::deque<size_t> waiting_;  // tasks without a worker
  std::list<Worker> workers_;
  std::vector<uint32_t> free_slots_;
  size_t head_ = 0;  // ordered: the first task that isn't finished
  Ledger ledger_;
  bool sink_failed_ = false;
  bool stopping_ = false;
};

}  // namespace espcap

#endif  // ESPCAP_PIPELINE_H_
