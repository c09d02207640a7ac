// SPDX-License-Identifier: GPL-2.0-or-later
#include "retrieve/record_view.h"

#include <algorithm>
#include <chrono>
#include <random>
#include <system_error>
#include <utility>

#include "base/write_all.h"
#include "dissect/capture_facts.h"
#include "dissect/geo_databases.h"
#include "encode/column_line.h"
#include "encode/details_text.h"
#include "retrieve/record_time.h"
#include "source/record_digest.h"
#include "source/record_group.h"

namespace espcap::retrieve {
namespace {

using source::FileSource;

dissect::Options OptionsOf(const ViewDissection& plan) {
  dissect::Options options;
  options.preferences = plan.preferences;
  options.foreign_preferences = plan.preferences_of_run;
  options.decode_as = plan.decode_as;
  options.enable_protocols = plan.enable_protocols;
  options.disable_protocols = plan.disable_protocols;
  options.enable_heuristics = plan.enable_heuristics;
  options.disable_heuristics = plan.disable_heuristics;
  options.no_name_resolution = plan.no_name_resolution;
  if (!plan.name_resolution.empty()) options.name_resolution = plan.name_resolution;
  return options;
}

source::DuplicateOptions DuplicatesWithin(int64_t window_ns) {
  std::random_device random;
  source::DuplicateOptions options;
  options.window = std::chrono::nanoseconds(window_ns);
  for (uint8_t& byte : options.seed) byte = static_cast<uint8_t>(random());
  return options;
}

}  // namespace

std::set<uint64_t> GroupsOf(FileSource& source, std::span<const RecordSlot> slots) {
  std::set<uint64_t> groups;
  while (!slots.empty() && source.Next().value_or(false)) {
    if (slots.front().frame == source.record_number()) {
      if (const auto group = source::GroupOf(source.record(), source::FlowKey::kPair)) {
        groups.insert(*group);
      }
    }
    while (!slots.empty() && slots.front().frame <= source.record_number()) {
      slots = slots.subspan(1);
    }
  }
  return groups;
}

// One capture's way through a view.
class ViewWalk {
 public:
  ViewWalk(RecordView& view, FileSource& source, std::span<RecordSlot> slots,
           const std::set<uint64_t>* groups, process::MemoryBudget& memory, ViewProgress& progress,
           int out)
      : view_(view),
        source_(source),
        slots_(slots),
        groups_(groups),
        memory_(memory),
        progress_(progress),
        out_(out),
        frames_(source, view.capture_filter_ ? &*view.capture_filter_ : nullptr, 0) {
    const int64_t window_ns = view.plan_.dissection.duplicate_window_ns;
    if (window_ns >= 0) frames_.FindDuplicates(DuplicatesWithin(window_ns));
    frames_.CountWorkIn(progress.records);
  }

  Result<void> OnePass() {
    while (!slots_.empty()) {
      auto more = Next();
      if (!more) return Forward(std::move(more));
      if (!*more) return Ended();
      if (auto done = Handle({frames_.frame_number(), source_.record_number(), IsNeeded()});
          !done) {
        return done;
      }
    }
    return {};
  }

  // The first one goes to the end of the file: what comes later tells of earlier packets.
  Result<void> TwoPasses() {
    std::vector<Frame> all;
    Result<void> read = {};
    for (;;) {
      const auto more = Next();
      if (!more) read = tl::unexpected(more.error());
      if (!more.value_or(false)) break;
      all.push_back({frames_.frame_number(), source_.record_number(), IsNeeded()});
      if (!all.back().is_dissected) {
        view_.session_->SkipPreview(all.back().number);
        continue;
      }
      BeginRecord();
      if (auto previewed = view_.session_->Preview(all.back().number); !previewed) return previewed;
      if (memory_.NearLimit()) return TooLarge();
    }
    view_.session_->EndPreview();
    source_.EndSequentialReading();
    for (const Frame& frame : all) {
      if (slots_.empty()) return {};
      auto found = source_.ReadAt(view_.session_->OffsetOf(frame.number), frame.record_number);
      if (!found) return found;
      if (auto done = Handle(frame); !done) return done;
    }
    return read ? Ended() : read;
  }

 private:
  struct Frame {
    uint32_t number = 0;
    uint32_t record_number = 0;
    bool is_dissected = true;
  };

  Result<bool> Next() {
    auto more = frames_.Next();
    progress_.bytes = source_.bytes_read();
    return more;
  }

  [[nodiscard]] Result<void> Ended() const {
    if (slots_.empty()) return {};
    return Fail("the file ends after record {}", source_.record_number());
  }
  [[nodiscard]] Result<void> TooLarge() const {
    return Fail("{}: the packets up to {} need more memory than there is", source_.name(),
                source_.record_number());
  }

  [[nodiscard]] bool IsNeeded() const {
    if (frames_.is_duplicate()) return false;
    if (groups_ == nullptr) return true;
    const auto group = source::GroupOf(source_.record(), source::FlowKey::kPair);
    if (group) return groups_->contains(*group);
    return std::any_of(slots_.begin(), slots_.end(), [this](const RecordSlot& slot) {
      return slot.frame == source_.record_number();
    });
  }

  Result<void> Handle(const Frame& frame) {
    dissect::Session& session = *view_.session_;
    if (!frame.is_dissected) {
      session.Skip(frame.number);
      return Settle(frame, RecordOutcome::kOther);
    }
    BeginRecord();
    const auto selected = session.Dissect(frame.number);
    RecordOutcome outcome = RecordOutcome::kUndissected;
    if (selected) outcome = *selected ? RecordOutcome::kWritten : RecordOutcome::kFiltered;
    auto settled = Settle(frame, outcome);
    session.Finish();
    if (!selected) return tl::unexpected(selected.error());
    if (settled && memory_.NearLimit() && !slots_.empty()) return TooLarge();
    return settled;
  }

