// SPDX-License-Identifier: GPL-2.0-or-later
//
// How many requests one node gets at a time. It grows while that brings more through, and halves
// when the node has too much to do. A pure state machine: it measures no time itself.
#ifndef ESPCAP_ELASTICSEARCH_CONCURRENCY_LIMIT_H_
#define ESPCAP_ELASTICSEARCH_CONCURRENCY_LIMIT_H_

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace espcap::elasticsearch {

class ConcurrencyLimit {
 public:
  // REQUIRES: 0 < least <= most.
  ConcurrencyLimit(uint32_t least, uint32_t most) : least_(least), most_(most), limit_(least) {}

  [[nodiscard]] uint32_t requests() const { return limit_; }

  // A request of so much text took so long, while `in_flight` requests (this one included) were
  // under way at its end.
  void OnSuccess(size_t bytes, std::chrono::duration<double> took, uint32_t in_flight);
  void OnOverload();

 private:
  void Evaluate();

  uint32_t least_;
  uint32_t most_;
  uint32_t limit_;

  // The window that is being measured, all of it at `limit_`.
  uint32_t requests_ = 0;
  double bytes_ = 0;
  double seconds_ = 0;

  double rate_before_ = 0;  // bytes/s at one request fewer; 0: not measured
  uint32_t windows_to_wait_ = 0;
  uint32_t next_wait_windows_ = 1;  // windows until more is tried again after it brought nothing
};

}  // namespace espcap::elasticsearch

#endif  // ESPCAP_ELASTICSEARCH_CONCURRENCY_LIMIT_H_
