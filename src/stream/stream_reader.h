// SPDX-License-Identifier: GPL-2.0-or-later
//
// Reads what can be read only once (a pipe, standard input) into a ring, for workers that come and
// go. Its process dissects nothing. One a process: wiretap's callbacks have no context.
#ifndef ESPCAP_STREAM_STREAM_READER_H_
#define ESPCAP_STREAM_STREAM_READER_H_

#include <functional>
#include <optional>
#include <string>

#include "process/packet_ring.h"
#include "source/file_source.h"
#include "source/fingerprint.h"
#include "source/frame_reader.h"
#include "stream/frame_image.h"
#include "stream/stream_record.h"

namespace espcap::stream {

class StreamReader {
 public:
  // Borrows all. `warn` is told once where the stream says more than the ring's log can hold.
  StreamReader(source::FileSource& source, source::FrameReader& frames, process::PacketRing& ring,
               std::function<void(const std::string&)> warn);
  ~StreamReader();
  StreamReader(const StreamReader&) = delete;
  StreamReader& operator=(const StreamReader&) = delete;

  // Each frame's record gets the fingerprint of the stream up to it.
  void AddFingerprints() { fingerprint_.emplace(); }

  // To the end of the stream, or until `stopped`. The ring stays open. An error where the stream is
  // damaged; what came before is in the ring.
  Result<void> Run(const std::function<bool()>& stopped);

 private:
  void AddedToLog(bool had_room);
  void AddInterfaces();
  bool AddFrame(const std::function<bool()>& stopped);

  source::FileSource& source_;
  source::FrameReader& frames_;
  process::PacketRing& ring_;
  std::function<void(const std::string&)> warn_;
  std::optional<source::StreamFingerprint> fingerprint_;
  bool log_is_full_ = false;
  FrameImage image_;
  StreamRecord record_;
};

}  // namespace espcap::stream

#endif  // ESPCAP_STREAM_STREAM_READER_H_
