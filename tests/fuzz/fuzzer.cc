// SPDX-License-Identifier: GPL-2.0-or-later
//
// libFuzzer's entry: ESPCAP_FUZZ_TARGET names the target. One program for all of them is linked
// once.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "targets.h"

namespace {

using espcap::fuzz::kTargets;
using espcap::fuzz::Target;

const Target* g_target = nullptr;

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* /*argc*/, char*** /*argv*/) {
  const char* const name = std::getenv("ESPCAP_FUZZ_TARGET");
  g_target = std::find_if(kTargets.begin(), kTargets.end(), [name](const Target& target) {
    return name != nullptr && std::string_view(name) == target.name;
  });
  if (g_target != kTargets.end()) {
    g_target->run({});  // libraries are started before the clock of an input runs
    return 0;
  }
  std::fputs("ESPCAP_FUZZ_TARGET: names no target; give one of\n", stderr);
  for (const Target& target : kTargets) std::fprintf(stderr, "  %s\n", target.name);
  std::exit(2);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  g_target->run({data, size});
  return 0;
}
