// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/run_identity.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "app/settled_captures.h"
#include "base/secret.h"
#include "process/syscall_filter.h"

namespace espcap::app {
namespace {

using process::FindUser;
using process::Identity;

constexpr const char* kServiceUser = "espcap";  // as the package's units have it

// The user that called sudo, but for root.
std::optional<Identity> CallerOfSudo() {
  const char* const text = std::getenv("SUDO_UID");
  if (text == nullptr) return std::nullopt;
  const std::string_view digits = text;
  uid_t user = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), user);
  if (read.ec != std::errc() || read.ptr != digits.data() + digits.size() || user == 0) {
    return std::nullopt;
  }
  return FindUser(user);
}

Result<Identity> NamedUser(std::string_view option, const std::string& name) {
  if (auto user = FindUser(name)) return std::move(*user);
  return Fail("{} {}: there is no such user", option, name);
}

Result<std::optional<Identity>> SupervisorOf(const cli::CaptureSettings& settings) {
  if (settings.run_as) {
    auto named = NamedUser("--run-as", *settings.run_as);
    if (!named) return Forward(std::move(named));
    return std::move(*named);
  }
  if (auto caller = CallerOfSudo()) return caller;
  return FindUser(std::string(kServiceUser));
}

struct Path {
  std::string_view option;
  std::string path;
  int access;  // R_OK or W_OK
};

std::vector<Path> PathsUsedLater(const cli::CaptureSettings& settings) {
  const cli::SecuritySettings& security = settings.security;
  const std::string moved = settings.after.starts_with("move:") ? settings.after.substr(5) : "";
  std::vector<Path> paths = {{"--output", settings.output == "-" ? "" : settings.output, W_OK},
                             {"--resume", settings.resume, W_OK},
                             {"--spool", settings.spool, W_OK},
                             {"--dead-letters", settings.dead_letters, W_OK},
                             {"--quarantine", settings.quarantine, W_OK},
                             {"--write", settings.recording.path, W_OK},
                             {"--after move:", moved, W_OK},
                             {"--password-file", security.password_file, R_OK},
                             {"--api-key-file", security.api_key_file, R_OK},
                             {"--bearer-token-file", security.bearer_token_file, R_OK},
                             {"--ca-file", security.ca_file, R_OK},
                             {"--client-cert", security.client_cert, R_OK},
                             {"--client-key", security.client_key, R_OK}};
  if (FilesGo(settings)) {
    for (const std::string& folder : settings.directories) paths.push_back({"--dir", folder, W_OK});
  }
  return paths;
}

// A file that isn't there yet is made, and folders on the way to it.
std::string NearestThatExists(const std::string& path) {
  std::error_code ignored;
  for (std::filesystem::path place = path; !place.empty(); place = place.parent_path()) {
    if (std::filesystem::exists(place, ignored) || place == place.root_path()) return place;
  }
  return std::filesystem::current_path(ignored).native();
}

Result<void> CheckPaths(const std::vector<Path>& paths, const std::string& user) {
  for (const auto& [option, path, access] : paths) {
    if (path.empty()) continue;
    const std::string place = access == W_OK ? NearestThatExists(path) : path;
    if (::faccessat(AT_FDCWD, place.c_str(), access, AT_EACCESS) == 0 || errno != EACCES) continue;
    if (access == W_OK && place != path) {
      return Fail(
          "{} {}: the user {} can't write to {}; name a place that this user can write to, or "
          "another user with --run-as",
          option, path, user, place);
    }
    return Fail("{} {}: the user {} can't {} {}; chown {} {}, or choose another user with --run-as",
                option, path, user, access == W_OK ? "write to" : "read", place, user, place);
  }
  return {};
}

}  // namespace

Result<RunIdentities> ChooseIdentities(const cli::CaptureSettings& settings) {
  if (::geteuid() != 0) {
    if (settings.run_as) {
      return Fail("--run-as {}: only root can become another user", *settings.run_as);
    }
    if (!settings.worker_user.empty()) {
      return Fail("--worker-user {}: only root can become another user", settings.worker_user);
    }
    return RunIdentities{};
  }
  auto supervisor = SupervisorOf(settings);
  if (!supervisor) return Forward(std::move(supervisor));
  const bool is_default = settings.worker_user.empty();
  auto worker = NamedUser("--worker-user", is_default ? kWorkerUser : settings.worker_user);
  if (!worker) return Forward(std::move(worker));
  if (worker->user == (*supervisor ? (*supervisor)->user : 0)) {
    return Fail(
        "--worker-user {}: the process that delivers is the same user; name another one with "
        "--run-as or --worker-user",
        worker->name);
  }
  return RunIdentities{std::move(*supervisor), std::move(*worker)};
}

Result<void> BecomeSupervisor(const RunIdentities& identities, const cli::CaptureSettings& settings,
                              telemetry::Log& log) {
  auto became = process::DropPrivileges(identities.supervisor, {.groups = true});
  if (became) became = process::ForbidSystemCalls();
  if (!became) return became;
  base::ForbidDumps();  // a change of user allows them again
  // A user who isn't root can't choose another one: what can't be opened says so itself.
  if (!identities.worker) return {};
  if (::geteuid() == 0) {
    log.Info(
        "the process that delivers stays root, without capabilities; --run-as names another user");
    return CheckPaths(PathsUsedLater(settings), "root");
  }
  const std::string& user = identities.supervisor->name;
  log.Verbose(fmt::format("the process that delivers is {}", user));
  return CheckPaths(PathsUsedLater(settings), user);
}

}  // namespace espcap::app
