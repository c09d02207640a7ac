// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/file_source.h"

#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "source/wiretap_error.h"

namespace espcap::source {

FileSource::FileSource(std::string name, wireshark::WtapHandle handle)
    : name_(std::move(name)), handle_(std::move(handle)) {
  int error = 0;
  bytes_total_ = static_cast<uint64_t>(std::max<int64_t>(0, wtap_file_size(handle_.get(), &error)));
}

tl::expected<std::unique_ptr<FileSource>, OpenError> FileSource::Open(const std::string& path,
                                                                      Access access) {
  std::string name = path == "-" ? "standard input" : path;
  struct stat status {};
  // wiretap would call a directory "not a regular file"; users know it by its name.
  if (path != "-" && ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) {
    return tl::unexpected(
        OpenError{fmt::format("open {}: is a directory; --dir reads the files in it", name)});
  }
  // wiretap takes it for a capture without packets; more likely something went wrong before.
  if (path != "-" && S_ISREG(status.st_mode) && status.st_size == 0) {
    return tl::unexpected(OpenError{fmt::format("open {}: the file is empty", name), true});
  }
  int error = 0;
  char* error_info = nullptr;
  wireshark::WtapHandle handle(wtap_open_offline(path.c_str(), WTAP_TYPE_AUTO, &error, &error_info,
                                                 access == Access::kRandom ? TRUE : FALSE));
  if (handle == nullptr) {
    return tl::unexpected(
        OpenError{fmt::format("open {}: {}", name, DescribeWiretapError(error, error_info)),
                  error == WTAP_ERR_FILE_UNKNOWN_FORMAT});
  }
  return std::unique_ptr<FileSource>(new FileSource(std::move(name), std::move(handle)));
}

Result<bool> FileSource::Next() {
  int error = 0;
  char* error_info = nullptr;
  if (record_.Read(handle_.get(), &error, &error_info, &offset_)) {
    ++record_number_;
    return true;
  }
  if (error == 0) return false;
  return Fail("read {}: packet {}: {}", name_, record_number_ + 1,
              DescribeWiretapError(error, error_info));
}

Result<void> FileSource::ReadAt(int64_t offset, uint32_t record_number) {
  int error = 0;
  char* error_info = nullptr;
  if (!record_.SeekRead(handle_.get(), offset, &error, &error_info)) {
    return Fail("read {}: packet {}: {}", name_, record_number,
                DescribeWiretapError(error, error_info));
  }
  offset_ = offset;
  record_number_ = record_number;
  return {};
}

void FileSource::EndSequentialReading() {
  wtap_sequential_close(handle_.get());
  sequential_ended_ = true;
}

int FileSource::file_type() const { return wtap_file_type_subtype(handle_.get()); }

uint64_t FileSource::bytes_read() const {
  if (sequential_ended_) return bytes_total_;  // wiretap has no such place any more
  return static_cast<uint64_t>(std::max<int64_t>(0, wtap_read_so_far(handle_.get())));
}

}  // namespace espcap::source
