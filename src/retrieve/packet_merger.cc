// SPDX-License-Identifier: GPL-2.0-or-later
#include "retrieve/packet_merger.h"

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "retrieve/pcapng_writer.h"

namespace espcap::retrieve {
namespace {

using source::FileSource;

struct Place {
  int64_t time_ns = 0;
  int64_t offset = 0;
  uint32_t section = 0;
};

// A record without a time stays behind the one before it.
Result<std::vector<Place>> PlacesByTime(FileSource& sections) {
  std::vector<Place> places;
  for (;;) {
    auto read = sections.Next();
    if (!read) return Forward(std::move(read));
    if (!*read) break;
    const wireshark::Record& record = sections.record();
    const bool has_time = (record.rec().presence_flags & WTAP_HAS_TS) != 0;
    const int64_t before = places.empty() ? 0 : places.back().time_ns;
    places.push_back(
        {has_time ? record.time_ns() : before, sections.offset(), record.rec().section_number});
  }
  std::stable_sort(places.begin(), places.end(),
                   [](const Place& a, const Place& b) { return a.time_ns < b.time_ns; });
  return places;
}

struct Numbers {
  std::vector<uint32_t> firsts;   // of each section, in the next
  std::vector<uint32_t> numbers;  // in the file that is written
};

// Interfaces of which the same is said become one.
Result<Numbers> AddInterfaces(const FileSource& sections, std::span<const uint32_t> interfaces,
                              PcapngWriter& writer) {
  Numbers numbers;
  uint32_t first = 0;
  for (const uint32_t count : interfaces) {
    numbers.firsts.push_back(first);
    first += count;
  }
  const std::unique_ptr<wtapng_iface_descriptions_t, wireshark::GFree> blocks(
      wtap_file_get_idb_info(sections.handle()));
  std::map<std::string, uint32_t> known;
  for (guint i = 0; i < blocks->interface_data->len; ++i) {
    wtap_block_t block = g_array_index(blocks->interface_data, wtap_block_t, i);
    const wireshark::GString text(wtap_get_debug_if_descr(block, 0, "\n"));
    const auto [same, is_new] = known.try_emplace(text.get(), writer.interfaces());
    if (is_new) {
      if (auto added = writer.AddInterface(block); !added) return Forward(std::move(added));
    }
    numbers.numbers.push_back(same->second);
  }
  return numbers;
}

Result<void> Renumber(wireshark::Record& record, uint32_t section, const Numbers& numbers) {
  if (record.rec()->rec_type != REC_TYPE_PACKET) return {};
  const uint64_t id = record.rec()->rec_header.packet_header.interface_id;
  if (section >= numbers.firsts.size() || numbers.firsts[section] + id >= numbers.numbers.size()) {
    return Fail("a packet has an interface that its section doesn't describe");
  }
  record.SetInterface(numbers.numbers[numbers.firsts[section] + id]);
  return {};
}

}  // namespace

Result<MergedSections> MergeSections(FileSource& sections, std::span<const uint32_t> interfaces,
                                     base::FileDescriptor out) {
  const auto places = PlacesByTime(sections);
  if (!places) return tl::unexpected(places.error());
  // All that was read by now: their secrets are written before the first packet.
  auto writer = PcapngWriter::Begin(std::move(out), sections.handle(), Secrets::kEachOnce);
  if (!writer) return Forward(std::move(writer));
  const auto numbers = AddInterfaces(sections, interfaces, **writer);
  if (!numbers) return tl::unexpected(numbers.error());
  uint32_t number = 0;
  for (const Place& place : *places) {
    if (auto read = sections.ReadAt(place.offset, ++number); !read) {
      return Forward(std::move(read));
    }
    if (auto renumbered = Renumber(sections.record(), place.section, *numbers); !renumbered) {
      return Forward(std::move(renumbered));
    }
    auto written = (*writer)->Write(sections.record());
    if (!written) return Forward(std::move(written));
  }
  if (auto closed = (*writer)->Close(); !closed) return Forward(std::move(closed));
  return MergedSections{places->size(), (*writer)->interfaces()};
}

Result<void> WriteEmptySection(base::FileDescriptor out) {
  auto writer = PcapngWriter::Begin(std::move(out), nullptr);
  if (!writer) return Forward(std::move(writer));
  return (*writer)->Close();
}

}  // namespace espcap::retrieve
