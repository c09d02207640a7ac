// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/archive_reader.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/file_descriptor.h"
#include "base/write_all.h"

namespace espcap::source {
namespace {

using namespace std::string_view_literals;

constexpr size_t kHeadBytes = 512;
constexpr size_t kBlockBytes = size_t{1} << 16U;

constexpr std::string_view kPackedMagics[] = {
    "PK\x03\x04"sv, "PK\x05\x06"sv,  // zip, and an empty one
    "\xFD\x37zXZ\x00"sv,             // xz
    "BZh"sv,                         // bzip2
};
constexpr std::string_view kCompressedMagics[] = {
    "\x1F\x8B"sv,          // gzip
    "\x28\xB5\x2F\xFD"sv,  // zstd
    "\x04\x22\x4D\x18"sv,  // lz4
};
constexpr std::string_view kTarMagic = "ustar";
constexpr size_t kTarMagicOffset = 257;

// No others: for some libarchive would start a program.
void AllowFilters(archive* handle) {
  archive_read_support_filter_gzip(handle);
  archive_read_support_filter_bzip2(handle);
  archive_read_support_filter_xz(handle);
  archive_read_support_filter_zstd(handle);
  archive_read_support_filter_lz4(handle);
}

// A path below the archive, whatever its maker wrote: a document that has it leads back to it.
std::string NameOf(archive_entry* entry, uint32_t number) {
  const char* written = archive_entry_pathname_utf8(entry);
  if (written == nullptr) written = archive_entry_pathname(entry);
  const std::string name = std::filesystem::path("/")
                               .append(written == nullptr ? "" : written)
                               .lexically_normal()
                               .relative_path();
  return name.empty() ? fmt::format("member {}", number) : name;
}

struct FreeArchive {
  void operator()(archive* handle) const { archive_read_free(handle); }
};

// libwiretap would look into the compressed bytes, and might find a format of its own in a tar.
bool IsCompressedTar(const std::string& path) {
  const std::unique_ptr<archive, FreeArchive> handle(archive_read_new());
  if (handle == nullptr) return false;
  AllowFilters(handle.get());
  archive_read_support_format_tar(handle.get());
  archive_entry* entry = nullptr;
  return archive_read_open_filename(handle.get(), path.c_str(), kBlockBytes) == ARCHIVE_OK &&
         archive_read_next_header(handle.get(), &entry) >= ARCHIVE_WARN &&
         (archive_format(handle.get()) & ARCHIVE_FORMAT_BASE_MASK) == ARCHIVE_FORMAT_TAR;
}

bool IsFile(archive_entry* entry) {
  return archive_entry_filetype(entry) == AE_IFREG && archive_entry_hardlink(entry) == nullptr;
}

}  // namespace

Packing PackingOf(std::span<const uint8_t> head) {
  const std::string_view text(reinterpret_cast<const char*>(head.data()), head.size());
  const auto begins = [text](std::string_view magic) { return text.starts_with(magic); };
  if (std::any_of(std::begin(kPackedMagics), std::end(kPackedMagics), begins)) {
    return Packing::kPacked;
  }
  if (text.size() > kTarMagicOffset && text.substr(kTarMagicOffset).starts_with(kTarMagic)) {
    return Packing::kPacked;
  }
  return std::any_of(std::begin(kCompressedMagics), std::end(kCompressedMagics), begins)
             ? Packing::kCompressed
             : Packing::kNone;
}

Packing PackingOfFile(const std::string& path) {
  const base::FileDescriptor file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  std::array<uint8_t, kHeadBytes> head{};
  const ssize_t bytes = file.valid() ? ::pread(file.get(), head.data(), head.size(), 0) : 0;
  const Packing packing =
      PackingOf(std::span(head).first(static_cast<size_t>(std::max<ssize_t>(bytes, 0))));
  return packing == Packing::kCompressed && IsCompressedTar(path) ? Packing::kPacked : packing;
}

void ArchiveReader::Free::operator()(archive* handle) const { archive_read_free(handle); }

Result<std::unique_ptr<ArchiveReader>> ArchiveReader::Open(const std::string& path,
                                                           UnpackLimits limits,
                                                           const std::string& name) {
  std::unique_ptr<ArchiveReader> reader(new ArchiveReader(name.empty() ? path : name, limits));
  if (auto begun = reader->Begin(path); !begun) return Forward(std::move(begun));
  return reader;
}

Result<void> ArchiveReader::Begin(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    return Fail("open {}: {}", shown_, std::generic_category().message(errno));
  }
  most_bytes_ = limits_.free_bytes + limits_.ratio * static_cast<uint64_t>(status.st_size);
  handle_.reset(archive_read_new());
  if (handle_ == nullptr) return Fail("open {}: out of memory", shown_);
  AllowFilters(handle_.get());
  archive_read_support_format_tar(handle_.get());
  archive_read_support_format_zip(handle_.get());
  archive_read_support_format_raw(handle_.get());
  if (archive_read_open_filename(handle_.get(), path.c_str(), kBlockBytes) != ARCHIVE_OK) {
    return Fail("open {}: {}", shown_, Reason());
  }
  return {};
}