  // Several of one number: of files that had the same name. Those before it: the capture filter has
  // left them out.
  Result<void> Settle(const Frame& frame, RecordOutcome outcome) {
    for (; !slots_.empty() && slots_.front().frame <= frame.record_number;
         slots_ = slots_.subspan(1)) {
      RecordSlot& slot = slots_.front();
      const bool is_same =
          slot.frame == frame.record_number && source::DigestOf(source_.record()) == slot.digest;
      if (is_same && outcome == RecordOutcome::kWritten) {
        if (auto written = view_.WriteRecord(source_, out_); !written) return written;
      }
      slot.outcome = static_cast<uint32_t>(is_same ? outcome : RecordOutcome::kOther);
    }
    return {};
  }

  RecordView& view_;
  FileSource& source_;
  std::span<RecordSlot> slots_;
  const std::set<uint64_t>* groups_;
  process::MemoryBudget& memory_;
  ViewProgress& progress_;
  int out_;
  source::FrameReader frames_;
};

Result<std::unique_ptr<RecordView>> RecordView::Prepare(const std::string& program_path,
                                                        ViewPlan plan,
                                                        std::vector<std::string>& left_out) {
  std::unique_ptr<RecordView> view(new RecordView(std::move(plan)));
  // What it has to say of packets was said when the documents were made.
  const auto lines = std::make_shared<std::vector<std::string>*>(&left_out);
  auto library = dissect::EpanLibrary::Start(
      program_path.c_str(), OptionsOf(view->plan_.dissection), [lines](const std::string& text) {
        if (*lines != nullptr) (*lines)->push_back(text);
      });
  *lines = nullptr;
  if (!library) return Forward(std::move(library));
  view->library_ = std::move(*library);
  view->files_.emplace();
  if (auto opened = dissect::OpenGeoDatabases(); !opened) return Forward(std::move(opened));
  if (auto prepared = view->PrepareFilters(); !prepared) return Forward(std::move(prepared));
  view->PrepareWriter();
  return view;
}

Result<void> RecordView::PrepareFilters() {
  const ViewDissection& plan = plan_.dissection;
  if (!plan.capture_filter.empty()) {
    auto filter = source::CaptureFilter::Prepare(plan.capture_filter);
    if (!filter) return Forward(std::move(filter));
    capture_filter_ = std::move(*filter);
  }
  if (!plan.display_filter.empty()) {
    auto filter = dissect::DisplayFilter::Compile(plan.display_filter);
    if (!filter) return Forward(std::move(filter));
    display_filter_ = std::move(*filter);
  }
  return {};
}

// As worker/worker_context.cc does for a run that writes whole documents for a server.
void RecordView::PrepareWriter() {
  const ViewShape& shape = plan_.shape;
  const bool has_columns = plan_.format == ViewFormat::kColumns ||
                           (plan_.format == ViewFormat::kDocuments && shape.columns);
  if (has_columns) columns_.emplace();
  dissect::Columns* columns = columns_ ? &*columns_ : nullptr;
  if (plan_.format == ViewFormat::kDocuments) {
    if (shape.typed) key_types_ = registry::ReadKeyTypes();
    const encode::DocumentLimits limits{.depth = shape.depth,
                                        .bytes = shape.bytes,
                                        .value_bytes = shape.value_bytes,
                                        .values = shape.values,
                                        .list_bytes = shape.list_bytes};
    writer_.emplace(
        encode::DocumentShape{
            .format = encode::Format::kBulk,
            .hex = shape.hex,
            .ecs = shape.ecs,
            .value_strings = shape.value_strings,
            .columns = shape.columns ? dissect::kAllColumns : dissect::ColumnSet{0},
            .limits = limits,
            .run = encode::RunOrigin{plan_.run, plan_.sensor, plan_.tags, plan_.labels}},
        nullptr, key_types_ ? &*key_types_ : nullptr, columns);
    writer_->SetNeeds({.timestamp = shape.timestamp});
  }
  session_ = std::make_unique<dissect::Session>(
      dissect::Session::Options{.filter = display_filter_ ? &*display_filter_ : nullptr,
                                .two_pass = plan_.dissection.two_pass,
                                .columns = columns,
                                .builds_trees = plan_.format != ViewFormat::kColumns});
}

Result<void> RecordView::Show(FileSource& source, std::span<RecordSlot> slots,
                              const std::set<uint64_t>* groups, process::MemoryBudget& memory,
                              ViewProgress& progress, int out) {
  if (capture_filter_) capture_filter_->BeginCapture(source.name(), source.handle());
  session_->Attach(source);
  dissect::LearnFactsOf(source.handle());
  ViewWalk walk(*this, source, slots, groups, memory, progress, out);
  return plan_.dissection.two_pass ? walk.TwoPasses() : walk.OnePass();
}

// At once: what is said to be written stays, whatever a later packet does.
Result<void> RecordView::WriteRecord(FileSource& source, int out) {
  text_.Clear();
  switch (plan_.format) {
    case ViewFormat::kDetails:
      encode::AppendDetails(text_, session_->dissection());
      break;
    case ViewFormat::kColumns:
      encode::AppendColumnLine(text_, *columns_);
      break;
    case ViewFormat::kDocuments:
      static_cast<void>(writer_->Append(text_, std::as_const(*session_).dissection(), source, 0));
      break;
  }
  const int error = base::WriteAll(out, text_.view());
  if (error == 0) return {};
  return Fail("keep what is shown: {}", std::generic_category().message(error));
}

}  // namespace espcap::retrieve
