// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissect/field_selection.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "base/nearest_name.h"
#include "dissect/field_registry.h"
#include "dissect/tree_policy.h"

namespace espcap::dissect {
namespace {

constexpr std::string_view kFields = "--fields";
constexpr std::string_view kProtocols = "--protocols";

// Items that dissectors of libwireshark 4.0 find their way by: they go up the tree from them to
// hang another protocol there, or write next to them what they find within. Were one left out, that
// would stand in another place.
constexpr std::array kLandmarks = {"btatt.attribute_data",
                                   "btatt.value",
                                   "cms.AuthenticatedData_element",
                                   "cms.DigestedData_element",
                                   "cms.SignedData_element",
                                   "http2.stream",
                                   "quic.frame",
                                   "rtpproxy.command",
                                   "wlan.fixed.all"};
// The fields of those that go up from text items.
constexpr std::array<std::string_view, 3> kClimbing = {"ipp.", "pbf.", "protobuf."};
constexpr std::string_view kFindings = "_ws.";

bool IsClimbing(std::string_view name) {
  return std::any_of(kClimbing.begin(), kClimbing.end(),
                     [name](std::string_view start) { return name.starts_with(start); });
}

template <class Visit>
void ForEachMatch(const NamePattern& pattern, Visit visit) {
  if (pattern.is_prefix) {
    proto_initialize_all_prefixes();
    ForEachField([&](const header_field_info& field) {
      if (pattern.Matches(field.abbrev)) visit(field);
    });
  } else if (const header_field_info* field = proto_registrar_get_byname(pattern.text.c_str());
             field != nullptr) {
    ForEachOfSameName(*field, visit);
  }
}

void AddDemand(const header_field_info& field, TreeDemand& demand) {
  const std::string_view name = field.abbrev;
  if (IsLayer(field)) {
    demand.layers = true;
    return;
  }
  ++demand.fields;
  demand.text_items |= field.id == hf_text_only;
  demand.bytes |= field.type == FT_BYTES;
  demand.without_value += field.type == FT_NONE ? 1 : 0;
  demand.findings |= name.starts_with(kFindings);
  demand.shared_names |= HasOtherParent(field);
  demand.climbing |= IsClimbing(name);
}

FilterWord Classify(std::string_view word) {
  if (word.starts_with(kFindings)) return FilterWord::kFinding;
  const std::string name(word);
  const header_field_info* field = proto_registrar_get_byname(name.c_str());
  if (field == nullptr) field = proto_registrar_get_byalias(name.c_str());
  const bool has_content = field != nullptr && (IsLayer(*field) || field->type == FT_BYTES);
  return has_content ? FilterWord::kContent : FilterWord::kOther;
}

std::string LowerCase(std::string_view text) {
  const wireshark::GString lower(g_ascii_strdown(text.data(), static_cast<gssize>(text.size())));
  return lower.get();
}

template <class Accept>
std::string Suggestion(std::string_view name, Accept accept) {
  // What libwireshark renamed: ssl is tls.
  if (const header_field_info* renamed = proto_registrar_get_byalias(std::string(name).c_str());
      renamed != nullptr && accept(*renamed)) {
    return fmt::format("; did you mean '{}'?", renamed->abbrev);
  }
  proto_initialize_all_prefixes();
  std::vector<std::string> known;
  ForEachField([&](const header_field_info& field) {
    if (accept(field)) known.emplace_back(field.abbrev);
  });
  const std::string suggestion = base::DidYouMean(name, known);
  return suggestion.empty() ? base::DidYouMean(LowerCase(name), known) : suggestion;
}

template <class Accept>
tl::unexpected<Error> FailUnknown(std::string_view option, const NamePattern& pattern,
                                  std::string_view what, Accept accept) {
  std::string_view name = pattern.text;
  if (!pattern.is_prefix) {
    return Fail("{} {}: no such {}{}", option, name, what, Suggestion(name, accept));
  }
  if (name.ends_with('.')) name.remove_suffix(1);
  return Fail("{} {}*: no {} has a name that begins so{}", option, pattern.text, what,
              Suggestion(name, accept));
}

Result<void> AddFields(const std::vector<NamePattern>& patterns, bool skips_unknown,
                       TreeDemand& demand, std::vector<int>& ids) {
  for (const NamePattern& pattern : patterns) {
    bool found = false;
    ForEachMatch(pattern, [&](const header_field_info& field) {
      found = true;
      AddDemand(field, demand);
      ids.push_back(field.id);
    });
    if (!found && !skips_unknown) {
      return FailUnknown(kFields, pattern, "field",
                         [](const header_field_info& /*field*/) { return true; });
    }
  }
  return {};
}

// Takes the columns out of the names.
Result<ColumnSet> ExtractColumns(std::vector<NamePattern>& patterns) {
  ColumnSet columns = 0;
  for (auto at = patterns.begin(); at != patterns.end();) {
    const auto named = ColumnsNamed(at->text, at->is_prefix);
    if (!named) {
      ++at;
      continue;
    }
    if (*named == 0) {
      return Fail(
          "{} {}: no such column; there are no, time, source, destination, protocol, length "
          "and info",
          kFields, at->Shown());
    }
    columns |= *named;
    at = patterns.erase(at);
  }
  return columns;
}

Result<void> CheckProtocols(const std::vector<NamePattern>& patterns) {
  for (const NamePattern& pattern : patterns) {
    bool is_layer = false;
    bool is_field = false;
    ForEachMatch(pattern, [&](const header_field_info& field) {
      (IsLayer(field) ? is_layer : is_field) = true;
    });
    if (is_layer) continue;
    if (is_field && !pattern.is_prefix) {
      return Fail("{} {}: it is a field, not a protocol; use {}", kProtocols, pattern.text,
                  kFields);
    }
    return FailUnknown(kProtocols, pattern, "protocol", IsLayer);
  }
  return {};
}

void AddLandmarks(std::vector<int>& ids) {
  for (const char* name : kLandmarks) {
    const header_field_info* field = proto_registrar_get_byname(name);
    if (field == nullptr) continue;
    ForEachOfSameName(*field, [&ids](const header_field_info& same) { ids.push_back(same.id); });
  }
}

}  // namespace

Result<FieldSelection> FieldSelection::Resolve(const SelectionRequest& request) {
  auto fields = ParseFieldList(kFields, request.fields);
  if (!fields) return Forward(std::move(fields));
  auto protocols = ParseFieldList(kProtocols, request.protocols);
  if (!protocols) return Forward(std::move(protocols));

  auto columns = ExtractColumns(*fields);
  if (!columns) return Forward(std::move(columns));

  FieldSelection selection;
  selection.columns_ = *columns;
  TreeDemand demand;
  if (auto added = AddFields(*fields, request.skips_unknown, demand, selection.primed_); !added) {
    return Forward(std::move(added));
  }
  if (auto checked = CheckProtocols(*protocols); !checked) return Forward(std::move(checked));
  demand.layers |= !protocols->empty();
  demand.hex = request.with_hex;
  demand.all = request.with_tree;
  demand.filter_on_content = FilterLooksIntoContent(request.display_filter, Classify);
  selection.wants_whole_tree_ = WantsWholeTree(demand);
  if (!selection.wants_whole_tree_) AddLandmarks(selection.primed_);
  selection.fields_ = std::move(*fields);
  selection.protocols_ = std::move(*protocols);
  return selection;
}

bool FieldSelection::Selects(const header_field_info& field) const {
  const auto matches = [&field](const NamePattern& pattern) {
    return pattern.Matches(field.abbrev);
  };
  return std::any_of(fields_.begin(), fields_.end(), matches) ||
         (IsLayer(field) && std::any_of(protocols_.begin(), protocols_.end(), matches));
}

void FieldSelection::Prime(epan_dissect_t* edt) const {
  for (const int id : primed_) epan_dissect_prime_with_hfid(edt, id);
}

}  // namespace espcap::dissect
