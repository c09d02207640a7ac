// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/secret_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "base/file_descriptor.h"

namespace espcap::base {
namespace {

constexpr size_t kMaxBytes = size_t{64} << 10U;  // far beyond every password and token

tl::unexpected<Error> FailWith(const std::string& what, const std::string& path, int code) {
  return Fail("{} {}: {}", what, path, std::generic_category().message(code));
}

// Opened once: what is checked is what is read.
Result<FileDescriptor> OpenChecked(const std::string& what, const std::string& path,
                                   FileModes modes) {
  // A pipe would be waited for.
  FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status {};
  if (!file.valid() || ::fstat(file.get(), &status) != 0) return FailWith(what, path, errno);
  if (!S_ISREG(status.st_mode)) return Fail("{} {}: not a regular file", what, path);
  if (modes == FileModes::kOwnerOnly && (status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return Fail("{} {}: others than its owner can use it (mode {:04o}): chmod 600 {}", what, path,
                status.st_mode & 07777U, path);
  }
  return file;
}

}  // namespace

Result<Secret> ReadSecretFile(const std::string& what, const std::string& path, FileModes modes) {
  const auto file = OpenChecked(what, path, modes);
  if (!file) return tl::unexpected(file.error());
  Secret secret(kMaxBytes + 1);
  size_t length = 0;
  while (length < secret.bytes().size()) {
    const std::span<char> room = secret.bytes().subspan(length);
    const ssize_t got = ::read(file->get(), room.data(), room.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return FailWith(what, path, errno);
    if (got == 0) break;
    length += static_cast<size_t>(got);
  }
  if (length > kMaxBytes) return Fail("{} {}: too large for a secret", what, path);
  if (length > 0 && secret.view()[length - 1] == '\n') --length;
  if (length > 0 && secret.view()[length - 1] == '\r') --length;
  if (length == 0) return Fail("{} {}: is empty", what, path);
  secret.Shorten(length);
  return secret;
}

Result<void> CheckSecretFile(const std::string& what, const std::string& path) {
  auto file = OpenChecked(what, path, FileModes::kOwnerOnly);
  if (!file) return Forward(std::move(file));
  return {};
}

}  // namespace espcap::base
