// SPDX-License-Identifier: GPL-2.0-or-later
//
// The fields and layers that documents shall have (--fields, --protocols): looked up once in
// libwireshark's registry, then asked for before each dissection, so that it builds little else.
// REQUIRES: a started EpanLibrary, which outlives it; one thread.
#ifndef ESPCAP_DISSECT_FIELD_SELECTION_H_
#define ESPCAP_DISSECT_FIELD_SELECTION_H_

#include <string>
#include <vector>

#include "dissect/columns.h"
#include "dissect/field_list.h"
#include "espcap/result.h"
#include "source/wireshark_api.h"

namespace espcap::dissect {

struct SelectionRequest {
  std::vector<std::string> fields = {};     // --fields, as given
  std::vector<std::string> protocols = {};  // --protocols
  bool with_hex = false;                    // documents have the fields' bytes
  bool with_tree = false;                   // what else is in the tree is asked too
  std::string display_filter = {};          // of the same run; may be empty
  bool skips_unknown = false;               // names of another release
};

class FieldSelection {
 public:
  // An error names the option and the name, and suggests the nearest there is.
  static Result<FieldSelection> Resolve(const SelectionRequest& request);

  // Of those that --fields names: Wireshark's columns are no fields of every release.
  [[nodiscard]] ColumnSet columns() const { return columns_; }

  // Of a layer: with everything in it.
  [[nodiscard]] bool Selects(const header_field_info& field) const;

  // Trees must be visible ones, which have every field; else they are primed.
  [[nodiscard]] bool wants_whole_tree() const { return wants_whole_tree_; }
  // Asks the next dissection for the fields. REQUIRES: !wants_whole_tree().
  void Prime(epan_dissect_t* edt) const;

 private:
  FieldSelection() = default;

  std::vector<NamePattern> fields_;
  std::vector<NamePattern> protocols_;
  std::vector<int> primed_;
  ColumnSet columns_ = 0;
  bool wants_whole_tree_ = false;
};

}  // namespace espcap::dissect

#endif  // ESPCAP_DISSECT_FIELD_SELECTION_H_
