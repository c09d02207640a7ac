# SPDX-License-Identifier: GPL-2.0-or-later
"""The captures to measure with: recorded once by tests/bench/traffic, kept in a cache folder."""
import contextlib
import hashlib
import os
import pathlib
import subprocess
import sys

from project import ROOT

TRAFFIC = ROOT / "tests" / "bench" / "traffic"
OFFICE = ("office", 50_000, 5)
# Many pairs of addresses, so that shards of one capture have like shares.
LARGE = [("web", 110_000, 20), ("dns", 110_000, 20), ("files", 110_000, 20)]
SMALL_CAPTURES = 500


def cache():
    base = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    folder = pathlib.Path(base) / "espcap-bench" / _recipe()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def recorded(mix, packets, workstations):
    """The capture, recorded now if it isn't there yet."""
    path = cache() / f"{mix}.pcapng"
    if not path.exists():
        _make(path, "record.sh", {"MIX": mix, "PACKETS": str(packets),
                                  "WORKSTATIONS": str(workstations)})
    return path


def archive():
    """A folder of small captures, cut out of the office's."""
    folder = cache() / "archive"
    if not folder.exists():
        office = recorded(*OFFICE)
        partial = folder.with_name("archive.new")
        _remove(partial)
        _make(partial, "archive.sh", {"COUNT": str(SMALL_CAPTURES)}, office)
        partial.rename(folder)
    return folder


def packet_counts(paths):
    """{path: packets} of those that are captures and hold any."""
    counts = {}
    if paths:
        text = subprocess.run(["capinfos", "-T", "-r", "-M", "-c", *paths], check=False,
                              capture_output=True, text=True).stdout
        for line in text.splitlines():
            name, _, count = line.rpartition("\t")
            if count.isdigit() and int(count) > 0:
                counts[pathlib.Path(name)] = int(count)
    return counts


def first_packets(capture, packets, path):
    subprocess.run(["editcap", "-r", capture, path, f"1-{packets}"], check=True,
                   stdout=subprocess.DEVNULL)
    return path


def _recipe():
    """Changes with the scripts: captures of others are not taken for theirs."""
    digest = hashlib.sha256()
    for path in [*sorted(TRAFFIC.iterdir()), ROOT / "test_pcaps" / "record" / "lib.sh"]:
        if path.suffix in (".sh", ".py"):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _make(path, script, settings, *arguments):
    print(f"recording {path}", file=sys.stderr)
    subprocess.run([ROOT / "dev", "deps", "traffic"], check=True)
    root = [] if os.geteuid() == 0 else ["sudo"]
    words = [f"{name}={value}" for name, value in settings.items()]
    with subprocess.Popen([*root, "env", *words, TRAFFIC / script, path, *arguments],
                          stdin=subprocess.DEVNULL, stdout=sys.stderr) as process:
        try:
            if process.wait() != 0:
                raise SystemExit(f"{script} failed")
        except BaseException:
            _end(process)
            raise


def _end(process):
    """With it the namespaces end. (unshare, which record.sh becomes, is deaf to SIGTERM.)"""
    with contextlib.suppress(PermissionError):  # sudo's: it had the Ctrl-C itself
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()


def _remove(folder):
    if folder.exists():
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()
