// SPDX-License-Identifier: GPL-2.0-or-later
//
// A tool of the build: prints one text that is made from the tables of options and commands.
#include <cstdio>
#include <map>
#include <string>

#include "reference/completions.h"
#include "reference/pages.h"

int main(int argc, char** argv) {
  using espcap::reference::BashCompletion;
  using espcap::reference::ConfigManPage;
  using espcap::reference::ConfigSample;
  using espcap::reference::FishCompletion;
  using espcap::reference::ManPage;
  using espcap::reference::OptionReference;
  using espcap::reference::ZshCompletion;
  const std::map<std::string, std::string (*)()> texts = {
      {"bash", BashCompletion}, {"config", ConfigSample},      {"fish", FishCompletion},
      {"man", ManPage},         {"man-config", ConfigManPage}, {"markdown", OptionReference},
      {"zsh", ZshCompletion}};
  const auto text = texts.find(argc == 2 ? argv[1] : "");
  if (text == texts.end()) {
    static_cast<void>(std::fputs(
        "usage: espcap_print_reference bash|config|fish|man|man-config|markdown|zsh\n", stderr));
    return 2;
  }
  const std::string printed = text->second();
  return std::fwrite(printed.data(), 1, printed.size(), stdout) == printed.size() &&
                 std::fflush(stdout) == 0
             ? 0
             : 1;
}
