// SPDX-License-Identifier: GPL-2.0-or-later
//
// A wiretap record as bytes that another process of the same program reads back: its header, its
// packet block's options (comments, flags, verdicts), its data. Bytes go between forks of one
// process only, so they are the machine's own.
#ifndef ESPCAP_STREAM_FRAME_IMAGE_H_
#define ESPCAP_STREAM_FRAME_IMAGE_H_

#include <cstddef>
#include <span>
#include <vector>

#include "source/wireshark_api.h"

namespace espcap::stream {

class FrameImage {
 public:
  // Borrows the record until the next SetRecord().
  void SetRecord(const wireshark::Record& record);
  [[nodiscard]] size_t bytes() const;
  // REQUIRES: out.size() >= bytes().
  void Write(std::span<char> out) const;

  // The image of a packet without options, the same as a record with these would have.
  [[nodiscard]] static size_t PlainBytes(size_t data_bytes);
  // REQUIRES: out.size() >= PlainBytes(data.size()).
  static void WritePlain(const wireshark::RecordHeader& header, std::span<const uint8_t> data,
                         std::span<char> out);

  // False where the bytes are no image.
  [[nodiscard]] static bool Read(std::span<const char> image, wireshark::Record& record);

 private:
  const wireshark::Record* record_ = nullptr;
  std::vector<char> options_;
};

}  // namespace espcap::stream

#endif  // ESPCAP_STREAM_FRAME_IMAGE_H_
