# SPDX-License-Identifier: GPL-2.0-or-later
"""A node, or the network before it, that answers late, wrong, or not at all: every document lands, once."""
import signal
import time

import pytest
from delivery import assert_all_landed, letters
from documents import ids_of
from fault_proxy import Answer, CutRequest, CutResponse, Delay, FaultProxy, Garbage, Hang, Pass
from seeds import seed_or
from waiting import assert_stays, wait_until

SEED = 20240501  # unless ESPCAP_TEST_SEED is set
HARMLESS_SECONDS = 120  # what a run of two thousand documents may take with a few faults
FAULTS = [
    Delay(1),
    CutRequest(0), CutRequest(0.5), CutRequest(0.99), CutRequest(0.5, reset=False),
    CutResponse(0), CutResponse(0.1), CutResponse(0.5), CutResponse(0.5, reset=False),
    CutResponse(0.99, reset=False),
    Answer(500), Answer(502), Answer(503), Answer(504), Answer(429),
    Answer(502, forwards=True), Answer(503, forwards=True), Answer(504, forwards=True),
    Answer(429, retry_after=1), Answer(503, retry_after=1), Answer(503, retry_after="nonsense"),
    Answer(503, body=b""), Answer(504, body=b"\xff\x00" * 5000),
    *(Garbage(kind) for kind in Garbage.KINDS),
    Garbage("html", forwards=False), Garbage("other", forwards=False),
]


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_each_fault(fault, proxy, elasticsearch, small_archive, start_espcap, tmp_path):
    """Twice in one run, at the first request too."""
    folder, ids = small_archive
    proxy.next(fault, fault)
    run = start_espcap("--dir", folder, *proxy.options, "--chunk", 200, "--fields",
                       "frame.number", "--dead-letters", tmp_path / "dead")
    assert run.wait(HARMLESS_SECONDS) == 0, run
    assert proxy.struck[type(fault).__name__] == 2
    assert_all_landed(elasticsearch, ids)
    assert run.ledger["indexed"] + run.ledger["already there"] == len(ids)
    assert not (tmp_path / "dead").exists() or (tmp_path / "dead").stat().st_size == 0


def test_a_server_too_busy_to_say_who_it_is(elasticsearch, small_archive, start_espcap):
    """Nor to take the template, at first."""
    folder, ids = small_archive
    with FaultProxy(elasticsearch.port, lambda path: True, elasticsearch.index) as proxy:
        busy = Answer(429)
        proxy.next(busy, Answer(429, retry_after=1), Pass(), busy, busy, Pass(), busy)
        run = start_espcap("--dir", folder, *proxy.options, "--fields", "frame.number")
        assert run.wait(HARMLESS_SECONDS) == 0, run
        assert proxy.struck["Answer"] == 5
        assert "no document is sent before it succeeds" in run.err
        assert_all_landed(elasticsearch, ids)
        _, found = elasticsearch.request("GET", f"/_index_template/{elasticsearch.template}*")
        assert len(found["index_templates"]) == 1


def test_a_server_that_stays_too_busy(elasticsearch, small_archive, start_espcap):
    folder, _ = small_archive
    with FaultProxy(elasticsearch.port, lambda path: True, elasticsearch.index) as proxy:
        proxy.always(Answer(429))
        run = start_espcap("--dir", folder, *proxy.options)
        run.wait_for(f"connect: {proxy.url}: the server is too busy: GET / answered 429")
        assert run.stop() == 0, run
        assert run.ledger["packets captured"] == 0


def test_all_faults_at_random(proxy, elasticsearch, small_archive, start_espcap):
    folder, ids = small_archive
    proxy.at_random(0.3, seed_or(SEED), *FAULTS)
    run = start_espcap("--dir", folder, *proxy.options, "--chunk", 50, "--fields",
                       "frame.number")
    assert run.wait(180) == 0, run
    assert len(proxy.struck) >= 4
    assert_all_landed(elasticsearch, ids)


@pytest.mark.parametrize("forwards", [False, True])
def test_a_node_that_hangs(forwards, proxy, elasticsearch, small_archive, start_espcap):
    """The connection ends some time later, without an answer."""
    folder, ids = small_archive
    proxy.always(Hang(forwards))
    run = start_espcap("--dir", folder, *proxy.options, "--chunk", 200)
    wait_until(lambda: proxy.requests >= 1)
    assert_stays(run.runs, 2, state=run.__repr__)
    proxy.heal()
    assert run.wait(HARMLESS_SECONDS) == 0, run
    assert_all_landed(elasticsearch, ids)


def test_retry_after_is_respected(proxy, elasticsearch, small_archive, start_espcap):
    """The only node is left alone for as long as it asks."""
    folder, ids = small_archive
    proxy.next(Answer(503, retry_after=4))
    run = start_espcap("--dir", folder, *proxy.options, "--chunk", 200, "--concurrency", 1)
    wait_until(lambda: proxy.requests >= 1)
    assert_stays(lambda: proxy.requests == 1, 3)
    assert run.wait(HARMLESS_SECONDS) == 0, run
    struck, next_one, *_ = proxy.times
    assert next_one - struck >= 4
    assert_all_landed(elasticsearch, ids)


