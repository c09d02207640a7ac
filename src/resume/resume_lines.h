// SPDX-License-Identifier: GPL-2.0-or-later
//
// The text of a resume state, as pure functions. Two lines head it, and each settled capture has
// one:
//
//     espcap resume state 1
//     purpose 3f0a377ba0a4a460ecb616f6507ce0d8
//     ba7816bf8f01cfea414140de5dae2223 captures/monday.pcap
//     e3b0c44298fc1c149afbf4c8996fb924+ captures/tuesday.pcap
//
// A + says that the server had acknowledged every document: none was in a spool, or a dead letter.
// Only runs that then let go of a capture's file write it.
//
// The purpose is a digest of the options that decide what a run delivers, and where to. A name is
// there for people: nothing reads it back.
#ifndef ESPCAP_RESUME_RESUME_LINES_H_
#define ESPCAP_RESUME_RESUME_LINES_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "espcap/fingerprint.h"

namespace espcap::resume {

// What every version's first line begins with, and this version's first line.
inline constexpr std::string_view kResumeMagic = "espcap resume state ";
inline constexpr std::string_view kResumeFirstLine = "espcap resume state 1";

inline constexpr size_t kMaxResumeNameBytes = 4096;
// A fingerprint, a mark, a space, and a name whose every byte needed an escape.
inline constexpr size_t kMaxResumeLineBytes = 34 + 4 * kMaxResumeNameBytes;

struct SettledCapture {
  Fingerprint fingerprint{};
  bool is_acknowledged = false;  // by the server

  bool operator==(const SettledCapture&) const = default;
};

// "purpose " and 32 digits, without a line end.
std::string PurposeLine(std::string_view purpose);

// With its line end. A control character or backslash of the name is escaped as \x0a, so that a
// name never begins a line of its own; what is beyond kMaxResumeNameBytes is left out.
std::string SettledLine(const SettledCapture& capture, std::string_view name);

// Of a line without its end; none where SettledLine() doesn't write such a line.
std::optional<SettledCapture> ParseSettledLine(std::string_view line);

}  // namespace espcap::resume

#endif  // ESPCAP_RESUME_RESUME_LINES_H_
