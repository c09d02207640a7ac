// SPDX-License-Identifier: GPL-2.0-or-later
#include <map>

#include "cli/option_groups.h"

namespace espcap::cli {

CLI::Option* AddList(CLI::App& app, const std::string& names, std::vector<std::string>& values,
                     const std::string& description, const char* type) {
  return app.add_option(names, values, description)
      ->type_name(type)
      ->expected(1, CLI::detail::expected_max_vector_size)
      ->allow_extra_args(false);
}

CLI::Option* AddSize(CLI::App& app, const std::string& name, uint64_t& value,
                     const std::string& description) {
  return app.add_option(name, value, description)
      ->type_name("SIZE")
      ->transform(CLI::AsSizeValue(false).description(""));
}

CLI::Option* AddDuration(CLI::App& app, const std::string& name, std::chrono::milliseconds& value,
                         const std::string& description) {
  static const std::map<std::string, double> units = {
      {"ms", 1e-3}, {"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}};
  return app
      .add_option_function<double>(
          name,
          [&value](const double& seconds) {
            value = std::chrono::round<std::chrono::milliseconds>(
                std::chrono::duration<double>(seconds));
          },
          description)
      ->type_name("TIME")
      ->transform(CLI::AsNumberWithUnit(units, CLI::AsNumberWithUnit::DEFAULT).description(""))
      ->check(CLI::NonNegativeNumber.description(""));
}

void AddProgramOptions(CLI::App& app, ProgramSettings& settings) {
  app.add_option("--config", settings.config,
                 "Configuration file; else the first of ./espcap.yml, ../config/espcap.yml, "
                 "config/espcap.yml, /etc/espcap/espcap.yml.")
      ->type_name("PATH")
      ->group("Program");
  app.add_flag("--quiet", settings.quiet, "Only errors and warnings.")->group("Program");
  app.add_flag("--verbose", settings.verbose, "Say what is done.")->group("Program");
  app.set_help_flag("-h,--help", "This text.")->group("Program");
}

}  // namespace espcap::cli
