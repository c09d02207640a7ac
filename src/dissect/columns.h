// SPDX-License-Identifier: GPL-2.0-or-later
//
// The columns of Wireshark's packet list, filled by the dissectors on the way: No., Time, Source,
// Destination, Protocol, Length, Info. Always these, whatever a user's preferences show there.
// REQUIRES: a started EpanLibrary.
#ifndef ESPCAP_DISSECT_COLUMNS_H_
#define ESPCAP_DISSECT_COLUMNS_H_

#include <epan/column-info.h>
#include <epan/column-utils.h>
#include <epan/column.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "source/wireshark_api.h"

namespace espcap::dissect {

enum class Column : uint8_t { kNumber, kTime, kSource, kDestination, kProtocol, kLength, kInfo };

inline constexpr std::array<std::string_view, 7> kColumnNames = {
    "no", "time", "source", "destination", "protocol", "length", "info"};

// A set of columns: a bit each.
using ColumnSet = uint8_t;
inline constexpr ColumnSet kAllColumns = (1U << kColumnNames.size()) - 1;
inline ColumnSet SetOf(Column column) {
  return static_cast<ColumnSet>(1U << static_cast<unsigned>(column));
}

// Names of columns as Wireshark's releases have them: "_ws.col.Info", "_ws.col.info",
// "_ws.col.def_src"; "_ws.col.*" is all of them. The empty set: begins so, but names none. Nothing:
// the name isn't a column's.
std::optional<ColumnSet> ColumnsNamed(std::string_view name, bool is_prefix);

class Columns {
 public:
  Columns();
  ~Columns();
  Columns(const Columns&) = delete;
  Columns& operator=(const Columns&) = delete;

  // For display filters that read columns (wireshark::ReadsColumns): from now on each is a field of
  // a layer `_ws.col`, too, as tshark has it then.
  void BecomeFields();

  // For a dissection to fill.
  [[nodiscard]] column_info* info() { return &info_; }
  // After a dissection: fills those that follow from the frame and its addresses.
  static void Complete(epan_dissect_t* edt) { epan_dissect_fill_in_columns(edt, FALSE, TRUE); }
  // Until the next dissection. REQUIRES: completed.
  [[nodiscard]] std::string_view Text(Column column) const;

 private:
  column_info info_{};
};

}  // namespace espcap::dissect

#endif  // ESPCAP_DISSECT_COLUMNS_H_
