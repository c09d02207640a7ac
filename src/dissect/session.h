// SPDX-License-Identifier: GPL-2.0-or-later
//
// One dissection session: the conversations, reassemblies and names of one capture, from its first
// frame to its last. Made pristine, which takes libwireshark some 60 ms, and then given its
// capture. Borrows the capture's source, the display filter, the selection and the columns.
// REQUIRES: a started EpanLibrary; one session at a time in a process; one thread.
#ifndef ESPCAP_DISSECT_SESSION_H_
#define ESPCAP_DISSECT_SESSION_H_

#include <cstdint>
#include <memory>
#include <optional>

#include "dissect/columns.h"
#include "dissect/display_filter.h"
#include "dissect/field_selection.h"
#include "dissect/frame_provider.h"
#include "espcap/result.h"
#include "source/capture_source.h"

namespace espcap::dissect {

class Session {
 public:
  struct Options {
    const DisplayFilter* filter = nullptr;  // null: every frame is selected
    bool two_pass = false;
    const FieldSelection* selection = nullptr;   // null: a tree has every field
    Columns* columns = nullptr;                  // filled with each frame that is selected
    const DisplayFilter* tree_filter = nullptr;  // by it wants_tree() is said
    // False: trees are for filters alone. Dissectors fill columns without, as in tshark's list,
    // and some of them find less then.
    bool builds_trees = true;
  };
  explicit Session(const Options& options);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // Once, before anything below. What the source says in addition to its frames (names, secrets) is
  // not the session's business: see capture_facts.h.
  void Attach(source::CaptureSource& source);

  // Goes on behind frames of other sessions, so that times and deltas are those of the whole
  // capture. Between two frames, and before the first.
  struct Predecessor {
    uint32_t frame_number = 0;  // the last one captured
    nstime_t first_time{};      // of the capture's first frame
    nstime_t last_time{};
    uint32_t displayed_number = 0;  // the last one a filter selected; 0: none
    nstime_t displayed_time{};
  };
  void ContinueAfter(const Predecessor& predecessor);

  // Preview() and Dissect() fail where an exception gets out of libwireshark. It is in the middle
  // of a dissection then, and would abort() at the next one: the process has to end.

  // First of two passes: dissects the source's current record, so that the second pass knows what
  // comes later. Frame numbers count up from 1.
  Result<void> Preview(uint32_t frame_number);
  void EndPreview();

  // Takes the source's current record for one that was captured, and leaves it alone: another
  // session dissects it, or none. It is displayed where nothing filters, or where that is known.
  void Skip(uint32_t frame_number, bool is_displayed = false);
  void SkipPreview(uint32_t frame_number);

  // Dissects the source's current record; true where the display filter selects it. dissection() is
  // then valid until Finish(), which must follow each call, whatever it returned.
  Result<bool> Dissect(uint32_t frame_number);
  void Finish();

  [[nodiscard]] const epan_dissect_t& dissection() const { return *edt_; }
  [[nodiscard]] epan_dissect_t& dissection() { return *edt_; }
  // Whether `tree_filter` selects the frame. REQUIRES: the frame is selected, and not finished.
  [[nodiscard]] bool wants_tree() const { return wants_tree_; }

  // The place of a previewed frame in the file.
  [[nodiscard]] int64_t OffsetOf(uint32_t frame_number) const;

 private:
  struct FreeSession {
    void operator()(epan_t* session) const { epan_free(session); }
  };
  struct FreeDissection {
    void operator()(epan_dissect_t* edt) const { epan_dissect_free(edt); }
  };
  struct FreeFrames {
    void operator()(frame_data_sequence* frames) const { free_frame_data_sequence(frames); }
  };
  using Dissection = std::unique_ptr<epan_dissect_t, FreeDissection>;

  [[nodiscard]] Dissection NewUnseenDissection() const;
  [[nodiscard]] Dissection NewDissection() const;
  void BeginFrame(uint32_t frame_number);
  void EndFrame();
  enum class Pass { kPreview, kShown };
  Result<void> Run(frame_data* frame, Pass pass);
  void PrepareTimes(frame_data* frame);

  source::CaptureSource* source_ = nullptr;
  Options options_;
  std::optional<Columns> own_columns_;  // for filters
  bool filters_read_columns_ = false;
  packet_provider_data provider_;
  std::unique_ptr<frame_data_sequence, FreeFrames> frames_;  // two passes only
  std::unique_ptr<epan_t, FreeSession> session_;
  Dissection edt_;

  frame_data current_{};  // single pass: the frame under dissection
  frame_data* frame_ = nullptr;
  bool selected_ = false;
  bool wants_tree_ = false;
  frame_data reference_{};  // copies that the provider points at
  frame_data previous_displayed_{};
  frame_data previous_captured_{};
  nstime_t elapsed_{};
  uint32_t cumulative_bytes_ = 0;
};

}  // namespace espcap::dissect

#endif  // ESPCAP_DISSECT_SESSION_H_