std::string ArchiveReader::Reason() const {
  const char* reason = archive_error_string(handle_.get());
  return reason == nullptr ? "unknown error" : reason;
}

Result<bool> ArchiveReader::Next() {
  for (;;) {
    archive_entry* entry = nullptr;
    const int status = archive_read_next_header(handle_.get(), &entry);
    if (status == ARCHIVE_EOF && name_.empty() && members_ == 0) {
      return Fail("open {}: there is no file in it", shown_);
    }
    if (status == ARCHIVE_EOF) return false;
    if (status == ARCHIVE_RETRY) continue;
    if (status < ARCHIVE_WARN) return Fail("unpack {}: {}", shown_, Reason());
    if (++members_ > limits_.members) {
      return Fail("unpack {}: more than {} files; unpack it by other means", shown_,
                  limits_.members);
    }
    if (archive_format(handle_.get()) == ARCHIVE_FORMAT_RAW) {
      if (archive_filter_code(handle_.get(), 0) == ARCHIVE_FILTER_GZIP) {
        return Fail("open {}: not a capture file in any known format", shown_);
      }
      name_.clear();
      return true;
    }
    if (!IsFile(entry)) continue;
    name_ = NameOf(entry, members_);
    return true;
  }
}

Result<void> ArchiveReader::Find(const std::string& name) {
  for (;;) {
    auto more = Next();
    if (!more) return Forward(std::move(more));
    if (!*more) return Fail("unpack {}: there is no {} in it", shown_, name);
    if (name_ == name) return {};
    if (name.empty()) return Fail("unpack {}: it is an archive, and no capture", shown_);
    if (auto passed = Pass(); !passed) return passed;
  }
}

// What is compressed as a whole has to be unpacked up to what is wanted: that counts, too.
Result<void> ArchiveReader::Pass() {
  if (archive_filter_code(handle_.get(), 0) == ARCHIVE_FILTER_NONE) return {};
  std::array<char, kBlockBytes> block;
  for (;;) {
    const auto count = ReadBlock(block);
    if (!count) return tl::unexpected(count.error());
    if (*count == 0) return {};
  }
}

Result<size_t> ArchiveReader::ReadBlock(std::span<char> block) {
  la_ssize_t count = ARCHIVE_RETRY;
  while (count == ARCHIVE_RETRY) {
    count = archive_read_data(handle_.get(), block.data(), block.size());
  }
  if (count < 0) return Fail("unpack {}: {}", place(), Reason());
  all_bytes_ += static_cast<uint64_t>(count);
  if (all_bytes_ > most_bytes_) {
    return Fail("unpack {}: more than {} times as large as packed; unpack it by other means",
                place(), limits_.ratio);
  }
  return static_cast<size_t>(count);
}

Result<void> ArchiveReader::UnpackTo(int fd) {
  std::array<char, kBlockBytes> block;
  for (unpacked_bytes_ = 0;;) {
    const auto count = ReadBlock(block);
    if (!count) return tl::unexpected(count.error());
    if (*count == 0) return {};
    unpacked_bytes_ += *count;
    if (unpacked_bytes_ > limits_.member_bytes) {
      return Fail("unpack {}: larger than --max-unpacked-bytes {}; set it higher", place(),
                  limits_.member_bytes);
    }
    const int error = base::WriteAll(fd, std::string_view(block.data(), *count));
    if (error != 0) {
      return Fail("unpack {}: {}", place(), std::generic_category().message(error));
    }
  }
}

}  // namespace espcap::source
