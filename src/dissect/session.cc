// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissect/session.h"

#include <epan/exceptions.h>
#include <epan/packet.h>

#include <array>

#include "base/printable.h"

namespace espcap::dissect {
namespace {

// Dissectors' exceptions are longjmps. libwireshark catches all it expects; one that gets out is
// caught here, in a function without anything to destroy. Returns what is known of it, until the
// next one, else null.
const char* DissectGuarded(epan_dissect_t* edt, int file_type, wireshark::Record& record,
                           frame_data* frame, bool with_taps, column_info* columns) {
  static std::array<char, 256> text;  // libwireshark's own is freed at ENDTRY
  const char* volatile escaped = nullptr;
  TRY { wireshark::DissectRecord(edt, file_type, record, frame, with_taps, columns); }
  CATCH(OutOfMemoryError) { escaped = "out of memory"; }
  CATCH_ALL {
    const char* const message = GET_MESSAGE;
    g_strlcpy(text.data(), message == nullptr ? "an exception that no dissector caught" : message,
              text.size());
    escaped = text.data();
  }
  ENDTRY;
  return escaped;
}

}  // namespace

Session::Session(const Options& options) : options_(options) {
  if (options_.two_pass) {
    frames_.reset(new_frame_data_sequence());
    provider_.frames = frames_.get();
  }
  for (const DisplayFilter* filter : {options_.filter, options_.tree_filter}) {
    filters_read_columns_ |= filter != nullptr && filter->ReadsColumns();
  }
  if (filters_read_columns_) {
    if (options_.columns == nullptr) options_.columns = &own_columns_.emplace();
    options_.columns->BecomeFields();
  }
  session_.reset(epan_new(&provider_, &FrameProviderFunctions()));
}

void Session::Attach(source::CaptureSource& source) {
  source_ = &source;
  provider_.source = &source;
  // Nothing is shown in the first pass.
  edt_ = frames_ != nullptr ? NewUnseenDissection() : NewDissection();
}

void Session::ContinueAfter(const Predecessor& predecessor) {
  const auto frame_of = [](uint32_t number, const nstime_t& time) {
    frame_data frame{};
    frame.num = number;
    frame.abs_ts = time;
    frame.has_ts = 1;
    return frame;
  };
  reference_ = frame_of(1, predecessor.first_time);
  provider_.reference = &reference_;
  previous_captured_ = frame_of(predecessor.frame_number, predecessor.last_time);
  provider_.previous_captured = &previous_captured_;
  if (predecessor.displayed_number == 0) return;
  previous_displayed_ = frame_of(predecessor.displayed_number, predecessor.displayed_time);
  provider_.previous_displayed = &previous_displayed_;
}

// One whose trees nobody is shown: only filters and postdissectors look at fields.
Session::Dissection Session::NewUnseenDissection() const {
  const bool wants_tree = options_.filter != nullptr || postdissectors_want_hfids() != FALSE;
  return Dissection(epan_dissect_new(session_.get(), wants_tree ? TRUE : FALSE, FALSE));
}

// One whose frames are shown.
Session::Dissection Session::NewDissection() const {
  if (!options_.builds_trees) return NewUnseenDissection();
  const bool visible = options_.selection == nullptr || options_.selection->wants_whole_tree();
  Dissection edt(epan_dissect_new(session_.get(), TRUE, visible ? TRUE : FALSE));
  // Layers hold the selected fields, whether they are selected themselves or not.
  if (!visible) epan_dissect_fake_protocols(edt.get(), FALSE);
  return edt;
}

Session::~Session() {
  edt_.reset();
  session_.reset();
}

void Session::PrepareTimes(frame_data* frame) {
  frame_data_set_before_dissect(frame, &elapsed_, &provider_.reference,
                                provider_.previous_displayed);
  if (provider_.reference == frame) {
    reference_ = *frame;
    provider_.reference = &reference_;
  }
}

Result<void> Session::Run(frame_data* frame, Pass pass) {
  const bool shows = pass == Pass::kShown;
  const bool fills_columns = options_.columns != nullptr && (shows || filters_read_columns_);
  const char* const escaped =
      DissectGuarded(edt_.get(), source_->file_type(), source_->record(), frame, shows,
                     fills_columns ? options_.columns->info() : nullptr);
  if (escaped == nullptr) return {};
  return Fail("dissect {}: packet {}: {}", source_->name(), frame->num, base::Printable(escaped));
}

Result<void> Session::Preview(uint32_t frame_number) {
  frame_data local{};
  frame_data_init(&local, frame_number, source_->record().rec(), source_->offset(),
                  cumulative_bytes_);
  if (options_.filter != nullptr) options_.filter->Prime(edt_.get());
  wireshark::PrimeForPostdissectors(edt_.get());
  PrepareTimes(&local);
  auto ran = Run(&local, Pass::kPreview);

  frame_data_set_after_dissect(&local, &cumulative_bytes_);
  const frame_data* kept = frame_data_sequence_add(frames_.get(), &local);
  provider_.previous_captured = kept;
  provider_.previous_displayed = kept;
  // A frame that the filter selects keeps those it was reassembled from.
  if (ran && options_.filter != nullptr && options_.filter->Selects(edt_.get())) {
    wireshark::MarkDependencies(edt_.get(), frames_.get());
  }
  epan_dissect_reset(edt_.get());
  return ran;
}

void Session::EndPreview() {
  edt_.reset();
  postseq_cleanup_all_protocols();
  provider_.previous_displayed = nullptr;
  provider_.previous_captured = nullptr;
  edt_ = NewDissection();
}

int64_t Session::OffsetOf(uint32_t frame_number) const {
  return frame_data_sequence_find(frames_.get(), frame_number)->file_off;
}

void Session::BeginFrame(uint32_t frame_number) {
  if (frames_ != nullptr) {
    frame_ = frame_data_sequence_find(frames_.get(), frame_number);
  } else {
    frame_ = &current_;
    frame_data_init(frame_, frame_number, source_->record().rec(), source_->offset(),
                    cumulative_bytes_);
  }
  selected_ = false;
  PrepareTimes(frame_);
}

Result<bool> Session::Dissect(uint32_t frame_number) {
  if (options_.filter != nullptr) options_.filter->Prime(edt_.get());
  if (options_.tree_filter != nullptr) options_.tree_filter->Prime(edt_.get());
  if (options_.selection != nullptr && !options_.selection->wants_whole_tree()) {
    options_.selection->Prime(edt_.get());
  }
  if (frames_ == nullptr) wireshark::PrimeForPostdissectors(edt_.get());
  BeginFrame(frame_number);
  if (auto ran = Run(frame_, Pass::kShown); !ran) return tl::unexpected(ran.error());
  selected_ = options_.filter == nullptr || options_.filter->Selects(edt_.get());
  if (selected_) frame_data_set_after_dissect(frame_, &cumulative_bytes_);
  if (selected_ && options_.columns != nullptr) Columns::Complete(edt_.get());
  wants_tree_ =
      selected_ && options_.tree_filter != nullptr && options_.tree_filter->Selects(edt_.get());
  return selected_;
}

void Session::Skip(uint32_t frame_number, bool is_displayed) {
  BeginFrame(frame_number);
  selected_ = options_.filter == nullptr || is_displayed;
  if (selected_) frame_data_set_after_dissect(frame_, &cumulative_bytes_);
  EndFrame();
}

void Session::SkipPreview(uint32_t frame_number) {
  frame_data local{};
  frame_data_init(&local, frame_number, source_->record().rec(), source_->offset(),
                  cumulative_bytes_);
  PrepareTimes(&local);
  provider_.previous_captured = frame_data_sequence_add(frames_.get(), &local);
}

void Session::Finish() {
  EndFrame();
  epan_dissect_reset(edt_.get());
  if (frames_ == nullptr) frame_data_destroy(frame_);
}

void Session::EndFrame() {
  if (frames_ != nullptr) {
    if (selected_) provider_.previous_displayed = frame_;
    provider_.previous_captured = frame_;
    return;
  }
  if (selected_) {
    previous_displayed_ = *frame_;
    provider_.previous_displayed = &previous_displayed_;
  }
  previous_captured_ = *frame_;
  provider_.previous_captured = &previous_captured_;
}

}  // namespace espcap::dissect
