// SPDX-License-Identifier: GPL-2.0-or-later
//
// The shapes of documents that targets write: writers are made once, as they look at each of
// libwireshark's fields.
#ifndef ESPCAP_TESTS_FUZZ_SHAPES_H_
#define ESPCAP_TESTS_FUZZ_SHAPES_H_

#include <memory>
#include <optional>
#include <vector>

#include "dissect/columns.h"
#include "dissect/field_selection.h"
#include "encode/document_writer.h"

namespace espcap::fuzz {

struct Shape {
  encode::DocumentShape shape;
  std::optional<dissect::FieldSelection> selection;
  std::unique_ptr<dissect::Columns> columns;
  std::unique_ptr<encode::DocumentWriter> writer;

  [[nodiscard]] const dissect::FieldSelection* selected() const {
    return selection ? &*selection : nullptr;
  }
};

// The same ones each time. REQUIRES: libwireshark is started.
std::vector<Shape>& Shapes();

}  // namespace espcap::fuzz

#endif  // ESPCAP_TESTS_FUZZ_SHAPES_H_
