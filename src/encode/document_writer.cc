// SPDX-License-Identifier: GPL-2.0-or-later
#include "encode/document_writer.h"

#include <array>
#include <ctime>

#include "encode/json_text.h"
#include "encode/time_text.h"

namespace espcap::encode {
namespace {

// In local time, as Espcap printed it.
void AppendTextHead(ByteBuffer& out, uint64_t document_number, std::time_t seconds) {
  std::tm local{};
  std::array<char, 64> text{};
  if (localtime_r(&seconds, &local) != nullptr) {
    static_cast<void>(std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S", &local));
  }
  out.Append("Packet no. ");
  AppendDecimal(out, document_number);
  out.Append("\n* packet time stamp - ");
  out.Append(text.data());
  out.Append("\n* payload -  ");
}

}  // namespace

std::string_view DocumentWriter::Append(ByteBuffer& out, const epan_dissect_t& dissection,
                                        uint64_t number) {
  const nstime_t& time = dissection.pi.abs_ts;
  if (format_ == Format::kText) AppendTextHead(out, number, time.secs);
  out.Append(R"({"timestamp":)");
  typed_ ? AppendTimestampNumber(out, time) : AppendTimestamp(out, time);
  if (ecs_) ecs_->AppendMembers(out, dissection);
  out.Append(R"(,"layers":)");
  tree_.AppendLayers(out, dissection);
  if (tree_.cuts().any()) tree_.cuts().AppendMember(out);
  out.Append("}\n");
  return tree_.cuts().first_layer();
}

}  // namespace espcap::encode
