// SPDX-License-Identifier: GPL-2.0-or-later
#include "retrieve/capture_reader.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

#include "retrieve/pcapng_writer.h"
#include "retrieve/record_copier.h"
#include "source/record_digest.h"
#include "source/record_group.h"

namespace espcap::retrieve {
namespace {

using source::FileSource;

void Set(RecordSlot& slot, RecordOutcome outcome) { slot.outcome = static_cast<uint32_t>(outcome); }

// Comes to the records that are wanted, and says in the slots what they are.
class Search {
 public:
  // Of a record that is there, as the current one of the source. False: it can't be kept. An error
  // ends the search.
  using OnFound = std::function<Result<bool>()>;

  Search(FileSource& source, RecordFilter* filter, OnFound on_found)
      : source_(source), filter_(filter), on_found_(std::move(on_found)) {}

  // `follow`: after each record. An error ends the reading, not the section.
  Result<void> InSequence(std::span<RecordSlot> slots, const std::function<void()>& follow) {
    while (!slots.empty()) {
      auto read = source_.Next();
      if (!read) return Forward(std::move(read));
      if (!*read) return Fail("the file ends after record {}", source_.record_number());
      follow();
      auto selected = SelectRecord();
      // Several of one number: of files that had the same name.
      while (!slots.empty() && slots.front().frame <= source_.record_number()) {
        if (auto checked = Check(slots.front()); !checked) return checked;
        slots = slots.subspan(1);
      }
      // Nothing can be dissected after it.
      if (!selected) return selected;
    }
    return {};
  }

  Result<void> ByOffset(std::span<RecordSlot> slots) {
    for (RecordSlot& slot : slots) {
      if (const auto read = source_.ReadAt(slot.offset, slot.frame); !read) {
        Set(slot, RecordOutcome::kOther);
        continue;
      }
      if (auto checked = Check(slot); !checked) return checked;
    }
    return {};
  }

  // Of OnFound.
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }

 private:
  Result<void> SelectRecord() {
    if (filter_ == nullptr) return {};
    const auto selected = filter_->Selects();
    is_dissected_ = selected.has_value();
    is_selected_ = selected.value_or(false);
    if (!selected) return tl::unexpected(selected.error());
    return {};
  }

  Result<void> Check(RecordSlot& slot) {
    if (slot.frame != source_.record_number() ||
        source::DigestOf(source_.record()) != slot.digest) {
      Set(slot, RecordOutcome::kOther);
      return {};
    }
    if (!is_selected_) {
      Set(slot, is_dissected_ ? RecordOutcome::kFiltered : RecordOutcome::kUndissected);
      return {};
    }
    auto kept = on_found_();
    if (!kept) {
      error_ = kept.error();
      return Forward(std::move(kept));
    }
    Set(slot, *kept ? RecordOutcome::kWritten : RecordOutcome::kUnwritable);
    return {};
  }

  FileSource& source_;
  RecordFilter* filter_;
  OnFound on_found_;
  std::optional<Error> error_;
  bool is_dissected_ = true;  // the current record
  bool is_selected_ = true;
};

// Takes the slots of the current record, and any before it, from the beginning of `slots`.
std::span<RecordSlot> TakeSlots(std::span<RecordSlot>& slots, uint32_t number) {
  size_t end = 0;
  while (end < slots.size() && slots[end].frame <= number) ++end;
  const auto taken = slots.first(end);
  slots = slots.subspan(end);
  return taken;
}

bool IsFound(const RecordSlot& slot) {
  return slot.outcome == static_cast<uint32_t>(RecordOutcome::kWritten);
}

std::string TextOfError(const Result<void>& result) {
  return result ? std::string() : result.error().message;
}

}  // namespace

bool CanGoByOffset(const FileSource& source, std::span<const RecordSlot> slots) {
  const bool is_known = source.file_type() == wtap_pcap_file_type_subtype() ||
                        source.file_type() == wtap_pcap_nsec_file_type_subtype() ||
                        source.file_type() == wtap_pcapng_file_type_subtype();
  return is_known && source.bytes_are_plain() &&
         std::all_of(slots.begin(), slots.end(),
                     [](const RecordSlot& slot) { return slot.offset >= 0; });
}

Result<CopiedRecords> CopyRecords(FileSource& source, std::span<RecordSlot> slots, bool by_offset,
                                  RecordFilter* filter, base::FileDescriptor section) {
  if (filter != nullptr) filter->Attach(source);
  auto writer = PcapngWriter::Begin(std::move(section), source.handle());
  if (!writer) return Forward(std::move(writer));
  RecordCopier copier(source, **writer);
  Search search(source, filter, [&copier] { return copier.Copy(); });
  const auto searched =
      by_offset ? search.ByOffset(slots) : search.InSequence(slots, [&copier] { copier.Follow(); });
  if (search.error()) return tl::unexpected(*search.error());
  if (auto closed = (*writer)->Close(); !closed) return Forward(std::move(closed));
  return CopiedRecords{(*writer)->interfaces(), copier.records(), TextOfError(searched)};
}

std::string FindConversations(FileSource& source, std::span<RecordSlot> slots, RecordFilter* filter,
                              Conversations& conversations) {
  if (filter != nullptr) filter->Attach(source);
  Search search(source, filter, [&source, &conversations] {
    if (const auto frame = source::FlowOf(source.record())) conversations.AddHit(*frame);
    return Result<bool>(true);
  });
  return TextOfError(search.InSequence(slots, [] {}));
}

Result<CopiedRecords> CopyConversations(FileSource& source, std::span<RecordSlot> slots,
                                        Conversations& conversations,
                                        base::FileDescriptor section) {
  auto writer = PcapngWriter::Begin(std::move(section), source.handle());
  if (!writer) return Forward(std::move(writer));
  RecordCopier copier(source, **writer);
  Result<void> read = {};
  for (;;) {
    const auto more = source.Next();
    if (!more) read = tl::unexpected(more.error());
    if (!more.value_or(false)) break;
    copier.Follow();
    const auto hits = TakeSlots(slots, source.record_number());
    const bool is_hit = std::any_of(hits.begin(), hits.end(), IsFound);
    // Asked of each record: it follows fragments.
    const auto frame = source::FlowOf(source.record());
    const bool is_wanted = frame && conversations.Contains(*frame);
    if (!is_hit && !is_wanted) continue;
    auto copied = copier.Copy();
    if (!copied) return Forward(std::move(copied));
    if (*copied) continue;
    for (RecordSlot& slot : hits) {
      if (IsFound(slot)) Set(slot, RecordOutcome::kUnwritable);
    }
  }
  // The file has become shorter meanwhile.
  for (RecordSlot& slot : slots) {
    if (IsFound(slot)) Set(slot, RecordOutcome::kNotReached);
  }
  if (auto closed = (*writer)->Close(); !closed) return Forward(std::move(closed));
  return CopiedRecords{(*writer)->interfaces(), copier.records(), TextOfError(read)};
}

}  // namespace espcap::retrieve
