# SPDX-License-Identifier: GPL-2.0-or-later
"""What the installed tshark prints for a capture, kept from run to run.

Only the oracle's half of a comparison is kept, never a verdict. An entry is one file: a line of JSON with
the exit status, then standard output, compressed by zstd, whose checksum finds a corrupt one. Its name is
a hash of everything that the output depends on: package versions, the bytes of every file that an argument
names, the other arguments, time zone, locale, and the profile below HOME. Live captures are never kept.

ESPCAP_TEST_CACHE=off asks tshark each time; ESPCAP_TEST_CACHE_BYTES bounds the folder (default: 2 GiB).
"""
import contextlib
import functools
import hashlib
import json
import os
import pathlib
import subprocess
import tempfile

import cache
from users import AS_NOBODY

FORMAT = 1
TIMEOUT_S = 300
DEFAULT_BYTES = 2 << 30
PACKAGES = ("tshark", "wireshark-common", "libwireshark*", "libwiretap*", "libwsutil*", "libc-ares*")
# Folders below HOME and files of the machine from which tshark takes settings and names.
PROFILE = (".config/wireshark", ".wireshark", ".local/lib/wireshark")
MACHINE_FILES = ("/etc/hosts", "/etc/ethers", "/etc/services")
LOCALE = ("TZ", "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "LC_NUMERIC", "LC_TIME", "LC_MESSAGES")


def cache_folder():
    """Where entries are; None where nothing is kept."""
    return cache.folder("tshark")


@functools.cache
def versions():
    """Of tshark and its libraries, as text."""
    packages = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Package} ${Version} ${Status}\n", *PACKAGES],
        capture_output=True, check=False, text=True).stdout
    program = subprocess.run(["tshark", "--version"], capture_output=True, check=True, text=True)
    return packages + program.stdout


@functools.lru_cache(maxsize=4096)
def _hash_of(path, _size, _mtime_ns):
    digest = hashlib.sha256()
    with open(path, "rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def hash_of(path):
    found = os.stat(path)
    return _hash_of(str(path), found.st_size, found.st_mtime_ns)


def file_in(argument):
    """The regular file that an argument names, alone or behind a colon ("tls.keylog_file:PATH")."""
    for candidate in (argument, argument.split(":", 1)[-1]):
        with contextlib.suppress(OSError, ValueError):
            if os.path.isfile(candidate):
                return candidate
    return None


def _described(argument):
    """An argument without the place of its file, but with its bytes. The ending stays: libwiretap
    looks at it where the bytes fit several formats."""
    path = file_in(argument)
    if path is None:
        return argument
    return [argument[:-len(path)], "".join(pathlib.Path(path).suffixes), hash_of(path)]


def _folder_state(folder):
    return [[str(path.relative_to(folder)), hash_of(path)]
            for path in sorted(folder.rglob("*")) if path.is_file()]


def key_of(arguments, environment):
    """The name of the entry for these arguments."""
    home = pathlib.Path(environment.get("HOME", "/nonexistent"))
    parts = {
        "format": FORMAT,
        "versions": versions(),
        "arguments": [_described(argument) for argument in arguments],
        "environment": {name: value for name, value in sorted(environment.items())
                        if name in LOCALE or name.startswith(("WIRESHARK_", "SSLKEYLOGFILE"))},
        "profile": [_folder_state(home / folder) for folder in PROFILE],
        "machine": [hash_of(path) for path in MACHINE_FILES if os.path.isfile(path)],
    }
    return hashlib.sha256(json.dumps(parts).encode("utf-8", "surrogateescape")).hexdigest()


def _without_root(arguments):
    """What starts tshark where the superuser may not run it as it is: from 4.4 on it loads no script of Lua for root.
    The user reads what root reads."""
    if os.geteuid() != 0 or not any(argument.startswith("lua_script:") for argument in arguments):
        return []
    return [*AS_NOBODY, "--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search", "--"]


def is_repeatable(arguments):
    """Whether the same arguments print the same: those that read a regular file, or list what
    libwireshark has. Nothing that captures or writes a file."""
    if any(argument.startswith(("-i", "-w")) for argument in arguments):
        return False
    if "-r" in arguments:
        return os.path.isfile(arguments[arguments.index("-r") + 1])
    return "-G" in arguments


class Oracle:
    """tshark in one environment."""

    def __init__(self, environment, folder=None):
        """`folder`: where entries are kept; None: nothing is kept."""
        self.environment = environment
        self.folder = folder
        self.hits = 0
        self.misses = 0

    def print_to(self, path, *arguments):
        """Writes tshark's standard output to `path`; returns its exit status."""
        arguments = [str(argument) for argument in arguments]
        if self.folder is None or not is_repeatable(arguments):
            return self._run(path, arguments)
        entry = self.folder / key_of(arguments, self.environment)
        status = self._load(entry, path)
        if status is not None:
            self.hits += 1
            return status
        self.misses += 1
        status = self._run(path, arguments)
        self._store(entry, status, path)
        return status

    def text(self, *arguments):
        """tshark's standard output, bytes that are no UTF-8 as Python escapes them. Raises CalledProcessError where it
        fails."""
        with tempfile.NamedTemporaryFile() as output:
            status = self.print_to(output.name, *arguments)
            if status != 0:
                raise subprocess.CalledProcessError(status, ["tshark", *map(str, arguments)])
            return pathlib.Path(output.name).read_bytes().decode(errors="surrogateescape")

    def _run(self, path, arguments):
        with open(path, "wb") as out:
            return subprocess.run([*_without_root(arguments), "tshark", *arguments], stdout=out, stderr=subprocess.PIPE,
                                  check=False, env=self.environment, timeout=TIMEOUT_S).returncode

    @staticmethod
    def _load(entry, path):
        """The exit status; None where there is no whole entry."""
        if not entry.exists():
            return None
        with subprocess.Popen(["zstd", "-dcq", entry], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL) as process, open(path, "wb") as out:
            try:
                status = json.loads(process.stdout.readline())["status"]
            except (ValueError, KeyError, TypeError):
                status = None
            while block := process.stdout.read(1 << 20):
                out.write(block)
        if process.returncode != 0 or not isinstance(status, int):
            entry.unlink(missing_ok=True)
            return None
        with contextlib.suppress(OSError):  # another process may have removed it meanwhile
            os.utime(entry)  # prune() removes those that were not used for longest
        return status

    def _store(self, entry, status, path):
        """By rename: every reader finds it whole."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self.folder, prefix=".new-", delete=False) as new:
            with subprocess.Popen(["zstd", "-1cq"], stdin=subprocess.PIPE, stdout=new) as process:
                process.stdin.write(json.dumps({"status": status}).encode() + b"\n")
                with open(path, "rb") as output:
                    while block := output.read(1 << 20):
                        process.stdin.write(block)
        if process.returncode == 0:
            os.replace(new.name, entry)
        else:
            os.unlink(new.name)


def limit_bytes():
    return int(os.environ.get("ESPCAP_TEST_CACHE_BYTES", DEFAULT_BYTES))


def prune(folder, most_bytes):
    """Removes the entries that were not used for longest, until the folder is within its bound."""
    entries = []
    for path in folder.iterdir() if folder.is_dir() else ():
        with contextlib.suppress(OSError):  # removed meanwhile
            found = path.stat()
            entries.append((found.st_mtime, found.st_size, path))
    total = sum(size for _, size, _ in entries)
    for _, size, path in sorted(entries):
        if total <= most_bytes:
            break
        path.unlink(missing_ok=True)
        total -= size
