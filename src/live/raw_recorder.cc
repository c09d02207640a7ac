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
  process::Recording next = next_file_();
  if (!next.file.valid()) return;
  auto file = RawFile::Begin(std::move(next.file), interface_);
  if (!file) return fail_(file.error().message);
  file_ = std::move(*file);
  path_ = std::move(next.path);
  packets_ = 0;
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

RecordedPlace RawRecorder::Add(const wireshark::RecordHeader& header,
                               std::span<const uint8_t> bytes) {
  if (file_ == nullptr) BeginAgain();
  if (file_ == nullptr) return {};
  if (options_.file_bytes != 0) EndIfFull();
  if (file_ == nullptr) return {};
  const uint64_t offset = file_->bytes();
  Check(file_->Add(header, bytes));
  if (file_ == nullptr) return {};
  has_unflushed_ = true;
  return {path_, ++packets_, offset};
}

void RawRecorder::Flush() {
  if (file_ != nullptr && std::exchange(has_unflushed_, false)) Check(file_->Flush());
}

void RawRecorder::CheckFile() {
  Flush();
  if (options_.file_time.count() != 0) EndIfFull();
}

}  // namespace espcap::live
