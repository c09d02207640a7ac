// SPDX-License-Identifier: GPL-2.0-or-later
//
// The capture files that --file and --dir name, in the order they are read.
#ifndef ESPCAP_SOURCE_INPUT_FILES_H_
#define ESPCAP_SOURCE_INPUT_FILES_H_

#include <string>
#include <string_view>
#include <vector>

#include "espcap/result.h"

namespace espcap::source {

struct DirectoryEntries {
  std::vector<std::string> files;    // regular ones, and links to such
  std::vector<std::string> folders;  // links to folders are none
};

// What lies in `directory` itself, in no order. An error where it can't be read.
Result<DirectoryEntries> EntriesOfDirectory(const std::string& directory);

// The regular files of `directory`, sorted by path (byte order); with `recursive`, those of its
// folders too, where links to folders are not followed. An error where the directory can't be read.
Result<std::vector<std::string>> FilesOfDirectory(const std::string& directory, bool recursive);

// Whether it is there, and neither a folder nor a pipe.
bool IsFile(const std::string& path);

// Whether a name ends like a capture's: .pcap, .pcapng.gz, .cap, .pcap12 (as tcpdump -C numbers
// them), and so on.
bool IsCaptureName(std::string_view path);

}  // namespace espcap::source

#endif  // ESPCAP_SOURCE_INPUT_FILES_H_
