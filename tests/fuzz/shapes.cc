// SPDX-License-Identifier: GPL-2.0-or-later
#include "shapes.h"

#include <utility>

#include "registry/field_catalog.h"

namespace espcap::fuzz {
namespace {

using dissect::FieldSelection;
using encode::DocumentShape;
using encode::Format;

// Once it lies where it stays: the writer refers to the selection.
void AddWriter(Shape& shape, const registry::KeyTypes* types) {
  shape.writer = std::make_unique<encode::DocumentWriter>(shape.shape, shape.selected(), types,
                                                          shape.columns.get());
}

}  // namespace

std::vector<Shape>& Shapes() {
  static auto* const shapes = [] {
    static const registry::KeyTypes types = registry::ReadKeyTypes();
    DocumentShape hex;
    hex.hex = true;
    DocumentShape narrow;
    narrow.format = Format::kBulk;
    narrow.limits = {.depth = 5, .bytes = 3000, .value_bytes = 40, .values = 3, .list_bytes = 200};
    DocumentShape full;
    full.format = Format::kBulk;
    full.hex = full.ecs = full.value_strings = true;
    full.columns = dissect::kAllColumns;
    full.run = encode::RunOrigin{"run", "sensor", {"tag"}, {{"label", "value"}}};
    DocumentShape small = hex;
    small.limits = {.depth = 3, .bytes = 300, .value_bytes = 7, .values = 1, .list_bytes = 20};
    auto selection = FieldSelection::Resolve(
        {{"frame.number,ip.addr,tcp.*,dns.qry.name"}, {"udp"}, false, false, ""});
    auto* made = new std::vector<Shape>;
    made->push_back({DocumentShape{}, std::nullopt, nullptr, nullptr});
    made->push_back({hex, std::nullopt, nullptr, nullptr});
    made->push_back({narrow, std::nullopt, nullptr, nullptr});
    made->push_back({full, std::nullopt, nullptr, nullptr});
    made->push_back({small, std::nullopt, nullptr, nullptr});
    made->push_back({narrow, std::move(selection.value()), nullptr, nullptr});
    for (Shape& shape : *made) {
      if (shape.shape.columns != 0) shape.columns = std::make_unique<dissect::Columns>();
      AddWriter(shape, shape.shape.format == Format::kBulk ? &types : nullptr);
    }
    return made;
  }();
  return *shapes;
}

}  // namespace espcap::fuzz
