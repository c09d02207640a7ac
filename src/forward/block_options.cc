// SPDX-License-Identifier: GPL-2.0-or-later
#include "forward/block_options.h"

#include <string>
#include <string_view>

#include "pcapng/blocks.h"

namespace espcap::forward {
namespace {

struct Options {
  ByteBuffer& out;
  bool of_interface;
};

template <class Number>
std::string BytesOf(Number number) {
  return {reinterpret_cast<const char*>(&number), sizeof(number)};
}

std::string_view Text(const GByteArray& bytes) {
  return {reinterpret_cast<const char*>(bytes.data), bytes.len};
}

std::string_view Text(GBytes* bytes) {
  gsize size = 0;
  const void* const data = g_bytes_get_data(bytes, &size);
  return {static_cast<const char*>(data), size};
}

// A byte says of which kind the rest is.
std::string FilterOf(const if_filter_opt_t& filter) {
  std::string value(1, static_cast<char>(filter.type));
  if (filter.type == if_filter_pcap) return value + filter.data.filter_str;
  const auto& program = filter.data.bpf_prog;
  return value.append(reinterpret_cast<const char*>(program.bpf_prog),
                      program.bpf_prog_len * sizeof(*program.bpf_prog));
}

std::string VerdictOf(const packet_verdict_opt_t& verdict) {
  std::string value(1, static_cast<char>(verdict.type));
  if (verdict.type == packet_verdict_hardware) {
    return value.append(Text(*verdict.data.verdict_bytes));
  }
  return value + BytesOf(verdict.data.verdict_linux_ebpf_tc);  // both others are 64 bits
}

// How times are written is said anew.
bool IsOfTimes(unsigned id) {
  return id == OPT_IDB_TSRESOL || id == OPT_IDB_TSOFFSET || id == OPT_IDB_TZONE;
}

void AppendValue(const Options& options, unsigned id, wtap_opttype_e type,
                 const wtap_optval_t& value) {
  const auto append = [&options, id](std::string_view bytes) {
    pcapng::AppendOption(options.out, static_cast<uint16_t>(id), bytes);
  };
  if (const auto custom = wireshark::ReadCustomOption(type, value)) {
    if (custom->is_taken_apart) return;
    return append(BytesOf(custom->enterprise).append(custom->bytes.data(), custom->bytes.size()));
  }
  if (const auto hash = wireshark::ReadHashOption(type, value)) {
    return append(
        BytesOf(hash->algorithm)
            .append(reinterpret_cast<const char*>(hash->bytes.data()), hash->bytes.size()));
  }
  switch (type) {
    case WTAP_OPTTYPE_STRING:
      return append(value.stringval);
    case WTAP_OPTTYPE_BYTES:
      return append(Text(value.byteval));
    case WTAP_OPTTYPE_UINT8:
      return append(BytesOf(value.uint8val));
    case WTAP_OPTTYPE_UINT32:
      return append(BytesOf(value.uint32val));
    case WTAP_OPTTYPE_UINT64:
      return append(BytesOf(value.uint64val));
    case WTAP_OPTTYPE_IF_FILTER:
      return append(FilterOf(value.if_filterval));
    case WTAP_OPTTYPE_PACKET_VERDICT:
      return append(VerdictOf(value.packet_verdictval));
    default:
      return;
  }
}

wireshark::CallbackResult CopyOption(wtap_block_t /*block*/, unsigned id, wtap_opttype_e type,
                                     wtap_optval_t* value, void* user_data) {
  const auto& options = *static_cast<const Options*>(user_data);
  if (!options.of_interface || !IsOfTimes(id)) AppendValue(options, id, type, *value);
  return TRUE;
}

void AppendOptions(Options options, wtap_block_t block) {
  if (block != nullptr) wtap_block_foreach_option(block, CopyOption, &options);
}

}  // namespace

void AppendPacketOptions(ByteBuffer& out, wtap_block_t block) {
  AppendOptions({out, false}, block);
}

void AppendInterfaceOptions(ByteBuffer& out, wtap_block_t block) {
  AppendOptions({out, true}, block);
}

}  // namespace espcap::forward
