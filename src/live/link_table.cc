// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/link_table.h"

#include <sys/mman.h>

#include "process/shared_file.h"

namespace espcap::live {

Result<std::unique_ptr<LinkTable>> LinkTable::Create() {
  auto file = process::MakeSharedFile("espcap-links", sizeof(Shared));
  if (!file) return Forward(std::move(file));
  std::unique_ptr<LinkTable> table(new LinkTable(std::move(*file)));
  auto ready = table->Map(PROT_READ | PROT_WRITE);
  if (ready) ready = process::ForbidNewWriters(table->file_);
  if (!ready) return Forward(std::move(ready));
  return table;
}

Result<void> LinkTable::KeepForReading() {
  Unmap();
  return Map(PROT_READ);
}

Result<void> LinkTable::Map(int protection) {
  auto memory = process::MapShared(file_.get(), sizeof(Shared), protection);
  if (!memory) return Forward(std::move(memory));
  shared_ = reinterpret_cast<Shared*>(*memory);
  return {};
}

void LinkTable::Unmap() {
  if (shared_ != nullptr) ::munmap(std::exchange(shared_, nullptr), sizeof(Shared));
}

}  // namespace espcap::live
