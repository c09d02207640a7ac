// SPDX-License-Identifier: GPL-2.0-or-later
//
// A tree of libwireshark's with any of its fields at any place, their values taken from any bytes,
// as a dissector that is new, or wrong, may make it; written as a document, in one shape or
// another.
#include <epan/exceptions.h>

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "dissect/field_registry.h"
#include "dissect/session.h"
#include "document_check.h"
#include "epan_once.h"
#include "espcap/byte_buffer.h"
#include "shapes.h"
#include "targets.h"

namespace espcap::fuzz {
namespace {

constexpr int kMaxItems = 400;
constexpr size_t kMaxDepth = 450;  // libwireshark throws at 500
constexpr size_t kFieldsOfAType = 64;

// Some fields of each type, and protocols.
const std::vector<std::vector<int>>& FieldsByType() {
  static const auto* const fields = [] {
    auto* found = new std::vector<std::vector<int>>;
    found->resize(FT_NUM_TYPES);
    dissect::ForEachField([found](const header_field_info& field) {
      if (field.type >= FT_NUM_TYPES) return;
      auto& of_type = found->at(field.type);
      if (of_type.size() < kFieldsOfAType) of_type.push_back(field.id);
    });
    std::erase_if(*found, [](const auto& of_type) { return of_type.empty(); });
    return found;
  }();
  return *fields;
}

struct Item {
  int field = 0;
  int start = 0;
  int length = 0;
  unsigned encoding = 0;
  const char* text = nullptr;  // null: its value is taken from the bytes
  bool is_label = false;       // of its text, no field's value
};

// Nothing in it needs a destructor: libwireshark's exceptions are longjmps. Null: it made none.
proto_item* AddItem(proto_tree* tree, tvbuff_t* bytes, const Item& item) {
  proto_item* volatile made = nullptr;
  TRY {
    if (item.text == nullptr) {
      made = proto_tree_add_item(tree, item.field, bytes, item.start, item.length, item.encoding);
    } else if (item.is_label) {
      made = proto_tree_add_subtree(tree, bytes, item.start, item.length, 1, nullptr, item.text);
    } else {
      made = proto_tree_add_string(tree, item.field, bytes, item.start, item.length, item.text);
    }
  }
  CATCH_ALL { made = nullptr; }
  ENDTRY;
  return made;
}

Item ReadItem(Input& input, std::string& text) {
  const auto& fields = FieldsByType();
  const auto& of_type = fields.at(input.NextBelow(static_cast<uint32_t>(fields.size())));
  Item item;
  item.field = of_type.at(input.Next<uint8_t>() % of_type.size());
  item.start = input.Next<uint8_t>();
  item.length = static_cast<int>(input.NextBelow(40));
  constexpr std::array kEncodings = {unsigned{ENC_BIG_ENDIAN}, unsigned{ENC_LITTLE_ENDIAN},
                                     unsigned{ENC_UTF_8},      unsigned{ENC_ASCII},
                                     unsigned{ENC_UTF_16},     unsigned{ENC_TIME_SECS_NSECS}};
  item.encoding = kEncodings.at(input.NextBelow(kEncodings.size()));
  const uint32_t how = input.NextBelow(4);
  item.is_label = how == 3;
  const auto type = proto_registrar_get_nth(static_cast<guint>(item.field))->type;
  const bool is_string = type == FT_STRING || type == FT_STRINGZ || type == FT_UINT_STRING;
  if (item.is_label || (how == 2 && is_string)) {
    text = input.NextText<uint8_t>();
    item.text = text.c_str();
  }
  return item;
}

void Grow(const epan_dissect_t& dissection, tvbuff_t* bytes, Input& input) {
  std::vector<proto_tree*> path = {dissection.tree};
  std::string text;
  for (int count = 0; count < kMaxItems && !input.empty(); ++count) {
    const uint32_t step = input.NextBelow(4);
    proto_item* item = AddItem(path.back(), bytes, ReadItem(input, text));
    if (step == 0 && item != nullptr && path.size() < kMaxDepth) {
      path.push_back(proto_item_add_subtree(item, 1));
    } else if (step == 1 && path.size() > 1) {
      path.pop_back();
    }
  }
}

// Nothing of a tree stays in a session: it is the same one each time.
dissect::Session& TheSession() {
  static auto* const session = [] {
    dissect::Columns* columns = nullptr;
    for (const Shape& shape : Shapes()) {
      if (shape.columns != nullptr) columns = shape.columns.get();
    }
    return new dissect::Session({.columns = columns});
  }();
  return *session;
}

}  // namespace

void Tree(Bytes bytes) {
  StartEpanOnce();
  Input input(bytes);
  Shape& shape = Shapes().at(input.NextBelow(static_cast<uint32_t>(Shapes().size())));
  const size_t data_bytes = 1 + size_t{input.Next<uint8_t>()};
  std::string data(input.NextText(data_bytes));
  data.resize(data_bytes);
  PacketSource source;
  dissect::Session& session = TheSession();
  session.Attach(source);
  source.SetPacket(WTAP_ENCAP_USER0, {reinterpret_cast<const uint8_t*>(data.data()), data.size()});
  const auto selected = session.Dissect(1);
  if (selected && *selected) {
    const epan_dissect_t& dissection = session.dissection();
    Grow(dissection, dissection.tvb, input);
    ByteBuffer document;
    static_cast<void>(shape.writer->Append(document, dissection, source, 1));
    CheckDocument(document.view(), shape.shape.limits);
  }
  session.Finish();
}

}  // namespace espcap::fuzz
