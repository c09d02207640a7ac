# SPDX-License-Identifier: GPL-2.0-or-later
"""A process forks while it has one thread: in a copy of one with more, a lock of another thread's is never released."""

import preload
import pytest
from consumed import Topic
from folders import for_every_user
from project import TEST_PCAPS

HTTP, DNS = TEST_PCAPS / "http.pcap", TEST_PCAPS / "dns.pcap"


@pytest.fixture
def forks(environment):
    """forks(): [(threads, name of the process that forks)]; forks.env: of what is watched."""
    with for_every_user() as folder:
        told = folder / "forks"
        told.touch()
        told.chmod(0o666)

        def read():
            lines = [line.split(" ", 1) for line in told.read_text(encoding="ascii").splitlines()]
            return [(int(threads), name) for threads, name in lines]

        read.env = {**environment, "LD_PRELOAD": str(preload.build("fork_watch", folder)), "ESPCAP_TEST_FORKS": str(told)}
        yield read


def check(forks, processes):
    assert {name for _, name in forks()} == processes
    assert [(threads, name) for threads, name in forks() if threads != 1] == []


def has_template(server):
    return server.request("GET", f"/_index_template/{server.template}")[0] == 200


@pytest.mark.parametrize("arguments, processes", [
    (["--file", HTTP, "--file", DNS], {"espcap", "espcap-zygote"}),
    (["--file", HTTP, "--shards", "2", "--workers", "2"], {"espcap", "espcap-zygote"}),
    (["--dir", TEST_PCAPS / "damaged", "--recursive"], {"espcap", "espcap-zygote"}),
    (["--file", "-"], {"espcap", "espcap-zygote"}),
], ids=["files", "shards", "folder", "pipe"])
def test_of_a_run_to_a_server(arguments, processes, espcap, elasticsearch, forks, tmp_path):
    """Its template is made meanwhile, when it has threads: by a process of the zygote's."""
    run = espcap(*arguments, *elasticsearch.options, "--spool", tmp_path / "spool", "--resume", tmp_path / "state",
                 env=forks.env, input=HTTP.read_bytes())
    assert run.code in (0, 2), run
    assert has_template(elasticsearch), run
    check(forks, processes)


def test_of_a_live_run(start_espcap, elasticsearch, forks):
    run = start_espcap("--nic", "lo", "--bpf", "udp port 9", *elasticsearch.options, env=forks.env)
    run.wait_until(lambda: has_template(elasticsearch))
    assert run.stop() == 0, run
    check(forks, {"espcap", "espcap-opener", "espcap-zygote"})


def test_of_a_run_from_a_topic(broker, espcap, elasticsearch, forks):
    topic = Topic(broker, espcap, partitions=2)
    run = espcap("--file", HTTP, "--forward", topic.address, "--sensor", "sensor-1", env=forks.env)
    assert run.code == 0, run
    check(forks, {"espcap", "espcap-zygote"})
    run = espcap(*topic.options, "--stop-at-end", *elasticsearch.options, env=forks.env)
    assert run.code == 0, run
    check(forks, {"espcap", "espcap-zygote"})


@pytest.mark.parametrize("command, processes", [
    (["packets", "*", "-w"], {"espcap", "espcap-packets"}),
    (["show", "*", "--format", "details", "--output"], {"espcap"}),
], ids=["packets", "show"])
def test_of_what_finds_packets(command, processes, espcap, elasticsearch, forks, tmp_path):
    run = espcap("--file", HTTP, *elasticsearch.options, "--provenance")
    assert run.code == 0, run
    run = espcap(*command, tmp_path / "found", *elasticsearch.options, env=forks.env)
    assert run.code == 0, run
    check(forks, processes)
