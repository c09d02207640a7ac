// SPDX-License-Identifier: GPL-2.0-or-later
//
// Writes a dissection's tree as the `layers` object of the ek document: one JSON object for each
// protocol, each key once with all its values in tree order. Nothing is allocated per field once
// the scratch vectors have grown. One thread; keeps no reference to a dissection between calls.
#ifndef ESPCAP_ENCODE_TREE_ENCODER_H_
#define ESPCAP_ENCODE_TREE_ENCODER_H_

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "encode/key_table.h"
#include "espcap/byte_buffer.h"

namespace espcap::encode {

class TreeEncoder {
 public:
  // With `hex`, each field of length > 0 also has its bytes, as tshark's -x.
  explicit TreeEncoder(bool hex) : hex_(hex) {}

  // Appends `{…}`. REQUIRES: the dissection was run with a visible tree and is not reset yet.
  void AppendLayers(ByteBuffer& out, const epan_dissect_t& dissection);

 private:
  // A value of the object being written; values of one key form a list.
  struct Entry {
    const proto_node* node;
    uint32_t next;
    bool raw;
  };
  struct Slot {
    uint32_t key;
    uint32_t first;
    uint32_t last;
    uint32_t count;
  };
  // Which slot a key has in the object of this generation.
  struct Mark {
    uint64_t generation = 0;
    uint32_t slot = 0;
  };
  // Fields of one name below one parent: they share the first one's key and fate.
  struct Group {
    uint32_t key;
    bool raw;
  };

  void AppendObject(ByteBuffer& out, const epan_dissect_t& dissection, const proto_node* node,
                    unsigned depth);
  void Collect(const proto_node* object);
  void CollectField(const proto_node* node, const field_info& field);
  void Add(uint32_t key, const proto_node* node, bool raw);
  void AppendSlot(ByteBuffer& out, const epan_dissect_t& dissection, const Slot& slot,
                  unsigned depth);
  bool AppendEntry(ByteBuffer& out, const epan_dissect_t& dissection, const Entry& entry,
                   unsigned depth);
  Group& GroupOf(const proto_node* node, const field_info& field, const FieldPlan& plan);

  bool hex_;
  KeyTable keys_;
  std::vector<Entry> entries_;  // stacks: an object's part lies above its parent's
  std::vector<Slot> slots_;
  std::vector<Mark> marks_;  // by key
  uint64_t generation_ = 0;
  std::unordered_map<uint64_t, Group> groups_;  // of the object being collected
};

}  // namespace espcap::encode

#endif  // ESPCAP_ENCODE_TREE_ENCODER_H_
