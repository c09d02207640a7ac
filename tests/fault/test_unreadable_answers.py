# SPDX-License-Identifier: GPL-2.0-or-later
"""Answers that are nested too deep or far too long, to every request: they cost neither the run, nor memory, nor a
document."""
import pytest
from delivery import assert_all_landed
from fault_proxy import FaultProxy, Unreadable
from processes import status_of
from project import ROOT

HARMLESS_SECONDS = 120
# Of the supervisor, without the program itself; a sanitizer's share, too. A tree of the long answer takes more than a GiB.
MOST_MIB = 300
STEPS = {
    "identity": lambda path: path == "/",
    "question": lambda path: path.startswith("/_index_template/_simulate_index/"),
    "component": lambda path: path.startswith("/_component_template/"),
    "bulk": lambda path: path.startswith("/_bulk"),
}
ANSWERS = [*(Unreadable(kind) for kind in Unreadable.KINDS), Unreadable("nested", 503)]
SAYS = {"nested": "the answer is nested deeper than", "long": "the answer is longer than",
        "bomb": "the answer is longer than"}


def peak_mib(run):
    status = {name: int(value.split()[0]) for name, value in status_of(run.pid).items() if value.endswith(" kB")}
    return (status["VmHWM"] - status["RssFile"]) >> 10


@pytest.mark.parametrize("answer", ANSWERS, ids=str)
@pytest.mark.parametrize("step", STEPS)
def test_a_run_outlives_it(step, answer, elasticsearch, small_archive, start_espcap, tmp_path):
    folder, ids = small_archive
    is_read = step != "component" or answer.kind != "nested" or answer.status != 200  # else its status is all that counts
    with FaultProxy(elasticsearch.port, STEPS[step], elasticsearch.index) as proxy:
        proxy.always(answer)
        run = start_espcap("--dir", folder, *proxy.options, "--fields", "frame.number", "--chunk", 200,
                           "--spool", tmp_path / "spool", "--dead-letters", tmp_path / "dead")
        if is_read:
            run.wait_until(lambda: proxy.requests >= 3)  # two answers are dealt with
            assert peak_mib(run) < MOST_MIB, run
        proxy.heal()
        assert run.wait(HARMLESS_SECONDS) == 0, run
    assert_all_landed(elasticsearch, ids)
    assert run.ledger["indexed"] + run.ledger["already there"] == run.ledger["packets captured"] == len(ids)
    assert not (tmp_path / "dead").exists() or (tmp_path / "dead").stat().st_size == 0
    if step == "bulk" and answer.status == 200:
        assert SAYS[answer.kind] in run.err, run


@pytest.mark.parametrize("kind", Unreadable.KINDS)
@pytest.mark.parametrize("command", [["query", "config/queries/top-talkers.json"], ["template", "--check"]], ids=" ".join)
def test_a_command_says_so(command, kind, elasticsearch, espcap):
    with FaultProxy(elasticsearch.port, lambda path: path != "/", elasticsearch.index) as proxy:
        proxy.always(Unreadable(kind))
        run = espcap(*command, *proxy.options, cwd=ROOT)
        assert run.code == 1, run
        assert SAYS[kind] in run.err, run
