# SPDX-License-Identifier: GPL-2.0-or-later
"""A server that is slow, busy or refuses while it is prepared: no document leaves before that has succeeded."""
import signal
import time

import pytest
from delivery import assert_all_landed
from fault_proxy import Answer, FaultProxy, Hang
from waiting import assert_stays, wait_until

HARMLESS_SECONDS = 60
STOP_SECONDS = 2.5  # a stop has taken effect, and nothing is waited for
STEPS = {
    "identity": lambda path: path == "/",
    "question": lambda path: path.startswith("/_index_template/_simulate_index/"),
    "component": lambda path: path.startswith("/_component_template/"),
    "template": lambda path: path.startswith("/_index_template/espcap-"),
}
PASSING = [Answer(503), Answer(429), Answer(429, retry_after=1), Answer(500)]


def has_template(node):
    status, found = node.request("GET", f"/_index_template/{node.template}*")
    return status == 200 and len(found["index_templates"]) == 1


def mapping_is_ours(node):
    """Dynamic mapping would have made a text of every field."""
    _, found = node.request("GET", f"/{node.indices}/_mapping")
    fields = [index["mappings"]["properties"]["layers"]["properties"] for index in found.values()]
    return bool(fields) and all(layers["frame"]["properties"]["frame_frame_number"]["type"] == "long"
                                for layers in fields)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("fault", PASSING, ids=str)
def test_what_passes_is_waited_for(step, fault, elasticsearch, small_archive, start_espcap):
    folder, ids = small_archive
    with FaultProxy(elasticsearch.port, STEPS[step], elasticsearch.index) as proxy:
        proxy.next(fault, fault)
        run = start_espcap("--dir", folder, *proxy.options)
        assert run.wait(HARMLESS_SECONDS) == 0, run
        assert proxy.struck[type(fault).__name__] == 2
        assert_all_landed(elasticsearch, ids)
        assert has_template(elasticsearch) and mapping_is_ours(elasticsearch)


@pytest.mark.parametrize("step", ["question", "component", "template"])
@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_refusal_ends_the_run_and_names_the_way_out(step, status, elasticsearch, small_archive, start_espcap):
    folder, _ = small_archive
    with FaultProxy(elasticsearch.port, STEPS[step], elasticsearch.index) as proxy:
        proxy.always(Answer(status))
        run = start_espcap("--dir", folder, *proxy.options)
        assert run.wait(HARMLESS_SECONDS) == 1, run
        assert "--no-template" in run.err and str(status) in run.err and proxy.url in run.err, run
        assert run.ledger["packets captured"] == 0
        assert elasticsearch.count_so_far(elasticsearch.indices) == 0


@pytest.mark.parametrize("status", [400, 403])
def test_with_a_spool_a_refusal_is_red_and_asked_again(status, elasticsearch, small_archive, start_espcap, tmp_path):
    folder, ids = small_archive
    with FaultProxy(elasticsearch.port, STEPS["component"], elasticsearch.index) as proxy:
        proxy.always(Answer(status))
        (tmp_path / "spool").mkdir()
        run = start_espcap("--dir", folder, *proxy.options, "--spool", tmp_path / "spool", "--metrics", "0")
        metrics = run.metrics()
        metrics.wait_until(lambda scrape: scrape("espcap_spool_documents") == len(ids))
        wait_until(lambda: proxy.struck["Answer"] > 0 and str(status) in metrics.get("/healthz")[1])
        code, text = metrics.get("/healthz")
        assert code == 503 and str(status) in text and "prepared" in text, text
        assert elasticsearch.count_so_far(elasticsearch.indices) == 0
        proxy.heal()
        assert run.wait(HARMLESS_SECONDS) == 0, run
        assert_all_landed(elasticsearch, ids)
        assert has_template(elasticsearch) and mapping_is_ours(elasticsearch)


@pytest.mark.parametrize("step", STEPS)
def test_a_silent_server_holds_nothing_up(step, elasticsearch, small_archive, start_espcap, tmp_path):
    """Metrics are answered, nothing leaves, and a stop takes effect."""
    folder, _ = small_archive
    with FaultProxy(elasticsearch.port, STEPS[step], elasticsearch.index) as proxy:
        proxy.always(Hang())
        run = start_espcap("--dir", folder, *proxy.options, "--metrics", "0")
        metrics = run.metrics()
        wait_until(lambda: proxy.requests > 0)
        begin = time.monotonic()
        assert metrics.get("/healthz")[0] == 503
        assert time.monotonic() - begin < 1
        assert_stays(lambda: elasticsearch.count_so_far(elasticsearch.indices) == 0, seconds=1)
        begin = time.monotonic()
        run.signal(signal.SIGTERM)
        run.wait(HARMLESS_SECONDS)
        assert time.monotonic() - begin < STOP_SECONDS, run
        assert run.ledger["packets captured"] == 0
