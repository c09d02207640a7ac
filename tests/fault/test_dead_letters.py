# SPDX-License-Identifier: GPL-2.0-or-later
"""Documents that a server refuses for good: kept with its reason, and sent again when told so."""
import json

import pytest
from captures import packets_of, write_pcap
from delivery import assert_all_landed, letters, segment_bytes
from documents import ids_of
from mounts import own_mounts
from ports import free_ports
from project import TEST_PCAPS
from waiting import wait_until

BAD = (3, 100, 101, 499, 500, 998, 999)  # positions in a batch of a thousand: the last one too
PARSING_EXCEPTION = {"elasticsearch": "document_parsing_exception",
                     "opensearch": "mapper_parsing_exception"}


def mapping(field):
    return {"dynamic": False, "properties": {"layers": {"dynamic": False, "properties": {
        "dns": {"properties": {"dns_dns_qry_name": field}}}}}}


@pytest.fixture(scope="module")
def capture(tmp_path_factory):
    """A thousand packets, seven of which have a DNS name."""
    query = next(packet for packet in packets_of(TEST_PCAPS / "dns.pcap")
                 if b"\7example\3com\0" in packet)
    other = packets_of(TEST_PCAPS / "arp.pcap")[0]
    path = tmp_path_factory.mktemp("capture") / "thousand.pcap"
    write_pcap(path, [query if number in BAD else other for number in range(1000)], 1714600000)
    return path


@pytest.fixture
def strict(any_server):
    """A server that takes no text for a DNS name."""
    template = {"index_patterns": [any_server.indices],
                "template": {"mappings": mapping({"type": "long"})}}
    name = f"/_index_template/strict-{any_server.prefix}"
    assert any_server.request("PUT", name, template)[0] == 200
    yield any_server
    any_server.request("DELETE", name)


def repair(node):
    repaired = mapping({"type": "long", "ignore_malformed": True})
    assert node.request("PUT", f"/{node.indices}/_mapping", repaired)[0] == 200


def test_seven_of_a_thousand(strict, capture, espcap, tmp_path):
    dead = tmp_path / "dead"
    run = espcap("--file", capture, *strict.options, "--dead-letters", dead)
    bulk = espcap("--file", capture, "--format", "bulk").out
    ids, documents = ids_of(bulk), bulk.splitlines()[1::2]
    good = [name for number, name in enumerate(ids) if number not in BAD]
    assert run.code == 2, run
    assert_all_landed(strict, good)
    kept = letters(dead)
    assert [letter["id"] for letter in kept] == [ids[number] for number in BAD]
    for letter, number in zip(kept, BAD):
        assert letter["status"] == 400
        assert letter["reason"].startswith(PARSING_EXCEPTION[strict.kind] + ": "), letter
        assert "dns_dns_qry_name" in letter["reason"]
        assert letter["index"].startswith(f"{strict.prefix}-")
        assert letter["document"].pop("espcap")["frame"] == number + 1
        assert letter["document"] == json.loads(documents[number])
        assert letter["frame"] == number + 1 and letter["source"].endswith("thousand.pcap")
        assert letter["time"].endswith("Z")
    assert (run.ledger["indexed"], run.ledger["dead letters"]) == (993, 7)
    assert dead.stat().st_mode & 0o777 == 0o600  # packets are nobody else's business

    # Without the mapping repaired, they stay, and that is said.
    run = espcap("resend", dead, "--node", strict.url)
    assert run.code == 2 and "7 documents remain" in run.err.splitlines()[-1], run
    assert [letter["id"] for letter in letters(dead)] == [ids[number] for number in BAD]

    repair(strict)
    run = espcap("resend", dead, "--node", strict.url)
    assert run.code == 0, run
    assert letters(dead) == []
    assert_all_landed(strict, ids)
    for number in BAD:
        _, found = strict.request("GET", f"/{kept[0]['index']}/_doc/{ids[number]}")
        assert found["_source"].pop("espcap")["frame"] == number + 1
        assert found["_source"] == json.loads(documents[number])


def test_a_resend_that_finds_them_there(strict, capture, espcap, tmp_path):
    """Sent twice, for the file was kept: it is there once, and the file is empty."""
    dead, copy = tmp_path / "dead", tmp_path / "copy"
    espcap("--file", capture, *strict.options, "--dead-letters", dead)
    copy.write_bytes(dead.read_bytes())
    repair(strict)
    for path in (dead, copy):
        run = espcap("resend", path, "--node", strict.url)
        assert run.code == 0, run
        assert letters(path) == []
    assert strict.count(strict.indices) == 1000


def test_a_second_run_appends_nothing_new_that_is_lost(strict, capture, espcap, tmp_path):
    """The same captures again: the good ones are there already, the bad ones are refused again."""
    dead = tmp_path / "dead"
    for _ in range(2):
        run = espcap("--file", capture, *strict.options, "--dead-letters", dead)
    assert run.code == 2, run
    assert (run.ledger["already there"], run.ledger["dead letters"]) == (993, 7)
    assert len({letter["id"] for letter in letters(dead)}) == 7
    repair(strict)
    assert espcap("resend", dead, "--node", strict.url).code == 0
    assert letters(dead) == []
    assert strict.count(strict.indices) == 1000


