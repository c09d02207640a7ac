# SPDX-License-Identifier: GPL-2.0-or-later
"""The table of faults (tests/support/fault_table.py): those of the run's own processes."""
import contextlib
import os
import signal

import preload
import pytest
from captures import write_pcap
from fault_cells import REQUESTS, SOURCES, Fault, assert_cell
from fault_proxy import Delay
from fault_table import WORKERS, cells_of, name_of
from folders import for_every_user

LIMITS = ["--frame-timeout", "500ms", "--worker-memory", "100M"]
LARGE_REQUESTS = ["--chunk", 1000, "--flush-interval", "100ms"]
MARKS = {"worker looping": "l", "worker bloating": "g"}
MANY = 20_000  # packets: their worker lives for a while
FEW = 200  # each becomes a request of its own


@pytest.fixture(scope="session")
def libraries():
    with for_every_user() as folder:
        yield {name: preload.build(name, folder) for name in ("killer_frames", "takeover")}


class OfProcesses(Fault):
    """The server is well; where there is a spool, it is away as long as the fault lasts."""

    def __init__(self, proxy, has_spool):
        self.proxy, self.has_spool = proxy, has_spool
        self.arguments = [*proxy.options, *REQUESTS]

    def strike(self, run):
        run.wait_until(lambda: run.metrics().get("/healthz")[0] == 200)
        if self.has_spool:
            self.proxy.refuse()

    def end(self, run):
        if self.has_spool:
            self.proxy.listen()


class ZygoteKilled(OfProcesses):
    ends_the_run = True

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.proxy.always(Delay(0.05))

    def strike(self, run):
        super().strike(run)
        run.kill_zygote()

    def shows(self, run):
        return "the dissection process has ended" in run.err

    def end(self, run):
        self.proxy.heal()
        super().end(run)


class MarkedFrame(OfProcesses):
    from_the_start = True

    def __init__(self, library, *arguments):
        super().__init__(*arguments)
        self.arguments += LIMITS
        self.environment = {"LD_PRELOAD": str(library)}

    def shows(self, run):
        return "put into quarantine" in run.err


class Lie(OfProcesses):
    from_the_start = True

    def __init__(self, library, *arguments):
        super().__init__(*arguments)
        self.arguments = [*self.proxy.options, *LARGE_REQUESTS]
        self.environment = {"LD_PRELOAD": str(library), "ESPCAP_TEST_TAKEOVER": "captured-beyond"}

    def shows(self, run):
        return "protocol error" in run.err


class WorkerKilled(OfProcesses):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.arguments = [*self.proxy.options, *LARGE_REQUESTS]

    def strike(self, run):
        run.kill_child()
        super().strike(run)

    def shows(self, run):
        return "its worker died" in run.err


class NoWorker(OfProcesses):
    """Before there is a packet that could be blamed."""
    from_the_start = True

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.arguments = [*self.proxy.options, *LARGE_REQUESTS]

    def before_packets(self, run):
        metrics, killed = run.metrics(), set()
        run.wait_until(lambda: metrics.get("/healthz")[0] == 200)

        def health_is_red():
            for worker in set(run.children("espcap-worker")) - killed:
                killed.add(worker)
                with contextlib.suppress(ProcessLookupError):
                    os.kill(worker, signal.SIGKILL)
            code, text = metrics.get("/healthz")
            return code == 503 and text

        return run.wait_until(health_is_red)


def made(fault, proxy, has_spool, libraries):
    if fault in MARKS:
        return MarkedFrame(libraries["killer_frames"], proxy, has_spool)
    if fault == "worker lying":
        return Lie(libraries["takeover"], proxy, has_spool)
    return {"zygote killed": ZygoteKilled, "worker killed": WorkerKilled, "ring without worker": NoWorker}[fault](proxy, has_spool)


@pytest.mark.parametrize("fault, mode", cells_of(WORKERS), ids=name_of)
def test_fault(fault, mode, request, elasticsearch, proxy, libraries, start_espcap, espcap, environment, tmp_path):
    needs = {"network": request.getfixturevalue("network")} if mode == "live" else {}
    if fault == "worker killed" and mode == "file":
        needs["packets"] = MANY
    if fault == "worker lying":
        needs["packets"] = FEW
    source = SOURCES[mode](tmp_path, marked=MARKS.get(fault, ""), **needs)
    spooling = ["--spool", tmp_path / "spool"] if mode == "spool" else []

    def documents():
        if fault == "zygote killed" and mode == "spool":  # the next run delivers them
            write_pcap(tmp_path / "empty.pcap", [])
            assert espcap("--file", tmp_path / "empty.pcap", *elasticsearch.options, *spooling).code == 0
        return elasticsearch.all_sources(elasticsearch.indices)

    assert_cell((fault, mode), source, made(fault, proxy, mode == "spool", libraries), start_espcap, environment, documents, *spooling)
