# SPDX-License-Identifier: GPL-2.0-or-later
"""Credentials that a server refuses in the middle of a run: read again where they can change, nothing is lost."""
import pytest
from delivery import assert_all_landed
from fault_proxy import FaultProxy
from guard import Guard, token_file
from waiting import wait_until

HARMLESS_SECONDS = 60


@pytest.fixture
def guarded(elasticsearch):
    """(proxy, its guard)."""
    with FaultProxy(elasticsearch.port, lambda path: True, elasticsearch.index) as proxy:
        guard = Guard("first")
        proxy.always(guard)
        yield proxy, guard


def small_requests(proxy):
    return [*proxy.options, "--chunk", 50, "--concurrency", 1, "--metrics", "0"]


def change_while_it_runs(run, guard, token="second"):
    """The server takes another token from the middle of the run on; returns once a request was refused."""
    run.wait_until(lambda: guard.accepted_bulks >= 3)
    guard.token = token
    run.wait_until(lambda: guard.refused > 0)


@pytest.mark.parametrize("spool", [False, True], ids=["no-spool", "spool"])
def test_a_file_is_read_again_before_each_try(spool, guarded, elasticsearch, small_archive, start_espcap, tmp_path):
    proxy, guard = guarded
    folder, ids = small_archive
    path = token_file(tmp_path, "first")
    spooling = ["--spool", tmp_path / "spool"] if spool else []
    run = start_espcap("--dir", folder, *small_requests(proxy), "--bearer-token-file", path, *spooling)
    change_while_it_runs(run, guard)
    metrics = run.metrics()
    wait_until(lambda: metrics.get("/healthz")[0] == 503, state=lambda: str(run))
    assert "401" in metrics.get("/healthz")[1]
    token_file(tmp_path, "second")
    assert run.wait(HARMLESS_SECONDS) == 0, run
    assert_all_landed(elasticsearch, ids)
    assert run.ledger["indexed"] == len(ids) and "their file is read again" in run.err, run


def test_a_key_from_the_environment_can_only_be_changed_by_a_restart(guarded, elasticsearch, small_archive, start_espcap,
                                                                     environment, tmp_path):
    """The spool has what is left: the next run, with another key, delivers it."""
    proxy, guard = guarded
    folder, ids = small_archive
    arguments = ["--dir", folder, *small_requests(proxy), "--spool", tmp_path / "spool"]
    run = start_espcap(*arguments, env={**environment, "ESPCAP_BEARER_TOKEN": "first"})
    change_while_it_runs(run, guard)
    run.wait_for("restart it with others")
    run.wait_until(lambda: run.metrics().scrape().captured == len(ids))
    assert run.stop() == 0, run
    assert run.ledger["in the spool"] > 0 and run.ledger.get("abandoned", 0) == 0, run
    run = start_espcap(*arguments, env={**environment, "ESPCAP_BEARER_TOKEN": "second"})
    assert run.wait(HARMLESS_SECONDS) == 0, run
    assert_all_landed(elasticsearch, ids)


def test_without_a_spool_such_a_key_ends_the_run(guarded, elasticsearch, small_archive, start_espcap, environment):
    proxy, guard = guarded
    folder, _ = small_archive
    run = start_espcap("--dir", folder, *small_requests(proxy), env={**environment, "ESPCAP_BEARER_TOKEN": "first"})
    change_while_it_runs(run, guard)
    assert run.wait(HARMLESS_SECONDS) == 3, run
    last = run.err.splitlines()[-1]
    assert "status 3" in last and "abandoned" in last and "restart espcap with others" in run.err, run
    assert run.ledger["indexed"] == elasticsearch.count(elasticsearch.indices)


def test_a_key_that_was_never_right_is_wrong_use(guarded, small_archive, espcap, tmp_path):
    proxy, _ = guarded
    run = espcap("--dir", small_archive[0], *proxy.options, "--bearer-token-file", token_file(tmp_path, "wrong"))
    assert run.code == 1 and "wants other credentials" in run.err, run
