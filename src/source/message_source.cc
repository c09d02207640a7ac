// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/message_source.h"

#include <fmt/format.h>

namespace espcap::source {

tl::expected<void, OpenError> MessageSource::Open(const std::string& path, Message message) {
  message_ = std::move(message);
  name_ = fmt::format("{}, offset {}", stream_name_, message_.offset);
  auto handle = OpenHandle(path, Access::kSequential, name_);
  if (!handle) return tl::unexpected(std::move(handle.error()));
  Read(std::move(*handle));
  return {};
}

FrameOrigin MessageSource::Origin() const {
  const uint32_t index = record_number();
  const bool is_known = index > 0 && index <= message_.numbers.size();
  return {.file = message_.file,
          .frame = is_known ? message_.numbers[index - 1] : index,
          .offset = -1,
          .sensor = message_.sensor,
          .message = {topic_, message_.partition, message_.offset, index}};
}

}  // namespace espcap::source
