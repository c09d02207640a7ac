// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/field_source.h"

#include <charconv>
#include <optional>
#include <set>
#include <string_view>
#include <system_error>
#include <utility>

#include "dissect/epan_library.h"
#include "dissect/field_selection.h"
#include "process/forked_task.h"
#include "registry/field_catalog.h"
#include "schema/curated_fields.h"

namespace espcap::app {
namespace {

using schema::Field;

// Between processes: six texts a field, each with a NUL behind it.
void AppendText(std::string& out, std::string_view text) {
  out += text;
  out += '\0';
}

// Of texts with a NUL behind each, one after another.
class TextReader {
 public:
  explicit TextReader(std::string_view texts) : rest_(texts) {}

  [[nodiscard]] bool AtEnd() const { return rest_.empty(); }
  // None: there isn't a whole one.
  std::optional<std::string> Next() {
    const size_t length = rest_.find('\0');
    if (length == std::string_view::npos) return std::nullopt;
    std::string text(rest_.substr(0, length));
    rest_.remove_prefix(length + 1);
    return text;
  }
  // None: it is none of those up to `last`.
  template <class Enum>
  std::optional<Enum> NextOf(Enum last) {
    const auto text = Next();
    if (!text) return std::nullopt;
    int number = -1;
    const char* const end = text->data() + text->size();
    const auto read = std::from_chars(text->data(), end, number);
    if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
    if (number < 0 || number > static_cast<int>(last)) return std::nullopt;
    return static_cast<Enum>(number);
  }

 private:
  std::string_view rest_;
};

std::optional<Field> NextField(TextReader& texts) {
  auto name = texts.Next();
  auto key = texts.Next();
  auto layer = texts.Next();
  const auto type = texts.NextOf(schema::FieldType::kMixed);
  auto description = texts.Next();
  const auto companion = texts.NextOf(schema::Companion::kName);
  if (!name || !key || !layer || !type || !description || !companion) return std::nullopt;
  return Field{std::move(*name),        std::move(*key), std::move(*layer), *type,
               std::move(*description), *companion};
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

}  // namespace

Result<std::string> PackCuratedFields() {
  const auto fields = ReadChoice({});
  if (!fields) return tl::unexpected(fields.error());
  return Packed(*fields);
}

Result<std::vector<Field>> UnpackFields(std::string_view text) {
  std::vector<Field> fields;
  TextReader texts(text);
  while (!texts.AtEnd()) {
    auto field = NextField(texts);
    if (!field) {
      return Fail("read libwireshark's fields: field {} is incomplete", fields.size() + 1);
    }
    fields.push_back(std::move(*field));
  }
  return fields;
}

Result<std::vector<Field>> FetchFields(const char* program_path, const FieldChoice& choice) {
  const auto packed = process::RunForkedTask([&]() -> Result<std::string> {
    // What it has to say of settings, a run says.
    auto library = dissect::EpanLibrary::Start(program_path, {}, nullptr);
    if (!library) return Forward(std::move(library));
    auto fields = ReadChoice(choice);
    if (!fields) return Forward(std::move(fields));
    return Packed(*fields);
  });
  if (!packed) return tl::unexpected(packed.error());
  return UnpackFields(*packed);
}

}  // namespace espcap::app
