// SPDX-License-Identifier: GPL-2.0-or-later
//
// A slot whose every number and byte is the worker's, as the supervisor copies and checks it.
#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "document/action_line.h"
#include "document/document_id.h"
#include "document/record_numbers.h"
#include "document/section_origin.h"
#include "sink/dead_letter.h"
#include "supervise/batch_check.h"
#include "supervise/section_check.h"
#include "targets.h"

namespace espcap::fuzz {
namespace {

using process::SlotDocument;
using process::SlotProgress;
using process::WorkerSlots;
using supervise::BatchForm;
using supervise::CheckedText;
using supervise::DocumentKey;
using supervise::SlotContents;

constexpr uint32_t kDocuments = 32;
constexpr size_t kPageBytes = 4096;
// Larger texts are zeros: only their numbers are looked at.
constexpr size_t kMaxCopied = size_t{1} << 18U;

const WorkerSlots& Slots() {
  static const auto slots = std::move(WorkerSlots::Create({kMaxCopied, kDocuments, 128}).value());
  return *slots;
}

// A worker's memory: a page of numbers, one of the documents' table, their text.
char* Text() { return const_cast<char*>(Slots().Text(0, 0)); }
char* Table() { return Text() - kPageBytes; }
char* Numbers() { return Table() - kPageBytes; }

// Of the text's lines, a document each.
void BelieveLines(std::string_view text, SlotProgress& progress,
                  std::array<SlotDocument, kDocuments>& table) {
  progress.documents = 0;
  progress.text_bytes = 0;
  while (!text.empty() && progress.documents < kDocuments) {
    const size_t line_end = text.find('\n');
    const size_t bytes = line_end == std::string_view::npos ? text.size() : line_end + 1;
    table.at(progress.documents++).bytes = bytes;
    progress.text_bytes += bytes;
    text.remove_prefix(bytes);
  }
}

void BelieveCounts(SlotProgress& progress) {
  constexpr uint64_t kMax = 0xFFFF;
  progress.packets = progress.documents;
  for (uint64_t* count :
       {&progress.filtered, &progress.duplicates, &progress.failed, &progress.too_large}) {
    *count &= kMax;
  }
  progress.cut = 0;
  progress.cut_layers = {};
  progress.captured = progress.packets + progress.filtered + progress.duplicates + progress.failed +
                      progress.too_large;
}

// The text that was written.
std::string_view Fill(Input input) {
  const bool believes_lines = input.NextBool();
  const bool believes_counts = input.NextBool();
  const auto turn = input.Next<uint32_t>();
  auto progress = input.Next<SlotProgress>();
  std::array<SlotDocument, kDocuments> table{};
  const size_t documents = input.NextBelow(kDocuments + 1);
  for (SlotDocument& document : std::span(table).first(documents)) {
    document = input.Next<SlotDocument>();
  }
  const std::string_view text = input.Rest().substr(0, kMaxCopied);
  if (believes_lines) BelieveLines(text, progress, table);
  if (believes_counts) BelieveCounts(progress);
  Slots().Begin(0);
  Slots().Publish(0, progress);
  // Which of the two progresses is true: any number of the same parity.
  uint32_t current = 0;
  std::memcpy(&current, Numbers(), sizeof(current));
  current += turn * 2;
  std::memcpy(Numbers(), &current, sizeof(current));
  std::memcpy(Table(), table.data(), sizeof(table));
  text.copy(Text(), text.size());
  return text;
}

void CheckContents(const SlotContents& contents) {
  uint64_t bytes = 0;
  for (const SlotDocument& document : contents.documents) bytes += document.bytes;
  Require(contents.documents.size() == contents.progress.documents, "each document is known");
  Require(contents.documents.size() <= kDocuments, "the table holds the documents");
  Require(bytes == contents.progress.text_bytes, "documents tile the text");
  Require(bytes <= Slots().max_text_bytes(), "documents are in the slot");
  Require(supervise::CountsAgree(contents.progress), "counts agree");
  constexpr uint64_t kLast = 7;
  uint64_t last = kLast;
  if (!supervise::CheckOrder(contents.documents, last)) return;
  for (const SlotDocument& document : contents.documents) {
    Require(document.record_number > last && document.record_number <= UINT32_MAX, "records rise");
    last = document.record_number;
  }
}

void CheckLine(std::string_view line) {
  Require(line.starts_with('{') && line.ends_with("}\n"), "a document is an object", line);
  Require(std::count(line.begin(), line.end(), '\n') == 1, "a document is one line", line);
}

void CheckBulkDocument(std::string_view text, const DocumentKey& key) {
  Require(std::count(text.begin(), text.end(), '\n') == 2, "an action line and a document", text);
  Require(document::IsBulkDocument(text), "a spool takes what is checked", text);
  const auto action = document::ParseAction(text.substr(0, text.find('\n')));
  const std::string id = document::DocumentId(key.fingerprint, key.record_number, key.is_error);
  Require(action && action->id == id, "an id is the supervisor's", text);
  const auto letter = sink::ParseBulkDocument(text);
  Require(letter && letter->id == id && letter->index == action->index, "a letter is its document");
  std::string again;
  sink::AppendBulkDocument(again, *letter);
  Require(again == text, "a letter is sent as it was", again);
}

void CheckCopy(const SlotContents& contents, BatchForm form) {
  document::BoundedIndex index(document::IndexName::Parse("packets-%Y-%m-%d").value(), 3, "rest");
  std::vector<DocumentKey> keys;
  for (const SlotDocument& document : contents.documents) {
    keys.push_back(
        {{1, 2, 3}, static_cast<uint32_t>(document.record_number), document.frame_number % 2 == 0});
  }
  const auto copy = supervise::BatchCheck(form, &index).Copy(Slots(), 0, contents, keys);
  if (!copy) return;
  Require(copy->documents.size() == contents.documents.size(), "each document is copied");
  size_t end = 0;
  for (size_t place = 0; place < copy->documents.size(); ++place) {
    const DocumentSpan& span = copy->documents[place];
    Require(span.offset == end, "documents follow one another");
    end += span.length;
    Require(end <= copy->text.size(), "documents are in the text");
    const std::string_view text = copy->text.view().substr(span.offset, span.length);
    if (form == BatchForm::kBulk) CheckBulkDocument(text, keys[place]);
    if (form == BatchForm::kLines) CheckLine(text);
  }
  Require(end == copy->text.size(), "the text is its documents'");
  if (form != BatchForm::kBulk) {
    Require(copy->text.view() == std::string_view(Text(), end), "a document is the worker's");
  }
}

// As sections of packets.
void CheckSections(const SlotContents& contents) {
  const auto sections = supervise::ReadSections(Slots(), 0, contents);
  if (!sections) return;
  uint64_t packets = 0;
  for (size_t place = 0; place < sections->size(); ++place) {
    const supervise::SectionClaim& section = (*sections)[place];
    Require(section.numbers.size() == section.head.packets, "each packet has its record");
    Require(std::is_sorted(section.numbers.begin(), section.numbers.end()), "records rise");
    Require(section.text_place + section.text_bytes <= contents.progress.text_bytes,
            "a section is in the text");
    packets += section.numbers.size();
  }
  Require(packets == contents.progress.packets, "packets are those that are counted");
  const auto highest = supervise::CheckFileRecords(*sections, 0);
  Require(!highest || *highest >= packets, "each packet has a record of its own");
  const auto copy =
      supervise::CopySections(Slots(), 0, contents, *sections, {{}, true, "s", "/f", {}});
  if (!copy) return;
  Require(copy->packets() == packets, "each packet is copied");
  for (const DocumentSpan& span : copy->documents) {
    const auto parsed = document::ParseOrigin(copy->text.view().substr(span.offset, span.length));
    Require(parsed && parsed->origin.packets == span.packets && parsed->origin.file == "/f" &&
                document::ParseRecordNumbers(parsed->origin.records, span.packets),
            "an origin is the supervisor's");
    Require(document::IsSection(copy->text.view().substr(span.offset, span.length), span.packets),
            "a spool takes what is checked");
  }
}

}  // namespace

void WorkerBatch(Bytes bytes) {
  const std::string_view text = Fill(Input(bytes));
  if (const auto contents = supervise::ReadSlot(Slots(), 0)) {
    CheckContents(*contents);
    if (contents->progress.text_bytes <= kMaxCopied) {
      for (const auto form : {BatchForm::kLines, BatchForm::kBulk, BatchForm::kText}) {
        CheckCopy(*contents, form);
      }
      CheckSections(*contents);
    }
  } else {
    Require(!contents.error().message.empty(), "an error says what is wrong");
  }
  std::memset(Text(), 0, text.size());
}

}  // namespace espcap::fuzz
