# SPDX-License-Identifier: GPL-2.0-or-later
"""What every test of the program needs: it, tshark, real servers, a clean home."""
import functools
import gzip
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "support"))

import captures as capture_files  # noqa: E402  (from there)
import kafka  # noqa: E402
import seeds  # noqa: E402
import shared_server  # noqa: E402
from espcap import Espcap  # noqa: E402
from fault_proxy import FaultProxy  # noqa: E402
from network import Network  # noqa: E402
from oracle import Oracle, cache_folder, limit_bytes, prune  # noqa: E402
from project import FULL, TEST_PCAPS, TIMEOUT_S  # noqa: E402
from server import KINDS, Server  # noqa: E402
from shared_server import Namespace  # noqa: E402
from sources import MODES  # noqa: E402

SERVERS = "ESPCAP_TEST_SERVERS"
OWN_SERVERS = pytest.StashKey[str]()


# A file's tests are one process's, which begins with these: none works on alone at the end.
SLOWEST_FIRST = ("test_template.py", "test_referee.py", "test_elasticsearch.py", "test_live.py",
                 "test_faulty_node.py", "test_rejections.py", "test_workers.py", "test_security.py",
                 "test_espcap_killed.py", "test_fields.py", "test_metrics.py", "test_resume.py",
                 "test_cluster.py", "test_server_killed.py")


def pytest_collection_modifyitems(items):
    def place(item):
        name = item.path.name
        return SLOWEST_FIRST.index(name) if name in SLOWEST_FIRST else len(SLOWEST_FIRST)

    items.sort(key=place)  # stable: within a file, and among the others, the order stays


def is_controller(config):
    """Not one of pytest's several processes, if there are several."""
    return not hasattr(config, "workerinput")


def pytest_configure(config):
    """Its processes share servers by this folder."""
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:  # under nohup
        signal.signal(signal.SIGHUP, lambda *_: None)  # ignored here; what is started begins with the default
    if is_controller(config) and SERVERS not in os.environ:
        config.stash[OWN_SERVERS] = os.environ[SERVERS] = tempfile.mkdtemp(prefix="espcap-servers-")


def pytest_unconfigure(config):
    if not is_controller(config):
        return
    folder = config.stash.get(OWN_SERVERS, None)
    if folder is not None:
        shared_server.remove(folder)
        shutil.rmtree(folder, ignore_errors=True)
    if cache_folder() is not None:
        prune(cache_folder(), limit_bytes())


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    """Where a test that draws at random fails, its seed is shown."""
    report = (yield).get_result()
    if report.failed and "seed" in item.fixturenames:
        report.sections.append(("Seed", f"{seeds.VARIABLE}={seeds.seed_of_run()}"))


@pytest.fixture(scope="session")
def seed():
    """Of what a test draws at random: in the long form another one in each run, unless ESPCAP_TEST_SEED is set."""
    return seeds.seed_of_run()


@pytest.fixture(scope="session")
def home(tmp_path_factory):
    """An empty home directory: no user's settings reach a dissection."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def environment(home):
    return {**os.environ, "HOME": str(home), "TZ": "UTC", "LC_ALL": "C.UTF-8"}


@pytest.fixture(scope="session")
def espcap(environment, tmp_path_factory):
    """espcap(*arguments) → Espcap that has ended, in a directory without a configuration file."""
    where = tmp_path_factory.mktemp("work")

    def run(*arguments, input=None, timeout=TIMEOUT_S, **options):  # pylint: disable=redefined-builtin
        if input is not None:
            options["stdin"] = subprocess.PIPE
        options = {"cwd": where, "env": environment, "stdout": subprocess.PIPE, **options}
        run = Espcap(*arguments, folder=where, stderr=subprocess.PIPE, **options)
        return run.communicate(input, timeout)

    return run


@pytest.fixture(scope="session")
def plain_run(espcap):
    """plain_run(path) → the run without options over a capture, made once."""
    return functools.cache(lambda path: espcap("--file", path))


@pytest.fixture
def start_espcap(environment, tmp_path):
    """start_espcap(*arguments) → Espcap that runs. What still runs at the end of the test is killed."""
    started = []

    def start(*arguments, **options):
        started.append(Espcap(*arguments, folder=tmp_path,
                              **{"cwd": tmp_path, "env": environment, **options}))
        return started[-1]

    yield start
    for run in started:
        run.kill()


@pytest.fixture(scope="session")
def oracle(environment):
    """The installed tshark; what it prints for a file is kept from run to run."""
    return Oracle(environment, cache_folder())


@pytest.fixture(scope="session")
def tshark(oracle):
    """tshark(*arguments) → standard output, as text; fails where tshark does."""
    return oracle.text


@pytest.fixture(scope="session")
def elasticsearch_node():
    """The Elasticsearch that all tests of this run share."""
    return shared_server.shared("elasticsearch", os.environ[SERVERS])


@pytest.fixture
def elasticsearch(elasticsearch_node):
    """A real Elasticsearch, with names of indices that are this test's own."""
    with Namespace(elasticsearch_node) as own:
        yield own


