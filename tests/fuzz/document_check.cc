// SPDX-License-Identifier: GPL-2.0-or-later
#include "document_check.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "base/bounded_json.h"
#include "input.h"

namespace espcap::fuzz {
namespace {

// What is next to the layers: who and where, what was cut.
constexpr size_t kMaxBytesBesides = 8192;

class Reader final : public base::JsonVisitor {
 public:
  explicit Reader(const encode::DocumentLimits& limits) : limits_(limits) {}

  [[nodiscard]] const std::set<std::string>& members() const { return members_; }

  bool OpenObject() override { return Open(true); }
  bool OpenArray() override { return Open(false); }
  bool Close() override {
    open_.pop_back();
    return true;
  }
  bool Key(std::string_view name) override {
    Require(open_.back().keys.emplace(name).second, "a key is there once", name);
    if (open_.size() > 1) return true;
    members_.emplace(name);
    is_in_layers_ = name == "layers";
    return true;
  }
  bool Text(std::string_view text) override {
    // Escapes make it longer, never shorter.
    if (is_in_layers_ && limits_.value_bytes > 0) {
      Require(text.size() <= limits_.value_bytes, "a text is within its limit", text);
    }
    return Count();
  }
  bool Integer(int64_t /*number*/) override { return Count(); }
  bool OtherScalar() override { return Count(); }

 private:
  struct Value {
    bool is_object = false;
    std::set<std::string, std::less<>> keys = {};
    uint64_t elements = 0;
  };

  bool Open(bool is_object) {
    if (!open_.empty()) static_cast<void>(Count());
    open_.push_back({is_object});
    // Each level of layers can be an object in a list.
    Require(open_.size() <= 2 * size_t{limits_.depth} + 2, "nesting is within its limit");
    return true;
  }
  bool Count() {
    Value& value = open_.back();
    if (value.is_object) return true;
    ++value.elements;
    Require(!is_in_layers_ || value.elements <= limits_.values, "a list is within its limit");
    return true;
  }

  const encode::DocumentLimits& limits_;
  std::vector<Value> open_;
  std::set<std::string> members_;
  bool is_in_layers_ = false;
};

}  // namespace

void CheckDocument(std::string_view text, const encode::DocumentLimits& limits) {
  Require(text.starts_with('{') && text.ends_with("}\n"),
          "a document is an object and its line end", text);
  Require(std::count(text.begin(), text.end(), '\n') == 1, "a document is one line", text);
  Require(text.size() <= limits.bytes + kMaxBytesBesides, "a document is within its limit");
  Reader reader(limits);
  const auto read = base::ReadJson(text, base::DocumentTreeBounds(text.size()), reader);
  Require(read.has_value(), "a document is JSON", text);
  Require(reader.members().contains("timestamp") && reader.members().contains("layers"),
          "a document has its time and its layers", text);
}

}  // namespace espcap::fuzz
