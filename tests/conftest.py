# SPDX-License-Identifier: GPL-2.0-or-later
"""What every test of the program needs: it, tshark, real servers, a clean home."""
import gzip
import json
import os
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "support"))

import captures as capture_files  # noqa: E402  (from there)
import server  # noqa: E402
from delivery import Running, ids_of, ledger  # noqa: E402
from fault_proxy import FaultProxy  # noqa: E402
from network import Live, Network  # noqa: E402
from server import Server  # noqa: E402

ESPCAP = pathlib.Path(os.environ.get("ESPCAP", ROOT / "build" / "espcap")).resolve()
TEST_PCAPS = ROOT / "test_pcaps"
TIMEOUT_S = 300


class Run:
    """A finished run of espcap."""

    def __init__(self, process):
        self.code = process.returncode
        self.out = process.stdout
        self.err = process.stderr.decode("utf-8", "replace")

    @property
    def ledger(self):
        """The numbers of the summary line, by their words."""
        return ledger(self.err)

    def documents(self):
        return [json.loads(line) for line in self.out.splitlines()]

    def __repr__(self):
        return f"exit {self.code}, standard error:\n{self.err}"


@pytest.fixture(scope="session")
def home(tmp_path_factory):
    """An empty home directory: no user's settings reach a dissection."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def environment(home):
    return {**os.environ, "HOME": str(home), "TZ": "UTC", "LC_ALL": "C.UTF-8"}


@pytest.fixture(scope="session")
def espcap(environment, tmp_path_factory):
    """espcap(*arguments) → Run, in a directory without a configuration file."""
    where = tmp_path_factory.mktemp("work")

    def run(*arguments, **options):
        options.setdefault("cwd", where)
        options.setdefault("env", environment)
        options.setdefault("timeout", TIMEOUT_S)
        command = [str(ESPCAP), *(str(argument) for argument in arguments)]
        return Run(subprocess.run(command, capture_output=True, check=False, **options))

    return run


@pytest.fixture
def start_espcap(environment, tmp_path):
    """start_espcap(*arguments) → Running, by the command that stands before it. Whatever still runs at the
    end of the test is killed."""
    started = []

    def start(*arguments, before=()):
        log = tmp_path / f"espcap-{len(started)}.log"
        started.append(Running([*before, ESPCAP, *arguments], log, cwd=tmp_path, env=environment))
        return started[-1]

    yield start
    for run in started:
        run.kill()


@pytest.fixture(scope="session")
def tshark(environment):
    """tshark(*arguments) → standard output, as text; fails where tshark does."""

    def run(*arguments):
        command = ["tshark", *(str(argument) for argument in arguments)]
        return subprocess.run(command, capture_output=True, check=True, env=environment,
                              timeout=TIMEOUT_S, text=True).stdout

    return run


def decompressed(path):
    """What the system's gzip or zstd makes of a whole file."""
    program = {".gz": "gzip", ".zst": "zstd"}[path.suffix]
    return subprocess.run([program, "-dc", path], check=True, stdout=subprocess.PIPE).stdout


def own_mounts():
    """The start of a command that has mounts of its own."""
    command = ["unshare", "--mount"]
    # Below a root that is no mount point (a chroot) their propagation can't be changed.
    if subprocess.run([*command, "true"], capture_output=True, check=False).returncode != 0:
        command += ["--propagation", "unchanged"]
    return command


@pytest.fixture(scope="session")
def elasticsearch_node(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("elasticsearch")) as node:
        yield node


@pytest.fixture
def elasticsearch(elasticsearch_node):
    """A real Elasticsearch without indices."""
    elasticsearch_node.clear()
    return elasticsearch_node


@pytest.fixture(scope="session", params=server.KINDS)
def server_node(request, tmp_path_factory):
    """Each server in turn."""
    if request.param == "elasticsearch":
        yield request.getfixturevalue("elasticsearch_node")
        return
    with Server(tmp_path_factory.mktemp(request.param), kind=request.param) as node:
        yield node


@pytest.fixture
def any_server(server_node):
    """Each server in turn, without indices."""
    server_node.clear()
    return server_node


@pytest.fixture
def proxy(elasticsearch):
    """A proxy before an Elasticsearch without indices, that breaks what the test tells it to."""
    with FaultProxy(elasticsearch.port) as between:
        yield between


def archive(folder, files, packets_each, espcap):
    """(folder of captures, the ids that their documents must have)."""
    small = [packet for name in ("arp", "icmp", "dns")
             for packet in capture_files.packets_of(TEST_PCAPS / f"{name}.pcap")]
    capture_files.fill(folder, files, packets_each, small)
    # The fields are those of the fewest bytes: ids don't depend on them.
    run = espcap("--dir", folder, "--format", "bulk", "--fields", "frame.number")
    ids = ids_of(run.out)
    assert len(set(ids)) == len(ids) == files * packets_each
    return folder, ids


@pytest.fixture(scope="session")
def large_archive(tmp_path_factory, espcap):
    """50,000 packets in 50 captures."""
    return archive(tmp_path_factory.mktemp("large"), 50, 1000, espcap)


@pytest.fixture(scope="session")
def small_archive(tmp_path_factory, espcap):
    """2,000 packets in 10 captures."""
    return archive(tmp_path_factory.mktemp("small"), 10, 200, espcap)


@pytest.fixture(scope="session")
def captures():
    """Every whole capture of test_pcaps."""
    found = sorted(path for path in TEST_PCAPS.iterdir()
                   if path.name.endswith((".pcap", ".pcapng", ".gz")))
    assert len(found) >= 15
    return found


@pytest.fixture(scope="session")
def plain_pcap():
    """(header, list of records) of a little-endian pcap, to build damaged ones from."""

    def split(path):
        opener = gzip.open if path.name.endswith(".gz") else open
        with opener(path, "rb") as stream:
            data = stream.read()
        records, offset = [], 24
        while offset < len(data):
            length = 16 + int.from_bytes(data[offset + 8:offset + 12], "little")
            records.append(data[offset:offset + length])
            offset += length
        return data[:24], records

    return split


@pytest.fixture
def network():
    """Interfaces a0, a1 with their other ends b0, b1."""
    made = Network(2)
    yield made
    made.remove()


@pytest.fixture
def live(network, environment, tmp_path):
    """live(*arguments) → a running espcap that captures in the network."""
    started = []

    def start(*arguments, prefix=(), ready="capturing on"):
        running = Live(network, ESPCAP, [str(argument) for argument in arguments], tmp_path,
                       environment, prefix)
        started.append(running)
        return running.wait_for(ready) if ready else running

    yield start
    for running in started:
        if running.process.poll() is None:
            running.process.kill()
            running.process.wait()
