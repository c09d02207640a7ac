// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/message_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "source/interface_block.h"

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

std::vector<MessageSource::Loss> MessageSource::Losses() const {
  constexpr size_t kMost = 64;  // interfaces
  std::vector<Loss> losses;
  const std::unique_ptr<wtapng_iface_descriptions_t, wireshark::GFree> blocks(
      wtap_file_get_idb_info(handle()));
  if (blocks == nullptr) return losses;
  for (guint id = 0; id < blocks->interface_data->len && losses.size() < kMost; ++id) {
    wtap_block_t interface = g_array_index(blocks->interface_data, wtap_block_t, id);
    const uint64_t packets = LostAt(interface);
    if (packets == 0) continue;
    const char* const name = NameOfInterface(interface);
    losses.push_back({name == nullptr ? "" : name, packets});
  }
  return losses;
}

}  // namespace espcap::source
