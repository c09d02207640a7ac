// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/raw_file.h"

#include "source/wiretap_error.h"

namespace espcap::live {
namespace {

struct FreeBlocks {
  void operator()(GArray* blocks) const { wtap_block_array_free(blocks); }
};
using Blocks = std::unique_ptr<GArray, FreeBlocks>;

wtap_block_t BlockOf(const RawFile::Interface& interface) {
  wtap_block_t block = wtap_block_create(WTAP_BLOCK_IF_ID_AND_INFO);
  auto* fixed = static_cast<wtapng_if_descr_mandatory_t*>(wtap_block_get_mandatory_data(block));
  fixed->wtap_encap = interface.encapsulation;
  fixed->snap_len = interface.snaplen;
  const bool is_fine = interface.nanoseconds;
  fixed->time_units_per_second = is_fine ? 1'000'000'000 : 1'000'000;
  fixed->tsprecision = is_fine ? WTAP_TSPREC_NSEC : WTAP_TSPREC_USEC;
  wtap_block_add_uint8_option(block, OPT_IDB_TSRESOL, is_fine ? 9 : 6);
  wtap_block_add_string_option(block, OPT_IDB_NAME, interface.name.data(), interface.name.size());
  if (!interface.filter.empty()) {
    if_filter_opt_t filter{};
    filter.type = if_filter_pcap;
    filter.data.filter_str = const_cast<char*>(interface.filter.c_str());  // is copied
    wtap_block_add_if_filter_option(block, OPT_IDB_FILTER, &filter);
  }
  return block;
}

}  // namespace

Result<std::unique_ptr<RawFile>> RawFile::Begin(base::FileDescriptor file,
                                                const Interface& interface) {
  const Blocks blocks(g_array_new(FALSE, FALSE, sizeof(wtap_block_t)));
  wtap_block_t block = BlockOf(interface);
  g_array_append_val(blocks.get(), block);
  wtapng_iface_descriptions_t descriptions{blocks.get()};
  wtap_dump_params params{};
  params.encap = interface.encapsulation;
  params.snaplen = static_cast<int>(interface.snaplen);
  params.tsprec = interface.nanoseconds ? WTAP_TSPREC_NSEC : WTAP_TSPREC_USEC;
  params.idb_inf = &descriptions;
  int error = 0;
  char* error_info = nullptr;
  wtap_dumper* dumper = wtap_dump_fdopen(file.get(), wtap_pcapng_file_type_subtype(),
                                         WTAP_UNCOMPRESSED, &params, &error, &error_info);
  if (dumper == nullptr) {
    return Fail("write raw packets: {}", source::DescribeWiretapError(error, error_info));
  }
  static_cast<void>(file.Release());  // it's the dumper's
  return std::unique_ptr<RawFile>(new RawFile(dumper));
}

RawFile::~RawFile() {
  int error = 0;
  char* error_info = nullptr;
  wtap_dump_close(dumper_, nullptr, &error, &error_info);
  g_free(error_info);
}

Result<void> RawFile::Add(const wireshark::RecordHeader& header, std::span<const uint8_t> bytes) {
  constexpr uint32_t kInterface = 0;  // the file has one
  int error = 0;
  char* error_info = nullptr;
  if (!writer_.Write(dumper_, header, kInterface, bytes, &error, &error_info)) {
    return Fail("write raw packets: {}", source::DescribeWiretapError(error, error_info));
  }
  return {};
}

Result<void> RawFile::Flush() {
  int error = 0;
  if (wtap_dump_flush(dumper_, &error) == FALSE) {
    return Fail("write raw packets: {}", source::DescribeWiretapError(error, nullptr));
  }
  return {};
}

uint64_t RawFile::bytes() const { return static_cast<uint64_t>(wtap_get_bytes_dumped(dumper_)); }

}  // namespace espcap::live
