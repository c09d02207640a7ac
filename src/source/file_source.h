// SPDX-License-Identifier: GPL-2.0-or-later
//
// Packets of one capture file, pipe or standard input, in any format libwiretap reads, compressed
// or not. Owns the wtap handle and the current record. Single-threaded, like libwiretap.
#ifndef ESPCAP_SOURCE_FILE_SOURCE_H_
#define ESPCAP_SOURCE_FILE_SOURCE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "espcap/result.h"
#include "source/capture_source.h"
#include "source/wireshark_api.h"

namespace espcap::source {

// Why a file can't be opened.
struct OpenError {
  std::string message;
  bool is_no_capture = false;  // readable, but in no format libwiretap knows
};

class FileSource : public CaptureSource {
 public:
  enum class Access {
    kSequential,
    kRandom  // for two passes: not possible on a pipe
  };

  // `path` "-" is standard input. An error names the file and what is wrong with it.
  // `name`: another than its path.
  static tl::expected<std::unique_ptr<FileSource>, OpenError> Open(const std::string& path,
                                                                   Access access,
                                                                   std::string name = {});

  // Reads the next record: false at the end of the file. A damaged file gives every record before
  // the damage, then an error that names file, packet number and reason.
  Result<bool> Next();

  // Reads the record at an offset that Next() gave. REQUIRES: Access::kRandom.
  Result<void> ReadAt(int64_t offset, uint32_t record_number);

  // Frees what only sequential reading needs; ReadAt() still works.
  void EndSequentialReading();

  // By which its documents name the file; empty: by none.
  void SetOriginPath(std::string path) { origin_path_ = std::move(path); }
  [[nodiscard]] FrameOrigin Origin() const override;
  [[nodiscard]] const char* InterfaceName(uint32_t id, uint32_t section) const override;
  [[nodiscard]] const char* InterfaceDescription(uint32_t id, uint32_t section) const override;
  // The next interface description that reading has come across; null where there is no new one.
  [[nodiscard]] wtap_block_t NextInterface();

  [[nodiscard]] wtap* handle() const { return handle_.get(); }

  // Not compressed: offset() is a place in the file.
  [[nodiscard]] bool bytes_are_plain() const;

  // Bytes of the file as stored on disk; total 0 where unknown (a pipe).
  [[nodiscard]] uint64_t bytes_read() const;  // by Next(): the place it has come to
  [[nodiscard]] uint64_t bytes_total() const { return bytes_total_; }

 protected:
  explicit FileSource(std::string name) : CaptureSource(std::move(name)) {}

  using Handle = tl::expected<wireshark::WtapHandle, OpenError>;
  static Handle OpenHandle(const std::string& path, Access access, const std::string& name);
  // From now on its records are read, from the first on.
  void Read(wireshark::WtapHandle handle);

 private:
  [[nodiscard]] wtap_block_t InterfaceBlock(uint32_t id, uint32_t section) const;

  wireshark::WtapHandle handle_;
  uint64_t bytes_total_ = 0;
  std::string origin_path_;
  bool has_offsets_ = false;  // that lead to a record
  bool sequential_ended_ = false;
};

}  // namespace espcap::source

#endif  // ESPCAP_SOURCE_FILE_SOURCE_H_
