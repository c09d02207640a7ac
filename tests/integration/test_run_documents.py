# SPDX-License-Identifier: GPL-2.0-or-later
"""Each run has a document of its own on the server, from its start to its end."""
import json
import os

from project import TEST_PCAPS

DNS, PACKETS = TEST_PCAPS / "dns.pcap", 92


def run_document(server, sensor, wait=None):
    """The newest of this sensor's."""
    server.request("POST", "/espcap-runs/_refresh")
    search = {"query": {"term": {"sensor": sensor}}, "sort": [{"started": "desc"}], "size": 10}
    status, answer = server.request("GET", "/espcap-runs/_search", search)
    found = answer["hits"]["hits"] if status == 200 else []
    return found if wait is None else (found and wait(found[0]["_source"]))


def test_a_run_that_ends_says_how(any_server, espcap):
    sensor = f"s-{any_server.prefix}"
    secret = "0123456789abcdef"
    run = espcap("--file", DNS, *any_server.options, "--sensor", sensor, "--tag", "t", "--label", "k=v",
                 "--filter", "dns", "-o", f"dtls.psk:{secret}", "-o", "tcp.desegment_tcp_streams:TRUE",
                 "-o", 'uat:80211_keys:"wpa-pwd","hidden-passphrase:net"')
    assert run.code == 0, run
    hit, = run_document(any_server, sensor)
    document = hit["_source"]
    assert document["state"] == "ended" and document["exit_status"] == 0
    assert document["started"] <= document["ended"] == document["@timestamp"]
    assert document["run"] == hit["_id"] and document["tags"] == ["t"] and document["labels"] == {"k": "v"}
    assert document["ledger"]["captured"] == PACKETS and document["lost"] == 0
    assert document["ledger"]["indexed"] == run.ledger["indexed"]
    assert document["inputs"] == {"files": [str(DNS)]}
    assert document["dissection"]["display_filter"] == "dns"
    assert "tcp.desegment_tcp_streams:TRUE" in document["dissection"]["preferences"]
    assert secret not in json.dumps(document) and "hidden" not in json.dumps(document)
    assert set(document["versions"]) == {"espcap", "libwireshark"}
    any_server.request("POST", f"/{any_server.indices}/_refresh")
    _, found = any_server.request("GET", f"/{any_server.indices}/_search",
                                  {"query": {"term": {"espcap.run": hit["_id"]}}, "track_total_hits": True})
    assert found["hits"]["total"]["value"] == run.ledger["indexed"]


def test_a_run_that_is_told_not_to_writes_none(elasticsearch, espcap):
    sensor = f"s-{elasticsearch.prefix}"
    assert espcap("--file", DNS, *elasticsearch.options, "--sensor", sensor, "--no-run-documents").code == 0
    assert run_document(elasticsearch, sensor) == []


def test_a_pipe_that_waits_is_running(elasticsearch, start_espcap, tmp_path):
    sensor = f"s-{elasticsearch.prefix}"
    os.mkfifo(tmp_path / "pipe")
    running = start_espcap("--file", tmp_path / "pipe", *elasticsearch.options, "--sensor", sensor,
                           "--stats-interval", "1s", "--flush-interval", "100ms")
    with open(tmp_path / "pipe", "wb") as pipe:
        pipe.write(DNS.read_bytes())
        pipe.flush()
        running.wait_until(lambda: run_document(
            elasticsearch, sensor, lambda one: one["state"] == "running" and one["ledger"]["captured"] > 0),
            what="the running run's document")
    assert running.wait() == 0, running.err
    hit, = run_document(elasticsearch, sensor)
    assert hit["_source"]["state"] == "ended" and hit["_source"]["ledger"]["captured"] == PACKETS
    assert "exit_status" in hit["_source"]
