// SPDX-License-Identifier: GPL-2.0-or-later
//
// What documents cost beyond the dissection that they need. `espcap_floor FILE dissect` reads,
// dissects into a visible tree with taps, and throws the tree away: the floor, which no encoder can
// go below. `espcap_floor FILE encode` writes each tree as JSON too (`hex`: with the fields'
// bytes), into one buffer used again and again; with FIELDS, a list as of --fields, only those. All
// print the user CPU time of that loop alone: starting libwireshark is left out. The ratio of the
// two is the encoder's price.
#include <sys/resource.h>

#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

#include "dissect/capture_facts.h"
#include "dissect/epan_library.h"
#include "dissect/field_selection.h"
#include "dissect/session.h"
#include "encode/tree_encoder.h"
#include "espcap/byte_buffer.h"
#include "source/frame_reader.h"

namespace espcap {
namespace {

enum class Mode { kDissect, kEncode, kEncodeHex };

std::optional<Mode> ParseMode(std::string_view name) {
  if (name == "dissect") return Mode::kDissect;
  if (name == "encode") return Mode::kEncode;
  if (name == "hex") return Mode::kEncodeHex;
  return std::nullopt;
}

double UserSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec) +
         static_cast<double>(usage.ru_utime.tv_usec) / 1e6;
}

struct Totals {
  uint64_t packets = 0;
  uint64_t json_bytes = 0;
};

// A function of its own in the binary, so that callgrind can count what is inside it alone.
[[gnu::noinline]] Result<Totals> Run(source::FileSource& source, dissect::Session& session,
                                     Mode mode, const dissect::FieldSelection* selection) {
  encode::TreeEncoder encoder(mode == Mode::kEncodeHex, selection);
  source::FrameReader frames(source, nullptr, 0);
  ByteBuffer json;
  Totals totals;
  for (;;) {
    auto more = frames.Next();
    if (!more) return Forward(std::move(more));
    if (!*more) return totals;
    auto selected = session.Dissect(frames.frame_number());
    if (!selected) return Forward(std::move(selected));
    if (mode != Mode::kDissect) {
      json.Clear();
      encoder.AppendLayers(json, session.dissection());
      totals.json_bytes += json.size();
    }
    session.Finish();
    ++totals.packets;
  }
}

Result<void> Measure(const std::string& path, Mode mode, const char* fields) {
  std::optional<dissect::FieldSelection> selection;
  if (fields != nullptr) {
    auto resolved = dissect::FieldSelection::Resolve(
        {.fields = {fields}, .with_hex = mode == Mode::kEncodeHex});
    if (!resolved) return Forward(std::move(resolved));
    selection = std::move(*resolved);
  }
  const dissect::FieldSelection* selected = selection ? &*selection : nullptr;
  auto source = source::FileSource::Open(path, source::FileSource::Access::kSequential);
  if (!source) return Fail("{}", source.error().message);
  dissect::Session session({.selection = selected});
  session.Attach(**source);
  dissect::LearnFactsOf((*source)->handle());
  const double before = UserSeconds();
  const auto totals = Run(**source, session, mode, selected);
  const double seconds = UserSeconds() - before;
  if (!totals) return tl::unexpected(totals.error());
  static_cast<void>(std::printf("%llu packets, %.3f s user CPU, %llu bytes of JSON\n",
                                static_cast<unsigned long long>(totals->packets), seconds,
                                static_cast<unsigned long long>(totals->json_bytes)));
  return {};
}

int Main(int argc, char** argv) {
  const auto mode = ParseMode(argc > 2 ? argv[2] : "encode");
  if (argc < 2 || argc > 4 || !mode) {
    static_cast<void>(
        std::fputs("usage: espcap_floor FILE [dissect|encode|hex [FIELDS]]\n", stderr));
    return 2;
  }
  auto library = dissect::EpanLibrary::Start(argv[0], {}, nullptr);
  const auto measured = library ? Measure(argv[1], *mode, argc > 3 ? argv[3] : nullptr)
                                : tl::unexpected(library.error());
  if (measured) return 0;
  static_cast<void>(std::fprintf(stderr, "espcap_floor: %s\n", measured.error().message.c_str()));
  return 1;
}

}  // namespace
}  // namespace espcap

int main(int argc, char** argv) { return espcap::Main(argc, argv); }
