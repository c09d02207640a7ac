// SPDX-License-Identifier: GPL-2.0-or-later
//
// Writes a dissection's tree as the `layers` object of the ek document: one JSON object for each
// protocol, each key once with all its values in tree order. Nothing is allocated per field once
// the scratch vectors have grown. One thread; keeps no reference to a dissection between calls.
#ifndef ESPCAP_ENCODE_TREE_ENCODER_H_
#define ESPCAP_ENCODE_TREE_ENCODER_H_

#include <cstdint>
#include <vector>

#include "encode/document_limits.h"
#include "encode/key_table.h"
#include "encode/name_groups.h"
#include "espcap/byte_buffer.h"

namespace espcap::encode {

class TreeEncoder {
 public:
  // With `hex`, each field of length > 0 also has its bytes, as tshark's -x. `selection` may be
  // null: every field is written. So may `types`: values are texts, as tshark's. Both outlive the
  // encoder.
  explicit TreeEncoder(bool hex, const dissect::FieldSelection* selection = nullptr,
                       const registry::KeyTypes* types = nullptr, DocumentLimits limits = {},
                       Companions companions = {})
      : hex_(hex),
        selective_(selection != nullptr),
        limits_(limits),
        keys_(selection, types, companions) {}

  // Appends `{…}`. REQUIRES: the dissection was run with a visible tree, or one primed for the
  // selection, and is not reset yet.
  void AppendLayers(ByteBuffer& out, const epan_dissect_t& dissection);

  // From the next tree on.
  void LimitValues(uint64_t bytes) { limits_.value_bytes = bytes; }
  void LimitDocument(uint64_t bytes) { limits_.bytes = bytes; }

  // What of the last tree was left out.
  [[nodiscard]] const Cuts& cuts() const { return cuts_; }

 private:
  // A value of the object being written. Values of one key form a list in tree order, whose first
  // value holds the place of the key in the object.
  struct Entry {
    const proto_node* node;
    uint32_t key;
    uint32_t next;    // of the list; kNone after its last
    uint32_t last;    // of the list; kNone where this isn't its first
    uint32_t values;  // of the list, known to its first
    ValueFormat format;
  };

  // Of an object: all that is in it, or what is selected.
  enum class Share { kWhole, kSelected };

  void AppendObject(ByteBuffer& out, const epan_dissect_t& dissection, const proto_node* node,
                    unsigned depth, Share share);
  bool AppendContainer(ByteBuffer& out, const epan_dissect_t& dissection, const proto_node* node,
                       unsigned depth);
  void Collect(const proto_node* object, Share share);
  void CollectField(const proto_node* node, const field_info& field, const FieldPlan& plan,
                    ValueFormat format);
  void CollectWithGroup(const proto_node* node, const field_info& field, const FieldPlan& plan,
                        ValueFormat format);
  void Add(uint32_t key, const proto_node* node, ValueFormat format);
  // Not checked by the library: several for each field. REQUIRES: place < entry_count_, or Add()'s.
  Entry& EntryAt(uint32_t place) { return entries_.begin()[place]; }
  void AppendMembers(ByteBuffer& out, const epan_dissect_t& dissection, const proto_node* object,
                     uint32_t begin, unsigned depth);
  void AppendList(ByteBuffer& out, const epan_dissect_t& dissection, Entry entry, unsigned depth);
  void AppendContainers(ByteBuffer& out, const epan_dissect_t& dissection, Entry entry,
                        unsigned depth);
  bool AppendEntry(ByteBuffer& out, const epan_dissect_t& dissection, const Entry& entry,
                   unsigned depth);

  void TruncateTo(ByteBuffer& out, size_t end, const proto_node* object);
  void KeepShort(ByteBuffer& out, size_t start, const Entry& entry) {
    if (limits_.value_bytes == 0 || out.size() - start <= limits_.value_bytes) [[likely]] {
      return;
    }
    ShortenText(out, start, entry);
  }
  void ShortenText(ByteBuffer& out, size_t start, const Entry& entry);

  bool hex_;
  bool selective_;
  int columns_layer_ = proto_get_id_by_filter_name("_ws.col");  // -1: this release has none
  DocumentLimits limits_;
  size_t last_byte_ = 0;  // of the buffer that the document may reach
  Cuts cuts_;
  KeyTable keys_;
  // A stack: an object's part lies above its parent's. The vector only grows, as memory; its first
  // entry_count_ elements count.
  std::vector<Entry> entries_;
  uint32_t entry_count_ = 0;
  StampedIndex first_entries_;  // by key
  NameGroups groups_;
};

}  // namespace espcap::encode

#endif  // ESPCAP_ENCODE_TREE_ENCODER_H_
