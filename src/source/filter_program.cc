// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/filter_program.h"

#include <pcap/dlt.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "source/link_type.h"

namespace espcap::source {
namespace {

// tcpdump's for files: nobody knows the networks that a file is from.
constexpr bpf_u_int32 kNetmask = 0;

// What libpcap says of it.
std::optional<std::string> FaultOf(const std::string& expression, int link_type, ByteOrder order,
                                   bpf_program& program) {
  const PcapHandle handle = OpenAsFile(link_type, order);
  if (handle == nullptr) return "out of memory";
  constexpr int kOptimize = 1;  // which also finds that nothing can match
  if (pcap_compile(handle.get(), &program, expression.c_str(), kOptimize, kNetmask) == 0) return {};
  return pcap_geterr(handle.get());
}

// It would be the same on every link type; and asking again for a host's name takes time.
bool IsTheSameEverywhere(std::string_view message) {
  return message.find("syntax error") != std::string_view::npos || message.starts_with("unknown ");
}

}  // namespace

Result<FilterProgram> CompileFilter(const std::string& expression, int link_type, ByteOrder order) {
  auto program = std::make_unique<bpf_program>();
  if (const auto fault = FaultOf(expression, link_type, order, *program)) {
    return Fail("{}", *fault);
  }
  return FilterProgram(program.release());
}

bool LooksAtBytes(const bpf_program& program) {
  return std::any_of(program.bf_insns, program.bf_insns + program.bf_len, [](const bpf_insn& step) {
    const auto kind = BPF_CLASS(step.code);
    const auto mode = BPF_MODE(step.code);
    return (kind == BPF_LD && (mode == BPF_ABS || mode == BPF_IND)) ||
           (kind == BPF_LDX && mode == BPF_MSH);
  });
}

Result<void> CheckCaptureFilter(const std::string& expression) {
  // One link type for each part of the language that is refused on others.
  constexpr std::array<int, 8> kOneOfEachKind = {DLT_EN10MB, DLT_IEEE802_11_RADIO, DLT_LINUX_SLL2,
                                                 DLT_SUNATM, DLT_MTP2_WITH_PHDR,   DLT_PFLOG,
                                                 DLT_ARCNET, DLT_PPP_PPPD};
  std::optional<std::pair<std::string, int>> first;
  for (const int link_type : kOneOfEachKind) {
    bpf_program program{};
    auto fault = FaultOf(expression, link_type, ByteOrder::kOurs, program);
    pcap_freecode(&program);
    if (!fault) return {};
    if (!first || IsTheSameEverywhere(*fault)) first = {std::move(*fault), link_type};
    if (IsTheSameEverywhere(first->first)) break;
  }
  return Fail("{}", DescribeFilterFault(expression, first->first, first->second));
}

std::string DescribeFilterFault(const std::string& expression, const std::string& message,
                                int link_type) {
  std::string text = fmt::format("--bpf '{}'", expression);
  if (!IsTheSameEverywhere(message)) text += " on link type " + LinkTypeName(link_type);
  return text + ": " + message + " (see pcap-filter(7))";
}

}  // namespace espcap::source
