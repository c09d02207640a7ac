// SPDX-License-Identifier: GPL-2.0-or-later
#include "encode/tree_encoder.h"

#include <cstring>
#include <string_view>

#include "encode/companion_text.h"
#include "encode/field_value.h"

namespace espcap::encode {
namespace {

constexpr uint32_t kNone = UINT32_MAX;
constexpr std::string_view kEmptyObject = "{}";

// Nearly all keys are short: a copy of fixed size costs a few instructions, and no call.
void AppendLiteral(ByteBuffer& out, KeyLiteral key) {
  constexpr size_t kAtOnce = KeyLiteral::kCopiedAtOnce;
  char* write = out.Claim(key.length + kAtOnce);
  std::memcpy(write, key.text, kAtOnce);
  if (key.length > kAtOnce) [[unlikely]] {
    std::memcpy(write + kAtOnce, key.text + kAtOnce, key.length - kAtOnce);
  }
  out.Commit(write + key.length);
}

// The layer that an item is in, or is itself.
const char* LayerOf(const proto_node* node) {
  for (; node != nullptr; node = node->parent) {
    const field_info* field = PNODE_FINFO(node);
    if (field != nullptr && field->hfinfo->type == FT_PROTOCOL) return field->hfinfo->abbrev;
  }
  return "layers";
}

}  // namespace

void TreeEncoder::AppendLayers(ByteBuffer& out, const epan_dissect_t& dissection) {
  entry_count_ = 0;
  cuts_.Clear();
  last_byte_ = out.size() + limits_.bytes;
  AppendObject(out, dissection, dissection.tree, 0, selective_ ? Share::kSelected : Share::kWhole);
}

void TreeEncoder::AppendObject(ByteBuffer& out, const epan_dissect_t& dissection,
                               const proto_node* node, unsigned depth, Share share) {
  if (depth >= limits_.depth) [[unlikely]] {
    cuts_.Add(Cuts::kDepth, LayerOf(node));
    return out.Append(kEmptyObject);
  }
  const uint32_t entries_before = entry_count_;
  const size_t start = out.size();
  Collect(node, share);
  AppendMembers(out, dissection, node, entries_before, depth);
  // Each member begins with a comma; the first one's place is the brace's.
  if (out.size() == start) out.Append('{');
  out.Overwrite(start, '{');
  out.Append('}');
  entry_count_ = entries_before;
}

// False, and nothing written, where nothing in it is selected.
bool TreeEncoder::AppendContainer(ByteBuffer& out, const epan_dissect_t& dissection,
                                  const proto_node* node, unsigned depth) {
  const size_t start = out.size();
  AppendObject(out, dissection, node, depth, Share::kSelected);
  if (out.size() - start > kEmptyObject.size()) return true;
  out.Truncate(start);
  return false;
}

// Walks the children of `object` in tree order; those of fields that are no protocols are lifted
// into the same object.
void TreeEncoder::Collect(const proto_node* object, Share share) {
  first_entries_.Clear();
  groups_.Clear();
  const proto_node* node = object->first_child;
  while (node != nullptr) {
    const field_info* field = PNODE_FINFO(node);
    bool descend = node->first_child != nullptr;
    if (field != nullptr) {
      const FieldPlan& plan = keys_.Plan(*field->hfinfo);
      const bool is_object = plan.format.kind == ValueKind::kObject;
      // There where columns are filled, and empty unless a display filter reads them.
      if (is_object && !descend && field->hfinfo->id == columns_layer_) [[unlikely]] {
        node = node->next;
        continue;
      }
      if (share == Share::kWhole || plan.selected) {
        CollectField(node, *field, plan, plan.format);
      } else if (is_object && descend) {
        CollectField(node, *field, plan, {ValueKind::kContainer});
      }
      descend = descend && !is_object;
    }
    if (descend) {
      node = node->first_child;
      continue;
    }
    while (node->next == nullptr && node->parent != object) node = node->parent;
    node = node->next;
  }
}

inline void TreeEncoder::CollectField(const proto_node* node, const field_info& field,
                                      const FieldPlan& plan, ValueFormat format) {
  if (hex_ || !plan.is_alone) [[unlikely]] {
    CollectWithGroup(node, field, plan, format);
  } else {
    Add(plan.key, node, format);
  }
}

void TreeEncoder::CollectWithGroup(const proto_node* node, const field_info& field,
                                   const FieldPlan& plan, ValueFormat format) {
  uint32_t parent_name = 0;
  if constexpr (wireshark::kEkGroupsByParent) {
    const field_info* parent = PNODE_FINFO(node->parent);
    if (parent != nullptr) parent_name = keys_.Plan(*parent->hfinfo).abbrev;
  }
  const bool raw = hex_ && field.length > 0 && format.kind != ValueKind::kLabel &&
                   format.kind != ValueKind::kContainer;
  const NameGroups::Fate fate = groups_.Join(parent_name, plan.abbrev, {plan.key, raw});
  if (fate.raw) Add(keys_.RawKey(fate.key), node, {ValueKind::kRawBytes});
  Add(fate.key, node, format);
  if (plan.companion != ValueKind::kUnplanned && !CompanionText(field, plan.companion).empty()) {
    Add(keys_.TextKey(fate.key), node, {plan.companion});
  }
}

void TreeEncoder::Add(uint32_t key, const proto_node* node, ValueFormat format) {
  if (entry_count_ == entries_.size()) [[unlikely]] {
    entries_.resize(2 * entries_.size() + 64);
  }
  const uint32_t place = entry_count_;
  const uint32_t first = first_entries_.FindOrInsert(key, place);
  if (first == place) [[likely]] {
    EntryAt(place) = {node, key, kNone, place, 1, format};
    ++entry_count_;
    return;
  }
  Entry& list = EntryAt(first);
  // Which containers have something selected is known only when they are written.
  if (list.values >= limits_.values && format.kind != ValueKind::kContainer) [[unlikely]] {
    if (list.values == limits_.values) {
      cuts_.Add(Cuts::kValues, LayerOf(node), keys_.Name(key));
      ++list.values;  // said once
    }
    return;
  }
  EntryAt(place) = {node, key, kNone, kNone, 0, format};
  ++entry_count_;
  EntryAt(list.last).next = place;
  list.last = place;
  ++list.values;
}

// False, and nothing written, where the field has no bytes to show, or nothing selected in it.
inline bool TreeEncoder::AppendEntry(ByteBuffer& out, const epan_dissect_t& dissection,
                                     const Entry& entry, unsigned depth) {
  const field_info& field = *PNODE_FINFO(entry.node);
  switch (entry.format.kind) {
    case ValueKind::kRawBytes: {
      const size_t start = out.size();
      const bool written = AppendRawValue(out, dissection, field);
      KeepShort(out, start, entry);
      return written;
    }
    case ValueKind::kObject:
      AppendObject(out, dissection, entry.node, depth + 1, Share::kWhole);
      return true;
    case ValueKind::kContainer:
      return AppendContainer(out, dissection, entry.node, depth + 1);
    default: {
      const size_t start = out.size();
      AppendFieldValue(out, field, entry.format);
      KeepShort(out, start, entry);
      return true;
    }
  }
}

// Leaves out what made the document too large.
void TreeEncoder::TruncateTo(ByteBuffer& out, size_t end, const proto_node* object) {
  out.Truncate(end);
  cuts_.Add(Cuts::kBytes, LayerOf(object));
}

void TreeEncoder::ShortenText(ByteBuffer& out, size_t start, const Entry& entry) {
  const std::string_view value = out.view().substr(start);
  if (value.front() != '"') return;
  const std::string_view text = value.substr(1, value.size() - 2);
  out.Truncate(start + 1 + FittingPrefix(text, limits_.value_bytes));
  out.Append('"');
  cuts_.Add(Cuts::kValue, LayerOf(entry.node), keys_.Name(entry.key));
}

void TreeEncoder::AppendMembers(ByteBuffer& out, const epan_dissect_t& dissection,
                                const proto_node* object, uint32_t begin, unsigned depth) {
  const uint32_t end = entry_count_;
  for (uint32_t i = begin; i < end; ++i) {
    const Entry& entry = EntryAt(i);  // until an object within this one moves the vector
    if (entry.last == kNone) continue;
    const size_t before = out.size();
    if (entry.format.kind == ValueKind::kContainer) {
      AppendContainers(out, dissection, entry, depth);
    } else {
      AppendLiteral(out, keys_.Literal(entry.key));
      if (entry.next != kNone) {
        AppendList(out, dissection, entry, depth);
      } else if (!AppendEntry(out, dissection, entry, depth)) {
        out.Append("null");
      }
    }
    if (out.size() > last_byte_) [[unlikely]] {
      TruncateTo(out, before, object);
    }
  }
}

void TreeEncoder::AppendList(ByteBuffer& out, const epan_dissect_t& dissection, Entry entry,
                             unsigned depth) {
  out.Append('[');
  const size_t start = out.size();
  const bool has_objects = entry.format.kind == ValueKind::kObject;
  for (;;) {
    const size_t before = out.size();
    if (before != start) out.Append(',');
    if (!AppendEntry(out, dissection, entry, depth)) out.Truncate(before);
    if (out.size() - start > limits_.list_bytes && before != start && !has_objects) [[unlikely]] {
      out.Truncate(before);
      cuts_.Add(Cuts::kValues, LayerOf(entry.node), keys_.Name(entry.key));
      break;
    }
    // The list keeps what fits, with its bracket.
    if (out.size() >= last_byte_) [[unlikely]] {
      TruncateTo(out, before, entry.node);
      break;
    }
    if (entry.next == kNone) break;
    entry = EntryAt(entry.next);
  }
  out.Append(']');
}

// How many of them have something selected is known at the end only: none, and the key goes too;
// several, and they become a list.
void TreeEncoder::AppendContainers(ByteBuffer& out, const epan_dissect_t& dissection, Entry entry,
                                   unsigned depth) {
  const size_t start = out.size();
  AppendLiteral(out, keys_.Literal(entry.key));
  const size_t first = out.size();
  uint32_t written = 0;
  for (;;) {
    const size_t before = out.size();
    if (written > 0) out.Append(',');
    if (AppendEntry(out, dissection, entry, depth)) {
      if (written == limits_.values) [[unlikely]] {
        out.Truncate(before);
        cuts_.Add(Cuts::kValues, LayerOf(entry.node), keys_.Name(entry.key));
        break;
      }
      ++written;
    } else {
      out.Truncate(before);
    }
    if (entry.next == kNone) break;
    entry = EntryAt(entry.next);
  }
  if (written == 0) return out.Truncate(start);
  if (written == 1) return;
  out.Insert(first, '[');
  out.Append(']');
}

}  // namespace espcap::encode
