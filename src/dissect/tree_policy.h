// SPDX-License-Identifier: GPL-2.0-or-later
//
// How a tree for selected fields is built. libwireshark can be asked for single fields: then it
// builds little else, and documents come at more than twice the pace. A tree of them alone isn't
// the whole tree with gaps everywhere, though; where it could differ, the whole tree is built and
// the encoder leaves the rest out. Pure functions.
#ifndef ESPCAP_DISSECT_TREE_POLICY_H_
#define ESPCAP_DISSECT_TREE_POLICY_H_

#include <cstddef>
#include <functional>
#include <string_view>

namespace espcap::dissect {

// What the selection and the display filter ask for.
struct TreeDemand {
  size_t fields = 0;  // registered ones, layers apart
  // Whole layers have all that is in them, text items too, and those have text only if it is to
  // be seen.
  bool layers = false;
  bool text_items = false;
  // Items are cut to their length when the rest of the tree is seen. Bytes are their value.
  bool bytes = false;
  // Expert infos hang on the item they are about: without those items they come in another order.
  size_t without_value = 0;
  // libwireshark's own findings, about strings for example, are made for items that are built.
  bool findings = false;
  // Which of its keys a field has depends on the items around it.
  bool shared_names = false;
  // Dissectors that go up from an item by as many steps as there usually are.
  bool climbing = false;
  // The bytes of items (tshark's -x), whose length see above.
  bool hex = false;
  bool all = false;  // someone else looks at the tree
  bool filter_on_content = false;
};

bool WantsWholeTree(const TreeDemand& demand);

// What a word of a display filter names.
enum class FilterWord { kOther, kContent, kFinding };

// Whether a display filter's outcome could depend on how the tree is built: it names a finding, or
// looks into a layer or into bytes rather than asking whether they are there.
bool FilterLooksIntoContent(std::string_view filter,
                            const std::function<FilterWord(std::string_view)>& classify);

}  // namespace espcap::dissect

#endif  // ESPCAP_DISSECT_TREE_POLICY_H_
