// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/file_source.h"

#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "source/interface_block.h"
#include "source/wiretap_error.h"

namespace espcap::source {

void FileSource::Read(wireshark::WtapHandle handle) {
  handle_ = std::move(handle);
  record_number_ = 0;
  sequential_ended_ = false;
  file_type_ = wtap_file_type_subtype(handle_.get());
  // Others' records mean nothing without those before them.
  const bool is_pcap = file_type_ == wtap_pcap_file_type_subtype() ||
                       file_type_ == wtap_pcap_nsec_file_type_subtype();
  has_offsets_ = is_pcap && bytes_are_plain();
  int error = 0;
  bytes_total_ = static_cast<uint64_t>(std::max<int64_t>(0, wtap_file_size(handle_.get(), &error)));
}

tl::expected<std::unique_ptr<FileSource>, OpenError> FileSource::Open(const std::string& path,
                                                                      Access access,
                                                                      std::string name) {
  if (name.empty()) name = path == "-" ? "standard input" : path;
  auto handle = OpenHandle(path, access, name);
  if (!handle) return tl::unexpected(std::move(handle.error()));
  std::unique_ptr<FileSource> source(new FileSource(std::move(name)));
  source->Read(std::move(*handle));
  return source;
}

FileSource::Handle FileSource::OpenHandle(const std::string& path, Access access,
                                          const std::string& name) {
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
  return handle;
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

wtap_block_t FileSource::InterfaceBlock(uint32_t id, uint32_t section) const {
  id += wireshark::FirstInterface(handle_.get(), section);
  const std::unique_ptr<wtapng_iface_descriptions_t, wireshark::GFree> blocks(
      wtap_file_get_idb_info(handle_.get()));
  if (blocks == nullptr || id >= blocks->interface_data->len) return nullptr;
  return g_array_index(blocks->interface_data, wtap_block_t, id);
}

FrameOrigin FileSource::Origin() const {
  return {origin_path_, record_number_, has_offsets_ ? offset_ : -1};
}

const char* FileSource::InterfaceName(uint32_t id, uint32_t section) const {
  wtap_block_t block = InterfaceBlock(id, section);
  return block == nullptr ? nullptr : NameOfInterface(block);
}

const char* FileSource::InterfaceDescription(uint32_t id, uint32_t section) const {
  wtap_block_t block = InterfaceBlock(id, section);
  return block == nullptr ? nullptr : DescriptionOfInterface(block);
}

wtap_block_t FileSource::NextInterface() {
  return wtap_get_next_interface_description(handle_.get());
}

bool FileSource::bytes_are_plain() const {
  return wtap_get_compression_type(handle_.get()) == WTAP_UNCOMPRESSED;
}

uint64_t FileSource::bytes_read() const {
  if (sequential_ended_) return bytes_total_;  // wiretap has no such place any more
  return static_cast<uint64_t>(std::max<int64_t>(0, wtap_read_so_far(handle_.get())));
}

}  // namespace espcap::source
