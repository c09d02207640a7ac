// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/filter_chain.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "source/filter_program.h"

namespace espcap::live {
namespace {

constexpr int kEthernet = 1;

// Of a frame with nothing but this type and length.
bool Accepts(std::vector<bpf_insn> instructions, uint16_t type, size_t length) {
  std::vector<uint8_t> frame(length);
  frame[12] = static_cast<uint8_t>(type >> 8U);
  frame[13] = static_cast<uint8_t>(type & 0xFFU);
  pcap_pkthdr header{};
  header.caplen = header.len = static_cast<bpf_u_int32>(frame.size());
  const bpf_program program{static_cast<u_int>(instructions.size()), instructions.data()};
  return pcap_offline_filter(&program, &header, frame.data()) != 0;
}

std::vector<bpf_insn> Chain(const std::vector<std::string>& refused, const std::string& taken) {
  std::vector<source::FilterProgram> programs;
  std::vector<Instructions> refusing;
  const auto add = [&](const std::string& expression) {
    auto program = source::CompileFilter(expression, kEthernet, source::ByteOrder::kOurs);
    programs.push_back(std::move(*program));
    return Instructions(programs.back()->bf_insns, programs.back()->bf_len);
  };
  for (const std::string& expression : refused) refusing.push_back(add(expression));
  return ChainFilters(refusing, add(taken));
}

TEST(FilterChain, TakesWhatNoneRefuses) {
  const struct {
    std::vector<std::string> refused;
    const char* taken;
    bool arp, long_arp, rarp;
  } cases[] = {
      {{}, "", true, true, true},
      {{}, "arp", true, true, false},
      {{"arp"}, "", false, false, true},
      {{"greater 100"}, "arp", true, false, false},
      {{"greater 100", "rarp"}, "", true, false, false},
      {{"vlan", "vlan and vlan", "arp and greater 100"}, "", true, false, true},
      {{"less 1000"}, "", false, false, false},
      {{"greater 1000"}, "less 1", false, false, false},
  };
  for (const auto& test : cases) {
    const auto chain = Chain(test.refused, test.taken);
    EXPECT_NE(bpf_validate(chain.data(), static_cast<int>(chain.size())), 0);
    EXPECT_EQ(Accepts(chain, 0x0806, 60), test.arp) << test.taken;
    EXPECT_EQ(Accepts(chain, 0x0806, 200), test.long_arp) << test.taken;
    EXPECT_EQ(Accepts(chain, 0x8035, 60), test.rarp) << test.taken;
  }
}

}  // namespace
}  // namespace espcap::live