def test_dead_letters_that_cannot_be_written(strict, capture, espcap):
    """Said before anything is read."""
    run = espcap("--file", capture, *strict.options, "--dead-letters", "/dev/full")
    assert run.code == 1, run
    assert "/dev/full" in run.err, run
    assert "Traceback" not in run.err and "terminate" not in run.err


def test_spooled_documents_stay_until_their_letters_are_kept(strict, capture, espcap, start_espcap,
                                                             tmp_path):
    """What was spooled is refused, and there is no room for dead letters: the next run sends it again."""
    spool, disk, dead = tmp_path / "spool", tmp_path / "disk", tmp_path / "dead"
    disk.mkdir()
    run = start_espcap("--file", capture, "--spool", spool, "--index", strict.index,
                       "--node", f"http://127.0.0.1:{free_ports(1)[0]}")
    wait_until(lambda: segment_bytes(spool) > 0)
    assert run.stop() == 0 and run.ledger["in the spool"] == 1000, run

    arguments = ["--file", TEST_PCAPS / "arp.pcap", *strict.options, "--spool", spool]
    script = 'mount -t tmpfs -o size=4k tmpfs "$0" && exec "$@"'
    run = start_espcap(*arguments, "--dead-letters", disk / "dead",
                       before=[*own_mounts(), "sh", "-c", script, disk])
    assert run.wait() == 2, run
    assert run.ledger["failed"] == 7 and run.ledger.get("in the spool", 0) == 0, run
    assert "1000 documents stay in the spool" in run.err, run
    assert "doesn't balance" not in run.err, run

    run = espcap(*arguments, "--dead-letters", dead)
    assert run.code == 2 and run.ledger["dead letters"] == 7, run
    assert len(letters(dead)) == 7
    assert segment_bytes(spool) < 4096
    assert strict.count(strict.indices) == 993 + len(packets_of(TEST_PCAPS / "arp.pcap"))


FULL_BYTES = 10_000  # room for some of the seven


def test_a_full_file_is_waited_for(strict, capture, start_espcap, tmp_path):
    """The documents wait at the server, health says so, and they land once the server takes them."""
    dead = tmp_path / "dead"
    run = start_espcap("--file", capture, *strict.options, "--dead-letters", dead, "--metrics", "0",
                       "--dead-letters-bytes", FULL_BYTES)
    run.wait_for("the file of dead letters is full")
    code, text = run.metrics().get("/healthz")
    assert code == 503 and "dead letters" in text, text
    assert dead.stat().st_size <= FULL_BYTES
    repair(strict)
    assert run.wait() == 2, run
    assert 0 < run.ledger["dead letters"] < 7 and run.ledger["indexed"] == 1000 - run.ledger["dead letters"], run
    assert f"{run.ledger['dead letters']} dead letters" in run.err.splitlines()[-1], run
    assert strict.count(strict.indices) == run.ledger["indexed"]


def test_a_full_file_stops_the_run_where_that_is_asked_for(strict, capture, espcap, tmp_path):
    dead = tmp_path / "dead"
    run = espcap("--file", capture, *strict.options, "--dead-letters", dead, "--dead-letters-bytes", FULL_BYTES,
                 "--dead-letters-full", "stop")
    assert run.code == 3 and "the file of dead letters is full" in run.err, run
    kept = letters(dead)
    assert 0 < len(kept) == run.ledger["dead letters"] < 7 and run.ledger["abandoned"] > 0, run


def test_a_full_file_costs_an_interface_what_does_not_fit(strict, capture, network, start_espcap, tmp_path):
    dead = tmp_path / "dead"
    run = start_espcap("--nic", network.lend(), *strict.options, "--dead-letters", dead, "--metrics", "0",
                       "--dead-letters-bytes", FULL_BYTES, "--flush-interval", "100ms")
    run.wait_for("capturing on")
    sent = network.replay(capture, "--pps", 2000)
    run.metrics().wait_until(lambda scrape: sum(scrape.settled.values()) == sent)
    assert run.stop() == 2, run
    ledger = run.ledger
    assert ledger["dropped"] + ledger["dead letters"] == 7 and 0 < ledger["dead letters"] < 7, run
    assert len(letters(dead)) == ledger["dead letters"]


def test_a_full_disk_costs_no_letter(strict, capture, espcap, tmp_path):
    """What remains of a file is written anew next to it: where that fails, the file stays as it is."""
    dead, after, disk = tmp_path / "dead", tmp_path / "after", tmp_path / "disk"
    espcap("--file", capture, *strict.options, "--dead-letters", dead)
    before = letters(dead)
    assert len(before) == 7
    disk.mkdir()
    pages = -(-dead.stat().st_size // 4096)
    script = (f'mount -t tmpfs -o size={(pages + 1) * 4096} tmpfs "$0" && cp "$1" "$0/dead" && after=$2 && shift 2 && "$@"; '
              'status=$?; cp "$0/dead" "$after"; umount "$0"; exit $status')
    run = espcap("resend", disk / "dead", "--node", strict.url,
                 before=[*own_mounts(), "sh", "-c", script, disk, dead, after])
    assert run.code == 3 and "No space left on device" in run.err, run
    assert letters(after) == before
