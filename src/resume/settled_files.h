// SPDX-License-Identifier: GPL-2.0-or-later
//
// What becomes of the files of settled captures. A file goes only where it is, beyond doubt, the
// one that was read: the same file under the same name, unchanged, and nobody has it open for
// writing. Everything else stays. Never overwrites. The write thread calls Dispose().
#ifndef ESPCAP_RESUME_SETTLED_FILES_H_
#define ESPCAP_RESUME_SETTLED_FILES_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/file_descriptor.h"
#include "base/file_writers.h"
#include "base/held_file.h"
#include "espcap/result.h"

namespace espcap::resume {

struct AfterSettled {
  enum class Action : uint8_t { kKeep, kDelete, kMove };

  Action action = Action::kKeep;
  std::string folder;  // of kMove

  // keep, delete or move:DIR
  static Result<AfterSettled> Parse(std::string_view text);
};

// Of a file, or of one in an archive: its path from the one of these directories that it comes
// from.
std::string PlaceBelow(const std::vector<std::string>& directories, const std::string& path);

// What became of one.
struct FileFate {
  enum class Kind : uint8_t { kGone, kKept, kFailed };

  Kind kind = Kind::kKept;
  std::string message;
};

class SettledFiles {
 public:
  // `directories`: that captures come from; with `recursive`, from their folders too. What is moved
  // keeps its place below them. `hold`: by which files are opened. REQUIRES: it isn't kKeep.
  static Result<std::unique_ptr<SettledFiles>> Open(AfterSettled after,
                                                    std::vector<std::string> directories,
                                                    bool recursive, base::HoldFile hold);

  // `read`: the file as it was read.
  [[nodiscard]] FileFate Dispose(const std::string& path, const base::FileIdentity& read) const;

 private:
  SettledFiles(AfterSettled after, std::vector<std::string> directories, base::HoldFile hold)
      : after_(std::move(after)), directories_(std::move(directories)), hold_(std::move(hold)) {}

  Result<void> OpenFolder(bool recursive);
  [[nodiscard]] FileFate Move(const std::string& path, int folder, const std::string& name) const;

  AfterSettled after_;
  std::vector<std::string> directories_;
  base::HoldFile hold_;
  base::FileDescriptor folder_;  // of kMove
};

}  // namespace espcap::resume

#endif  // ESPCAP_RESUME_SETTLED_FILES_H_
