# SPDX-License-Identifier: GPL-2.0-or-later
"""The start of a command that runs with what a unit of config/systemd sets, where no systemd runs: its user, capabilities,
mounts and system calls, by the same means of the kernel. A setting that isn't known here is an error. Needs root, setpriv
and systemd-analyze (which knows the groups of system calls)."""
import ctypes
import os
import pathlib
import pwd
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
STAND_IN = "daemon"  # where the unit's user isn't there

# What a unit says of its start, its end and its place, not of its rights.
OTHER = set("""Type ExecStart SuccessExitStatus RestartPreventExitStatus Restart RestartSec OOMPolicy WatchdogSec KillMode
TimeoutStopSec StateDirectory StateDirectoryMode WorkingDirectory Environment UMask Group""".split())
# Here as there; what they forbid is forbidden by the list of system calls, too.
BY_SYSTEM_CALLS = {"ProtectClock", "ProtectKernelLogs", "ProtectHostname", "SystemCallArchitectures", "SystemCallErrorNumber",
                   "RemoveIPC", "RestrictSUIDSGID"}
HANDLED = {"User", "AmbientCapabilities", "CapabilityBoundingSet", "NoNewPrivileges", "ProtectSystem", "ProtectHome", "ProtectProc",
           "PrivateTmp", "PrivateDevices", "PrivateMounts", "ProtectControlGroups", "ProtectKernelModules", "ProtectKernelTunables",
           "RestrictAddressFamilies", "RestrictNamespaces", "RestrictRealtime", "LockPersonality", "SystemCallFilter"}

LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNS = 0x20000
MS_BIND = 4096
NAMESPACES = (CLONE_NEWNS, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000, 0x80)
FAMILIES = {"AF_UNIX": 1, "AF_INET": 2, "AF_INET6": 10, "AF_NETLINK": 16, "AF_PACKET": 17}
MOST_FAMILIES = 46
EPERM, ENOSYS, EAFNOSUPPORT = 1, 38, 97
ALLOW, ERRNO = 0x7FFF0000, 0x00050000
NO_NEW_PRIVS_ATTRIBUTE = 3
GE, EQ, MASKED_EQ = 5, 4, 7  # scmp_compare


def settings_of(unit):
    """The [Service] section of a unit's template."""
    text = (ROOT / "config" / "systemd" / unit).read_text(encoding="utf-8")
    lines = text.split("[Service]")[1].split("[Install]")[0].splitlines()
    settings = dict(line.split("=", 1) for line in lines if re.match(r"\w+=", line))
    unknown = set(settings) - OTHER - BY_SYSTEM_CALLS - HANDLED
    assert not unknown, f"{unit}: tests/support/as_unit.py doesn't know {unknown}"
    return settings


def user_of(unit):
    name = settings_of(unit)["User"]
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return pwd.getpwnam(STAND_IN)


def as_unit(unit, *, readable=(), writable=()):
    """`readable` and `writable`: what is there in spite of private and protected folders."""
    words = [sys.executable, __file__, unit]
    for path in readable:
        words += ["--readable", str(path)]
    for path in writable:
        words += ["--writable", str(path)]
    return [*words, "--"]


# --- in the process itself --------------------------------------------------------------------------


def mount(*words):
    subprocess.run(["mount", *words], check=True, capture_output=True)


def keep_open(paths):
    return [(path, os.open(path, os.O_PATH)) for path in paths]


def put_back(kept, options):
    """What lies where something was mounted over it."""
    for path, descriptor in kept:
        target = pathlib.Path(path)
        source = f"/proc/self/fd/{descriptor}"
        if pathlib.Path(source).is_dir():
            target.mkdir(parents=True, exist_ok=True)
        elif not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.touch()
        # mount(8) would look for the name, which is what was mounted over.
        if LIBC.mount(source.encode(), str(path).encode(), None, MS_BIND, None) != 0:
            raise OSError(ctypes.get_errno(), f"bind {path}")
        if options:
            mount("-o", f"remount,bind,{options}", path)


def protect_files(settings, readable, writable):
    if LIBC.unshare(CLONE_NEWNS) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    subprocess.run(["mount", "--make-rprivate", "/"], check=False, capture_output=True)  # a chroot's root is no mount
    kept_readable, kept_writable = keep_open(readable), keep_open(writable)
    fresh = []
    if settings.get("PrivateTmp") == "yes":
        fresh += ["/tmp", "/var/tmp"]
    if settings.get("ProtectHome") == "yes":
        fresh += [path for path in ("/home", "/root") if pathlib.Path(path).is_dir()]
    for path in fresh:
        mount("-t", "tmpfs", "-o", "mode=1777" if path.endswith("tmp") else "mode=0755", "tmpfs", path)
    put_back(kept_readable, "ro")
    put_back(kept_writable, "")
    if settings.get("ProtectSystem") == "strict":
        left_out = ("/proc", "/sys", "/dev", "/tmp", "/var/tmp", *(str(path) for path in writable))
        with open("/proc/self/mountinfo", encoding="utf-8") as table:
            points = {re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), line.split()[4]) for line in table}
        for point in sorted(points):
            if not any(point == path or point.startswith(path + "/") for path in left_out):
                subprocess.run(["mount", "-o", "remount,bind,ro", point], check=False, capture_output=True)
        for path in ("/usr", "/etc", "/var"):
            assert os.statvfs(path).f_flag & os.ST_RDONLY, f"{path} can be written to"
    protect_kernel(settings)


