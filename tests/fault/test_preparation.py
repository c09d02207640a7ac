# SPDX-License-Identifier: GPL-2.0-or-later
"""A server that is slow, busy or refuses while it is prepared: no document leaves before that has succeeded."""
import itertools
import signal
import time

import pytest
from delivery import assert_all_landed
from fault_proxy import Answer, FaultProxy, Hang
from project import FULL
from sources import MODES
from waiting import assert_stays, bound, wait_until

HARMLESS_SECONDS = 60
STOP_SECONDS = 2.5  # a stop has taken effect, and nothing is waited for
STEPS = {
    "identity": lambda path: path == "/",
    "question": lambda path: path.startswith("/_index_template/_simulate_index/"),
    "component": lambda path: path.startswith("/_component_template/"),
    "template": lambda path: path.startswith("/_index_template/espcap-"),
}
QUESTIONS = {
    "name": lambda path: path.startswith("/_resolve/index/"),
    "list": lambda path: path.startswith("/_index_template?"),
    "legacy": lambda path: path.startswith("/_template?"),
    "simulation": STEPS["question"],
    "every": lambda path: path.startswith(("/_resolve/", "/_index_template?", "/_index_template/_simulate")),
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


def by_mode(*rows):
    """Each row with each way in which packets come, with a spool and without; in the short form, with one of them in
    turn."""
    modes = list(itertools.product(MODES, (False, True)))
    return [(*row, *mode) for number, row in enumerate(itertools.product(*rows))
            for mode in (modes if FULL else [modes[number % len(modes)]])]


def ids_of_row(value):
    return ("spool" if value else "no-spool") if isinstance(value, bool) else str(value)


@pytest.fixture
def start(source, spool, elasticsearch, start_espcap, tmp_path):
    """start(proxy) → an espcap that the test's row describes, and that has packets."""

    def begin(proxy):
        spooling = ["--spool", tmp_path / "spool"] if spool else []
        run = start_espcap("--verbose", *source.arguments, *proxy.options, "--metrics", "0", "--flush-interval", "100ms",
                           *spooling, **source.options)
        source.feed(run)
        return run

    return begin


@pytest.mark.parametrize("step, fault, source, spool", by_mode(STEPS, PASSING), indirect=["source"], ids=ids_of_row)
def test_what_passes_is_waited_for(step, fault, source, start, elasticsearch):
    with FaultProxy(elasticsearch.port, STEPS[step], elasticsearch.index) as proxy:
        proxy.next(fault, fault)
        run = start(proxy)
        wait_until(lambda: proxy.struck[type(fault).__name__] == 2)
        wait_until(lambda: elasticsearch.count_so_far(elasticsearch.indices) > 0, state=lambda: str(run))
        source.end(run)
        assert run.wait(HARMLESS_SECONDS) == 0, run
        assert run.ledger["packets captured"] == run.ledger["indexed"] == elasticsearch.count(elasticsearch.indices) > 0
        assert has_template(elasticsearch) and mapping_is_ours(elasticsearch)


@pytest.mark.parametrize("step, status, source, spool", by_mode(["component", "template"], [400, 401, 403]),
                         indirect=["source"], ids=ids_of_row)
def test_a_refusal(step, status, source, spool, start, elasticsearch):
    """Ends the run and names the way out; with a spool, health is red and it is asked again."""
    with FaultProxy(elasticsearch.port, STEPS[step], elasticsearch.index) as proxy:
        proxy.always(Answer(status))
        run = start(proxy)
        if not spool:
            assert run.wait(HARMLESS_SECONDS) == 1, run
            assert "--no-template" in run.err and str(status) in run.err and proxy.url in run.err, run
            assert elasticsearch.count_so_far(elasticsearch.indices) == 0
            return
        metrics = run.metrics()
        metrics.wait_until(lambda scrape: scrape("espcap_spool_documents") > 0)
        wait_until(lambda: proxy.struck["Answer"] > 0 and str(status) in metrics.get("/healthz")[1])
        code, text = metrics.get("/healthz")
        assert code == 503 and "prepared" in text, text
        assert elasticsearch.count_so_far(elasticsearch.indices) == 0
        assert metrics.scrape()("espcap_loop_stall_max_seconds") < 0.1
        proxy.heal()
        wait_until(lambda: elasticsearch.count_so_far(elasticsearch.indices) > 0, state=lambda: str(run))
        source.end(run)
        assert run.wait(HARMLESS_SECONDS) == 0, run
        assert run.ledger["packets captured"] == run.ledger["indexed"] == elasticsearch.count(elasticsearch.indices) > 0
        assert has_template(elasticsearch) and mapping_is_ours(elasticsearch)


@pytest.mark.parametrize("spool", [False, True])
@pytest.mark.parametrize("status", [400, 403])
@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_that_is_refused_is_skipped(question, status, spool, elasticsearch, small_archive, start_espcap,
                                               tmp_path):
    """Said once; only putting the template must succeed."""
    folder, ids = small_archive
    arguments = ["--spool", tmp_path / "spool"] if spool else []
    with FaultProxy(elasticsearch.port, QUESTIONS[question], elasticsearch.index) as proxy:
        proxy.always(Answer(status))
        run = start_espcap("--dir", folder, *proxy.options, *arguments)
        assert run.wait(HARMLESS_SECONDS) == 0, run
        assert proxy.struck["Answer"] > 0
        said = [line for line in run.err.splitlines() if "espcap continues without the answer" in line]
        assert len(said) == (3 if question == "every" else 1) and str(status) in said[0], run
        assert_all_landed(elasticsearch, ids)
        assert has_template(elasticsearch) and mapping_is_ours(elasticsearch)
        # Nor does it touch a template that is there.
        path = f"/_index_template/{elasticsearch.template}"
        _, before = elasticsearch.request("GET", path)
        body = before["index_templates"][0]["index_template"] | {"version": 7}
        assert elasticsearch.request("PUT", path, body)[0] == 200
        assert start_espcap("--dir", folder, *proxy.options).wait(HARMLESS_SECONDS) == 0
        assert elasticsearch.request("GET", path)[1]["index_templates"][0]["index_template"] == body


def test_a_later_question_without_an_answer_holds_documents_up_for_a_while_only(elasticsearch, small_archive,
                                                                               start_espcap):
    """The server is asked about each index before its first document."""
    folder, ids = small_archive
    with FaultProxy(elasticsearch.port, lambda path: path.startswith(f"/_resolve/index/{elasticsearch.prefix}-2024-"),
                    elasticsearch.index) as proxy:
        proxy.always(Answer(503))
        run = start_espcap("--dir", folder, *proxy.options)
        assert run.wait(HARMLESS_SECONDS) == 0, run
        assert_all_landed(elasticsearch, ids)


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
        assert time.monotonic() - begin < bound(1)
        assert_stays(lambda: elasticsearch.count_so_far(elasticsearch.indices) == 0, seconds=1)
        begin = time.monotonic()
        run.signal(signal.SIGTERM)
        run.wait(HARMLESS_SECONDS)
        assert time.monotonic() - begin < bound(STOP_SECONDS), run
        assert run.ledger["packets captured"] == 0
