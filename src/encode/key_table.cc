// SPDX-License-Identifier: GPL-2.0-or-later
#include "encode/key_table.h"

#include <algorithm>

#include "dissect/field_registry.h"

namespace espcap::encode {

uint32_t KeyTable::Intern(const std::string& name) {
  const auto [found, is_new] = keys_.emplace(name, static_cast<uint32_t>(literals_.size()));
  if (is_new) {
    std::string& text = literal_texts_.emplace_back(",\"" + name + "\":");
    const size_t length = text.size();
    text.resize(std::max(length, KeyLiteral::kCopiedAtOnce));
    literals_.push_back({text.data(), length});
  }
  return found->second;
}

uint32_t KeyTable::InternAbbrev(std::string_view abbrev) {
  // 0 is the tree's root, which has no name.
  const auto next = static_cast<uint32_t>(abbrevs_.size()) + 1;
  return abbrevs_.emplace(abbrev, next).first->second;
}

uint32_t KeyTable::Derive(std::vector<uint32_t>& derived, uint32_t key, const char* end) {
  if (key >= derived.size()) derived.resize(literals_.size(), kNotDerived);
  return derived[key] = Intern(std::string(Name(key)) + end);
}

ValueKind KeyTable::CompanionOf(const header_field_info& field) const {
  const ValueKind kind = registry::CompanionOf(field);
  const bool is_wanted =
      kind == ValueKind::kValueName ? companions_.value_names : companions_.texts_of_bytes;
  return is_wanted ? kind : ValueKind::kUnplanned;
}

const FieldPlan& KeyTable::MakePlan(const header_field_info& field) {
  const auto id = static_cast<size_t>(field.id);
  const size_t page = id / kPageFields;
  if (page >= pages_.size()) pages_.resize(page + 1);
  if (pages_[page] == nullptr) pages_[page] = std::make_unique<Page>();
  FieldPlan& plan = (*pages_[page])[id % kPageFields];
  const std::string key = registry::EkKey(field);
  plan.key = Intern(key);
  plan.abbrev = InternAbbrev(field.abbrev);
  plan.format = registry::FormatOf(field);
  if (types_ != nullptr) {
    if (const auto type = types_->find(key); type != types_->end()) {
      plan.format = registry::Typed(plan.format, type->second);
    }
  }
  plan.abbrev_has_other_keys = dissect::HasOtherParent(field);
  plan.companion = CompanionOf(field);
  plan.is_alone = !plan.abbrev_has_other_keys && plan.companion == ValueKind::kUnplanned;
  plan.selected = selection_ == nullptr || selection_->Selects(field);
  return plan;
}

}  // namespace espcap::encode
