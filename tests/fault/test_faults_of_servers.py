# SPDX-License-Identifier: GPL-2.0-or-later
"""The table of faults (tests/support/fault_table.py): those of servers."""
import pytest
from fault_cells import REQUESTS, SOURCES, Fault, assert_cell
from fault_proxy import Answer, Delay, FaultProxy, Hang
from fault_table import SERVERS, cells_of, name_of
from guard import Guard, token_file


class OfProxy(Fault):
    """`answer` to the requests that `strikes` selects."""

    def __init__(self, proxy, answer):
        self.proxy, self.answer = proxy, answer
        self.arguments = [*proxy.options, *REQUESTS]

    def strike(self, run):
        self.proxy.always(self.answer)

    def shows(self, _run):
        return sum(self.proxy.struck.values()) > 0

    def end(self, run):
        self.proxy.heal()


class Silent(OfProxy):
    """After its first documents, for which it takes its time."""

    def __init__(self, proxy):
        super().__init__(proxy, Hang())
        proxy.always(Delay(0.05))

    def strike(self, run):
        run.wait_until(lambda: run.metrics().get("/healthz")[0] == 200)
        super().strike(run)

    def shows(self, _run):
        return self.proxy.struck["Hang"] > 0


class FromTheStart(OfProxy):
    from_the_start = True

    def __init__(self, proxy, answer):
        super().__init__(proxy, answer)
        proxy.always(answer)


class Credentials(OfProxy):
    """Read again from their file, once that is another one."""

    def __init__(self, proxy, folder):
        super().__init__(proxy, Guard("first"))
        self.folder = folder
        proxy.always(self.answer)
        self.arguments += ["--bearer-token-file", token_file(folder, "first")]

    def strike(self, run):
        run.wait_until(lambda: self.answer.accepted_bulks > 0)
        self.answer.token = "second"

    def shows(self, _run):
        return self.answer.refused > 0

    def end(self, run):
        token_file(self.folder, "second")


STRIKES = {"server silent": lambda path: path.startswith("/_bulk"),
           "503 on prepare": lambda path: path.startswith("/_component_template/"),
           "429 on GET /": lambda path: path == "/",
           "401 midway": lambda path: True}


@pytest.mark.parametrize("fault, mode", cells_of(SERVERS), ids=name_of)
def test_fault(fault, mode, request, elasticsearch, start_espcap, environment, tmp_path):
    needs = {"network": request.getfixturevalue("network")} if mode == "live" else {}
    source = SOURCES[mode](tmp_path, **needs)
    spooling = ["--spool", tmp_path / "spool"] if mode == "spool" else []
    with FaultProxy(elasticsearch.port, STRIKES[fault], elasticsearch.index) as proxy:
        made = {"server silent": lambda: Silent(proxy),
                "503 on prepare": lambda: FromTheStart(proxy, Answer(503)),
                "429 on GET /": lambda: FromTheStart(proxy, Answer(429)),
                "401 midway": lambda: Credentials(proxy, tmp_path)}[fault]()
        assert_cell((fault, mode), source, made, start_espcap, environment,
                    lambda: elasticsearch.all_sources(elasticsearch.indices), *spooling)
