// SPDX-License-Identifier: GPL-2.0-or-later
//
// How the files of raw packets are called, and when one is followed by the next. Pure.
#ifndef ESPCAP_LIVE_RAW_NAMES_H_
#define ESPCAP_LIVE_RAW_NAMES_H_

#include <chrono>
#include <cstdint>
#include <ctime>
#include <optional>
#include <string>

namespace espcap::live {

struct RawOptions {
  std::string path;         // empty: nothing is written
  uint64_t file_bytes = 0;  // a file that reaches them is followed by the next; 0: any size
  std::chrono::milliseconds file_time{0};  // the same after this time; 0: any time
  uint32_t files = 0;                      // kept of each interface, the newest; 0: all

  [[nodiscard]] bool Rotates() const { return file_bytes != 0 || file_time.count() != 0; }
};

[[nodiscard]] inline bool IsFull(const RawOptions& options, uint64_t bytes,
                                 std::chrono::milliseconds age) {
  return (options.file_bytes != 0 && bytes >= options.file_bytes) ||
         (options.file_time.count() != 0 && age >= options.file_time);
}

// The path as it is, for one file; else with number and local time before its ending, as dumpcap
// does: "raw_00001_20261124133307.pcapng". `interface`: where each of several has its own files.
[[nodiscard]] std::string RawFileName(const RawOptions& options, const std::string& interface,
                                      uint32_t number, std::time_t now);

// The number of a file that was called so, at any time; none of another file. `name` is without its
// folder.
[[nodiscard]] std::optional<uint32_t> NumberOfRawFile(const RawOptions& options,
                                                      const std::string& interface,
                                                      const std::string& name);

}  // namespace espcap::live

#endif  // ESPCAP_LIVE_RAW_NAMES_H_
