// SPDX-License-Identifier: GPL-2.0-or-later
//
// The supervisor with all its state machines, under a clock of the test's own: random events of
// workers, of the zygote, of the destination and of who stops the run. After each step its books
// are compared with what has happened here.
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>

#include "../support/random_seed.h"
#include "redirected_descriptor.h"
#include "simulated_processes.h"
#include "simulated_sink.h"
#include "supervise/health.h"
#include "supervise/supervisor.h"

namespace espcap::supervise {
namespace {

using std::chrono::milliseconds;
using testing::Broken;

constexpr uint64_t kAlways = UINT64_MAX;
constexpr uint64_t kMaxSteps = 100'000;

// One run. What is drawn depends on the seed alone; after `calm_from` steps nothing goes wrong any
// more.
class SimulatedRun : public base::PollService {
 public:
  SimulatedRun(uint32_t seed, uint64_t calm_from)
      : random_(seed), calm_from_(calm_from), sink_(seed + 1), log_(telemetry::Verbosity::kQuiet) {
    options_.workers = 4;
    is_tight_ = Draw(3) == 0;
    options_.chunk_bytes = is_tight_ ? 24'000 : 4'000'000;
    options_.chunk_documents = 16;
    options_.ordered = Draw(4) == 0;
    options_.frame_timeout = milliseconds(10'000);
    options_.stop_timeout = milliseconds(Draw(2) == 0 ? 500 : 60'000);
    has_stream_ = Draw(2) == 0;
    if (has_stream_) AddInput("-");
    for (size_t files = has_stream_ ? Draw(4) : 1 + Draw(8); files > 0; --files) {
      const std::string path = "/nonexistent/" + std::to_string(files);
      AddInput(path);
    }
  }

  [[nodiscard]] uint64_t steps() const { return steps_; }
  [[nodiscard]] uint64_t events() const {
    return steps_ + processes_->events() + sink_.submitted();
  }

  // Throws Broken.
  void Run() {
    Supervise();
    const Ledger& ledger = end_.ledger;
    if (!ledger.Balanced()) throw Broken("the ledger doesn't balance");
    const auto& made = processes_->counts();
    Expect(ledger.captured, made.captured, "captured at the end");
    Expect(ledger.filtered, made.filtered, "filtered at the end");
    Expect(ledger.quarantined, made.quarantined, "quarantined");
    Expect(ledger.failed, made.failed + sink_.outcomes().failed, "failed at the end");
    // What no sink had, and what one gave up.
    const uint64_t abandoned = made.documents - sink_.submitted() + sink_.outcomes().abandoned;
    Expect(ledger.abandoned, abandoned, "abandoned");
    const bool is_whole =
        !was_stopped_ && !zygote_is_gone_ && !sink_.has_failed() && !processes_->reader_died();
    if (is_whole) CheckWhole();
    CheckStatus(abandoned);
  }

  [[nodiscard]] int fd() const override { return -1; }
  [[nodiscard]] milliseconds NextTimeout() const override { return milliseconds(0); }
  void Serve() override {
    if (++steps_ > kMaxSteps) throw Broken("the run doesn't end");
    processes_->Hear(MayHarm());
    Check();
    bool goes_on = false;
    for (size_t more = 1 + Draw(3); more > 0; --more) goes_on |= processes_->Step(MayHarm());
    if (MayHarm()) Disturb();
    now_ += goes_on ? milliseconds(Draw(5)) : milliseconds(Draw(1000));
  }

 private:
  size_t Draw(size_t below) { return random_() % below; }
  [[nodiscard]] bool MayHarm() const { return steps_ < calm_from_; }
  static void Expect(uint64_t found, uint64_t expected, const std::string& what) {
    if (found != expected) {
      throw Broken(what + ": " + std::to_string(found) + ", not " + std::to_string(expected));
    }
  }

  void AddInput(const std::string& path) {
    options_.files.push_back({path, false});
    frames_[path] = static_cast<uint32_t>(1 + Draw(400));
  }

  void Supervise() {
    auto loop = base::EventLoop::Create([this] { return now_; }).value();
    CaptureQueue captures = CapturesOf(options_);
    const auto control = process::RunControl::Create().value();
    WorkersSlots slots;
    for (uint32_t worker = 0; worker < options_.workers; ++worker) {
      slots.push_back(process::WorkerSlots::Create(SharesOf(options_).slot).value());
    }
    total_slots_ = size_t{options_.workers} * process::WorkerSlots::kSlots;
    Rings rings;
    while (rings.size() < captures.rings()) rings.push_back(process::PacketRing::Create().value());
    auto ends = process::Channel::Pair().value();
    processes_.emplace(!is_tight_, std::move(ends.second), *control, slots, rings, frames_,
                       random_);
    WorkerPool workers(*loop, process::Zygote::Over(std::move(ends.first)), nullptr);
    const auto kept = KeptBatches::Create(*loop, Compression::kNone, 0).value();
    FilterFit filter_fit;
    const auto writes = base::WriteThread::Create(*loop, 16).value();
    const auto letter_writes = base::WriteThread::Create(*loop, 16).value();
    Supervisor supervisor(options_, {*loop,
                                     captures,
                                     *control,
                                     slots,
                                     rings,
                                     workers,
                                     nullptr,
                                     *kept,
                                     BatchCheck(BatchForm::kLines, nullptr),
                                     {},
                                     [](const process::Job&) { return std::nullopt; },
                                     {},
                                     Quarantine(),
                                     filter_fit,
                                     *writes,
                                     *letter_writes,
                                     log_,
                                     {[this] { return signal_; }, [this] { return is_hurried_; }}});
    supervisor_ = &supervisor;
    telemetry::Progress progress(log_, false);
    const DocumentNeeds needs;
    end_ = supervisor.Run({sink_, nullptr, nullptr, {}, {this}, {}, nullptr, progress, needs});
    end_.errors = log_.errors();
    Expect(supervisor.Snapshot().work.free_batch_slots, total_slots_, "free slots at the end");
  }

  // What happens to the run, one at a time.
  void Disturb() {
    if (steps_ < quiet_until_ || Draw(1500) != 0) return;
    quiet_until_ = steps_ + 3;
    switch (Draw(4)) {
      case 0:
        if (signal_ == 0) was_stopped_ |= !lost_first_;
        signal_ = SIGTERM;
        return;
      case 1:
        is_hurried_ = signal_ != 0;
        return;
      case 2:
        if (zygote_is_gone_) return;
        zygote_is_gone_ = true;
        gone_at_ = steps_;
        lost_first_ |= signal_ == 0;
        return processes_->KillZygote();
      default:
        lost_first_ |= signal_ == 0;
        sink_.Fail();
    }
  }

  // After each step.
  void Check() {
    const RunSnapshot snapshot = supervisor_->Snapshot();
    const Ledger& ledger = snapshot.ledger;
    const auto& made = processes_->counts();
    Expect(ledger.captured, made.captured, "captured");
    Expect(ledger.filtered, made.filtered, "filtered");
    const Ledger& sunk = sink_.outcomes();
    Expect(ledger.failed, made.failed + sunk.failed, "failed");
    Expect(ledger.indexed, sunk.indexed, "indexed");
    Expect(ledger.already_there, sunk.already_there, "already there");
    Expect(ledger.dead_lettered, sunk.dead_lettered, "dead letters");
    Expect(ledger.dropped, sunk.dropped, "dropped");
    Expect(ledger.spooled, sunk.spooled, "spooled");
    if (ledger.abandoned == 0) {
      const uint64_t waiting = made.documents - sink_.submitted() + sink_.held();
      Expect(ledger.UnderWay(), waiting, "under way");
    }
    Expect(snapshot.work.batch_slots, total_slots_, "slots");
    const uint64_t in_use = total_slots_ - snapshot.work.free_batch_slots;
    if (in_use < processes_->slots_owned()) throw Broken("a slot is free that a worker fills");
    CheckHealth(snapshot);
  }

  void CheckHealth(const RunSnapshot& snapshot) {
    const bool has_ended = signal_ != 0 || zygote_is_gone_ || sink_.has_failed();
    if (snapshot.stopping && !has_ended) throw Broken("it stops, and nothing asks for that");
    if (signal_ != 0 && steps_ > quiet_until_ && !snapshot.stopping) {
      throw Broken("it doesn't stop");
    }
    const bool is_red = !UnhealthyReason(HealthOf(snapshot)).empty();
    const bool ring_is_read = !has_stream_ || processes_->has_dissector(0);
    if (is_red && !snapshot.stopping && ring_is_read) {
      throw Broken("health is red without a reason");
    }
    const bool is_known = is_red || snapshot.work.captures_waiting > 0;
    unread_steps_ = ring_is_read || is_known ? 0 : unread_steps_ + 1;
    // Unless what the last one made has no room so far.
    const bool must_be_read = has_begun_ && has_stream_ && !is_tight_ && processes_->HasUnread(0);
    if (must_be_read && unread_steps_ > 8) {
      throw Broken("nobody reads the ring, and health is green");
    }
    has_begun_ |= processes_->has_dissector(0);
  }

  // Every packet of every input came once, or was left out by request.
  void CheckWhole() const {
    uint64_t frames = 0;
    for (const auto& [path, count] : frames_) frames += count;
    Expect(end_.ledger.captured, frames, "of all packets");
    Expect(sink_.submitted(), processes_->counts().documents, "documents at the sink");
    uint64_t seen = 0;
    for (const auto& [name, numbers] : sink_.seen()) seen += numbers.size();
    Expect(seen, sink_.submitted(), "different documents");
  }

  void CheckStatus(uint64_t abandoned) const {
    const Ledger& sunk = sink_.outcomes();
    const bool is_lossy = sunk.dead_lettered + sunk.dropped + sunk.failed + abandoned +
                              processes_->counts().failed + processes_->counts().quarantined >
                          0;
    const bool lost_input = (zygote_is_gone_ && gone_at_ + 1 < steps_) || processes_->reader_died();
    int expected = 0;
    if (is_lossy || log_.errors() > 0) expected = 2;
    if ((lost_input || sink_.has_failed()) && !was_stopped_) expected = 3;
    const int found = static_cast<int>(VerdictOf(end_).status);
    const bool is_close =
        zygote_is_gone_ && gone_at_ + 1 >= steps_;  // it may not have been heard of
    if (found != expected && !is_close) {
      throw Broken("status " + std::to_string(found) + ", not " + std::to_string(expected));
    }
    if (found == 0 && processes_->has_lied()) throw Broken("a lie left no trace in the status");
  }

  std::mt19937 random_;
  uint64_t calm_from_;
  testing::SimulatedSink sink_;
  telemetry::Log log_;
  Options options_;
  bool is_tight_ = false;
  bool has_stream_ = false;
  std::map<std::string, uint32_t> frames_;  // by path
  std::optional<testing::SimulatedProcesses> processes_;
  Supervisor* supervisor_ = nullptr;
  base::EventLoop::Time now_ = base::EventLoop::Clock::now();
  RunEnd end_;
  size_t total_slots_ = 0;
  uint64_t steps_ = 0;
  uint64_t quiet_until_ = 0;
  uint64_t gone_at_ = 0;
  uint64_t unread_steps_ = 0;
  bool has_begun_ = false;
  int signal_ = 0;
  bool is_hurried_ = false;
  bool was_stopped_ = false;
  bool lost_first_ = false;  // the zygote or the sink, before anybody asked for a stop
  bool zygote_is_gone_ = false;
};

struct Outcome {
  std::string what;  // is wrong; empty: nothing
  uint64_t steps = 0;
  uint64_t events = 0;
};

Outcome Simulate(uint32_t seed, uint64_t calm_from) {
  // Where somebody wants to see what the runs say: ESPCAP_TEST_SHOWN=1.
  std::optional<testing::RedirectedDescriptor> quiet;
  if (std::getenv("ESPCAP_TEST_SHOWN") == nullptr) {
    quiet.emplace(STDERR_FILENO, "/dev/null", O_WRONLY);
  }
  SimulatedRun run(seed, calm_from);
  Outcome outcome;
  try {
    run.Run();
  } catch (const Broken& broken) {
    outcome.what = broken.what();
  }
  outcome.steps = run.steps();
  outcome.events = run.events();
  return outcome;
}

// The fewest steps in which something may go wrong, so that the run fails.
uint64_t Shrink(uint32_t seed, uint64_t steps) {
  uint64_t passes = 0;
  uint64_t fails = steps + 1;
  while (passes + 1 < fails) {
    const uint64_t middle = passes + (fails - passes) / 2;
    (Simulate(seed, middle).what.empty() ? passes : fails) = middle;
  }
  return fails;
}

TEST(SupervisorSimulation, BooksSlotsHealthAndStatusAreTrueAfterEachEvent) {
  const char* const full = std::getenv("ESPCAP_FULL");
  const uint64_t most_events = full != nullptr && std::string(full) == "1" ? 1'000'000 : 100'000;
  uint64_t events = 0;
  uint32_t runs = 0;
  for (uint32_t seed = testing::RandomSeed(20261128); events < most_events; ++seed, ++runs) {
    const Outcome outcome = Simulate(seed, kAlways);
    events += outcome.events;
    if (outcome.what.empty()) continue;
    const uint64_t fewest = Shrink(seed, outcome.steps);
    const Outcome shrunk = Simulate(seed, fewest);
    FAIL() << "ESPCAP_TEST_SEED=" << seed << ": " << outcome.what << " (step " << outcome.steps
           << "); with nothing wrong after step " << fewest << ": " << shrunk.what << " (step "
           << shrunk.steps << ")";
  }
  std::printf("%llu events in %u runs\n", static_cast<unsigned long long>(events), runs);
}

}  // namespace
}  // namespace espcap::supervise
