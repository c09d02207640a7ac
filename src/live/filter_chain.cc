// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/filter_chain.h"

#include <algorithm>
#include <cstddef>

namespace espcap::live {

std::vector<bpf_insn> ChainFilters(const std::vector<Instructions>& refused, Instructions taken) {
  constexpr bpf_insn kRefuse{BPF_RET | BPF_K, 0, 0, 0};
  std::vector<bpf_insn> chain;
  for (const Instructions program : refused) {
    // Where it says no, the next program is asked.
    for (size_t place = 0; place < program.size(); ++place) {
      const bpf_insn& step = program[place];
      if (BPF_CLASS(step.code) != BPF_RET) {
        chain.push_back(step);
      } else if (step.k == 0) {
        const auto rest = static_cast<bpf_u_int32>(program.size() - place - 1);
        chain.push_back({BPF_JMP | BPF_JA, 0, 0, rest});
      } else {
        chain.push_back(kRefuse);
      }
    }
  }
  chain.insert(chain.end(), taken.begin(), taken.end());
  return chain;
}

}  // namespace espcap::live
