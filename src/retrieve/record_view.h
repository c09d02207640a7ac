// SPDX-License-Identifier: GPL-2.0-or-later
//
// Wanted records of one capture, dissected as a run has done it, as text or documents. Holds
// libwireshark, of which a process has one; one thread.
#ifndef ESPCAP_RETRIEVE_RECORD_VIEW_H_
#define ESPCAP_RETRIEVE_RECORD_VIEW_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "dissect/columns.h"
#include "dissect/display_filter.h"
#include "dissect/epan_library.h"
#include "dissect/readable_files.h"
#include "dissect/session.h"
#include "encode/document_writer.h"
#include "espcap/byte_buffer.h"
#include "espcap/result.h"
#include "process/memory_budget.h"
#include "registry/field_catalog.h"
#include "retrieve/record_slot.h"
#include "retrieve/view_plan.h"
#include "source/capture_filter.h"
#include "source/file_source.h"
#include "source/frame_reader.h"

namespace espcap::retrieve {

// How far it is, in shared memory. Of zeros at the beginning.
struct ViewProgress {
  std::atomic<uint64_t> records;
  std::atomic<uint64_t> bytes;
};

// The groups (source/record_group.h) of the wanted records; reads up to the last of them.
std::set<uint64_t> GroupsOf(source::FileSource& source, std::span<const RecordSlot> slots);

class RecordView {
 public:
  // Starts libwireshark, for this process and for those forked from it. `left_out`: gets a line for
  // each part of the plan that isn't followed.
  static Result<std::unique_ptr<RecordView>> Prepare(const std::string& program_path, ViewPlan plan,
                                                     std::vector<std::string>& left_out);

  [[nodiscard]] const ViewPlan& plan() const { return plan_; }
  // What dissection reads.
  [[nodiscard]] std::vector<std::string> readable_files() const { return files_->Now(); }

  // Writes them to `out` in the order of the file, and says in the slots what became of them. Once,
  // in a process for this capture alone. `groups` null: every packet before is dissected, else
  // those of these groups. An error ends the reading; what is written stays.
  Result<void> Show(source::FileSource& source, std::span<RecordSlot> slots,
                    const std::set<uint64_t>* groups, process::MemoryBudget& memory,
                    ViewProgress& progress, int out);

 private:
  explicit RecordView(ViewPlan plan) : plan_(std::move(plan)) {}

  Result<void> PrepareFilters();
  void PrepareWriter();
  Result<void> WriteRecord(source::FileSource& source, int out);

  friend class ViewWalk;

  ViewPlan plan_;
  std::unique_ptr<dissect::EpanLibrary> library_;
  std::optional<dissect::ReadableFiles> files_;
  std::optional<source::CaptureFilter> capture_filter_;
  std::optional<dissect::DisplayFilter> display_filter_;
  std::optional<registry::KeyTypes> key_types_;
  std::optional<dissect::Columns> columns_;
  std::optional<encode::DocumentWriter> writer_;
  std::unique_ptr<dissect::Session> session_;
  ByteBuffer text_;
};

}  // namespace espcap::retrieve

#endif  // ESPCAP_RETRIEVE_RECORD_VIEW_H_
