// SPDX-License-Identifier: GPL-2.0-or-later
//
// Keeps the raw packets of an interface in files, one after another. The capture process's, which
// may create none itself: it asks for each. Where one can't be had or written, that is said, and
// capture goes on without.
#ifndef ESPCAP_LIVE_RAW_RECORDER_H_
#define ESPCAP_LIVE_RAW_RECORDER_H_

#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "live/raw_file.h"
#include "live/raw_names.h"
#include "process/recording.h"

namespace espcap::live {

// Of a packet in a file. Borrows the path until the recorder's next call.
struct RecordedPlace {
  std::string_view path;  // empty: it is in none
  uint64_t number = 0;    // from 1
  uint64_t offset = 0;
};

class RawRecorder {
 public:
  // The next file; invalid where there is none, of which the user has been told.
  using NextFile = std::function<process::Recording()>;
  using Fail = std::function<void(const std::string&)>;

  // Begins its first file.
  RawRecorder(RawOptions options, RawFile::Interface interface, NextFile next_file, Fail fail);

  // Where the packet is then; nowhere, if it could not be written.
  RecordedPlace Add(const wireshark::RecordHeader& header, std::span<const uint8_t> bytes);
  // What was added can be read by others from now on.
  void Flush();
  // From time to time: what was added is on its way to the disk, and a file is followed by the next
  // when its time has come.
  void CheckFile();

 private:
  void Begin();
  void BeginAgain();
  void EndIfFull();
  void Check(const Result<void>& done);

  RawOptions options_;
  RawFile::Interface interface_;
  NextFile next_file_;
  Fail fail_;
  std::unique_ptr<RawFile> file_;
  std::string path_;
  uint64_t packets_ = 0;  // in the file
  bool has_unflushed_ = false;
  std::chrono::steady_clock::time_point begun_;
  std::chrono::steady_clock::time_point again_at_;  // without a file: it is tried then
};

}  // namespace espcap::live

#endif  // ESPCAP_LIVE_RAW_RECORDER_H_
