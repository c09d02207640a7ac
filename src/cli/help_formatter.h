// SPDX-License-Identifier: GPL-2.0-or-later
//
// --help: names on the left, what they do to their right, wrapped at a width. Pure but for
// HelpWidth().
#ifndef ESPCAP_CLI_HELP_FORMATTER_H_
#define ESPCAP_CLI_HELP_FORMATTER_H_

#include <CLI/CLI.hpp>
#include <cstddef>
#include <string>
#include <string_view>

namespace espcap::cli {

// $COLUMNS, else of the terminal that standard output, error or input is, else 80.
size_t HelpWidth();

// Words of `text` in lines of at most `width`, the first after `column` that is there already, the
// others after `indent` spaces. A word that is longer has a line of its own.
std::string Wrapped(std::string_view text, size_t column, size_t indent, size_t width);

class HelpFormatter : public CLI::Formatter {
 public:
  explicit HelpFormatter(size_t width) : width_(width) {}

  std::string make_help(const CLI::App* app, std::string name,
                        CLI::AppFormatMode mode) const override;
  std::string make_description(const CLI::App* app) const override;
  std::string make_subcommand(const CLI::App* command) const override;
  std::string make_footer(const CLI::App* app) const override;
  std::string make_option(const CLI::Option* option, bool is_positional) const override;

 private:
  [[nodiscard]] std::string Row(const std::string& name, std::string_view description) const;

  size_t width_;
};

}  // namespace espcap::cli

#endif  // ESPCAP_CLI_HELP_FORMATTER_H_
