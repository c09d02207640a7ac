// SPDX-License-Identifier: GPL-2.0-or-later
#include "encode/tree_encoder.h"

#include "encode/field_value.h"

namespace espcap::encode {
namespace {

constexpr uint32_t kEnd = UINT32_MAX;

// epan stops at 500 levels by default (gui.max_tree_depth can raise that): far above what real
// protocols nest, and a bound for the stack.
constexpr unsigned kMaxObjectDepth = 2000;

}  // namespace

void TreeEncoder::AppendLayers(ByteBuffer& out, const epan_dissect_t& dissection) {
  AppendObject(out, dissection, dissection.tree, 0);
}

void TreeEncoder::AppendObject(ByteBuffer& out, const epan_dissect_t& dissection,
                               const proto_node* node, unsigned depth) {
  if (depth == kMaxObjectDepth) return out.Append("null");
  const size_t entries_before = entries_.size();
  const size_t slots_before = slots_.size();
  Collect(node);
  out.Append('{');
  for (size_t slot = slots_before; slot < slots_.size(); ++slot) {
    if (slot != slots_before) out.Append(',');
    AppendSlot(out, dissection, Slot(slots_[slot]), depth);
  }
  out.Append('}');
  entries_.resize(entries_before);
  slots_.resize(slots_before);
}

// Walks the children of `object` in tree order; those of fields that are no protocols are lifted
// into the same object.
void TreeEncoder::Collect(const proto_node* object) {
  ++generation_;
  groups_.clear();
  const proto_node* node = object->first_child;
  while (node != nullptr) {
    const field_info* field = PNODE_FINFO(node);
    bool descend = node->first_child != nullptr;
    if (field != nullptr) {
      CollectField(node, *field);
      descend = descend && field->hfinfo->type != FT_PROTOCOL;
    }
    if (descend) {
      node = node->first_child;
      continue;
    }
    while (node->next == nullptr && node->parent != object) node = node->parent;
    node = node->next;
  }
}

TreeEncoder::Group& TreeEncoder::GroupOf(const proto_node* node, const field_info& field,
                                         const FieldPlan& plan) {
  const field_info* parent = PNODE_FINFO(node->parent);
  const Group first{plan.key, hex_ && field.length > 0 && field.hfinfo->id != hf_text_only};
  const uint64_t own = plan.abbrev;
  const uint64_t above = parent == nullptr ? 0 : keys_.Plan(*parent->hfinfo).abbrev;
  return groups_.try_emplace(above << 32U | own, first).first->second;
}

void TreeEncoder::CollectField(const proto_node* node, const field_info& field) {
  const FieldPlan plan = keys_.Plan(*field.hfinfo);
  if (!hex_ && !plan.abbrev_has_other_keys) return Add(plan.key, node, false);
  const Group group = GroupOf(node, field, plan);
  if (group.raw) Add(keys_.RawKey(group.key), node, true);
  Add(group.key, node, false);
}

void TreeEncoder::Add(uint32_t key, const proto_node* node, bool raw) {
  const auto entry = static_cast<uint32_t>(entries_.size());
  entries_.push_back({node, kEnd, raw});
  if (key >= marks_.size()) marks_.resize(keys_.key_count() * 2);
  Mark& mark = marks_[key];
  if (mark.generation == generation_) {
    Slot& slot = slots_[mark.slot];
    entries_[slot.last].next = entry;
    slot.last = entry;
    ++slot.count;
    return;
  }
  mark = {generation_, static_cast<uint32_t>(slots_.size())};
  slots_.push_back({key, entry, entry, 1});
}

void TreeEncoder::AppendSlot(ByteBuffer& out, const epan_dissect_t& dissection, const Slot& slot,
                             unsigned depth) {
  out.Append(keys_.Literal(slot.key));
  if (slot.count == 1) {
    if (!AppendEntry(out, dissection, Entry(entries_[slot.first]), depth)) out.Append("null");
    return;
  }
  out.Append('[');
  bool first = true;
  for (uint32_t index = slot.first; index != kEnd;) {
    const Entry entry = entries_[index];  // a nested object moves the vector
    const size_t before = out.size();
    if (!first) out.Append(',');
    if (AppendEntry(out, dissection, entry, depth)) {
      first = false;
    } else {
      out.Truncate(before);
    }
    index = entry.next;
  }
  out.Append(']');
}

bool TreeEncoder::AppendEntry(ByteBuffer& out, const epan_dissect_t& dissection, const Entry& entry,
                              unsigned depth) {
  const field_info& field = *PNODE_FINFO(entry.node);
  if (entry.raw) return AppendRawValue(out, dissection, field);
  if (field.hfinfo->type == FT_PROTOCOL) {
    AppendObject(out, dissection, entry.node, depth + 1);
  } else {
    AppendFieldValue(out, field, keys_.Plan(*field.hfinfo));
  }
  return true;
}

}  // namespace espcap::encode
