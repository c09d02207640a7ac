// SPDX-License-Identifier: GPL-2.0-or-later
#include <optional>
#include <string>
#include <utility>

#include "source/frame_reader.h"
#include "stream/stream_source.h"
#include "worker/file_input.h"
#include "worker/jobs.h"
#include "worker/record_forwarder.h"

namespace espcap::worker {
namespace {

using process::Job;
using process::Outcome;
using process::PacketRing;
using process::SlotWriter;

// What wiretap's callback reaches.
forward::InterfaceTable*& TableOfSecrets() {
  static forward::InterfaceTable* table = nullptr;
  return table;
}

void TakeSecrets(uint32_t type, const void* secrets, unsigned size) {
  if (TableOfSecrets() == nullptr) return;
  // What finds no room is left out: the packets are there without it.
  static_cast<void>(TableOfSecrets()->AddSecrets(type, {static_cast<const char*>(secrets), size}));
}

// As long as this lives, secrets that the file holds go into the table.
class SecretsOfFile {
 public:
  SecretsOfFile(wtap* file, forward::InterfaceTable& table) {
    TableOfSecrets() = &table;
    wtap_set_cb_new_secrets(file, TakeSecrets);
  }
  ~SecretsOfFile() { TableOfSecrets() = nullptr; }
  SecretsOfFile(const SecretsOfFile&) = delete;
  SecretsOfFile& operator=(const SecretsOfFile&) = delete;
};

// Interfaces that the source has come across, each under the number that it has in its section.
class InterfacesOfFile {
 public:
  InterfacesOfFile(source::FileSource& source, RecordForwarder& forwarder)
      : source_(source), forwarder_(forwarder) {}

  void LookAtRecord() {
    const uint32_t section = std::as_const(source_).record().rec().section_number;
    if (std::exchange(section_, section) != section) forwarder_.RestartInterfaces();
    for (wtap_block_t block = source_.NextInterface(); block != nullptr;
         block = source_.NextInterface()) {
      forwarder_.interfaces().Add(block);
    }
  }

 private:
  source::FileSource& source_;
  RecordForwarder& forwarder_;
  uint32_t section_ = 0;
};

Result<bool> ForwardAll(source::FrameReader& frames, source::FileSource& source,
                        RecordForwarder& forwarder, const Job& job, process::MemoryBudget& memory,
                        SlotWriter& out) {
  constexpr uint32_t kFramesBetweenLooks = 64;  // at the time
  InterfacesOfFile interfaces(source, forwarder);
  while (!out.StopRequested()) {
    auto more = frames.Next();
    if (!more || !*more) return more;
    out.SetSourceBytes(source.bytes_read());
    interfaces.LookAtRecord();
    const uint32_t frame = frames.frame_number();
    auto added = frames.is_duplicate() ? forwarder.AddDuplicate(frame)
                                       : forwarder.Add(frame, source.record_number());
    if (added && frame % kFramesBetweenLooks == 0) added = forwarder.HandOverIfDue();
    if (!added) return Forward(std::move(added));
    if (memory.NearLimit() && frame > job.settled_frame) return true;
  }
  return false;
}

}  // namespace

Result<Outcome> RunForwardFileJob(WorkerContext& context, const Job& asked,
                                  process::MemoryBudget& memory, SlotWriter& out) {
  auto input = OpenFileInput(context, asked, out);
  if (!input) return input.error();
  const Job& job = input->job;
  source::FrameReader frames = context.FramesOf(*input->source, job);
  if (const auto& duplicates = context.options().duplicates) frames.FindDuplicates(*duplicates);
  RecordForwarder forwarder(context.options(), *input->source, job,
                            context.slots(job)->shape().text_bytes, out);
  std::optional<SecretsOfFile> secrets;
  if (context.options().forwards_secrets) {
    secrets.emplace(input->source->handle(), forwarder.interfaces());
  }
  auto is_full = ForwardAll(frames, *input->source, forwarder, job, memory, out);
  if (auto handed = forwarder.HandOver(); !handed) return Forward(std::move(handed));
  if (out.StopRequested()) return Outcome::kPartial;
  if (!is_full) return Forward(std::move(is_full));
  if (*is_full) return Outcome::kSessionLimitReached;
  return job.packet_limit == 0 ? Outcome::kComplete : Outcome::kPartial;
}

Result<Outcome> RunForwardStreamJob(const WorkerContext& context, const Job& job, SlotWriter& out) {
  constexpr std::chrono::milliseconds kMostWait{50};  // of the age of sections
  constexpr uint32_t kPacketsBetweenLooks = 64;
  const std::string path = job.path.data();
  stream::StreamSource source(path == "-" ? "standard input" : path, context.ring(job),
                              stream::StreamSource::Facts::kInterfaces);
  Job unsettled = job;
  unsettled.settled_frame = 0;  // those that were aren't in the ring any more
  RecordForwarder forwarder(context.options(), source, unsettled,
                            context.slots(job)->shape().text_bytes, out);
  if (context.options().forwards_secrets) {
    source.TakeSecretsBy([&forwarder](uint32_t type, std::span<const char> secrets) {
      static_cast<void>(forwarder.interfaces().AddSecrets(type, {secrets.data(), secrets.size()}));
    });
  }
  uint32_t first_interface = 0;
  for (uint32_t packets = 0;; ++packets) {
    const PacketRing::State state = source.Next(kMostWait);
    out.CountWork();
    if (state == PacketRing::State::kEnd) {
      auto handed = forwarder.HandOver();
      return handed ? Result<Outcome>(Outcome::kComplete) : Forward(std::move(handed));
    }
    Result<void> done;
    if (state == PacketRing::State::kRecord) {
      const stream::StreamRecord& facts = source.facts();
      // A section's interfaces are counted from its first one.
      if (std::exchange(first_interface, facts.first_interface) != facts.first_interface) {
        forwarder.RestartInterfaces();
      }
      while (source.InterfaceIsKnown(static_cast<uint32_t>(forwarder.interfaces().described()))) {
        const auto next = static_cast<uint32_t>(forwarder.interfaces().described());
        forwarder.interfaces().Add(source.InterfaceName(next, 0),
                                   source.InterfaceDescription(next, 0));
      }
      if (facts.is_duplicate != 0) {
        done = forwarder.AddDuplicate(facts.frame_number);
      } else if (source.has_image()) {
        done = forwarder.Add(facts.frame_number, source.record_id().number);
      } else {
        done = forwarder.Fail(facts.frame_number, "larger than the memory that packets go through");
      }
      source.Pass();
    }
    if (done && (state != PacketRing::State::kRecord || packets % kPacketsBetweenLooks == 0)) {
      done = forwarder.HandOverIfDue();
    }
    if (!done) return Forward(std::move(done));
  }
}

}  // namespace espcap::worker
