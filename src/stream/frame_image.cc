// SPDX-License-Identifier: GPL-2.0-or-later
#include "stream/frame_image.h"

#include <cstring>
#include <type_traits>

namespace espcap::stream {
namespace {

// Types are numbers in what is read: another process wrote them, and what is no value of an
// enumeration can't be put into one. Four bits hold all types of options, in every release.
constexpr uint32_t kMaxOptionType = 15;

// Of what follows; the header comes first.
struct Sizes {
  uint32_t has_block = 0;
  uint32_t block_type = WTAP_BLOCK_PACKET;
  uint32_t options = 0;
  uint32_t data = 0;
};

struct OptionHeader {
  unsigned id = 0;
  uint32_t type = WTAP_OPTTYPE_UINT8;
  // Of a custom option: its enterprise; of a verdict: its kind; of a hash: its algorithm.
  uint32_t sub_type = 0;
  uint32_t kind = 0;  // of a custom option
  uint32_t bytes = 0;
};

void Put(std::vector<char>& out, const void* bytes, size_t count) {
  const char* begin = static_cast<const char*>(bytes);
  out.insert(out.end(), begin, begin + count);
}

void PutOption(std::vector<char>& out, OptionHeader header, const void* bytes, size_t count) {
  header.bytes = static_cast<uint32_t>(count);
  Put(out, &header, sizeof(header));
  Put(out, bytes, count);
}

void PutVerdict(std::vector<char>& out, OptionHeader header, const packet_verdict_opt_t& verdict) {
  header.sub_type = verdict.type;
  if (verdict.type == packet_verdict_hardware) {
    const GByteArray* bytes = verdict.data.verdict_bytes;
    return PutOption(out, header, bytes->data, bytes->len);
  }
  // Both others are one 64-bit number.
  PutOption(out, header, &verdict.data.verdict_linux_ebpf_tc, sizeof(guint64));
}

void PutCustom(std::vector<char>& out, OptionHeader header, const wireshark::CustomOption& custom) {
  header.sub_type = custom.enterprise;
  header.kind = custom.kind;
  PutOption(out, header, custom.bytes.data(), custom.bytes.size());
}

void PutHash(std::vector<char>& out, OptionHeader header, const wireshark::HashOption& hash) {
  header.sub_type = hash.algorithm;
  PutOption(out, header, hash.bytes.data(), hash.bytes.size());
}

wireshark::CallbackResult CopyOption(wtap_block_t /*block*/, unsigned id, wtap_opttype_e type,
                                     wtap_optval_t* value, void* user_data) {
  auto& out = *static_cast<std::vector<char>*>(user_data);
  const OptionHeader header{id, type, 0, 0, 0};
  if (const auto custom = wireshark::ReadCustomOption(type, *value)) {
    PutCustom(out, header, *custom);
    return TRUE;
  }
  if (const auto hash = wireshark::ReadHashOption(type, *value)) {
    PutHash(out, header, *hash);
    return TRUE;
  }
  switch (type) {
    case WTAP_OPTTYPE_STRING:
      PutOption(out, header, value->stringval, std::strlen(value->stringval));
      break;
    case WTAP_OPTTYPE_BYTES: {
      gsize size = 0;
      const void* bytes = g_bytes_get_data(value->byteval, &size);
      PutOption(out, header, bytes, size);
      break;
    }
    case WTAP_OPTTYPE_PACKET_VERDICT:
      PutVerdict(out, header, value->packet_verdictval);
      break;
    case WTAP_OPTTYPE_IF_FILTER:  // of interfaces, never of packets
      break;
    default:  // numbers and addresses: the union itself
      PutOption(out, header, value, sizeof(ws_in6_addr));
  }
  return TRUE;
}

void AddVerdict(wtap_block_t block, const OptionHeader& header, const char* bytes) {
  if (header.sub_type > packet_verdict_linux_ebpf_xdp) return;
  packet_verdict_opt_t verdict{};
  verdict.type = static_cast<packet_verdict_type_e>(header.sub_type);
  if (verdict.type == packet_verdict_hardware) {
    verdict.data.verdict_bytes = g_byte_array_new();
    g_byte_array_append(verdict.data.verdict_bytes, reinterpret_cast<const guint8*>(bytes),
                        header.bytes);
    wtap_block_add_packet_verdict_option(block, header.id, &verdict);  // copies
    g_byte_array_free(verdict.data.verdict_bytes, TRUE);
    return;
  }
  if (header.bytes != sizeof(guint64)) return;
  std::memcpy(&verdict.data.verdict_linux_ebpf_tc, bytes, sizeof(guint64));
  wtap_block_add_packet_verdict_option(block, header.id, &verdict);
}

void AddNumber(wtap_block_t block, const OptionHeader& header, const char* bytes) {
  wtap_optval_t value{};
  if (header.bytes != sizeof(ws_in6_addr)) return;
  std::memcpy(&value, bytes, sizeof(ws_in6_addr));
  switch (header.type) {
    case WTAP_OPTTYPE_UINT8:
      wtap_block_add_uint8_option(block, header.id, value.uint8val);
      break;
    case WTAP_OPTTYPE_UINT32:
      wtap_block_add_uint32_option(block, header.id, value.uint32val);
      break;
    case WTAP_OPTTYPE_UINT64:
      wtap_block_add_uint64_option(block, header.id, value.uint64val);
      break;
    case WTAP_OPTTYPE_INT8:
      wtap_block_add_int8_option(block, header.id, value.int8val);
      break;
    case WTAP_OPTTYPE_INT32:
      wtap_block_add_int32_option(block, header.id, value.int32val);
      break;
    case WTAP_OPTTYPE_INT64:
      wtap_block_add_int64_option(block, header.id, value.int64val);
      break;
    case WTAP_OPTTYPE_IPv4:
      wtap_block_add_ipv4_option(block, header.id, value.ipv4val);
      break;
    case WTAP_OPTTYPE_IPv6:
      wtap_block_add_ipv6_option(block, header.id, &value.ipv6val);
      break;
    default:
      break;
  }
}

void AddOption(wtap_block_t block, const OptionHeader& header, const char* bytes) {
  const auto* octets = reinterpret_cast<const uint8_t*>(bytes);
  const auto type = static_cast<wtap_opttype_e>(header.type);
  if (wireshark::AddCustomOption(block, header.id, type,
                                 {header.sub_type, header.kind, {bytes, header.bytes}}) ||
      wireshark::AddHashOption(block, header.id, type,
                               {static_cast<uint8_t>(header.sub_type), {octets, header.bytes}})) {
    return;
  }
  switch (header.type) {
    case WTAP_OPTTYPE_STRING:
      wtap_block_add_string_option(block, header.id, bytes, header.bytes);
      break;
    case WTAP_OPTTYPE_BYTES:
      wtap_block_add_bytes_option(block, header.id, octets, header.bytes);
      break;
    case WTAP_OPTTYPE_PACKET_VERDICT:
      AddVerdict(block, header, bytes);
      break;
    default:
      AddNumber(block, header, bytes);
  }
}

bool ReadOptions(std::span<const char> options, wtap_block_t block) {
  while (!options.empty()) {
    OptionHeader header;
    if (options.size() < sizeof(header)) return false;
    std::memcpy(&header, options.data(), sizeof(header));
    options = options.subspan(sizeof(header));
    if (header.bytes > options.size() || header.type > kMaxOptionType) return false;
    AddOption(block, header, options.data());
    options = options.subspan(header.bytes);
  }
  return true;
}

void WriteAll(const wireshark::RecordHeader& header, const Sizes& sizes,
              std::span<const char> options, std::span<const uint8_t> data, std::span<char> out) {
  char* place = out.data();
  const auto put = [&place](const void* bytes, size_t count) {
    if (count > 0) std::memcpy(place, bytes, count);
    place += count;
  };
  static_assert(std::is_trivially_copyable_v<wireshark::RecordHeader>);
  put(&header, sizeof(header));
  put(&sizes, sizeof(sizes));
  put(options.data(), options.size());
  put(data.data(), data.size());
}

}  // namespace

void FrameImage::SetRecord(const wireshark::Record& record) {
  record_ = &record;
  options_.clear();
  if (record.rec().block != nullptr) {
    wtap_block_foreach_option(record.rec().block, CopyOption, &options_);
  }
}

size_t FrameImage::bytes() const { return PlainBytes(record_->data().size()) + options_.size(); }

void FrameImage::Write(std::span<char> out) const {
  const std::span<const uint8_t> data = record_->data();
  wtap_block_t block = record_->rec().block;
  const Sizes sizes{block == nullptr ? 0U : 1U,
                    block == nullptr ? WTAP_BLOCK_PACKET : wtap_block_get_type(block),
                    static_cast<uint32_t>(options_.size()), static_cast<uint32_t>(data.size())};
  WriteAll(record_->header(), sizes, options_, data, out);
}

size_t FrameImage::PlainBytes(size_t data_bytes) {
  return sizeof(wireshark::RecordHeader) + sizeof(Sizes) + data_bytes;
}

void FrameImage::WritePlain(const wireshark::RecordHeader& header, std::span<const uint8_t> data,
                            std::span<char> out) {
  const Sizes sizes{0, WTAP_BLOCK_PACKET, 0, static_cast<uint32_t>(data.size())};
  WriteAll(header, sizes, {}, data, out);
}

bool FrameImage::Read(std::span<const char> image, wireshark::Record& record) {
  wireshark::RecordHeader header;
  Sizes sizes;
  if (image.size() < sizeof(header) + sizeof(sizes)) return false;
  std::memcpy(&header, image.data(), sizeof(header));
  std::memcpy(&sizes, image.data() + sizeof(header), sizeof(sizes));
  image = image.subspan(sizeof(header) + sizeof(sizes));
  if (image.size() != size_t{sizes.options} + sizes.data) return false;
  const std::span<const char> data = image.subspan(sizes.options);
  if (!record.Set(header, {reinterpret_cast<const uint8_t*>(data.data()), data.size()})) {
    return false;
  }
  if (sizes.has_block == 0) return true;
  return sizes.block_type < MAX_WTAP_BLOCK_TYPE_VALUE &&
         ReadOptions(image.first(sizes.options),
                     record.MakeBlock(static_cast<wtap_block_type_t>(sizes.block_type)));
}

}  // namespace espcap::stream
