// SPDX-License-Identifier: GPL-2.0-or-later
//
// The zygote and its workers of a simulated run: no processes, but the other ends of their
// channels, moved on step by step. What they make is counted here, apart from the supervisor's
// books.
#ifndef ESPCAP_TESTS_UNIT_SIMULATED_PROCESSES_H_
#define ESPCAP_TESTS_UNIT_SIMULATED_PROCESSES_H_

#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>

#include "process/channel.h"
#include "process/messages.h"
#include "process/run_control.h"
#include "supervise/batch_intake.h"

namespace espcap::testing {

struct SimulatedWorker {
  process::Channel channel;
  pid_t process = 0;
  process::Job job;
  std::optional<uint32_t> slot;  // it fills
  process::SlotProgress progress;
  uint64_t quarantined = 0;  // of the documents there
  uint32_t next_frame = 1;
  bool asked = false;  // for its first slot
  bool hangs = false;
  bool is_first = true;  // nothing handed over so far
  bool said_done = false;
  bool is_killed = false;  // a signal has ended it, or it has ended itself
  int wait_status = 0;
};

class SimulatedProcesses {
 public:
  struct Counts {  // of packets in slots that the supervisor must believe
    uint64_t captured = 0;
    uint64_t filtered = 0;
    uint64_t failed = 0;
    uint64_t documents = 0;
    uint64_t quarantined = 0;
  };

  // `control`: the zygote's end. `frames`: of a capture by its name. All is borrowed. `may_lie`:
  // what is handed over is taken at once, so that a lie casts no doubt on what waits.
  SimulatedProcesses(bool may_lie, process::Channel control, const process::RunControl& run,
                     supervise::WorkersSlots& slots, supervise::Rings& rings,
                     const std::map<std::string, uint32_t>& frames, std::mt19937& random)
      : may_lie_(may_lie),
        control_(std::move(control)),
        run_(run),
        slots_(slots),
        rings_(rings),
        frames_(frames),
        random_(random) {}

  // What the supervisor has sent. `may_refuse`: a process can't always be started.
  void Hear(bool may_refuse);
  // One of them goes on by a message or a few frames. `may_harm`: it may die, lie or hang. False
  // where none could.
  bool Step(bool may_harm);
  // All end, as with the zygote.
  void KillZygote();

  [[nodiscard]] const Counts& counts() const { return counts_; }
  [[nodiscard]] uint32_t slots_owned() const;
  [[nodiscard]] bool reader_died() const { return reader_died_; }
  [[nodiscard]] bool has_dissector(uint32_t ring) const;
  // Records that nobody has accounted for.
  [[nodiscard]] bool HasUnread(uint32_t ring) const { return rings_[ring]->Peek(1).has_value(); }
  [[nodiscard]] bool has_lied() const { return has_lied_; }
  [[nodiscard]] uint64_t events() const { return events_; }

 private:
  [[nodiscard]] size_t Draw(size_t below) { return random_() % below; }
  void Start(const process::Job& job, process::Channel channel, bool may_refuse);
  void Signal(pid_t process, int signal);
  void Granted(SimulatedWorker& worker, uint32_t slot);
  bool StepOne(SimulatedWorker& worker, bool may_harm);
  bool Read(SimulatedWorker& worker, bool may_harm);
  bool Dissect(SimulatedWorker& worker, bool may_harm);
  void Make(SimulatedWorker& worker, uint32_t frame);
  void Harm(SimulatedWorker& worker);
  void Lie(SimulatedWorker& worker);
  void Die(SimulatedWorker& worker, int wait_status);
  void Disown(SimulatedWorker& worker);
  void Done(SimulatedWorker& worker, process::Outcome outcome);
  void ReportEnded(std::list<SimulatedWorker>::iterator worker);
  void Send(SimulatedWorker& worker, process::WorkerMessage::Kind kind,
            process::Outcome outcome = process::Outcome::kComplete);
  [[nodiscard]] uint32_t LastFrame(const SimulatedWorker& worker) const;

  bool may_lie_;
  process::Channel control_;
  const process::RunControl& run_;
  supervise::WorkersSlots& slots_;
  supervise::Rings& rings_;
  const std::map<std::string, uint32_t>& frames_;
  std::mt19937& random_;
  std::list<SimulatedWorker> workers_;
  Counts counts_;
  std::map<uint32_t, uint32_t> committed_;  // records, by ring
  std::set<uint32_t> read_to_the_end_;      // rings
  pid_t last_process_ = 5'000'000;          // beyond any that there is
  bool has_lied_ = false;
  bool reader_died_ = false;
  uint64_t events_ = 0;
};

}  // namespace espcap::testing

#endif  // ESPCAP_TESTS_UNIT_SIMULATED_PROCESSES_H_
