// SPDX-License-Identifier: GPL-2.0-or-later
//
// Something that files arrive at while a run goes on. One thread calls it.
#ifndef ESPCAP_FILE_WATCH_H_
#define ESPCAP_FILE_WATCH_H_

#include <string>
#include <vector>

#include "espcap/result.h"

namespace espcap {

class FileWatch {
 public:
  struct Arrivals {
    std::vector<std::string> files;     // in the order they became complete
    std::vector<std::string> problems;  // of places that can't be followed, as sentences
    bool may_be_other_files = true;     // one that is no capture is skipped
  };

  FileWatch() = default;
  FileWatch(const FileWatch&) = delete;
  FileWatch& operator=(const FileWatch&) = delete;
  virtual ~FileWatch() = default;

  // Nothing arrives any more.
  [[nodiscard]] virtual bool AtEnd() const { return false; }

  // Readable when ReadArrivals() has something to do: the caller needs no timer.
  [[nodiscard]] virtual int fd() const = 0;

  // The files that became complete since the last call; never waits for one. An error is the
  // watch's end.
  [[nodiscard]] virtual Result<Arrivals> ReadArrivals() = 0;
};

}  // namespace espcap

#endif  // ESPCAP_FILE_WATCH_H_
