// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/field_source.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "dissect/epan_library.h"
#include "dissect/field_selection.h"
#include "process/forked_task.h"
#include "registry/field_catalog.h"
#include "schema/curated_fields.h"

namespace espcap::app {
namespace {

using schema::Field;

// Between processes: five texts a field, each with a NUL behind it.
void AppendText(std::string& out, std::string_view text) {
  out += text;
  out += '\0';
}

std::string ConsumeText(std::string_view& in) {
  const size_t length = std::min(in.find('\0'), in.size());
  std::string text(in.substr(0, length));
  in.remove_prefix(std::min(length + 1, in.size()));
  return text;
}

std::string Packed(const std::vector<Field>& fields) {
  std::string text;
  for (const Field& field : fields) {
    AppendText(text, field.name);
    AppendText(text, field.key);
    AppendText(text, field.layer);
    AppendText(text, std::to_string(static_cast<int>(field.type)));
    AppendText(text, field.description);
    AppendText(text, std::to_string(static_cast<int>(field.companion)));
  }
  return text;
}

Result<std::vector<Field>> ReadListed(const FieldChoice& choice) {
  auto selection =
      dissect::FieldSelection::Resolve({.fields = choice.fields, .protocols = choice.protocols});
  if (!selection) return Forward(std::move(selection));
  return registry::ReadFields([&selection](const header_field_info& field) {
    if (selection->Selects(field)) return true;
    return field.parent != -1 &&
           selection->Selects(*proto_registrar_get_nth(static_cast<guint>(field.parent)));
  });
}

Result<std::vector<Field>> ReadChoice(const FieldChoice& choice) {
  if (choice.kind == FieldChoice::Kind::kListed) return ReadListed(choice);
  if (choice.kind == FieldChoice::Kind::kEvery) {
    return registry::ReadFields([](const header_field_info& /*field*/) { return true; });
  }
  const std::vector<std::string> names = schema::CuratedNames();
  const std::set<std::string_view> wanted(names.begin(), names.end());
  return registry::ReadFields(
      [&wanted](const header_field_info& field) { return wanted.contains(field.abbrev); });
}

// For another process. Borrows both.
process::ForkedTask::Work ReadingFields(const char* program_path,
                                        const dissect::Options& dissection,
                                        const FieldChoice& choice) {
  return [program_path, &dissection, &choice]() -> Result<std::string> {
    // What it has to say of settings, a run says.
    auto library = dissect::EpanLibrary::Start(program_path, dissection, nullptr);
    if (!library) return Forward(std::move(library));
    auto fields = ReadChoice(choice);
    if (!fields) return Forward(std::move(fields));
    return Packed(*fields);
  };
}

}  // namespace

std::vector<Field> UnpackFields(std::string_view text) {
  std::vector<Field> fields;
  while (!text.empty()) {
    Field field;
    field.name = ConsumeText(text);
    field.key = ConsumeText(text);
    field.layer = ConsumeText(text);
    field.type = static_cast<schema::FieldType>(std::stoi(ConsumeText(text)));
    field.description = ConsumeText(text);
    field.companion = static_cast<schema::Companion>(std::stoi(ConsumeText(text)));
    fields.push_back(std::move(field));
  }
  return fields;
}

Result<std::unique_ptr<process::ForkedTask>> BeginToFetchFields(const char* program_path,
                                                                const dissect::Options& dissection,
                                                                const FieldChoice& choice) {
  return process::ForkedTask::Start(ReadingFields(program_path, dissection, choice));
}

Result<std::vector<Field>> FetchFields(const char* program_path, const dissect::Options& dissection,
                                       const FieldChoice& choice) {
  const auto packed = process::RunForkedTask(ReadingFields(program_path, dissection, choice));
  if (!packed) return tl::unexpected(packed.error());
  return UnpackFields(*packed);
}

}  // namespace espcap::app
