// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/raw_recorder.h"

#include <utility>

namespace espcap::live {

using Clock = std::chrono::steady_clock;

namespace {

constexpr std::chrono::seconds kAgain{10};  // a full disk can have room by then

}  // namespace

RawRecorder::RawRecorder(RawOptions options, RawFile::Interface interface, NextFile next_file,
                         Fail fail)
    : options_(std::move(options)),
      interface_(std::move(interface)),
      next_file_(std::move(next_file)),
      fail_(std::move(fail)) {
  Begin();
}

void RawRecorder::Begin() {
  file_.reset();
  begun_ = Clock::now();
  again_at_ = begun_ + kAgain;
  base::FileDescriptor descriptor = next_file_();
  if (!descriptor.valid()) return;
  auto file = RawFile::Begin(std::move(descriptor), interface_);
  if (!file) return fail_(file.error().message);
  file_ = std::move(*file);
}

void RawRecorder::BeginAgain() {
  if (Clock::now() >= again_at_) Begin();
}

void RawRecorder::Check(const Result<void>& done) {
  if (done) return;
  fail_(interface_.name + ": " + done.error().message +
        "; capture goes on without, and the next file is tried in 10 seconds");
  file_.reset();
  again_at_ = Clock::now() + kAgain;
}

void RawRecorder::EndIfFull() {
  const auto age = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begun_);
  if (file_ != nullptr && IsFull(options_, file_->bytes(), age)) Begin();
}

void RawRecorder::Add(const wireshark::RecordHeader& header, std::span<const uint8_t> bytes) {
  if (file_ == nullptr) BeginAgain();
  if (file_ == nullptr) return;
  if (options_.file_bytes != 0) EndIfFull();
  if (file_ != nullptr) Check(file_->Add(header, bytes));
}

void RawRecorder::CheckFile() {
  if (file_ != nullptr) Check(file_->Flush());
  if (options_.file_time.count() != 0) EndIfFull();
}

}  // namespace espcap::live
