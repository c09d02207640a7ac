// SPDX-License-Identifier: GPL-2.0-or-later
//
// What every worker has from its first instruction on: the run's shared memory, and what the zygote
// has prepared (libwireshark, the filters, a pristine session). Lives in the zygote; a worker has
// its own copy by fork.
#ifndef ESPCAP_WORKER_WORKER_CONTEXT_H_
#define ESPCAP_WORKER_WORKER_CONTEXT_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dissect/display_filter.h"
#include "dissect/epan_library.h"
#include "dissect/field_selection.h"
#include "dissect/readable_files.h"
#include "dissect/session.h"
#include "encode/document_writer.h"
#include "espcap/result.h"
#include "live/link_table.h"
#include "live/shared_capture_state.h"
#include "live/shared_duplicates.h"
#include "process/messages.h"
#include "process/packet_ring.h"
#include "process/run_control.h"
#include "process/syscall_filter.h"
#include "process/worker_slots.h"
#include "registry/field_catalog.h"
#include "source/capture_filter.h"
#include "source/file_source.h"
#include "source/frame_reader.h"
#include "worker/worker_options.h"

namespace espcap::worker {

// Made before the first fork; borrowed by all processes of the run. A worker lets go of what isn't
// its own.
struct SharedMemory {
  process::RunControl& control;
  std::vector<std::unique_ptr<process::WorkerSlots>>& slots;  // by worker index
  std::vector<std::unique_ptr<process::PacketRing>>& rings;   // of each stream; live, each worker
  std::unique_ptr<live::SharedCaptureState>& shared_state;    // null: nothing is live
  std::unique_ptr<live::SharedDuplicates>& duplicates;        // null: they are taken, too
  std::unique_ptr<live::LinkTable>& links;                    // null: nothing is live
};

class WorkerContext {
 public:
  using SendLog = std::function<void(const process::LogMessage&)>;

  WorkerContext(std::string program_path, WorkerOptions options, SharedMemory memory)
      : program_path_(std::move(program_path)), options_(std::move(options)), memory_(memory) {}

  // In the zygote: all but what CompileCaptureFilter() does is done here once.
  Result<void> Prepare(const SendLog& send_log);
  // A device's filter is compiled for its link type, when the device is opened.
  Result<void> CompileCaptureFilter();
  // First of all in a worker: what other processes share isn't there any more, and of the
  // descriptors only its own and these are.
  Result<void> KeepOwn(const process::Job& job, std::vector<int> descriptors);
  // The same in a process that shares nothing.
  void DropShared();
  // Before a worker touches a byte of a packet. A process that opens an interface does so later.
  [[nodiscard]] Result<void> GiveUpPrivileges(const process::Job& job) const;
  // The same, once an interface is open. Who connects to a sensor needs new sockets still.
  [[nodiscard]] Result<void> GiveUpPrivilegesOfCapture(process::Sockets sockets) const;
  // What the capture filter has to tell goes this way from now on.
  void ReportLinkTypesTo(source::CaptureFilter::OnLinkType told) {
    if (capture_filter_) capture_filter_->ReportLinkTypesTo(std::move(told));
  }
  // Libraries' messages go this way from now on.
  void SendLogsBy(SendLog send_log) { send_log_ = std::move(send_log); }

  [[nodiscard]] const WorkerOptions& options() const { return options_; }
  [[nodiscard]] const process::RunControl& control() const { return memory_.control; }
  // Null: the job makes no documents.
  [[nodiscard]] process::WorkerSlots* slots(const process::Job& job) const {
    return job.Dissects() ? memory_.slots[job.worker_index].get() : nullptr;
  }
  [[nodiscard]] const SharedMemory& memory() const { return memory_; }
  [[nodiscard]] process::PacketRing& ring(const process::Job& job) const {
    return *memory_.rings[job.ring];
  }
  [[nodiscard]] bool has_display_filter() const { return display_filter_.has_value(); }
  // REQUIRES: prepared.
  [[nodiscard]] dissect::Session& session() { return *session_; }
  [[nodiscard]] encode::DocumentWriter& writer() { return *writer_; }

  // How a job reads its file or pipe; or captures one after another, each of them begun.
  [[nodiscard]] source::FileSource::Access Access() const;
  source::FrameReader FramesOf(source::FileSource& source, const process::Job& job);
  void BeginCapture(const source::FileSource& source);

 private:
  std::string program_path_;
  WorkerOptions options_;
  SharedMemory memory_;

  SendLog send_log_;  // of the process that runs: zygote, then worker
  std::unique_ptr<dissect::EpanLibrary> library_;
  std::optional<dissect::ReadableFiles> readable_files_;
  std::optional<source::CaptureFilter> capture_filter_;
  std::optional<dissect::DisplayFilter> display_filter_;
  std::optional<dissect::DisplayFilter> tree_filter_;
  std::optional<dissect::FieldSelection> selection_;
  std::optional<registry::KeyTypes> key_types_;
  std::optional<dissect::Columns> columns_;
  std::unique_ptr<dissect::Session> session_;
  std::optional<encode::DocumentWriter> writer_;
};

}  // namespace espcap::worker

#endif  // ESPCAP_WORKER_WORKER_CONTEXT_H_
