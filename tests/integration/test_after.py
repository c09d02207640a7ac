# SPDX-License-Identifier: GPL-2.0-or-later
"""--after: a capture's file goes once the server has all of it, and only as the file that was read."""
import lzma
import os
import shutil
import signal
import zipfile

import pytest
from delivery import letters
from fault_proxy import Answer, Hang
from project import TEST_PCAPS

DNS, ICMP = TEST_PCAPS / "dns.pcap", TEST_PCAPS / "icmp.pcap"
DAMAGED = TEST_PCAPS / "damaged" / "damaged.pcap"
DNS_PACKETS, ICMP_PACKETS = 92, 23


@pytest.fixture
def done(tmp_path):
    path = tmp_path / "done"
    path.mkdir()
    return path


def names(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("state", [True, False], ids=["with --resume", "without"])
def test_what_is_delivered_goes_and_the_rest_stays(state, folder, elasticsearch, espcap, tmp_path):
    (folder / "sub").mkdir()
    shutil.copy(DNS, folder)
    shutil.copy(ICMP, folder / "sub")
    shutil.copy(DAMAGED, folder)
    (folder / "README").write_text("no capture\n")
    (folder / "empty.pcap").touch()
    (tmp_path / "elsewhere.pcap").write_bytes(ICMP.read_bytes())
    (folder / "link.pcap").symlink_to(tmp_path / "elsewhere.pcap")
    run = espcap("--dir", folder, "--recursive", "--after", "delete", *elasticsearch.options,
                 *(["--resume", tmp_path / "state"] if state else []))
    assert run.code == 2 and "damaged.pcap" in run.err, run
    assert names(folder) == ["README", "damaged.pcap", "empty.pcap", "link.pcap"], run
    assert "link.pcap: kept: it is a link" in run.err
    assert "files deleted or moved: 2, kept: 4" in run.err
    indexed = elasticsearch.count(elasticsearch.indices)
    assert indexed == run.ledger["indexed"] > DNS_PACKETS + ICMP_PACKETS


def archive(path, members):
    with zipfile.ZipFile(path, "w") as packed:
        for name, source in members.items():
            packed.writestr(name, source.read_bytes())


def test_an_archive_goes_once_all_that_is_in_it_is_delivered(folder, done, elasticsearch, espcap, tmp_path):
    archive(folder / "whole.zip", {"dns.pcap": DNS, "sub/icmp.pcap": ICMP})
    archive(folder / "damaged.zip", {"dns.pcap": DNS, "damaged.pcap": DAMAGED})
    archive(folder / "notes.zip", {"dns.pcap": DNS, "notes": TEST_PCAPS / "README.md"})
    (folder / "icmp.pcap.xz").write_bytes(lzma.compress(ICMP.read_bytes()))
    arguments = ["--dir", folder, "--after", f"move:{done}", *elasticsearch.options, "--resume", tmp_path / "state"]
    run = espcap(*arguments)
    assert run.code == 2 and "files deleted or moved: 2, kept: 2" in run.err, run
    assert names(folder) == ["damaged.zip", "notes.zip"] and names(done) == ["icmp.pcap.xz", "whole.zip"]
    again = espcap(*arguments)  # what is settled in them isn't dissected again
    assert again.code == 2 and "files deleted or moved: 0, kept: 2" in again.err, again
    assert again.ledger["indexed"] == 0
    assert names(folder) == ["damaged.zip", "notes.zip"]


def test_a_watched_directory_is_emptied(folder, done, elasticsearch, start_espcap, tmp_path):
    watch = start_espcap("--dir", folder, "--watch", "--recursive", "--after", f"move:{done}",
                         "--resume", tmp_path / "state", *elasticsearch.options,
                         stop_signal=signal.SIGINT)
    for expected in (["dns.pcap"], ["dns-2.pcap", "dns.pcap"]):
        shutil.copy(DNS, tmp_path / "part")
        (tmp_path / "part").rename(folder / "dns.pcap")
        watch.wait_until(lambda now=expected: names(done) == now and not names(folder))
    (folder / "eth0").mkdir()
    shutil.copy(ICMP, folder / "eth0")
    watch.wait_until(lambda: names(done) == ["dns-2.pcap", "dns.pcap", "eth0/icmp.pcap"])
    assert watch.stop() == 0, watch
    assert elasticsearch.count(elasticsearch.indices) == DNS_PACKETS + ICMP_PACKETS
    assert (done / "dns-2.pcap").read_bytes() == DNS.read_bytes()


def test_a_capture_with_a_dead_letter_stays(folder, proxy, espcap, tmp_path):
    shutil.copy(DNS, folder)
    proxy.next(Answer(503))
    dead = tmp_path / "dead"
    run = espcap("--dir", folder, "--after", "delete", *proxy.options, "--max-retries", 0,
                 "--chunk", 50, "--dead-letters", dead)
    assert len(letters(dead)) == run.ledger["dead letters"] > 0
    assert run.ledger["indexed"] > 0
    assert names(folder) == ["dns.pcap"], run


def replace(path):
    new = path.with_name("new")
    new.write_bytes(path.read_bytes())
    shutil.copystat(path, new)
    new.rename(path)


def append(path):
    with path.open("ab") as stream:
        stream.write(ICMP.read_bytes()[24:])


def hold_open(path):
    return path.open("ab")


@pytest.mark.parametrize("change", [replace, append, hold_open], ids=lambda one: one.__name__)
def test_a_file_that_is_no_longer_what_was_read_stays(change, folder, proxy, start_espcap):
    """Changed between its reading and the server's answer."""
    shutil.copy(DNS, folder)
    proxy.next(Hang(forwards=True))
    run = start_espcap("--dir", folder, "--after", "delete", *proxy.options)
    run.wait_until(lambda: proxy.requests > 0)
    held = change(folder / "dns.pcap")
    proxy.heal()
    assert run.wait() == 0, run
    assert held is None or held.close() is None
    assert names(folder) == ["dns.pcap"]
    assert "dns.pcap: kept: " in run.err and "files deleted or moved: 0, kept: 1" in run.err


def test_what_lies_in_the_spool_stays_until_the_server_has_it(folder, proxy, elasticsearch,
                                                              start_espcap, espcap, tmp_path):
    """In a run whose server doesn't come back; in the next one it is read again."""
    shutil.copy(DNS, folder)
    arguments = ["--dir", folder, "--after", "delete", *proxy.options, "--resume",
                 tmp_path / "state", "--spool", tmp_path / "spool"]
    proxy.refuse()
    away = start_espcap(*arguments, "--stop-timeout", "1s")
    away.wait()
    assert away.ledger["in the spool"] == DNS_PACKETS, away
    assert names(folder) == ["dns.pcap"]
    proxy.listen()
    back = espcap(*arguments)
    assert back.code == 0, back
    assert names(folder) == []
    assert elasticsearch.count(elasticsearch.indices) == DNS_PACKETS


def test_a_spool_that_is_emptied_lets_captures_go(folder, proxy, elasticsearch, start_espcap,
                                                  tmp_path):
    watch = start_espcap("--dir", folder, "--watch", "--after", "delete", *proxy.options,
                         "--spool", tmp_path / "spool", "--metrics", "127.0.0.1:0",
                         stop_signal=signal.SIGINT)
    shutil.copy(ICMP, folder)
    watch.wait_until(lambda: not names(folder))
    proxy.refuse()
    shutil.copy(DNS, folder)
    watch.metrics().wait_until(lambda scrape: scrape("espcap_spool_documents") == DNS_PACKETS)
    assert names(folder) == ["dns.pcap"]
    proxy.listen()
    watch.wait_until(lambda: not names(folder))
    assert watch.stop() == 0, watch
    assert elasticsearch.count(elasticsearch.indices) == DNS_PACKETS + ICMP_PACKETS


def test_a_run_that_was_killed_before_the_file_went(folder, done, elasticsearch, espcap, tmp_path):
    """The state says that the server has it: it goes unread. What an earlier run without --after knows is read again."""
    arguments = ["--dir", folder, "--resume", tmp_path / "state", *elasticsearch.options]
    shutil.copy(DNS, folder)
    assert espcap(*arguments).code == 0
    first = espcap(*arguments, "--after", f"move:{done}")
    assert first.code == 0 and first.ledger["already there"] == DNS_PACKETS, first
    assert names(folder) == [] and names(done) == ["dns.pcap"]
    os.rename(done / "dns.pcap", folder / "dns.pcap")
    second = espcap(*arguments, "--after", f"move:{done}")
    assert second.code == 0, second
    assert "1 captures skipped" in second.err and "0 packets captured" in second.err
    assert names(folder) == [] and names(done) == ["dns.pcap"]


def test_a_file_that_cannot_go_is_an_error(folder, done, elasticsearch, start_espcap):
    """Its folder was removed meanwhile."""
    watch = start_espcap("--dir", folder, "--watch", "--after", f"move:{done}",
                         *elasticsearch.options, stop_signal=signal.SIGINT)
    watch.wait_until(lambda: watch.children("espcap-hasher"))
    shutil.copy(ICMP, folder)
    watch.wait_until(lambda: names(done) == ["icmp.pcap"])
    shutil.rmtree(done)
    shutil.copy(DNS, folder)
    watch.wait_for("dns.pcap to")
    assert watch.stop() == 2, watch
    assert names(folder) == ["dns.pcap"]


def test_what_cannot_be_is_said_at_once(folder, elasticsearch, espcap):
    shutil.copy(DNS, folder)
    node = elasticsearch.options
    for arguments, said in (
            (["--file", DNS, *node, "--after", "delete"], "give one"),
            (["--dir", folder, "--after", "delete"], "give --node"),
            (["--dir", folder, "--output", "/dev/null", "--after", "delete"], "give --node"),
            (["--dir", folder, *node, "--count", "5", "--after", "delete"], "--count"),
            (["--dir", folder, *node, "--after", "remove"], "keep, delete or move:DIR"),
            (["--dir", folder, *node, "--after", f"move:{folder}/none"], "No such file"),
            (["--dir", folder, *node, "--after", f"move:{folder}"], "read again"),
            (["--dir", folder, *node, "--after", "move:/dev/shm"], "another file system")):
        run = espcap(*arguments)
        assert run.code == 1 and said in run.err, run
    assert names(folder) == ["dns.pcap"]
    assert elasticsearch.count_so_far(elasticsearch.indices) == 0
