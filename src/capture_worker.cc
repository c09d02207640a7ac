// SPDX-License-Identifier: GPL-2.0-or-later
#include "capture_worker.h"

#include <chrono>
#include <cstring>
#include <utility>

#include "dissect/capture_facts.h"
#include "frame_road.h"
#include "process/resident_size.h"
#include "process/syscall_filter.h"
#include "source/fingerprint.h"
#include "source/wiretap_alone.h"
#include "stream/stream_reader.h"
#include "stream/stream_source.h"

namespace espcap {

using process::Job;
using process::Note;
using process::Outcome;
using process::PacketRing;
using process::SlotWriter;
using source::FileSource;

namespace {

std::optional<uint64_t> GroupOf(const wireshark::Record& record, source::FlowKey key) {
  if (record.rec().rec_type != REC_TYPE_PACKET) return std::nullopt;
  return source::FlowHash(key, record.rec().rec_header.packet_header.pkt_encap,
                          record.packet_bytes());
}

}  // namespace

struct CaptureWorker::FileJob {
  // Whether the current frame belongs to another shard.
  [[nodiscard]] bool IsForeign() const {
    return plan && plan->ShardOf(GroupOf(source.record(), key)) != shard;
  }

  FileSource& source;
  source::FrameReader frames;
  SlotWriter& out;
  FrameRoad road;
  std::optional<source::ShardPlan> plan;  // none: every frame is this worker's
  source::FlowKey key;
  uint32_t shard;
  Fingerprint fingerprint{};
};

// A device's filter is compiled for its link type, when it is opened.
Result<void> CaptureWorker::CompileCaptureFilter() {
  if (options_.capture_filter.empty() || !options_.live.interfaces.empty()) return {};
  auto filter = source::CaptureFilter::Compile(options_.capture_filter);
  if (!filter) return Forward(std::move(filter));
  capture_filter_ = std::move(*filter);
  return {};
}

Result<void> CaptureWorker::Prepare(const SendNote& send_note) {
  send_note_ = send_note;
  auto library = dissect::EpanLibrary::Start(
      program_path_.c_str(), options_.dissection,
      [this](const std::string& text) { send_note_(Note::Of(Note::Level::kWarning, text)); });
  if (!library) return Forward(std::move(library));
  library_ = std::move(*library);
  if (auto compiled = CompileCaptureFilter(); !compiled) return compiled;
  if (!options_.display_filter.empty()) {
    auto filter = dissect::DisplayFilter::Compile(options_.display_filter);
    if (!filter) return Forward(std::move(filter));
    display_filter_ = std::move(*filter);
  }
  if (!options_.fields.empty() || !options_.protocols.empty()) {
    auto selection =
        dissect::FieldSelection::Resolve({options_.fields, options_.protocols, options_.shape.hex,
                                          options_.shape.ecs, options_.display_filter});
    if (!selection) return Forward(std::move(selection));
    selection_ = std::move(*selection);
  }
  const dissect::FieldSelection* selection = selection_ ? &*selection_ : nullptr;
  auto index = encode::IndexName::Parse(options_.index);
  if (!index) return Forward(std::move(index));
  if (options_.typed) key_types_ = registry::ReadKeyTypes();
  writer_.emplace(options_.shape, std::move(*index), selection,
                  key_types_ ? &*key_types_ : nullptr);
  session_ = std::make_unique<dissect::Session>(display_filter_ ? &*display_filter_ : nullptr,
                                                options_.two_pass, selection);
  return {};
}

void CaptureWorker::Work(const Job& job, process::Channel channel) {
  SlotWriter out(slots_, job.seat, std::move(channel));
  send_note_ = [&out](const Note& note) { out.SendNote(note.level, note.Text()); };
  auto outcome = RunJob(job, out);
  if (!outcome) out.SendNote(Note::Level::kError, outcome.error().message);
  out.Finish(outcome.value_or(Outcome::kPartial));
}

// Whoever opens an interface does so later. Files, and what dissectors read beside them (keys), may
// be readable only for root.
Result<void> CaptureWorker::GiveUpPrivileges(const Job& job) const {
  if (job.role == Job::Role::kCapture) return {};
  const bool is_live = !options_.live.interfaces.empty();
  auto dropped = process::DropPrivileges(
      options_.unprivileged, is_live ? process::Keep::kNothing : process::Keep::kReading);
  if (!dropped || !options_.sandbox) return dropped;
  return process::RestrictSystemCalls(wireshark::AsksNameServers() ? process::Sockets::kAllowed
                                                                   : process::Sockets::kNone);
}

Result<Outcome> CaptureWorker::RunJob(const Job& job, SlotWriter& out) {
  if (auto given_up = GiveUpPrivileges(job); !given_up) return Forward(std::move(given_up));
  if (job.value_bytes != 0) writer_->LimitValues(job.value_bytes);
  switch (job.role) {
    case Job::Role::kReadStream:
      return ReadStream(job, out);
    case Job::Role::kCapture:
      return CaptureLive(job, out);
    case Job::Role::kDissectStream:
      return DissectStream(job, out);
    default:
      return TakeFile(job, out);
  }
}

FileSource::Access CaptureWorker::Access() const {
  return options_.two_pass ? FileSource::Access::kRandom : FileSource::Access::kSequential;
}

source::FrameReader CaptureWorker::FramesOf(FileSource& source, const Job& job) {
  return {source, capture_filter_ ? &*capture_filter_ : nullptr, job.packet_limit};
}

// Reads the file once more before its dissection, of which that takes a fraction.
Result<source::ShardPlan> CaptureWorker::CountShards(const Job& job) {
  source::ShardPlan plan(job.shards);
  auto source = FileSource::Open(job.path.data(), FileSource::Access::kSequential);
  if (!source) return Fail("{}", source.error().message);
  source::FrameReader frames = FramesOf(**source, job);
  while (!slots_.StopRequested() && frames.Next().value_or(false)) {
    // All must count the same frames, even of a file that grows.
    const bool is_growth = (*source)->bytes_are_plain() &&
                           static_cast<uint64_t>((*source)->offset()) >= job.file_bytes;
    if (is_growth) break;
    const wireshark::Record& record = (*source)->record();
    plan.Count(GroupOf(record, options_.shard_key), source::FrameWeight(record.data().size()));
  }
  plan.Settle();
  return plan;
}

Result<std::string> CaptureWorker::PlanAhead(const Job& job) {
  source::StartWiretapAlone();
  if (auto compiled = CompileCaptureFilter(); !compiled) return Forward(std::move(compiled));
  if (auto given_up = GiveUpPrivileges(job); !given_up) return Forward(std::move(given_up));
  auto plan = CountShards(job);
  if (!plan) return Forward(std::move(plan));
  return plan->ToBytes();
}

// The same for all shards: either there is one plan for them, or each comes to it by itself. What
// is wrong with the file is told when it is read again.
source::ShardPlan CaptureWorker::PlanOf(const Job& job, SlotWriter& out) {
  const bool is_planned = plan_ahead_ != nullptr && planned_job_.path == job.path &&
                          planned_job_.file_bytes == job.file_bytes &&
                          planned_job_.packet_limit == job.packet_limit;
  if (is_planned) {
    const auto bytes = plan_ahead_->Await([this] { return slots_.StopRequested(); });
    if (auto plan = source::ShardPlan::FromBytes(bytes.value_or(std::string())); plan) {
      if (job.shard == 0) out.SendNote(Note::Level::kVerbose, "its shares were planned ahead");
      return std::move(*plan);
    }
  }
  auto plan = CountShards(job);
  return plan ? std::move(*plan) : source::ShardPlan(job.shards);
}

Result<Outcome> CaptureWorker::TakeFile(const Job& job, SlotWriter& out) {
  const std::string path = job.path.data();
  const bool reports = job.shard == 0;  // what is the whole file's, not a frame's, is said once
  auto source = FileSource::Open(path, Access());
  if (!source) {
    const auto& [message, is_no_capture] = source.error();
    if (!reports) return Outcome::kPartial;
    if (!job.may_be_foreign || !is_no_capture) return Fail("{}", message);
    out.SendNote(Note::Level::kInfo, message + "; skipped");
    return Outcome::kPartial;
  }
  if (reports) out.SendNote(Note::Level::kVerbose, "reading " + (*source)->name());
  FileJob file{**source,     FramesOf(**source, job),
               out,          FrameRoad(**source, *session_, *writer_, job, out),
               std::nullopt, options_.shard_key,
               job.shard};
  if (options_.shape.format == encode::Format::kBulk || options_.resume) {
    auto fingerprint = source::FingerprintOfFile(path);
    if (!fingerprint) return Forward(std::move(fingerprint));
    file.fingerprint = fingerprint->value_or(Fingerprint{});
  }
  if (options_.resume) {
    auto is_new = out.AskToTake(file.fingerprint);
    if (!is_new) return Forward(std::move(is_new));
    if (!*is_new) return Outcome::kWhole;
  }
  if (job.shards > 1) file.plan = PlanOf(job, out);
  session_->Attach(**source);
  dissect::LearnFactsOf((*source)->handle());
  auto done = options_.two_pass ? TwoPasses(file) : OnePass(file);
  if (out.StopRequested()) return Outcome::kPartial;
  if (!done) return reports ? Result<Outcome>(Forward(std::move(done))) : Outcome::kPartial;
  return job.packet_limit == 0 ? Outcome::kWhole : Outcome::kPartial;
}

Result<void> CaptureWorker::OnePass(FileJob& file) {
  while (!file.out.StopRequested()) {
    auto more = file.frames.Next();
    if (!more) return Forward(std::move(more));
    if (!*more) return {};
    file.out.SetSourceBytes(file.source.bytes_read());
    if (file.IsForeign()) {
      session_->SkipForeign(file.frames.frame_number());
      continue;
    }
    if (auto taken = file.road.Take(file.frames.frame_number(), file.fingerprint); !taken) {
      return taken;
    }
  }
  return {};
}

Result<void> CaptureWorker::TwoPasses(FileJob& file) {
  Result<void> read = {};           // what ended the first pass is told after the second
  constexpr uint32_t kForeign = 0;  // no record's number
  std::vector<uint32_t> record_numbers;
  while (!file.out.StopRequested()) {
    auto more = file.frames.Next();
    if (!more) {
      read = Forward(std::move(more));
      break;
    }
    if (!*more) break;
    const bool is_foreign = file.IsForeign();
    record_numbers.push_back(is_foreign ? kForeign : file.source.record_number());
    if (is_foreign) {
      session_->SkipPreview(file.frames.frame_number());
    } else {
      file.road.Preview(file.frames.frame_number());
    }
  }
  session_->EndPreview();
  file.source.EndSequentialReading();
  const auto frame_count = static_cast<uint32_t>(record_numbers.size());
  for (uint32_t frame = 1; frame <= frame_count && !file.out.StopRequested(); ++frame) {
    file.out.SetSourceBytes(file.source.bytes_total() / frame_count * frame);
    const uint32_t record_number = record_numbers[frame - 1];
    if (record_number == kForeign) {
      session_->SkipForeign(frame);
      continue;
    }
    auto found = file.source.ReadAt(session_->OffsetOf(frame), record_number);
    if (!found) return found;
    if (auto taken = file.road.Take(frame, file.fingerprint); !taken) return taken;
  }
  return read;
}

Result<Outcome> CaptureWorker::ReadStream(const Job& job, SlotWriter& out) {
  PacketRing& ring = *rings_[job.ring];
  auto source = FileSource::Open(job.path.data(), Access());
  if (!source) return Fail("{}", source.error().message);
  out.SendNote(Note::Level::kVerbose, "reading " + (*source)->name());
  source::FrameReader frames = FramesOf(**source, job);
  stream::StreamReader reader(**source, frames, ring, [&out](const std::string& message) {
    out.SendNote(Note::Level::kWarning, message);
  });
  if (options_.shape.format == encode::Format::kBulk) {
    auto fingerprint = source::FingerprintOfFile(job.path.data());  // of a redirected file
    if (!fingerprint) return Forward(std::move(fingerprint));
    reader.AddFingerprints(*fingerprint);
  }
  auto done = reader.Run([&out] { return out.StopRequested(); });
  // A stop interrupts a read that waits: no fault of the stream's.
  if (out.StopRequested()) return Outcome::kPartial;
  if (!done) return Forward(std::move(done));
  return Outcome::kWhole;
}

namespace {

// What a worker on a stream leaves for the next one.
struct StreamNote {
  uint64_t documents = 0;
  uint32_t displayed_number = 0;
  nstime_t displayed_time{};
};

StreamNote NoteOf(const PacketRing& ring) {
  StreamNote note;
  static_assert(sizeof(note) <= PacketRing::kNoteBytes);
  std::memcpy(&note, ring.Note().data(), sizeof(note));
  return note;
}

void LeaveNote(PacketRing& ring, const StreamNote& note) {
  ring.LeaveNote({reinterpret_cast<const char*>(&note), sizeof(note)});
}

}  // namespace

// Goes to the end of the stream even after a stop: what was read is delivered.
Result<Outcome> CaptureWorker::DissectStream(const Job& job, SlotWriter& out) {
  constexpr uint64_t kPacketsBetweenLooks = 256;  // at the resident size
  PacketRing& ring = *rings_[job.ring];
  const std::string path = job.path.data();
  stream::StreamSource source(path == "-" ? "standard input" : path, ring);
  session_->Attach(source);
  Job unsettled = job;
  unsettled.settled_frame = 0;  // those that were are left out here
  FrameRoad road(source, *session_, *writer_, unsettled, out);
  StreamNote note = NoteOf(ring);
  road.ContinueAfter(note.documents);
  const process::ResidentSize resident;
  stream::SessionUse use;
  uint32_t last_frame = 0;
  for (;;) {
    const PacketRing::State state = source.Next(options_.flush_interval);
    if (state == PacketRing::State::kEnd) return Outcome::kWhole;
    if (state == PacketRing::State::kRecord) {
      const stream::StreamRecord& facts = source.facts();
      const uint32_t frame = facts.frame_number;
      // Numbers have begun anew: what this session remembers has other ones.
      if (frame < last_frame) return Outcome::kSessionFull;
      if (stream::IsAfter(frame, job.settled_frame)) {
        // Of a live capture, other workers have frames between these.
        if (frame != last_frame + 1) {
          session_->ContinueAfter({frame - 1, facts.first_time, facts.previous_time,
                                   display_filter_ ? note.displayed_number : frame - 1,
                                   display_filter_ ? note.displayed_time : facts.previous_time});
        }
        last_frame = frame;
        auto taken = source.has_image()
                         ? road.Take(frame, facts.fingerprint)
                         : road.Fail(frame, "larger than the memory that packets go through");
        if (!taken) return Forward(std::move(taken));
        if (road.selected()) {
          note = {road.documents(), frame, source.record().rec()->ts};
          LeaveNote(ring, note);
        }
        ++use.packets;
        use.bytes += source.record().data().size();
      }
      source.Release();
      if (use.packets % kPacketsBetweenLooks == 0) use.resident_bytes = resident.Bytes();
      if (stream::IsFull(options_.session_limits, use)) return Outcome::kSessionFull;
    }
    out.HandOverIfOlderThan(options_.flush_interval);
  }
}

}  // namespace espcap
