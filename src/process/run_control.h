// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the supervisor tells all its children at any time, in memory that only it can write.
#ifndef ESPCAP_PROCESS_RUN_CONTROL_H_
#define ESPCAP_PROCESS_RUN_CONTROL_H_

#include <sys/mman.h>

#include <atomic>
#include <memory>
#include <utility>

#include "base/file_descriptor.h"
#include "espcap/result.h"
#include "process/shared_file.h"

namespace espcap::process {

class RunControl {
 public:
  static Result<std::unique_ptr<RunControl>> Create() {
    auto file = MakeSharedFile("espcap-control", kBytes);
    if (!file) return Forward(std::move(file));
    std::unique_ptr<RunControl> control(new RunControl(std::move(*file)));
    if (auto mapped = control->Map(PROT_READ | PROT_WRITE); !mapped) {
      return Forward(std::move(mapped));
    }
    if (auto sealed = ForbidNewWriters(control->file_); !sealed) return Forward(std::move(sealed));
    return control;
  }
  ~RunControl() { Unmap(); }
  RunControl(const RunControl&) = delete;
  RunControl& operator=(const RunControl&) = delete;

  // In a child, before it touches a byte of a packet.
  Result<void> KeepForReading() {
    Unmap();
    return Map(PROT_READ);
  }

  // In a child that is told nothing.
  void Drop() { Unmap(); }

  // By the supervisor; read by workers for every frame.
  void RequestStop() const { shared_->stop.store(true, std::memory_order_relaxed); }
  [[nodiscard]] bool StopRequested() const {
    return shared_ != nullptr && shared_->stop.load(std::memory_order_relaxed);
  }

 private:
  struct Shared {
    std::atomic<bool> stop;
  };
  static constexpr size_t kBytes = 4096;

  explicit RunControl(base::FileDescriptor file) : file_(std::move(file)) {}
  Result<void> Map(int protection) {
    auto memory = MapShared(file_.get(), kBytes, protection);
    if (!memory) return Forward(std::move(memory));
    shared_ = reinterpret_cast<Shared*>(*memory);
    return {};
  }
  void Unmap() {
    if (shared_ != nullptr) ::munmap(std::exchange(shared_, nullptr), kBytes);
  }

  base::FileDescriptor file_;
  Shared* shared_ = nullptr;
};

}  // namespace espcap::process

#endif  // ESPCAP_PROCESS_RUN_CONTROL_H_