@pytest.fixture(scope="session", params=KINDS)
def server_node(request):
    """Each shared server in turn."""
    return shared_server.shared(request.param, os.environ[SERVERS])


@pytest.fixture
def any_server(server_node):
    """Each server in turn, with names of indices that are this test's own."""
    with Namespace(server_node) as own:
        yield own


@pytest.fixture(scope="session")
def nodes_to_break(tmp_path_factory):
    """node(kind): a server of this process alone, for what must not happen to a shared one. With each look at the
    disk a node lifts the blocks of a full one, also those that a test has set: it looks once an hour."""
    nodes = {}

    def node(kind):
        if kind not in nodes:
            nodes[kind] = Server(tmp_path_factory.mktemp(kind), "cluster.info.update.interval=1h",
                                 kind=kind).start()
        nodes[kind].clear()
        return nodes[kind]

    yield node
    for one in nodes.values():
        one.remove()


@pytest.fixture
def elasticsearch_to_break(nodes_to_break):
    """A real Elasticsearch without indices, for this test alone."""
    return nodes_to_break("elasticsearch")


@pytest.fixture(params=KINDS)
def any_server_to_break(request, nodes_to_break):
    """Each server in turn, without indices, for this test alone."""
    return nodes_to_break(request.param)


@pytest.fixture(scope="session")
def broker():
    """The Kafka broker that all tests of this run share; each has topics of its own."""
    return kafka.shared(os.environ[SERVERS])


@pytest.fixture
def proxy(elasticsearch):
    """A proxy before a real Elasticsearch, that breaks what the test tells it to."""
    with FaultProxy(elasticsearch.port, index=elasticsearch.index) as between:
        yield between


def filled(folder, files, packets_each, espcap):
    """(folder of captures, the ids that their documents must have)."""
    small = [packet for name in ("arp", "icmp", "dns")
             for packet in capture_files.packets_of(TEST_PCAPS / f"{name}.pcap")]
    capture_files.fill(folder, files, packets_each, small)
    # The fields are those of the fewest bytes: ids don't depend on them.
    run = espcap("--dir", folder, "--format", "bulk", "--fields", "frame.number")
    ids = run.ids()
    assert len(set(ids)) == len(ids) == files * packets_each
    return folder, ids


@pytest.fixture(scope="session")
def large_archive(tmp_path_factory, espcap):
    """What is delivered while something crashes or refuses: 50,000 packets; in the short form 20,000."""
    return filled(tmp_path_factory.mktemp("large"), 50, 1000 if FULL else 400, espcap)


@pytest.fixture(scope="session")
def huge_archive(tmp_path_factory, espcap, request):
    """200,000 packets; in the short form the large one."""
    if not FULL:
        return request.getfixturevalue("large_archive")
    return filled(tmp_path_factory.mktemp("huge"), 100, 2000, espcap)


@pytest.fixture(scope="session")
def small_archive(tmp_path_factory, espcap):
    """2,000 packets in 10 captures."""
    return filled(tmp_path_factory.mktemp("small"), 10, 200, espcap)


def of_different_length(folder, times):
    """Four captures, of which each has more rounds of its packets than the one before; the first has `times`."""
    for number, name in enumerate(["http", "dns", "tcp-loss", "icmp"]):
        data = (TEST_PCAPS / f"{name}.pcap").read_bytes()
        (folder / f"{name}.pcap").write_bytes(data[:24] + data[24:] * (times * (number + 1)))
    return folder


@pytest.fixture(scope="session")
def archive(tmp_path_factory):
    """54,400 packets in captures of different length."""
    return of_different_length(tmp_path_factory.mktemp("archive"), 80)


@pytest.fixture(scope="session")
def smaller_archive(tmp_path_factory):
    """The same for what is slower, such as a server: in the short form 17,000 packets."""
    return of_different_length(tmp_path_factory.mktemp("smaller_archive"), 80 if FULL else 25)


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
def source(request, small_archive):
    """The way packets come that the test's parameter names. A network only where it is used."""
    needs = {"network": request.getfixturevalue("network")} if request.param == "live" else {}
    return MODES[request.param](small_archive=small_archive, **needs)


@pytest.fixture
def folder(tmp_path):
    """An empty one, for captures."""
    path = tmp_path / "captures"
    path.mkdir()
    return path


@pytest.fixture
def live(network, start_espcap):
    """live(*arguments) → an Espcap that captures in the network; Ctrl-C stops it."""

    def start(*arguments, prefix=(), ready="capturing on", **options):
        run = start_espcap("--verbose", *arguments, before=network.command(*prefix),
                           stop_signal=signal.SIGINT, **options)
        return run.wait_for(ready) if ready else run

    return start
