// SPDX-License-Identifier: GPL-2.0-or-later
#include "retrieve/pcapng_writer.h"

#include <array>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "source/wiretap_error.h"

namespace espcap::retrieve {
namespace {

constexpr uint8_t kNanoseconds = 9;
constexpr uint64_t kSecondNs = 1'000'000'000;
constexpr std::string_view kApplication = "espcap " ESPCAP_VERSION;

tl::unexpected<Error> Failed(int error, char* error_info) {
  return Fail("write packets: {}", source::DescribeWiretapError(error, error_info));
}

wtapng_if_descr_mandatory_t* FixedPartOf(wtap_block_t interface) {
  return static_cast<wtapng_if_descr_mandatory_t*>(wtap_block_get_mandatory_data(interface));
}

// The power of ten; that of nanoseconds for what is finer, or none.
uint8_t ResolutionOf(uint64_t units_per_second) {
  uint64_t units = 1;
  for (uint8_t power = 0; power < kNanoseconds; ++power, units *= 10) {
    if (units == units_per_second) return power;
  }
  return kNanoseconds;
}

uint64_t UnitsOf(uint8_t resolution) {
  uint64_t units = 1;
  for (; resolution > 0; --resolution) units *= 10;
  return units;
}

// The section's program is this one. What the file before said of its section isn't true of this.
void SayApplication(const GArray* sections) {
  if (sections == nullptr || sections->len == 0) return;
  wtap_block_t section = g_array_index(sections, wtap_block_t, 0);
  constexpr std::array<guint, 4> kOptions = {OPT_COMMENT, OPT_SHB_HARDWARE, OPT_SHB_OS,
                                             OPT_SHB_USERAPPL};
  for (const guint option : kOptions) {
    while (wtap_block_count_option(section, option) > 0 &&
           (wtap_block_remove_option(section, option) == WTAP_OPTTYPE_SUCCESS ||
            wtap_block_remove_nth_option_instance(section, option, 0) == WTAP_OPTTYPE_SUCCESS)) {
    }
  }
  wtap_block_add_string_option(section, OPT_SHB_USERAPPL, kApplication.data(), kApplication.size());
}

std::unique_ptr<GArray, BlocksFree> EachOnce(const GArray& secrets) {
  std::unique_ptr<GArray, BlocksFree> once(g_array_new(FALSE, FALSE, sizeof(wtap_block_t)));
  std::set<std::pair<uint32_t, std::string>> known;
  for (guint i = 0; i < secrets.len; ++i) {
    wtap_block_t block = g_array_index(&secrets, wtap_block_t, i);
    const auto* one =
        static_cast<const wtapng_dsb_mandatory_t*>(wtap_block_get_mandatory_data(block));
    std::string text(reinterpret_cast<const char*>(one->secrets_data), one->secrets_len);
    if (!known.emplace(one->secrets_type, std::move(text)).second) continue;
    wtap_block_t kept = wtap_block_ref(block);
    g_array_append_val(once.get(), kept);
  }
  return once;
}

}  // namespace

Block DescribeInterface(wtap_block_t original, const wtap_rec& packet) {
  Block interface(original == nullptr ? wtap_block_create(WTAP_BLOCK_IF_ID_AND_INFO)
                                      : wtap_block_make_copy(original));
  auto* fixed = FixedPartOf(interface.get());
  fixed->wtap_encap = packet.rec_header.packet_header.pkt_encap;
  if (original == nullptr) fixed->snap_len = WTAP_MAX_PACKET_SIZE_STANDARD;
  // They count packets of the whole file.
  if (fixed->interface_statistics != nullptr) wtap_block_array_free(fixed->interface_statistics);
  fixed->interface_statistics = nullptr;
  fixed->num_stat_entries = 0;
  uint8_t resolution = ResolutionOf(original == nullptr ? 0 : fixed->time_units_per_second);
  if (static_cast<uint64_t>(packet.ts.nsecs) % (kSecondNs / UnitsOf(resolution)) != 0) {
    resolution = kNanoseconds;
  }
  fixed->time_units_per_second = UnitsOf(resolution);
  fixed->tsprecision = resolution;
  wtap_block_remove_option(interface.get(), OPT_IDB_TSRESOL);
  wtap_block_add_uint8_option(interface.get(), OPT_IDB_TSRESOL, resolution);
  // libwiretap has added it to the times.
  wtap_block_remove_option(interface.get(), OPT_IDB_TSOFFSET);
  return interface;
}

bool KeepsTime(wtap_block_t interface, const wtap_rec& packet) {
  const uint64_t units = FixedPartOf(interface)->time_units_per_second;
  return static_cast<uint64_t>(packet.ts.nsecs) % (kSecondNs / units) == 0;
}

PcapngWriter::PcapngWriter() : not_copied_(g_array_new(FALSE, FALSE, sizeof(wtap_block_t))) {
  wtap_block_t block = wtap_block_create(WTAP_BLOCK_IF_ID_AND_INFO);
  g_array_append_val(not_copied_.get(), block);
  not_copied_interfaces_.interface_data = not_copied_.get();
}

Result<std::unique_ptr<PcapngWriter>> PcapngWriter::Begin(base::FileDescriptor file, wtap* source,
                                                          Secrets secrets) {
  std::unique_ptr<PcapngWriter> writer(new PcapngWriter);
  wtap_dump_params& params = writer->params_;
  if (source != nullptr) wtap_dump_params_init_no_idbs(&params, source);
  SayApplication(params.shb_hdrs);
  if (secrets == Secrets::kEachOnce && params.dsbs_growing != nullptr) {
    writer->secrets_ = EachOnce(*params.dsbs_growing);
    params.dsbs_growing = writer->secrets_.get();
  }
  params.encap = WTAP_ENCAP_PER_PACKET;
  params.dont_copy_idbs = TRUE;
  writer->interfaces_of_source_ = std::exchange(params.idb_inf, &writer->not_copied_interfaces_);
  int error = 0;
  char* error_info = nullptr;
  writer->dumper_ = wtap_dump_fdopen(file.get(), wtap_pcapng_file_type_subtype(), WTAP_UNCOMPRESSED,
                                     &params, &error, &error_info);
  if (writer->dumper_ == nullptr) return Failed(error, error_info);
  static_cast<void>(file.Release());  // it's the dumper's
  return writer;
}

PcapngWriter::~PcapngWriter() {
  if (dumper_ != nullptr) static_cast<void>(Close());
  params_.idb_inf = interfaces_of_source_;
  wtap_dump_params_cleanup(&params_);
}

Result<uint32_t> PcapngWriter::AddInterface(wtap_block_t interface) {
  int error = 0;
  char* error_info = nullptr;
  if (!wtap_dump_add_idb(dumper_, interface, &error, &error_info)) return Failed(error, error_info);
  return interfaces_++;
}

Result<bool> PcapngWriter::Write(wireshark::Record& record) {
  int error = 0;
  char* error_info = nullptr;
  if (record.Write(dumper_, &error, &error_info)) return true;
  // Else it's of the file that is written to.
  const bool is_of_record =
      error == WTAP_ERR_UNWRITABLE_REC_TYPE || error == WTAP_ERR_UNWRITABLE_ENCAP ||
      error == WTAP_ERR_PACKET_TOO_LARGE || error == WTAP_ERR_ENCAP_PER_PACKET_UNSUPPORTED ||
      error == WTAP_ERR_UNWRITABLE_REC_DATA;
  if (!is_of_record) return Failed(error, error_info);
  g_free(error_info);
  return false;
}

Result<void> PcapngWriter::Close() {
  int error = 0;
  char* error_info = nullptr;
  if (!wtap_dump_close(std::exchange(dumper_, nullptr), nullptr, &error, &error_info)) {
    return Failed(error, error_info);
  }
  return {};
}

}  // namespace espcap::retrieve
