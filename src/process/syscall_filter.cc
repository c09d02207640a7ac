// SPDX-License-Identifier: GPL-2.0-or-later
#include "process/syscall_filter.h"

#include <fcntl.h>
#include <seccomp.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <system_error>

namespace espcap::process {
namespace {

struct Release {
  void operator()(void* filter) const { seccomp_release(filter); }
};
using Filter = std::unique_ptr<void, Release>;

// A call that this kernel or architecture doesn't have needs no rule.
void Allow(void* filter, const char* call) {
  const int number = seccomp_syscall_resolve_name(call);
  if (number != __NR_SCMP_ERROR) seccomp_rule_add(filter, SCMP_ACT_ALLOW, number, 0);
}

// Where an argument, under a mask, has a value.
void AllowIf(void* filter, const char* call, unsigned argument, uint64_t mask, uint64_t value) {
  const int number = seccomp_syscall_resolve_name(call);
  if (number == __NR_SCMP_ERROR) return;
  const scmp_arg_cmp condition{argument, SCMP_CMP_MASKED_EQ, mask, value};
  seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, number, 1, &condition);
}

constexpr const char* kAllowed[] = {
    // memory
    "brk", "madvise", "mmap", "mprotect", "mremap", "munmap", "membarrier",
    // descriptors that are open: files, rings' bells, the channel to the supervisor
    "close", "dup", "fadvise64", "fstat", "getdents64", "lseek", "poll", "ppoll", "pread64", "read",
    "readahead", "readv", "recvmsg", "sendmsg", "write", "writev",
    // what there is on disk (libwireshark 4.6 changes to the folder of a dictionary to read it)
    "access", "chdir", "faccessat", "faccessat2", "getcwd", "lstat", "newfstatat", "readlink",
    "readlinkat", "stat", "statfs", "fstatfs", "statx",
    // time, and itself
    "clock_getres", "clock_gettime", "clock_nanosleep", "exit", "exit_group", "futex", "getegid",
    "geteuid", "getgid", "getpid", "getppid", "getrandom", "getrusage", "gettid", "gettimeofday",
    "getuid", "nanosleep", "restart_syscall", "rseq", "rt_sigaction", "rt_sigprocmask",
    "rt_sigreturn", "sched_getaffinity", "sched_yield", "set_robust_list", "sigaltstack", "sysinfo",
    "time", "uname"};

// With sockets that are open.
constexpr const char* kOpenSocketCalls[] = {"getsockopt", "pselect6", "recvfrom", "select",
                                            "setsockopt"};
// With new ones.
constexpr const char* kSocketCalls[] = {"bind",        "connect",    "epoll_create1", "epoll_ctl",
                                        "epoll_pwait", "epoll_wait", "eventfd2",      "getpeername",
                                        "getsockname", "sendmmsg",   "sendto",        "socket"};

// What no process of espcap has a use for, and a fault in one would.
constexpr const char* kForbidden[] = {
    // programs, and other processes' memory and descriptors
    "execve", "execveat", "ptrace", "process_vm_readv", "process_vm_writev", "process_madvise",
    "kcmp", "pidfd_getfd", "userfaultfd", "perf_event_open",
    // the machine: modules, mounts, name spaces, its clock, its end
    "acct", "bpf", "chroot", "clock_adjtime", "clock_settime", "create_module", "delete_module",
    "finit_module", "fsconfig", "fsmount", "fsopen", "init_module", "kexec_file_load", "kexec_load",
    "mount", "move_mount", "open_tree", "pivot_root", "quotactl", "reboot", "setdomainname",
    "sethostname", "setns", "settimeofday", "swapoff", "swapon", "syslog", "umount2", "unshare",
    // keys, and ways round this filter
    "add_key", "io_uring_enter", "io_uring_register", "io_uring_setup", "keyctl",
    "open_by_handle_at", "personality", "request_key"};

Result<void> Load(void* filter) {
  const int status = seccomp_load(filter);
  if (status == 0) return {};
  return Fail("restrict system calls: {}", std::generic_category().message(-status));
}

}  // namespace

Result<void> ForbidSystemCalls() {
  const Filter filter(seccomp_init(SCMP_ACT_ALLOW));
  if (filter == nullptr) return Fail("restrict system calls: out of memory");
  for (const char* call : kForbidden) {
    const int number = seccomp_syscall_resolve_name(call);
    if (number != __NR_SCMP_ERROR) {
      seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(EPERM), number, 0);
    }
  }
  return Load(filter.get());
}

Result<void> RestrictSystemCalls(Sockets sockets) {
  const Filter filter(seccomp_init(SCMP_ACT_ERRNO(EPERM)));
  if (filter == nullptr) return Fail("restrict system calls: out of memory");
  for (const char* call : kAllowed) Allow(filter.get(), call);
#ifdef __SANITIZE_ADDRESS__
  // By which a sanitizer finds out whether memory can be read.
  for (const char* call : {"pipe", "pipe2"}) Allow(filter.get(), call);
#endif
  if (sockets != Sockets::kNone) {
    for (const char* call : kOpenSocketCalls) Allow(filter.get(), call);
    // Of interfaces and of usbmon devices.
    constexpr uint64_t kKind = 0xff00;
    for (const uint64_t kind : {0x8900U, 0x9200U}) AllowIf(filter.get(), "ioctl", 1, kKind, kind);
  }
  if (sockets == Sockets::kAllowed) {
    for (const char* call : kSocketCalls) Allow(filter.get(), call);
    Allow(filter.get(), "ioctl");
    AllowIf(filter.get(), "fcntl", 1, UINT32_MAX, F_SETFL);
  }
  constexpr uint64_t kChanges = O_ACCMODE | O_CREAT | O_TRUNC;
  AllowIf(filter.get(), "openat", 2, kChanges, O_RDONLY);
  AllowIf(filter.get(), "open", 1, kChanges, O_RDONLY);
  // Of nobody else, and no signal to anyone when a descriptor is ready (F_SETOWN, F_SETSIG). Others
  // share some of the descriptors: who could make them wait (F_SETFL) would stop their writers.
  AllowIf(filter.get(), "prlimit64", 0, UINT64_MAX, 0);
  for (const int command :
       {F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, F_GETFL, F_GETLK, F_GET_SEALS, F_ADD_SEALS}) {
    AllowIf(filter.get(), "fcntl", 1, UINT32_MAX, static_cast<uint64_t>(command));
  }
  // abort(): a signal to itself.
  AllowIf(filter.get(), "tgkill", 0, UINT32_MAX, static_cast<uint64_t>(::getpid()));
  return Load(filter.get());
}

}  // namespace espcap::process
