# SPDX-License-Identifier: GPL-2.0-or-later
"""espcap packets of what was captured live: a recording of several files, which has more packets than documents."""
import collections
import os
import pathlib
import signal

import pcapng
from project import TEST_PCAPS
from waiting import wait_until

HTTP = TEST_PCAPS / "http.pcap"


def compared(packet):
    return packet.time, packet.link, packet.length, packet.data


def test_packets_come_back_from_a_recording_under_drops(network, elasticsearch, start_espcap, espcap, tmp_path):
    raw, out = tmp_path / "raw.pcapng", tmp_path / "out.pcapng"
    nic = network.lend()
    run = start_espcap("--verbose", "--nic", nic, "--write", raw, "--write-bytes", "2M", "--workers", "1",
                       "--fields", "frame.number", "--buffer-bytes", "8M", *elasticsearch.options)
    run.wait_for(f"capturing on {nic}")
    sent = network.replay(HTTP)
    wait_until(lambda: elasticsearch.count_so_far(elasticsearch.indices) == sent, step=0.5, state=lambda: str(run))
    for worker in run.children("espcap-worker"):
        os.kill(worker, signal.SIGSTOP)
    network.replay(HTTP, "--loop", "1200")  # more than the interface's ring and the workers' hold together
    for worker in run.children("espcap-worker"):
        os.kill(worker, signal.SIGCONT)
    assert run.stop() == 2 and "dropped by full rings" in run.err, run

    recorded = {str(path): [compared(packet) for packet in pcapng.read(path.read_bytes()).packets]
                for path in tmp_path.glob("raw_*.pcapng")}
    origins = [source["espcap"] for source in elasticsearch.all_sources(elasticsearch.indices)]
    wanted = collections.Counter(recorded[one["file"]][one["frame"] - 1] for one in origins)
    assert len(recorded) > 3 and sum(map(len, recorded.values())) > len(origins) > sent

    found = espcap("packets", "*", "--node", elasticsearch.url, "--index", elasticsearch.index, "--archive-root",
                   tmp_path, "-w", out)
    assert found.code == 0, found
    assert collections.Counter(map(compared, pcapng.read(out.read_bytes()).packets)) == wanted
    assert pathlib.Path(origins[0]["file"]).parent == tmp_path
