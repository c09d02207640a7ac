// SPDX-License-Identifier: GPL-2.0-or-later
//
// Where a document comes from: run and sensor, file and frame. What is the same for a run or a file
// is encoded once. Without libwireshark. One thread.
#ifndef ESPCAP_ENCODE_PROVENANCE_H_
#define ESPCAP_ENCODE_PROVENANCE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "espcap/byte_buffer.h"
#include "source/capture_source.h"

namespace espcap::encode {

// Of a run.
struct RunOrigin {
  std::string run;     // its id
  std::string sensor;  // who captured
  std::vector<std::string> tags;
  std::vector<std::pair<std::string, std::string>> labels;
};

class Provenance {
 public:
  explicit Provenance(RunOrigin run);

  // Appends `"run":…,"sensor":…,"file":…,"frame":…,"offset":…,"digest":…`, and `"kafka":{…}` where
  // a message had the frame.
  void AppendMembers(ByteBuffer& out, const source::FrameOrigin& origin, uint64_t digest);
  // The members of the Elastic Common Schema that stand by themselves:
  // `,"log":{"file":{"path":…}},"tags":[…],"labels":{…}`. After AppendMembers() of the same frame.
  void AppendEcs(ByteBuffer& out) const;
  // Who captured the frame of this origin.
  [[nodiscard]] std::string_view SensorOf(const source::FrameOrigin& origin) const {
    return origin.sensor.empty() ? std::string_view(run_.sensor) : origin.sensor;
  }

 private:
  void Set(std::string_view sensor, std::string_view path);

  RunOrigin run_;
  ByteBuffer members_;  // up to the frame's number
  ByteBuffer ecs_;
  std::string sensor_;  // that both speak of
  std::string file_;    // empty: none
};

}  // namespace espcap::encode

#endif  // ESPCAP_ENCODE_PROVENANCE_H_
