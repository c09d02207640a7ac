// SPDX-License-Identifier: GPL-2.0-or-later
#include "retrieve/capture_input.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <span>
#include <system_error>
#include <utility>

#include "process/child_files.h"
#include "retrieve/kept_file.h"
#include "source/archive_reader.h"

namespace espcap::retrieve {
namespace {

constexpr size_t kHeadBytes = 512;

// "/x/a.zip" of "/x/a.zip/b.pcap".
std::string ArchiveName(const CaptureInput& capture) {
  std::string name = TextOf(capture.name);
  const std::string end = '/' + TextOf(capture.member);
  if (end.size() > 1 && name.ends_with(end)) name.resize(name.size() - end.size());
  return name;
}

bool IsPacked(const CaptureInput& capture, const base::FileDescriptor& file) {
  if (capture.member.front() != '\0') return true;
  std::array<uint8_t, kHeadBytes> head{};
  const ssize_t bytes = ::pread(file.get(), head.data(), head.size(), 0);
  return source::PackingOf(std::span(head).first(
             static_cast<size_t>(std::max<ssize_t>(bytes, 0)))) == source::Packing::kPacked;
}

// From standard input to standard output: the archive's own process.
Result<std::string> Unpack(const CaptureInput& capture) {
  // Whatever the archive does to libarchive.
  const rlimit limit = {capture.most_unpacked_bytes, capture.most_unpacked_bytes};
  if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) {
    return Fail("limit the size of files: {}", std::generic_category().message(errno));
  }
  if (auto confined = ConfineTask({}); !confined) return Forward(std::move(confined));
  auto archive = source::ArchiveReader::Open(
      kTaskInput, {.member_bytes = capture.most_unpacked_bytes}, ArchiveName(capture));
  if (!archive) return Forward(std::move(archive));
  auto done = (*archive)->Find(TextOf(capture.member));
  if (done) done = (*archive)->UnpackTo(STDOUT_FILENO);
  if (!done) return Forward(std::move(done));
  return std::string();
}

// Standard input becomes the capture, and standard output anything.
Result<void> OpenCapture(const CaptureInput& capture, const base::FileDescriptor& file,
                         const base::FileDescriptor& unpacked) {
  ::dup2(file.get(), STDIN_FILENO);
  if (!IsPacked(capture, file)) return {};
  if (auto emptied = EmptyKeptFile(unpacked); !emptied) return emptied;
  ::dup2(unpacked.get(), STDOUT_FILENO);
  auto done = process::RunForkedTask([&capture] { return Unpack(capture); });
  if (!done) return Forward(std::move(done));
  ::lseek(unpacked.get(), 0, SEEK_SET);
  ::dup2(unpacked.get(), STDIN_FILENO);
  return {};
}

}  // namespace

Result<CaptureInput> CaptureInput::Of(const std::string& name, const std::string& member,
                                      uint64_t most_unpacked_bytes) {
  CaptureInput input;
  if (name.size() >= input.name.size() || member.size() >= input.member.size()) {
    return Fail("its path is too long");
  }
  name.copy(input.name.data(), input.name.size() - 1);
  member.copy(input.member.data(), input.member.size() - 1);
  input.most_unpacked_bytes = most_unpacked_bytes;
  return input;
}

Result<std::string> RunTask(const CaptureInput* capture, TaskFiles files,
                            const process::ForkedTask::Work& work) {
  Result<void> opened = {};
  if (capture != nullptr) {
    opened = OpenCapture(*capture, files.input, files.unpacked);
  } else if (files.input.valid()) {
    ::dup2(files.input.get(), STDIN_FILENO);
  }
  ::dup2(files.output.get(), STDOUT_FILENO);
  files = {};
  auto result =
      opened ? process::RunForkedTask(work) : Result<std::string>(tl::unexpected(opened.error()));
  process::ReplaceByNull({STDIN_FILENO, STDOUT_FILENO});
  return result;
}

}  // namespace espcap::retrieve