@pytest.mark.parametrize("fault", [Answer(503), CutResponse(0), Garbage("html"), Answer(429)], ids=str)
def test_max_retries(fault, proxy, elasticsearch, small_archive, espcap, tmp_path):
    """The run ends; what hasn't landed is in the dead letters, and lands from there."""
    capture, dead = small_archive[0] / "0000.pcap", tmp_path / "dead"
    proxy.always(fault)
    run = espcap("--file", capture, *proxy.options, "--max-retries", 2, "--dead-letters", dead)
    assert run.code == 2, run
    # libcurl itself sends once more where a connection that was used before ends without an answer.
    assert 3 <= proxy.requests <= 6
    counts = run.ledger
    assert counts["packets captured"] == counts["dead letters"] == len(letters(dead)) == 200
    assert "after 3 tries" in run.err
    proxy.heal()
    run = espcap("resend", dead, "--node", proxy.url)
    assert run.code == 0, run
    assert letters(dead) == []
    assert_all_landed(elasticsearch, ids_of(espcap("--file", capture, "--format", "bulk").out))


def test_a_signal_while_the_node_is_away(proxy, small_archive, start_espcap):
    """The first lets it try for a while; a later one gives up what is left, and says so."""
    folder, _ = small_archive
    run = start_espcap("--dir", folder, *proxy.options, "--chunk", 200)
    wait_until(lambda: proxy.requests >= 1 or not run.runs())
    proxy.refuse()
    assert_stays(run.runs, 1, state=run.__repr__)
    run.signal(signal.SIGTERM)
    run.signal(signal.SIGINT)  # the same request
    assert_stays(run.runs, 1.2, state=run.__repr__)
    run.signal(signal.SIGTERM)
    assert run.wait(2) == 2, run
    assert run.ledger["abandoned"] > 0, run


def test_a_stop_has_a_deadline(proxy, small_archive, start_espcap):
    folder, _ = small_archive
    # Where the tests themselves run under nohup, a hangup is ignored.
    run = start_espcap("--dir", folder, *proxy.options, "--chunk", 200, "--stop-timeout", "1s",
                       before=("env", "--default-signal=HUP"))
    wait_until(lambda: proxy.requests >= 1 or not run.runs())
    proxy.refuse()
    run.signal(signal.SIGHUP)
    assert run.wait(5) == 2, run
    assert "Hangup: no new packet is accepted" in run.err
    assert run.ledger["abandoned"] > 0, run


def test_two_proxies_before_one_server(elasticsearch, large_archive, start_espcap):
    """One of two nodes dies and comes back, again and again; the other has faults of its own."""
    folder, ids = large_archive
    with FaultProxy(elasticsearch.port, index=elasticsearch.index) as one, \
            FaultProxy(elasticsearch.port) as other:
        other.at_random(0.05, seed_or(SEED), CutRequest(), CutResponse(), Answer(502, forwards=True),
                        Garbage("html"), Delay(0.3))
        run = start_espcap("--dir", folder, *one.options, "--node", other.url, "--chunk", 250)
        while run.runs():
            before = one.requests
            wait_until(lambda before=before: one.requests >= before + 10 or not run.runs())
            one.refuse()
            time.sleep(0.5)
            one.listen()
        assert run.wait() == 0, run
        assert one.requests > 20 and other.requests > 20  # round-robin, while both are well
    assert_all_landed(elasticsearch, ids)
    assert run.ledger["indexed"] + run.ledger["already there"] == len(ids)


def test_one_node_that_hangs_holds_up_nothing(elasticsearch, small_archive, start_espcap):
    """Beyond the requests that it has; the others go to the other node."""
    folder, ids = small_archive
    with FaultProxy(elasticsearch.port, index=elasticsearch.index) as one, \
            FaultProxy(elasticsearch.port) as other:
        one.always(Hang())
        run = start_espcap("--dir", folder, *one.options, "--node", other.url, "--chunk", 50)
        held = wait_until(lambda: one.requests)
        # All but what the one holds, and what its slots have no room for.
        wait_until(lambda: elasticsearch.count_so_far(elasticsearch.indices) >= len(ids) // 4,
                   step=0.3)
        assert held >= 1 and run.runs()
        one.heal()
        assert run.wait(HARMLESS_SECONDS) == 0, run
    assert_all_landed(elasticsearch, ids)


def test_a_node_that_is_away_from_the_start(elasticsearch, small_archive, espcap):
    folder, ids = small_archive
    run = espcap("--dir", folder, "--node", "127.0.0.1:1", *elasticsearch.options)
    assert run.code == 0, run
    assert_all_landed(elasticsearch, ids)
