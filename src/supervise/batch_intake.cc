// SPDX-License-Identifier: GPL-2.0-or-later
#include "supervise/batch_intake.h"

#include <algorithm>
#include <utility>

#include "supervise/live_key.h"
#include "supervise/section_check.h"

namespace espcap::supervise {
namespace {

using process::Job;
using RecordId = process::PacketRing::RecordId;

DocumentKey LiveKey(const Fingerprint& run, uint64_t number) {
  const RunNumber known = RunNumberOf(run, number);
  return {known.run, known.number};
}

// Of each document the record that it says it is of: they come in one order.
Result<std::vector<RecordId>> Match(const std::vector<process::SlotDocument>& documents,
                                    const std::vector<RecordId>& records) {
  std::vector<RecordId> matched;
  matched.reserve(documents.size());
  auto record = records.begin();
  for (const process::SlotDocument& document : documents) {
    record = std::find_if(record, records.end(), [&document](const RecordId& id) {
      return id.number == document.record_number;
    });
    if (record == records.end()) return Fail("a document of record {}", document.record_number);
    matched.push_back(*record++);
  }
  return matched;
}

// Which documents stand in the place of their packet's own: those of frames that the worker was
// told to leave alone.
void MarkErrors(const process::FrameFaults& faults, const SlotContents& contents,
                std::vector<DocumentKey>& keys) {
  if (faults.empty()) return;
  const auto stands_in = [](const process::FrameFault* fault) {
    return fault != nullptr && fault->use != process::FrameFault::Use::kNothing;
  };
  for (size_t place = 0; place < keys.size(); ++place) {
    const bool is_first = place == 0 && stands_in(faults.Find(process::FrameFault::kFirst));
    keys[place].is_error =
        is_first || stands_in(faults.Find(contents.documents[place].frame_number));
  }
}

}  // namespace

BatchIntake::BatchIntake(Options options, BatchCheck check, WorkersSlots& slots, Rings& rings,
                         CaptureQueue& captures, KeptBatches& kept, Accounting& accounting)
    : options_(std::move(options)),
      check_(check),
      slots_(slots),
      rings_(rings),
      captures_(captures),
      kept_(kept),
      accounting_(accounting),
      in_use_(slots.size()) {}

std::optional<uint32_t> BatchIntake::Grant(uint32_t worker_index) {
  auto& in_use = in_use_[worker_index];
  const auto* const free = std::find(in_use.begin(), in_use.end(), false);
  if (free == in_use.end()) return std::nullopt;
  const auto slot = static_cast<uint32_t>(free - in_use.begin());
  in_use.at(slot) = true;
  slots_[worker_index]->Begin(slot);
  return slot;
}

size_t BatchIntake::free_slots() const {
  size_t free = 0;
  for (const auto& in_use : in_use_) {
    free += static_cast<size_t>(std::count(in_use.begin(), in_use.end(), false));
  }
  return free;
}

void BatchIntake::Add(Part& part, uint32_t slot) { waiting_.push_back({&part, slot}); }

bool BatchIntake::Waits(const Part& part) const {
  return std::any_of(waiting_.begin(), waiting_.end(),
                     [&part](const Waiting& waiting) { return waiting.part == &part; });
}

std::vector<process::SlotProgress> BatchIntake::WaitingProgress() const {
  std::vector<process::SlotProgress> progress;
  progress.reserve(waiting_.size());
  for (const Waiting& waiting : waiting_) {
    progress.push_back(slots_[waiting.part->job.worker_index]->Progress(waiting.slot));
  }
  return progress;
}

void BatchIntake::Discard(const Part& part) {
  std::erase_if(waiting_, [&part](const Waiting& waiting) { return waiting.part == &part; });
}

std::vector<BatchIntake::Violation> BatchIntake::AcceptWaiting(bool is_over) {
  std::vector<Violation> violations;
  std::vector<const Part*> held;  // their order must stay
  for (auto next = waiting_.begin(); next != waiting_.end();) {
    const Waiting waiting = *next;
    const bool is_held = std::find(held.begin(), held.end(), waiting.part) != held.end();
    const auto taken = is_held ? Result<bool>(false) : Accept(waiting, is_over);
    if (taken && !*taken) {
      held.push_back(waiting.part);
      ++next;
      continue;
    }
    if (!taken) {
      violations.push_back({waiting.part, taken.error().message});
      held.push_back(waiting.part);
    } else {
      in_use_[waiting.part->job.worker_index].at(waiting.slot) = false;
    }
    next = waiting_.erase(next);
  }
  return violations;
}

// In order, room for another batch is always left for the capture whose documents are next:
// otherwise later ones could hold it all and wait for that one.
bool BatchIntake::HasRoom(const Capture& capture, size_t text_bytes) const {
  const bool is_next = !options_.ordered || &captures_.captures().front() == &capture;
  const bool has_none =
      is_next &&
      (options_.ordered ? capture.batches.empty() && capture.at_sink == 0 : kept_.bytes() == 0);
  const size_t reserve = is_next ? 0 : kept_.MostBytes(slots_.front()->shape().text_bytes);
  return has_none || kept_.bytes() + kept_.MostBytes(text_bytes) + reserve <= options_.kept_bytes;
}

Result<bool> BatchIntake::Accept(const Waiting& waiting, bool is_over) {
  Part& part = *waiting.part;
  const process::WorkerSlots& slots = *slots_[part.job.worker_index];
  auto contents = ReadSlot(slots, waiting.slot);
  if (!contents) return Forward(std::move(contents));
  const size_t documents = contents->documents.size();
  const bool has_no_id = HasNoIds(part);
  if (documents > 0 && !is_over) {
    const size_t bytes = contents->progress.text_bytes + documents * slots.shape().action_bytes;
    const bool awaits_id = has_no_id && part.capture->awaits_fingerprint;
    if (awaits_id || !HasRoom(*part.capture, bytes)) return false;
  }
  Records records;
  if (part.job.role == Job::Role::kDissectStream) {
    records = rings_[part.job.ring]->Peek(contents->progress.captured);
    if (!records) return Fail("more packets than its ring has");
  }
  auto taken = check_.form() == BatchForm::kSections
                   ? TakeSections(part, waiting.slot, *contents, records)
                   : TakeDocuments(part, waiting.slot, *contents, records);
  if (!taken) return Forward(std::move(taken));
  if (records) rings_[part.job.ring]->Release(*records);
  slots.Trim(waiting.slot, contents->progress.text_bytes);
  if (taken->text) {
    part.capture->batches.push_back(
        kept_.Add(*part.capture, *contents, std::move(*taken->text), taken->messages));
  }
  return true;
}

void BatchIntake::Abandon(Part& part, uint64_t packets) {
  accounting_.ledger().abandoned += packets;
  part.capture->is_without_ids |= packets > 0;
}

Result<BatchIntake::Taken> BatchIntake::TakeDocuments(Part& part, uint32_t slot,
                                                      const SlotContents& contents,
                                                      const Records& records) {
  if (contents.progress.packets != contents.documents.size()) {
    return Fail("a batch whose counts disagree");
  }
  auto keys = KeysOf(part, contents, records);
  if (!keys) return Forward(std::move(keys));
  MarkErrors(part.job.faults, contents, *keys);
  Taken taken;
  if (HasNoIds(part)) {
    Abandon(part, contents.documents.size());
  } else if (!contents.documents.empty()) {
    auto copied = check_.Copy(*slots_[part.job.worker_index], slot, contents, *keys);
    if (!copied) return Forward(std::move(copied));
    taken.text = std::move(*copied);
  }
  const auto quarantined = static_cast<uint64_t>(std::count_if(
      keys->begin(), keys->end(), [](const DocumentKey& key) { return key.is_error; }));
  accounting_.ledger().quarantined += quarantined;
  part.capture->has_quarantined |= quarantined > 0;
  if (!contents.documents.empty()) part.last_record = contents.documents.back().record_number;
  Account(part, contents);
  if (part.capture->messages != nullptr) {
    taken.messages = part.capture->messages->Account(contents);
  }
  return taken;
}

Result<BatchIntake::Taken> BatchIntake::TakeSections(Part& part, uint32_t slot,
                                                     const SlotContents& contents,
                                                     const Records& records) {
  const process::WorkerSlots& slots = *slots_[part.job.worker_index];
  Capture& capture = *part.capture;
  const auto sections = ReadSections(slots, slot, contents);
  if (!sections) return Fail("{}", sections.error().message);
  Result<uint64_t> last = part.last_record;
  if (!records) {
    last = CheckFileRecords(*sections, part.last_record);
  } else if (auto checked = CheckStreamRecords(*sections, records->ids); !checked) {
    return Forward(std::move(checked));
  }
  if (!last) return Forward(std::move(last));
  Taken taken;
  if (HasNoIds(part)) {
    Abandon(part, contents.progress.packets);
  } else if (!sections->empty()) {
    SectionFacts facts;
    facts.sensor = options_.sensor;
    facts.is_run = !capture.fingerprint;
    facts.capture = capture.fingerprint.value_or(options_.live_run);
    if (!records) facts.file = options_.origin_path(*capture.name, capture.is_from_directory);
    if (accounting_.is_live()) facts.interfaces = accounting_.Live().interfaces;
    auto copied = CopySections(slots, slot, contents, *sections, facts);
    if (!copied) return Forward(std::move(copied));
    taken.text = std::move(*copied);
  }
  part.last_record = *last;
  if (contents.progress.too_large > 0) {
    capture.delivery = std::min(capture.delivery, Delivery::kDeadLettered);
  }
  Account(part, contents);
  return taken;
}

// Ids are made of a file's fingerprint: other captures' documents would have the same ones.
bool BatchIntake::HasNoIds(const Part& part) const {
  const bool has_ids = check_.form() == BatchForm::kBulk || check_.form() == BatchForm::kSections;
  return has_ids && !part.job.DissectsStream() && !part.capture->fingerprint;
}

// A document is of a record that the worker was given, and that nobody has accounted for before: by
// what the ring says of its records, or by the numbers of a file, which rise.
Result<std::vector<DocumentKey>> BatchIntake::KeysOf(const Part& part, const SlotContents& contents,
                                                     const Records& records) const {
  const Capture& capture = *part.capture;
  if (capture.messages != nullptr) return capture.messages->Check(contents, part.last_record);
  std::vector<DocumentKey> keys;
  keys.reserve(contents.documents.size());
  if (!records) {
    if (auto ordered = CheckOrder(contents.documents, part.last_record); !ordered) {
      return Forward(std::move(ordered));
    }
    for (const process::SlotDocument& document : contents.documents) {
      keys.push_back({capture.fingerprint.value_or(Fingerprint{}),
                      static_cast<uint32_t>(document.record_number)});
    }
    return keys;
  }
  auto matched = Match(contents.documents, records->ids);
  if (!matched) return Forward(std::move(matched));
  for (const RecordId& id : *matched) {
    if (accounting_.is_live()) {
      keys.push_back(LiveKey(options_.live_run, id.number));
    } else {
      keys.push_back(
          {capture.fingerprint.value_or(id.fingerprint), static_cast<uint32_t>(id.number)});
    }
  }
  return keys;
}

void BatchIntake::Account(Part& part, const SlotContents& contents) {
  const process::SlotProgress& progress = contents.progress;
  accounting_.CountTaken(progress);
  part.capture->packets += progress.captured;
  part.bytes_read = std::max(part.bytes_read, progress.source_bytes);
  // A stream's numbers may have begun anew.
  if (progress.last_frame != 0) {
    part.job.settled_frame = progress.last_frame;
    part.job.faults.Remove(process::FrameFault::kFirst);
    if (part.job.is_fresh) part.job.faults.RemoveUpTo(progress.last_frame);
  }
  if (progress.failed > 0) part.capture->delivery = Delivery::kFailed;
  if (contents.documents.empty()) return;
  const process::SlotDocument& last = contents.documents.back();
  Job::Continuation& next = part.job.continuation;
  next = {next.documents + contents.documents.size(), last.frame_number, last.seconds,
          last.nanoseconds};
}

}  // namespace espcap::supervise
