// SPDX-License-Identifier: GPL-2.0-or-later
//
// Options of a packet's block, where releases differ. Part of wireshark_api.h.
#ifndef ESPCAP_SOURCE_WIRESHARK_OPTIONS_H_
#define ESPCAP_SOURCE_WIRESHARK_OPTIONS_H_

#include "source/wireshark_headers.h"

namespace espcap::wireshark {

// A packet's option of an enterprise's own.
struct CustomOption {
  uint32_t enterprise = 0;
  uint32_t kind = 0;  // Netflix's only
  std::span<const char> bytes;
  bool is_taken_apart = false;  // by libwiretap: the bytes aren't all that the block had
};

// Nothing where the option is of another type.
inline std::optional<CustomOption> ReadCustomOption(wtap_opttype_e type,
                                                    const wtap_optval_t& option) {
#ifdef ESPCAP_WIRESHARK_CUSTOM_OPTIONS_ARE_SPLIT
  if (type == WTAP_OPTTYPE_CUSTOM_STRING) {
    const custom_string_opt_t& custom = option.custom_stringval;
    return CustomOption{custom.pen, 0, std::string_view(custom.string)};
  }
  if (type != WTAP_OPTTYPE_CUSTOM_BINARY) return std::nullopt;
  const custom_binary_opt_t& custom = option.custom_binaryval;
  return CustomOption{
      custom.pen,
      0,
      {static_cast<const char*>(custom.data.custom_data), custom.data.custom_data_len}};
#else
  if (type != WTAP_OPTTYPE_CUSTOM) return std::nullopt;
  const custom_opt_t& custom = option.custom_opt;
  if (custom.pen == PEN_NFLX) {
    const auto& data = custom.data.nflx_data;
    return CustomOption{custom.pen, data.type, {data.custom_data, data.custom_data_len}, true};
  }
  const auto& data = custom.data.generic_data;
  return CustomOption{custom.pen, 0, {data.custom_data, data.custom_data_len}};
#endif
}

// Copies the bytes. False where `type` is another.
inline bool AddCustomOption(wtap_block_t block, guint id, wtap_opttype_e type,
                            const CustomOption& custom) {
#ifdef ESPCAP_WIRESHARK_CUSTOM_OPTIONS_ARE_SPLIT
  if (type == WTAP_OPTTYPE_CUSTOM_STRING) {
    wtap_block_add_custom_string_option(block, id, custom.enterprise, custom.bytes.data(),
                                        custom.bytes.size());
    return true;
  }
  if (type != WTAP_OPTTYPE_CUSTOM_BINARY) return false;
  wtap_block_add_custom_binary_option_from_data(block, id, custom.enterprise, custom.bytes.data(),
                                                custom.bytes.size());
#else
  if (type != WTAP_OPTTYPE_CUSTOM) return false;
  if (custom.enterprise == PEN_NFLX) {
    wtap_block_add_nflx_custom_option(block, custom.kind, custom.bytes.data(), custom.bytes.size());
  } else {
    wtap_block_add_custom_option(block, id, custom.enterprise, custom.bytes.data(),
                                 custom.bytes.size());
  }
#endif
  return true;
}

// A packet's hash. Where it has no type of its own it is an option of bytes.
struct HashOption {
  uint8_t algorithm = 0;
  std::span<const uint8_t> bytes;
};

// Nothing where the option is of another type.
inline std::optional<HashOption> ReadHashOption([[maybe_unused]] wtap_opttype_e type,
                                                [[maybe_unused]] const wtap_optval_t& option) {
#ifdef ESPCAP_WIRESHARK_HASH_OPTION_IS_TYPED
  if (type == WTAP_OPTTYPE_PACKET_HASH) {
    const packet_hash_opt_t& hash = option.packet_hash;
    return HashOption{hash.type, {hash.hash_bytes->data, hash.hash_bytes->len}};
  }
#endif
  return std::nullopt;
}

// Copies the bytes. False where `type` is another.
inline bool AddHashOption([[maybe_unused]] wtap_block_t block, [[maybe_unused]] guint id,
                          [[maybe_unused]] wtap_opttype_e type,
                          [[maybe_unused]] const HashOption& hash) {
#ifdef ESPCAP_WIRESHARK_HASH_OPTION_IS_TYPED
  if (type == WTAP_OPTTYPE_PACKET_HASH) {
    packet_hash_opt_t option{};
    option.type = hash.algorithm;
    option.hash_bytes = g_byte_array_new();
    g_byte_array_append(option.hash_bytes, hash.bytes.data(),
                        static_cast<guint>(hash.bytes.size()));
    wtap_block_add_packet_hash_option(block, id, &option);  // copies
    g_byte_array_free(option.hash_bytes, TRUE);
    return true;
  }
#endif
  return false;
}

}  // namespace espcap::wireshark

#endif  // ESPCAP_SOURCE_WIRESHARK_OPTIONS_H_
