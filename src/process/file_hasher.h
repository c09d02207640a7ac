// SPDX-License-Identifier: GPL-2.0-or-later
//
// A process that hashes files and parses nothing: what makes ids, and says which capture was
// settled before, comes from no process that has met a packet. It reads files as root could, where
// root starts it, and asks little else of the kernel. Answers come in the order of the questions.
// One thread; REQUIRES: started before the process has threads or connections (it forks).
#ifndef ESPCAP_PROCESS_FILE_HASHER_H_
#define ESPCAP_PROCESS_FILE_HASHER_H_

#include <sys/types.h>

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/file_descriptor.h"
#include "base/file_writers.h"
#include "espcap/fingerprint.h"
#include "espcap/result.h"
#include "process/channel.h"
#include "process/child_process.h"
#include "process/privileges.h"

namespace espcap::process {

struct HashedFile {
  Fingerprint fingerprint{};
  base::FileIdentity file;  // no file's where it changed meanwhile
};

// Of a file's bytes as they are on disk. None for what can't be read twice (a pipe); "-" is read
// without moving standard input's offset.
Result<std::optional<HashedFile>> HashFile(const std::string& path);
// Of what is open.
Result<std::optional<HashedFile>> HashOpenFile(const base::FileDescriptor& file,
                                               const std::string& path);

class FileHasher {
 public:
  using Answer = Result<std::optional<HashedFile>>;
  using Done = std::function<void(Answer)>;

  // `sandbox`: whether its system calls are restricted.
  static Result<std::unique_ptr<FileHasher>> Start(const std::optional<Identity>& unprivileged,
                                                   bool sandbox);
  FileHasher(const FileHasher&) = delete;
  FileHasher& operator=(const FileHasher&) = delete;

  void Ask(std::string path, Done done) { Ask(std::move(path), nullptr, std::move(done)); }
  // `file`: already open; null: by its path.
  void Ask(std::string path, std::shared_ptr<const base::FileDescriptor> file, Done done);
  // Readable when there is an answer.
  [[nodiscard]] int fd() const { return channel_.fd(); }
  // Takes one answer, for which it waits. Of a process that has ended, all that are outstanding:
  // errors.
  void ReceiveAnswer();
  [[nodiscard]] bool HasEnded() const { return has_ended_; }

 private:
  struct Question {
    std::string path;
    std::shared_ptr<const base::FileDescriptor> file;
    Done done;
  };

  FileHasher(ChildProcess process, Channel channel)
      : process_(std::move(process)), channel_(std::move(channel)) {}
  void SendFirst();
  void FailAll();

  ChildProcess process_;
  Channel channel_;
  bool has_ended_ = false;
  std::deque<Question> questions_;  // the first is being answered
};

}  // namespace espcap::process

#endif  // ESPCAP_PROCESS_FILE_HASHER_H_
