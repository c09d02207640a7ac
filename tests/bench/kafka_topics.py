# SPDX-License-Identifier: GPL-2.0-or-later
"""Into a real Kafka on this machine and out of it: packets forwarded, next to what their dissection costs, and packets
of a topic dissected, by one member of a group and by two."""
import shlex
import subprocess
import uuid

import kafka
import measure
from programs import espcap
from table import Target
from turns import Contender, how_often, in_turn, ratio

PARTITIONS = 12
SHARDS = 4  # and partitions of the topic that is read
MEMBERS = 'for _ in $(seq "$0"); do {member} & pids="$pids $!"; done; for pid in $pids; do wait "$pid" || exit; done'
TIMES = 10  # the capture, in one run: what a start costs counts less then


def consumers(topic, members):
    """(a command, what is to be done before each run of it): each run is a group of its own."""
    command = ["sh", "-c", "", str(members)]

    def join():
        group = uuid.uuid4().hex
        member = espcap("--from", topic, "--group", group, "--stop-at-end", "--output", "/dev/null")
        command[2] = MEMBERS.format(member=shlex.join(map(str, member)))
    return command, join


def measure_kafka(report, capture, packets, work, runs, environment):
    files = [word for _ in range(TIMES) for word in ("--file", capture)]
    with kafka.Broker(work / "kafka") as broker:
        def topic(name, partitions=PARTITIONS):
            return f"kafka://{broker.plain}/{broker.create_topic(partitions, name)}"
        rows = [
            Contender("dissected, to /dev/null", espcap(*files, "--output", "/dev/null"), TIMES * packets),
            Contender("forwarded", espcap(*files, "--forward", topic("forwarded")), TIMES * packets),
            Contender("forwarded, zstd", espcap(*files, "--forward", topic("zstd"), "--kafka", "compression.type=zstd"),
                      TIMES * packets),
        ]
        in_turn(rows, runs, environment)
        read = topic("read", SHARDS)
        long = work / "long.pcapng"
        subprocess.run(["mergecap", "-a", "-w", long, *[capture] * TIMES], check=True)
        measure.timed(espcap("--file", long, "--forward", read), environment)
        sharded = Contender(f"a file, --shards {SHARDS}, to /dev/null",
                            espcap("--file", long, "--shards", str(SHARDS), "--output", "/dev/null"), TIMES * packets)
        (one, join_one), (two, join_two) = consumers(read, 1), consumers(read, 2)
        consumed = [sharded, Contender(f"a topic of {SHARDS} partitions", one, TIMES * packets, before=join_one),
                    Contender("the same, two members", two, TIMES * packets, before=join_two)]
        in_turn(consumed, runs, environment)
    dissected, forwarded, zstd = rows
    sharded, alone, together = consumed
    report.subject(f"into Kafka: {capture.name}, {TIMES} times {packets:,} packets; {how_often(runs)}")
    report.head()
    for row in rows + consumed:
        report.contender(row, row.name)
    report.ratio("forwarded / dissected, CPU time", ratio(forwarded, dissected, "cpu"), Target("<=", 0.067))
    report.ratio("forwarded with zstd / dissected, CPU time", ratio(zstd, dissected, "cpu"))
    report.ratio("a topic dissected / a file with --shards, CPU time", ratio(alone, sharded, "cpu"), Target("<=", 1.10))
    report.ratio("two members / one, CPU time", ratio(together, alone, "cpu"), Target("<=", 1.05))
