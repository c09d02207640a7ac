// SPDX-License-Identifier: GPL-2.0-or-later
#include <sys/types.h>
#include <unistd.h>

#include <map>
#include <string>
#include <utility>

#include "dissect/capture_facts.h"
#include "document/record_numbers.h"
#include "process/resident_size.h"
#include "source/message_source.h"
#include "worker/frame_processor.h"
#include "worker/jobs.h"

namespace espcap::worker {
namespace {

using process::Job;
using process::Outcome;
using process::SlotWriter;
using source::MessageSource;

// Of a partition's stream, and what it goes through.
struct MessageJob {
  MessageSource& source;
  source::FrameReader& frames;
  FrameProcessor& processor;
  SlotWriter& out;
  WorkerContext& context;
  process::MemoryBudget& memory;
  const uint32_t settled_frame;  // by an earlier worker
  const process::ResidentSize resident = {};
  stream::SessionUse use = {};
  bool is_full = false;  // another session goes on
  std::map<std::pair<std::string, std::string>, uint64_t> told_losses = {};  // by sensor, interface
};

// Once for each number.
void TellLosses(MessageJob& job) {
  constexpr size_t kMostTold = 4096;
  if (job.told_losses.size() > kMostTold) job.told_losses.clear();
  for (const auto& [interface, packets] : job.source.Losses()) {
    uint64_t& told = job.told_losses[{job.source.sensor(), interface}];
    if (std::exchange(told, packets) != packets) job.out.SendLost(interface, packets);
  }
}

std::string ReadText(int file, size_t place, size_t bytes) {
  std::string text(bytes, '\0');
  const ssize_t read = ::pread(file, text.data(), bytes, static_cast<off_t>(place));
  text.resize(read < 0 ? 0 : static_cast<size_t>(read));
  return text;
}

MessageSource::Message FactsOf(const SlotWriter::MessageFiles& files) {
  const process::GrantedOrigin& origin = files.origin;
  const int texts = files.texts.get();
  MessageSource::Message message;
  message.partition = files.granted.partition;
  message.offset = files.granted.offset;
  message.sensor = ReadText(texts, 0, origin.sensor_bytes);
  message.file = ReadText(texts, origin.sensor_bytes, origin.file_bytes);
  const std::string records =
      ReadText(texts, size_t{origin.sensor_bytes} + origin.file_bytes, origin.records_bytes);
  auto numbers = document::ParseRecordNumbers(records, files.granted.packets);
  if (numbers) message.numbers = std::move(*numbers);
  return message;
}

bool IsFull(MessageJob& job) {
  constexpr uint64_t kPacketsBetweenLooks = 256;  // at the resident size
  ++job.use.packets;
  job.use.bytes += std::as_const(job.source).record().data().size();
  if (job.use.packets % kPacketsBetweenLooks == 0) job.use.resident_bytes = job.resident.Bytes();
  return stream::IsFull(job.context.options().session_limits, job.use) || job.memory.NearLimit();
}

// All of it, or up to what is wrong with it. An error: the supervisor is gone.
Result<SlotWriter::MessageRead> ReadMessage(MessageJob& job,
                                            const process::GrantedMessage& message) {
  constexpr unsigned kNumberBits = 32;
  SlotWriter::MessageRead read;
  const uint32_t before = message.first_frame - 1;
  job.frames.ContinueAfter(before);
  job.context.BeginCapture(job.source);
  dissect::LearnFactsOf(job.source.handle());
  for (;;) {
    const auto more = job.frames.Next();
    if (!more) read.fault = more.error().message;
    if (!more || !*more) break;
    const uint32_t record = job.source.record_number();
    if (message.packets != 0 && record > message.packets) {
      read.fault = fmt::format("it has more than the {} packets of its headers", message.packets);
      break;
    }
    const uint32_t frame = job.frames.frame_number();
    const uint64_t number = message.sequence << kNumberBits | record;
    auto processed = job.frames.is_duplicate() ? job.processor.LeaveOut(frame)
                                               : job.processor.Process(frame, number);
    if (!processed) return Forward(std::move(processed));
    read.records = record;
    read.frames = frame - before;
    if (frame > job.settled_frame && IsFull(job)) {
      job.is_full = true;
      return read;
    }
  }
  TellLosses(job);
  job.out.HandOverIfOlderThan(job.context.options().flush_interval);
  read.records = std::max(read.records, std::min(job.source.record_number(), message.packets));
  if (read.fault.empty() && job.source.record_number() < message.packets) {
    read.fault = fmt::format("it has {} packets, and {} by its headers", job.source.record_number(),
                             message.packets);
  }
  return read;
}

// Wants a message and waits for it. None: the session has grown too large while it waited. An
// error: the supervisor is gone.
Result<std::optional<SlotWriter::MessageFiles>> NextMessage(const SlotWriter::MessageRead& before,
                                                            MessageJob& job) {
  job.out.WantMessage(before);
  for (;;) {
    auto files = job.out.AwaitMessage(job.context.options().flush_interval);
    job.out.CountWork();
    if (!files) return Fail("the supervising process is gone");
    job.memory.Tighten(files->granted.memory_bytes);
    if (files->granted.kind != process::GrantedMessage::Kind::kMemory) return files;
    if (job.use.packets > 0 && job.memory.IsNear()) return std::nullopt;
  }
}

}  // namespace

Result<Outcome> RunMessageJob(WorkerContext& context, const Job& job, process::MemoryBudget& memory,
                              SlotWriter& out) {
  const worker::WorkerOptions& options = context.options();
  MessageSource source(job.path.data(), options.from_topic);
  context.session().Attach(source);
  source::FrameReader frames = context.FramesOf(source, job);
  if (options.duplicates) frames.FindDuplicates(*options.duplicates);
  // What an earlier worker settled of the first message is left alone.
  Job unsettled = job;
  unsettled.is_fresh = true;
  FrameProcessor processor(source, context.session(), context.writer(), unsettled, out,
                           {options.conversation_sensor, options.shard_key});
  processor.ContinueAfter(job.continuation.documents);
  MessageJob messages{source, frames, processor, out, context, memory, job.settled_frame};
  SlotWriter::MessageRead read;
  for (;;) {
    auto next = NextMessage(read, messages);
    if (!next) return Forward(std::move(next));
    if (!*next) return Outcome::kSessionLimitReached;
    const SlotWriter::MessageFiles& files = **next;
    if (files.granted.kind == process::GrantedMessage::Kind::kNone) return Outcome::kComplete;
    const std::string path = fmt::format("/proc/self/fd/{}", files.value.get());
    const auto opened = source.Open(path, FactsOf(files));
    if (!opened) {
      read = {0, 0, opened.error().message};
      continue;
    }
    auto done = ReadMessage(messages, files.granted);
    if (!done) return Forward(std::move(done));
    if (messages.is_full) return Outcome::kSessionLimitReached;
    read = std::move(*done);
  }
}

}  // namespace espcap::worker
