// SPDX-License-Identifier: GPL-2.0-or-later
//
// A destination of a simulated run: settles batches at random, and knows which packets it was
// given.
#ifndef ESPCAP_TESTS_UNIT_SIMULATED_SINK_H_
#define ESPCAP_TESTS_UNIT_SIMULATED_SINK_H_

#include <cstdint>
#include <cstdlib>
#include <deque>
#include <map>
#include <random>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>

#include "espcap/sink.h"

namespace espcap::testing {

// What a simulation finds wrong.
struct Broken : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// As `{"f":7}`, of packet 7.
inline std::string DocumentOf(uint32_t frame) { return "{\"f\":" + std::to_string(frame) + "}\n"; }

class SimulatedSink : public Sink {
 public:
  explicit SimulatedSink(uint32_t seed) : random_(seed) {}

  // From now on it is gone.
  void Fail() { is_failing_ = true; }
  [[nodiscard]] bool has_failed() const { return has_failed_; }
  // What became of documents here, one counter each; `abandoned` too.
  [[nodiscard]] const Ledger& outcomes() const { return outcomes_; }
  [[nodiscard]] uint64_t submitted() const { return submitted_; }
  [[nodiscard]] uint64_t held() const {
    uint64_t documents = 0;
    for (const Held& held : held_) documents += held.documents;
    return documents;
  }
  [[nodiscard]] const std::map<std::string, std::set<uint32_t>>& seen() const { return seen_; }

  [[nodiscard]] bool Ready() const override { return held_.size() < kMaxHeld && !has_failed_; }
  Result<void> Submit(Batch batch, Ledger& /*ledger*/) override {
    if (!Ready()) throw Broken("a batch is offered to a sink that isn't ready");
    for (const DocumentSpan& span : batch.documents) {
      const auto frame =
          static_cast<uint32_t>(std::atoi(std::string(batch.Text(span)).c_str() + 5));
      if (frame != span.frame_number) throw Broken("a document has another packet's number");
      if (!seen_[*batch.source].insert(frame).second) {
        throw Broken(*batch.source + ": packet " + std::to_string(frame) + " comes twice");
      }
    }
    submitted_ += batch.documents.size();
    held_.push_back({batch.slot, batch.documents.size()});
    return {};
  }
  Result<void> Poll(Ledger& ledger) override {
    if (is_failing_ && !has_failed_) {
      has_failed_ = true;
      while (!held_.empty()) SettleOne(0, ledger, &Ledger::failed, Delivery::kFailed);
      return espcap::Fail("simulated: the sink is gone");
    }
    while (!held_.empty() && Draw(3) == 0) {
      const size_t place = Draw(2) == 0 ? 0 : Draw(held_.size());
      SettleAtRandom(place, ledger);
    }
    return {};
  }
  [[nodiscard]] bool Idle() const override { return held_.empty(); }
  [[nodiscard]] bool WorthWaiting() const override { return Draw(8) != 0; }
  void Close() override {}
  void GiveUp(Ledger& ledger) override {
    while (!held_.empty()) SettleOne(0, ledger, &Ledger::abandoned, Delivery::kFailed);
  }
  void Sync(SyncDone done) override { done({}); }

 private:
  static constexpr size_t kMaxHeld = 4;
  struct Held {
    uint32_t id;
    uint64_t documents;
  };

  [[nodiscard]] size_t Draw(size_t below) const { return random_() % below; }
  void SettleAtRandom(size_t place, Ledger& ledger) {
    struct Case {
      uint64_t Ledger::*counter;
      Delivery delivery;
    };
    static constexpr Case kCases[] = {{&Ledger::dead_lettered, Delivery::kDeadLettered},
                                      {&Ledger::dropped, Delivery::kFailed},
                                      {&Ledger::spooled, Delivery::kSpooled},
                                      {&Ledger::already_there, Delivery::kAcknowledged},
                                      {&Ledger::indexed, Delivery::kAcknowledged}};
    const size_t drawn = Draw(100);
    const Case& chosen = kCases[drawn < 3 ? drawn : 4];
    SettleOne(place, ledger, chosen.counter, chosen.delivery);
  }
  void SettleOne(size_t place, Ledger& ledger, uint64_t Ledger::*counter, Delivery delivery) {
    const Held held = held_[place];
    held_.erase(held_.begin() + static_cast<ptrdiff_t>(place));
    ledger.*counter += held.documents;
    outcomes_.*counter += held.documents;
    Settle(held.id, delivery);
  }

  mutable std::mt19937 random_;
  std::deque<Held> held_;
  std::map<std::string, std::set<uint32_t>> seen_;
  Ledger outcomes_;
  uint64_t submitted_ = 0;
  bool is_failing_ = false;
  bool has_failed_ = false;
};

}  // namespace espcap::testing

#endif  // ESPCAP_TESTS_UNIT_SIMULATED_SINK_H_