def protect_kernel(settings):
    if settings.get("PrivateDevices") == "yes":
        mount("-t", "tmpfs", "-o", "mode=0755", "tmpfs", "/dev")
        for name, minor in (("null", 3), ("zero", 5), ("full", 7), ("random", 8), ("urandom", 9)):
            os.mknod(f"/dev/{name}", 0o20666, os.makedev(1, minor))
            os.chmod(f"/dev/{name}", 0o666)
        os.symlink("/proc/self/fd", "/dev/fd")
        os.symlink("/proc/self/fd/0", "/dev/stdin")
    if settings.get("ProtectProc") == "invisible":
        mount("-t", "proc", "-o", "hidepid=invisible", "proc", "/proc")
    if settings.get("ProtectKernelTunables") == "yes":
        mount("--bind", "/proc/sys", "/proc/sys")
        mount("-o", "remount,bind,ro", "/proc/sys")
        mount("-o", "remount,bind,ro", "/sys")


class Filter:
    """A filter of system calls, by libseccomp."""

    class Comparison(ctypes.Structure):
        _fields_ = [("argument", ctypes.c_uint), ("how", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64)]

    def __init__(self, otherwise):
        self.library = ctypes.CDLL("libseccomp.so.2")
        self.library.seccomp_init.restype = ctypes.c_void_p
        self.context = ctypes.c_void_p(self.library.seccomp_init(ctypes.c_uint32(otherwise)))
        assert self.library.seccomp_attr_set(self.context, NO_NEW_PRIVS_ATTRIBUTE, 0) == 0

    def add(self, action, call, comparison=None):
        number = self.library.seccomp_syscall_resolve_name(call.encode())
        if number < 0:  # not on this architecture
            return
        array = (self.Comparison * 1)(*([self.Comparison(*comparison)] if comparison else []))
        assert self.library.seccomp_rule_add_array(self.context, ctypes.c_uint32(action), number, 1 if comparison else 0,
                                                   array) == 0, call

    def load(self):
        assert self.library.seccomp_load(self.context) == 0


def system_calls(words):
    """With groups (@…) replaced by what is in them."""
    listed = subprocess.run(["systemd-analyze", "syscall-filter", "--no-pager"], check=True, capture_output=True, text=True).stdout
    groups = {}
    for line in listed.splitlines():
        word = line.strip()
        if line.startswith("@"):
            group = groups.setdefault(word, [])
        elif line.startswith(" ") and word and not word.startswith("#"):
            group.append(word)
    calls, waiting = set(), list(words)
    while waiting:
        word = waiting.pop()
        if word.startswith("@"):
            waiting += groups[word]
        else:
            calls.add(word)
    return calls


def restrict_system_calls(settings):
    forbidden = ERRNO | EPERM
    denied = Filter(ALLOW)
    allowed_families = {FAMILIES[name] for name in settings["RestrictAddressFamilies"].split()}
    for family in set(range(MOST_FAMILIES)) - allowed_families:
        denied.add(ERRNO | EAFNOSUPPORT, "socket", (0, EQ, family, 0))
    denied.add(ERRNO | EAFNOSUPPORT, "socket", (0, GE, MOST_FAMILIES, 0))
    if settings.get("RestrictNamespaces") == "yes":
        for call in ("unshare", "setns"):
            denied.add(forbidden, call)
        for namespace in NAMESPACES:
            denied.add(forbidden, "clone", (0, MASKED_EQ, namespace, namespace))
        denied.add(ERRNO | ENOSYS, "clone3")
    if settings.get("RestrictRealtime") == "yes":
        for policy in (1, 2, 6):
            denied.add(forbidden, "sched_setscheduler", (1, EQ, policy, 0))
    if settings.get("LockPersonality") == "yes":
        denied.add(forbidden, "personality", (0, MASKED_EQ, 0x0400000, 0x0400000))
    allowed = Filter(forbidden)
    for call in system_calls(settings["SystemCallFilter"].split()):
        allowed.add(ALLOW, call)
    denied.load()
    allowed.load()


def main(unit, words):
    end = words.index("--")
    paths = {"--readable": [], "--writable": []}
    for option, path in zip(words[:end:2], words[1:end:2]):
        paths[option].append(path)
    settings = settings_of(unit)
    user = user_of(unit)
    protect_files(settings, paths["--readable"], paths["--writable"])
    restrict_system_calls(settings)
    kept = ",".join("+" + name.removeprefix("CAP_").lower() for name in settings["AmbientCapabilities"].split())
    bounds = ",".join("+" + name.removeprefix("CAP_").lower() for name in settings["CapabilityBoundingSet"].split())
    command = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", f"--bounding-set=-all,{bounds}",
               f"--inh-caps=-all,{kept}", f"--ambient-caps=-all,{kept}"]
    if settings.get("NoNewPrivileges") == "yes":
        command.append("--no-new-privs")
    os.execvp("setpriv", [*command, "--", *words[end + 1:]])


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
