// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a worker does: takes one capture, or a part of it, from its source through dissection and
// encoding into batch slots. Prepared in the zygote, run in a fork of it, once.
#ifndef ESPCAP_CAPTURE_WORKER_H_
#define ESPCAP_CAPTURE_WORKER_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dissect/display_filter.h"
#include "dissect/epan_library.h"
#include "dissect/field_selection.h"
#include "dissect/session.h"
#include "encode/document_writer.h"
#include "espcap/result.h"
#include "live/capture_board.h"
#include "live/options.h"
#include "live/raw_recorder.h"
#include "process/ahead.h"
#include "process/batch_slots.h"
#include "process/channel.h"
#include "process/messages.h"
#include "process/packet_ring.h"
#include "process/privileges.h"
#include "process/slot_writer.h"
#include "registry/field_catalog.h"
#include "source/capture_filter.h"
#include "source/file_source.h"
#include "source/flow_hash.h"
#include "source/frame_reader.h"
#include "source/shard_plan.h"
#include "stream/session_limits.h"

namespace espcap {

struct CaptureOptions {
  std::string capture_filter;  // empty: every packet
  std::string display_filter;
  std::vector<std::string> fields;  // and protocols: both empty for whole documents
  std::vector<std::string> protocols;
  bool two_pass = false;
  dissect::Options dissection;
  encode::DocumentShape shape;
  bool typed = false;  // numbers are JSON numbers
  std::string index;
  source::FlowKey shard_key = source::FlowKey::kPair;
  bool resume = false;                   // ask whether a file was settled by an earlier run
  stream::SessionLimits session_limits;  // of streams
  std::chrono::milliseconds flush_interval{1000};  // how long a document of a stream may wait
  live::Options live = {};
  bool sandbox = true;  // processes that dissect ask little of the kernel
  std::optional<process::Identity> unprivileged = {};  // whom processes that touch packets become
};

class CaptureWorker {
 public:
  using SendNote = std::function<void(const process::Note&)>;

  using Rings = std::vector<std::unique_ptr<process::PacketRing>>;

  // `board` may be null where nothing is live.
  CaptureWorker(std::string program_path, CaptureOptions options, process::BatchSlots& slots,
                Rings& rings, live::CaptureBoard* board)
      : program_path_(std::move(program_path)),
        options_(std::move(options)),
        slots_(slots),
        rings_(rings),
        board_(board) {}

  // In a process of its own, while the zygote prepares: the shares of a file as ShardPlan's bytes.
  Result<std::string> PlanAhead(const process::Job& job);
  // Workers that take shares of `job`'s file await this. Borrowed. REQUIRES: before the zygote.
  void AwaitPlan(const process::Job& job, const process::Ahead& plan) {
    planned_job_ = job;
    plan_ahead_ = &plan;
  }

  // In the zygote: libwireshark, the filters, and a pristine session.
  Result<void> Prepare(const SendNote& send_note);

  // In a worker: the job, to its end.
  void Work(const process::Job& job, process::Channel channel);

 private:
  struct FileJob;  // the file on its way

  [[nodiscard]] Result<void> GiveUpPrivileges(const process::Job& job) const;
  Result<process::Outcome> RunJob(const process::Job& job, process::SlotWriter& out);

  [[nodiscard]] source::FileSource::Access Access() const;
  source::FrameReader FramesOf(source::FileSource& source, const process::Job& job);
  Result<void> CompileCaptureFilter();
  Result<source::ShardPlan> CountShards(const process::Job& job);
  source::ShardPlan PlanOf(const process::Job& job, process::SlotWriter& out);

  Result<process::Outcome> TakeFile(const process::Job& job, process::SlotWriter& out);
  Result<void> OnePass(FileJob& file);
  Result<void> TwoPasses(FileJob& file);

  Result<process::Outcome> ReadStream(const process::Job& job, process::SlotWriter& out);
  [[nodiscard]] std::unique_ptr<live::RawRecorder> RecordRaw(live::RawFile::Interface interface,
                                                             process::SlotWriter& out) const;
  Result<process::Outcome> CaptureRemote(const process::Job& job, process::SlotWriter& out);
  Result<process::Outcome> CaptureLive(const process::Job& job, process::SlotWriter& out);
  Result<process::Outcome> DissectStream(const process::Job& job, process::SlotWriter& out);

  std::string program_path_;
  CaptureOptions options_;
  process::BatchSlots& slots_;
  Rings& rings_;
  live::CaptureBoard* board_;

  process::Job planned_job_;
  const process::Ahead* plan_ahead_ = nullptr;  // null: workers plan themselves

  SendNote send_note_;  // of the process that runs: zygote, then worker
  std::unique_ptr<dissect::EpanLibrary> library_;
  std::optional<source::CaptureFilter> capture_filter_;
  std::optional<dissect::DisplayFilter> display_filter_;
  std::optional<dissect::FieldSelection> selection_;
  std::optional<registry::KeyTypes> key_types_;
  std::unique_ptr<dissect::Session> session_;
  std::optional<encode::DocumentWriter> writer_;
};

}  // namespace espcap

#endif  // ESPCAP_CAPTURE_WORKER_H_
